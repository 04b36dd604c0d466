import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  bootstrapInterval,
  meanInterval,
  meanIntervals,
  proportionInterval,
} from "../../lib/mod.ts";
import { normalQuantile, tQuantile } from "../../lib/measure/distributions.ts";

Deno.test("tQuantile() agrees with closed forms", () => {
  // one degree of freedom: Cauchy, tan(pi (p - 1/2)); two: an algebraic form
  for (const p of [0.6, 0.9, 0.975, 0.995, 0.9995]) {
    const cauchy = Math.tan(Math.PI * (p - 0.5));
    assertAlmostEquals(tQuantile(p, 1) / cauchy, 1, 1e-10);
    const two = (2 * p - 1) / Math.sqrt(2 * p * (1 - p));
    assertAlmostEquals(tQuantile(p, 2) / two, 1, 1e-10);
    assertEquals(tQuantile(1 - p, 2) < 0, true);
  }
});

Deno.test("tQuantile() agrees with scipy.stats.t.ppf", () => {
  const known: [number, number, number][] = [
    [0.975, 3, 3.1824463052837078],
    [0.975, 4, 2.7764451051977934],
    [0.95, 5, 2.0150483733330233],
    [0.975, 9, 2.262157162798205],
    [0.995, 29, 2.756385903670605],
    [0.999, 2.5, 13.82219311086596],
    [0.6, 100, 0.25402218245822766],
    [0.975, 1000, 1.9623390808264083],
    [0.9999, 7, 7.063432828157639],
  ];
  for (const [p, freedom, t] of known) {
    assertAlmostEquals(tQuantile(p, freedom), t, 1e-9 * Math.abs(t));
  }
});

Deno.test("normalQuantile() agrees with scipy.stats.norm.ppf", () => {
  const known: [number, number][] = [
    [0.6, 0.2533471031357997],
    [0.9, 1.2815515655446004],
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489004],
    [0.9999, 3.719016485455709],
    [0.01, -2.3263478740408408],
    [1e-06, -4.753424308822899],
  ];
  for (const [p, z] of known) {
    assertAlmostEquals(normalQuantile(p), z, 3e-15 * Math.abs(z));
  }
  assertEquals(normalQuantile(0.5), 0);
});

Deno.test("meanInterval() by hand", () => {
  // mean 2, deviation 1, standard error 1 / sqrt 3, t 4.302653 at 2 degrees
  const { mean, low, high } = meanInterval([1, 2, 3]);
  assertEquals(mean, 2);
  assertAlmostEquals(low, 2 - 4.30265273 / Math.sqrt(3), 1e-7);
  assertAlmostEquals(high, 2 + 4.30265273 / Math.sqrt(3), 1e-7);
  assertEquals(meanInterval([5, 5, 5]), { mean: 5, low: 5, high: 5 });
});

Deno.test("meanIntervals() is meanInterval() of each list, as charts take it", () => {
  const lists = [[1, 2, 3], [5, 7], [0, 0, 0, 1]];
  for (const confidence of [0.95, 0.5]) {
    const { y, low, high } = meanIntervals(lists, confidence);
    const each = lists.map((values) => meanInterval(values, confidence));
    assertEquals(
      y.map((mean, i) => ({ mean, low: low[i], high: high[i] })),
      each,
    );
  }
  assertEquals(meanIntervals([]), { y: [], low: [], high: [] });
  assertThrows(
    () => meanIntervals([[1, 2], [3]]),
    RangeError,
    "meanIntervals() expects at least 2 values but found 1",
  );
  assertThrows(
    // deno-lint-ignore no-explicit-any
    () => meanIntervals([1, 2] as any),
    TypeError,
    "meanIntervals() expects a list of values but found 1",
  );
});

Deno.test("meanInterval() is narrower at less confidence", () => {
  const wide = meanInterval([1, 2, 3], 0.99),
    narrow = meanInterval([1, 2, 3], 0.5);
  assertEquals(wide.low < narrow.low && narrow.high < wide.high, true);
});

Deno.test("proportionInterval() agrees with scipy's Wilson interval", () => {
  const known: [number, number, number, number][] = [
    [9900, 10000, 0.9878530177448853, 0.9917706638518516],
    [0, 20, 0.0, 0.16112515805281935],
    [20, 20, 0.8388748419471808, 1.0],
    [7, 10, 0.39677814746114526, 0.892208732593699],
    [1, 3, 0.06149194472039626, 0.7923403991979523],
  ];
  for (const [successes, trials, low, high] of known) {
    const found = proportionInterval(successes, trials);
    assertAlmostEquals(found.low, low, 1e-9);
    assertAlmostEquals(found.high, high, 1e-9);
    assertEquals(found.mean, successes / trials);
  }
});

Deno.test("intervals reject what tells nothing", () => {
  assertThrows(
    () => meanInterval([1]),
    RangeError,
    "at least 2 values but found 1",
  );
  assertThrows(
    () => meanInterval([1, NaN]),
    RangeError,
    "found NaN at place 1",
  );
  assertThrows(
    () => meanInterval([1, 2], 95),
    RangeError,
    "confidence between 0 and 1 but found 95",
  );
  assertThrows(
    () => proportionInterval(0.99, 100),
    RangeError,
    "found 0.99 of 100: pass counts",
  );
  assertThrows(() => proportionInterval(0, 0), RangeError, "at least 1 trial");
  assertThrows(() => proportionInterval(3, 2), RangeError, "found 3 of 2");
  assertThrows(
    () => tQuantile(1, 3),
    RangeError,
    "probability between 0 and 1 but found 1",
  );
  assertThrows(
    () => tQuantile(0.9, 0),
    RangeError,
    "freedom above 0 but found 0",
  );
});

Deno.test("bootstrapInterval() agrees with the normal interval of many values, and narrows with their root", () => {
  // 0 and 1 in equal parts: standard error 1 / (2 sqrt(n))
  const halves = (n: number) => Array.from({ length: n }, (_, i) => i % 2);
  for (const n of [100, 2500]) {
    const { mean, low, high } = bootstrapInterval(halves(n), { seed: 3 });
    const half = normalQuantile(0.975) / 2 / Math.sqrt(n);
    assertEquals(mean, 0.5);
    assertAlmostEquals((0.5 - low) / half, 1, 0.1);
    assertAlmostEquals((high - 0.5) / half, 1, 0.1);
  }
  const wide = bootstrapInterval(halves(400), { seed: 3, confidence: 0.99 });
  const half = normalQuantile(0.995) / 40;
  assertAlmostEquals((wide.high - wide.low) / 2 / half, 1, 0.15);
});

Deno.test("bootstrapInterval() repeats with its seed, follows a skew, and refuses what has no spread", () => {
  const skewed = Array.from({ length: 60 }, (_, i) => i === 0 ? 60 : 0);
  const found = bootstrapInterval(skewed, { seed: 8 });
  assertEquals(found, bootstrapInterval(skewed, { seed: 8 }));
  assertEquals(found.mean, 1);
  assertEquals(found.low, 0); // about a third of the draws leave it out
  assertEquals(found.high > 2, true);
  const refused: [number[], string][] = [[[1], "found 1"], [
    [1, NaN],
    "found NaN at place 1",
  ]];
  for (const [values, message] of refused) {
    assertThrows(
      () => bootstrapInterval(values, { seed: 1 }),
      RangeError,
      message,
    );
  }
  assertThrows(
    () => bootstrapInterval([1, 2], { seed: 1, draws: 0 }),
    RangeError,
    "draws",
  );
});
