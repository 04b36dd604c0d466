/** The verbs of tensors, against hand arithmetic, nested loops and TensorFlow.js. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  argMax,
  at,
  concatRows,
  map,
  maxDifference,
  mean,
  part,
  randomNormal,
  reshape,
  subtract,
  sum,
  type Tensor,
  tensor,
  toNested,
  toTf,
  transpose,
  useBackend,
  zeros,
} from "cnn";

// Notebook cells are not type-checked, so wrong types do arrive.
// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

const shape = [2, 3, 4, 5];
const x = randomNormal(shape, 1, { dtype: "float64" });
const nested = toNested(x) as number[][][][];
const million = randomNormal([1000, 1000], 2);

/** Every index of `shape`, from nested loops. */
function* places(): Generator<[number, number, number, number]> {
  for (let a = 0; a < 2; a++) {
    for (let b = 0; b < 3; b++) {
      for (let c = 0; c < 4; c++) {
        for (let d = 0; d < 5; d++) yield [a, b, c, d];
      }
    }
  }
}

Deno.test("at() reads the number that nested arrays hold there", () => {
  for (const [a, b, c, d] of places()) {
    assertEquals(at(x, a, b, c, d), nested[a][b][c][d]);
  }
  assertEquals(at(tensor(7)), 7);
});

Deno.test("part() is the copy of what nested arrays hold there", () => {
  assertEquals(toNested(part(x, 1)), nested[1]);
  assertEquals(toNested(part(x, 1, 2)), nested[1][2]);
  assertEquals(toNested(part(x, 0, 2, 3)), nested[0][2][3]);
  assertEquals(toNested(part(x, 1, 2, 3, 4)), nested[1][2][3][4]);
  const row = part(x, 0, 0, 0);
  assert(row.data instanceof Float64Array);
  row.data.fill(99);
  assertEquals(toNested(x), nested);
});

Deno.test("map() hands each number with its index, and keeps shape and precision", () => {
  const seen: number[][] = [];
  const y = map(x, (value, ...index) => {
    seen.push([value, ...index]);
    return 2 * value;
  });
  assertEquals(seen, [...places()].map((p) => [at(x, ...p), ...p]));
  assertEquals(y, { shape, data: x.data.map((value) => 2 * value) });
  assert(y.data instanceof Float64Array);
  assert(map(zeros([2]), () => 0.1).data instanceof Float32Array);
  assertEquals(toNested(map(tensor(3), (value) => value + 1)), 4);
  assertEquals(map(zeros([2, 0]), () => 1).shape, [2, 0]);
});

Deno.test("subtract() takes b from a, in the precision of a", () => {
  const a = tensor([[5, 7], [1, 0.5]]), b = tensor([[1, 10], [1, 0.25]]);
  assertEquals(toNested(subtract(a, b)), [[4, -3], [0, 0.25]]);
  const wide = subtract(x, zeros(shape));
  assertEquals(wide, x);
});

Deno.test("maxDifference() is the largest difference on either side, and tells NaN", () => {
  const a = tensor([1, 2, 3, 4]);
  assertEquals(maxDifference(a, tensor([1, 2.5, 3, 4])), 0.5);
  assertEquals(maxDifference(a, tensor([1, 2.5, 0, 4])), 3);
  assertEquals(maxDifference(a, a), 0);
  assertEquals(maxDifference(a, tensor([1, NaN, 3, 9])), NaN);
  assertEquals(maxDifference(tensor([NaN, 1]), tensor([0, 1])), NaN);
  const endless = tensor([Infinity, 1]);
  assertEquals(maxDifference(endless, endless), 0);
  assertEquals(maxDifference(endless, tensor([-Infinity, 1])), Infinity);
  assertEquals(maxDifference(zeros([0]), zeros([0])), 0);
});

Deno.test("transpose() puts axis permutation[i] at place i", () => {
  assertEquals(toNested(transpose(tensor([[1, 2, 3], [4, 5, 6]]))), [
    [1, 4],
    [2, 5],
    [3, 6],
  ]);
  const nchw = transpose(x, [0, 3, 1, 2]);
  assertEquals(nchw.shape, [2, 5, 3, 4]);
  for (const [a, b, c, d] of places()) {
    assertEquals(at(nchw, a, d, b, c), nested[a][b][c][d]);
  }
  assertEquals(transpose(nchw, [0, 2, 3, 1]), x);
  assertEquals(transpose(x, [0, -1, 1, 2]), nchw);
  assertEquals(transpose(x).shape, [5, 4, 3, 2]);
  assertEquals(transpose(transpose(x)), x);
  assertEquals(toNested(transpose(tensor(7))), 7);
});

Deno.test("concatRows() lays rows one below the other, empty ones too", () => {
  const rows = concatRows([tensor([[1, 2]]), zeros([0, 2]), tensor([[3, 4]])]);
  assertEquals(toNested(rows), [[1, 2], [3, 4]]);
  assertEquals(concatRows([part(x, 0), part(x, 1)]), reshape(x, [6, 4, 5]));
  const one = tensor([[1]]);
  const copy = concatRows([one]);
  copy.data[0] = 2;
  assertEquals(toNested(one), [[1]]);
});

Deno.test("sum() and mean() of all numbers keep double precision", () => {
  assertEquals(sum(tensor([[1, 2], [3, 4]])), 10);
  assertEquals(mean(tensor([[1, 2], [3, 4]])), 2.5);
  assertEquals(sum(tensor([2 ** 24, 1, 1])), 2 ** 24 + 2);
  assertEquals(sum(zeros([0])), 0);
  assertEquals(sum(tensor(7)), 7);
  assert(Number.isNaN(mean(tensor([1, NaN]))));
});

Deno.test("sum() and mean() over axes agree with nested loops", () => {
  const columns = new Float64Array(5);
  for (const [a, b, c, d] of places()) columns[d] += nested[a][b][c][d];
  assertEquals(sum(x, [0, 1, 2]), { shape: [5], data: columns });
  assertEquals(
    mean(x, [2, -4, 1]),
    { shape: [5], data: columns.map((total) => total / 24) },
  );
  const planes = sum(x, [1, 2]);
  assertEquals(planes.shape, [2, 5]);
  for (let a = 0; a < 2; a++) {
    const whole = nested[a].flat().reduce((s, row) => s + row[4], 0);
    assert(Math.abs(at(planes, a, 4) - whole) < 1e-12);
  }
  assertEquals(sum(x, []), x);
  assertEquals(sum(zeros([0, 2]), [0]), zeros([2]));
  assert(sum(tensor([[0.1, 0.2]]), [1]).data instanceof Float32Array);
});

Deno.test("argMax() is the first of the largest, in a row or along an axis", () => {
  const scores = tensor([[1, 9, 9], [-5, -7, -5]]);
  assertEquals(argMax(scores), 1);
  assertEquals([...argMax(scores, 1)], [1, 0]);
  assertEquals([...argMax(scores, 0)], [0, 0, 0]);
  assertEquals([...argMax(scores, -2)], [0, 0, 0]);
  assertEquals([...argMax(tensor([[-Infinity, -Infinity]]), 1)], [0]);
  const best = argMax(x, 2); // [2, 3, 5] in a row
  for (const [a, b, , d] of places()) {
    const column = nested[a][b].map((row) => row[d]);
    assertEquals(
      best[(a * 3 + b) * 5 + d],
      column.indexOf(Math.max(...column)),
    );
  }
});

for (const classes of [256, 257, 300, 65_537, 70_000]) {
  Deno.test(`argMax() names the last of ${classes} classes`, () => {
    const logits = zeros([2, classes]);
    logits.data[classes - 1] = 1;
    assertEquals([...argMax(logits, 1)], [classes - 1, 0]);
    assertEquals(argMax(logits), classes - 1);
  });
}

Deno.test("no verb runs out of stack on a million numbers", () => {
  const turned = transpose(million);
  assertEquals(at(turned, 7, 993), at(million, 993, 7));
  assertEquals(maxDifference(transpose(turned), million), 0);
  assert(Math.abs(mean(million)) < 0.005); // five standard errors
  const ones = map(million, () => 1);
  assertEquals(maxDifference(ones, zeros([1000, 1000])), 1);
  assertEquals(sum(ones), 1e6);
  const best = argMax(million);
  assert(million.data.every((value) => value <= million.data[best]));
});

Deno.test("transpose(), sum(), mean() and argMax() agree with TensorFlow.js", async () => {
  const { tf } = await useBackend("cpu");
  const values = randomNormal(shape, 3);
  const theirs = toTf(values);
  const close = (
    mine: Tensor,
    other: { shape: number[]; dataSync(): unknown },
  ) => {
    assertEquals([...mine.shape], other.shape);
    const data = other.dataSync() as Float32Array;
    assert(maxDifference(mine, tensor(data, other.shape)) < 1e-5);
  };
  tf.tidy(() => {
    for (const order of [[3, 1, 0, 2], [1, 0, 2, 3], [3, 2, 1, 0]]) {
      close(transpose(values, order), tf.transpose(theirs, order));
    }
    close(transpose(values), tf.transpose(theirs));
    for (const axes of [[0], [3], [-1], [0, 2], [1, -2], [0, 1, 2, 3]]) {
      close(sum(values, axes), tf.sum(theirs, axes));
      close(mean(values, axes), tf.mean(theirs, axes));
    }
    for (const axis of [0, 1, 2, 3, -1, -4]) {
      const expected = tf.argMax(theirs, axis).dataSync();
      assertEquals([...argMax(values, axis)], [...expected]);
    }
  });
  theirs.dispose();
});

const table = tensor([[1, 2, 3], [4, 5, 6]]);

const ERRORS: Record<string, [() => unknown, ErrorConstructor, string]> = {
  "at() a row where a number is asked": [
    () => at(table, 1),
    TypeError,
    "at() expects 2 indices for x [2, 3] but found [1]: at() takes one an axis, part() may take fewer",
  ],
  "at() beyond an axis": [
    () => at(table, 1, 3),
    RangeError,
    "at() expects a whole index from 0 to 2 for axis 1 of x [2, 3] but found 3",
  ],
  "at() counted from the end": [() => at(table, -1, 0), RangeError, "found -1"],
  "at() between two numbers": [
    () => at(table, 0, 0.5),
    RangeError,
    "found 0.5",
  ],
  "part() more indices than axes": [
    () => part(table, 0, 0, 0),
    TypeError,
    "part() expects at most 2 indices for x [2, 3] but found [0, 0, 0]",
  ],
  "map() no function": [
    () => map(table, wrong(2)),
    TypeError,
    "map() expects a function as change but found 2",
  ],
  "map() a forgotten return": [
    () => map(table, wrong(() => {})),
    TypeError,
    "map() expects a change that returns numbers but found undefined at [0, 0]",
  ],
  "map() true or false in place of a number": [
    () => map(table, (_, r, c) => r === 1 && c === 2 ? wrong(true) : 0),
    TypeError,
    "found true at [1, 2]",
  ],
  "subtract() other shapes": [
    () => subtract(table, tensor([1, 2, 3])),
    TypeError,
    "subtract() expects b [2, 3] but found [3]: reshape it to the shape of a",
  ],
  "maxDifference() as many numbers in another shape": [
    () => maxDifference(table, reshape(table, [3, 2])),
    TypeError,
    "maxDifference() expects b [2, 3] but found [3, 2]",
  ],
  "transpose() too few axes": [
    () => transpose(table, [1]),
    TypeError,
    "transpose() expects a permutation of the 2 axes of x [2, 3] but found [1]",
  ],
  "transpose() an axis twice": [
    () => transpose(table, [1, -1]),
    TypeError,
    "transpose() expects each axis once but found [1, -1]",
  ],
  "concatRows() nothing": [
    () => concatRows([]),
    TypeError,
    "concatRows() expects a list of tensors but found []",
  ],
  "concatRows() a tensor where a list is asked": [
    () => concatRows(wrong(table)),
    TypeError,
    "concatRows() expects a list of tensors but found an object: pass [a, b]",
  ],
  "concatRows() rows of other shapes": [
    () => concatRows([table, tensor([[1, 2]])]),
    TypeError,
    "concatRows() expects parts alike behind the first axis but found [2, 3] and [1, 2]",
  ],
  "concatRows() bare numbers": [
    () => concatRows([tensor(1), tensor(2)]),
    TypeError,
    "found [] and []",
  ],
  "sum() an axis that is not there": [
    () => sum(table, [2]),
    RangeError,
    "sum() expects axes of x [2, 3] but found 2: count from 0 to 1, or from -1 back",
  ],
  "sum() an axis without brackets": [
    () => sum(table, wrong(0)),
    TypeError,
    "sum() expects a list of axes but found 0: pass such as [1] or [1, 2]",
  ],
  "mean() an axis twice": [
    () => mean(table, [0, -2]),
    TypeError,
    "mean() expects each axis once but found [0, -2]",
  ],
  "mean() of nothing": [
    () => mean(zeros([2, 0]), [1]),
    RangeError,
    "mean() expects at least one number but found x [2, 0]",
  ],
  "argMax() of nothing": [
    () => argMax(zeros([0])),
    RangeError,
    "argMax() expects at least one number but found x [0]",
  ],
  "argMax() of nothing in several axes": [
    () => argMax(zeros([0, 3])),
    RangeError,
    "argMax() expects at least one number but found x [0, 3]",
  ],
  "at() in nothing": [
    () => at(zeros([2, 0]), 1, 0),
    RangeError,
    "at() expects something along axis 1 but found x [2, 0]: fill it first",
  ],
  "argMax() NaN": [
    () => argMax(tensor([[1, 2], [NaN, 3]]), 1),
    RangeError,
    "argMax() expects numbers but found NaN at place 2 of x [2, 2]",
  ],
};

for (const [name, [call, type, message]] of Object.entries(ERRORS)) {
  Deno.test(`${name}: a clear error`, () => {
    assertThrows(call, type, message);
  });
}
