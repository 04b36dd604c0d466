import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import {
  glorotUniform,
  heNormal,
  permutation,
  random,
  randomNormal,
  randomUniform,
} from "cnn";
import { fans } from "../../lib/base/random.ts";

// Notebook cells are not type-checked, so wrong types do arrive.
// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

/** Mean and variance of a list. */
function moments(values: ArrayLike<number>): [number, number] {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const square = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, square / all.length];
}

Deno.test("random() gives Mulberry32's numbers", () => {
  // By Tommy Ettinger's C code with the state 1.
  const stream = random(1);
  const bits = () => stream.uniform() * 2 ** 32;
  assertEquals([bits(), bits(), bits()], [2693262067, 11749833, 2265367787]);
});

Deno.test("random() another seed gives other numbers", () => {
  assertNotEquals(random(1).uniform(), random(2).uniform());
});

Deno.test("random() normal draws have mean 0 and variance 1, uniform ones 1/2 and 1/12", () => {
  const stream = random(3);
  const draws = (draw: () => number) => Array.from({ length: 20_000 }, draw);
  const [mean, variance] = moments(draws(stream.normal));
  assertAlmostEquals(mean, 0, 0.03);
  assertAlmostEquals(variance, 1, 0.04);
  const [half, twelfth] = moments(draws(stream.uniform));
  assertAlmostEquals(half, 1 / 2, 0.01);
  assertAlmostEquals(twelfth, 1 / 12, 0.003);
});

Deno.test("permutation() holds every number once and reaches every order", () => {
  assertEquals([...permutation(100, 1)].toSorted((a, b) => a - b), [
    ...Array(100).keys(),
  ]);
  const stream = random(5);
  const orders = Array.from({ length: 200 }, () => permutation(3, stream));
  assertEquals(new Set(orders.map(String)).size, 6);
});

Deno.test("heNormal() has variance 2 / fanIn", () => {
  const [mean, variance] = moments(heNormal([5, 5, 8, 100], 1).data);
  assertAlmostEquals(mean, 0, 0.003);
  assertAlmostEquals(variance / (2 / 200), 1, 0.03);
});

Deno.test("glorotUniform() fills sqrt(6 / (fanIn + fanOut)) on both sides", () => {
  const limit = Math.sqrt(6 / (3 * 3 * 4 + 3 * 3 * 8));
  const { data } = glorotUniform([3, 3, 4, 8], 1);
  assert(data.every((weight) => Math.abs(weight) <= limit));
  assert(Math.min(...data) < -0.95 * limit && Math.max(...data) > 0.95 * limit);
});

Deno.test("heNormal() draws one stream on where it is given one", () => {
  const stream = random(1);
  assertNotEquals(heNormal([2, 2], stream).data, heNormal([2, 2], stream).data);
});

const ERRORS: Record<string, [() => unknown, ErrorConstructor, string]> = {
  "random() half a seed": [
    () => random(1.5),
    RangeError,
    "random() expects a whole number as the seed but found 1.5",
  ],
  "random() no seed": [
    () => random(wrong(undefined)),
    RangeError,
    "found undefined",
  ],
  "integer() no number to draw": [
    () => random(1).integer(0),
    RangeError,
    "integer() expects a limit that is a whole number of 1 or more but found 0",
  ],
  "permutation() a negative length": [
    () => permutation(-1, 1),
    RangeError,
    "permutation() expects a length that is a whole number of 0 or more but found -1",
  ],
  "permutation() no seed": [
    () => permutation(3, wrong(undefined)),
    RangeError,
    "as the seed but found undefined",
  ],
  "randomNormal() a misspelt option": [
    () => randomNormal([2], 1, wrong({ std: 2 })),
    TypeError,
    'expects only the options deviation, dtype but found "std"',
  ],
  "randomNormal() a deviation of NaN": [
    () => randomNormal([2], 1, { deviation: NaN }),
    RangeError,
    "expects a finite deviation but found NaN",
  ],
  "randomUniform() low above high": [
    () => randomUniform([2], 1, { low: 2, high: 1 }),
    RangeError,
    "expects finite low <= high but found 2 and 1",
  ],
  "fans() a bias": [
    () => fans([8]),
    TypeError,
    "fans() expects the shape of a kernel, [in, out] or [KH, KW, Cin, Cout], but found [8]",
  ],
  "heNormal() a bias": [() => heNormal([8], 1), TypeError, "found [8]"],
};

for (const [name, [call, type, message]] of Object.entries(ERRORS)) {
  Deno.test(`${name}: a clear error`, () => {
    assertThrows(call, type, message);
  });
}
