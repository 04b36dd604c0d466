import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { randomNormal } from "../../lib/base/random.ts";
import { tensor, zeros } from "../../lib/base/tensor.ts";
import { linearProbe, rankCorrelation } from "../../lib/mod.ts";

Deno.test("linearProbe() ridge by hand", () => {
  // x -1, 0, 1 and y 1, 3, 5: mean of x^2 2/3, of x (y - 3) 4/3;
  // weight 4/3 / (2/3 + ridge)
  const x = tensor([[-1], [0], [1]]), y = tensor([1, 3, 5]);
  for (const ridge of [0, 1 / 3, 2 / 3]) {
    const probe = linearProbe(x, y, { ridge });
    assertAlmostEquals(probe.weights.data[0], 4 / 3 / (2 / 3 + ridge), 1e-6);
    assertAlmostEquals(probe.bias.data[0], 3, 1e-6);
  }
  // at ridge 2/3 the weight is 1: errors -1, 0, 1 of variance 4, 0, 4
  const [score] = linearProbe(x, y, { ridge: 2 / 3 }).score(x, y);
  assertAlmostEquals(score, 1 - 2 / 8, 1e-6);
});

Deno.test("linearProbe() finds several targets in maps of features", () => {
  const features = randomNormal([60, 2, 2, 3], 1, { dtype: "float64" });
  const truth = randomNormal([12, 2], 2);
  const targets = zeros([60, 2], "float64");
  for (let row = 0; row < 60; row++) {
    for (let k = 0; k < 2; k++) {
      let sum = 5 * k;
      for (let d = 0; d < 12; d++) {
        sum += features.data[row * 12 + d] * truth.data[d * 2 + k];
      }
      targets.data[row * 2 + k] = sum;
    }
  }
  const probe = linearProbe(features, targets, { ridge: 0 });
  probe.weights.data.forEach((w, i) =>
    assertAlmostEquals(w, truth.data[i], 1e-5)
  );
  assertAlmostEquals(probe.bias.data[1], 5, 1e-5);
  probe.score(features, targets).forEach((r2) =>
    assertAlmostEquals(r2, 1, 1e-6)
  );
});

Deno.test("linearProbe() noise has no score on other rows", () => {
  const x = randomNormal([400, 5], 1), y = randomNormal([400], 2);
  const probe = linearProbe(x, y);
  const [score] = probe.score(
    randomNormal([400, 5], 3),
    randomNormal([400], 4),
  );
  assertEquals(Math.abs(score) < 0.1, true);
});

Deno.test("linearProbe() takes dead features, unless there is no ridge", () => {
  const x = tensor([[1, 0], [2, 0], [4, 0]]), y = tensor([2, 4, 8]);
  const probe = linearProbe(x, y, { ridge: 1e-9 });
  assertAlmostEquals(probe.weights.data[0], 2, 1e-5);
  assertEquals(probe.weights.data[1], 0);
  assertThrows(
    () => linearProbe(x, y, { ridge: 0 }),
    RangeError,
    "found number 1 of 2 to be a sum of the others: raise ridge",
  );
});

Deno.test("linearProbe() rejects what does not match", () => {
  const x = tensor([[1], [2]]);
  assertThrows(
    () => linearProbe(x, tensor([1])),
    TypeError,
    "features [2, 1] and targets [1]",
  );
  assertThrows(
    () => linearProbe(x, tensor([1, NaN])),
    RangeError,
    "finite numbers as targets but found NaN at place 1",
  );
  assertThrows(
    () => linearProbe(x, tensor([1, 2]), { ridge: -1 }),
    RangeError,
    "ridge of 0 or more but found -1",
  );
  const probe = linearProbe(x, tensor([1, 2]));
  assertThrows(
    () => probe.predict(tensor([[1, 2]])),
    TypeError,
    "rows of 1 features but found [1, 2]",
  );
  assertThrows(
    () => probe.score(x, tensor([3, 3])),
    RangeError,
    "a target that varies but found only 3",
  );
});

Deno.test("rankCorrelation() by hand", () => {
  assertEquals(rankCorrelation([1, 2, 3], [9, 5, -1]), -1);
  // 1 - 6 * (1 + 1 + 0 + 0) / (4 * 15)
  assertAlmostEquals(rankCorrelation([1, 2, 3, 4], [2, 1, 3, 4]), 0.8, 1e-12);
  // ties: ranks 1.5, 1.5, 3 against 1, 2, 3
  assertAlmostEquals(
    rankCorrelation([0, 0, 5], [1, 2, 3]),
    1.5 / Math.sqrt(1.5 * 2),
    1e-12,
  );
  assertThrows(
    () => rankCorrelation([1, 2], [1]),
    TypeError,
    "found 2 and 1 numbers",
  );
  assertThrows(
    () => rankCorrelation([1, 1], [1, 2]),
    RangeError,
    "all of them equal",
  );
  assertThrows(
    () => rankCorrelation([1, NaN], [1, 2]),
    RangeError,
    "NaN at place 1",
  );
});

Deno.test("linearProbe() refuses a feature that is nothing beside the largest", () => {
  const features = randomNormal([50, 2], 1, { dtype: "float64" });
  for (let row = 0; row < 50; row++) features.data[2 * row + 1] *= 1e-8;
  assertThrows(
    () => linearProbe(features, randomNormal([50], 2), { ridge: 0 }),
    RangeError,
    "found number 1 of 2",
  );
});

Deno.test("rankCorrelation() of two numbers is 1 or -1", () => {
  assertEquals(rankCorrelation([1, 2], [3, 9]), 1);
  assertEquals(rankCorrelation([1, 2], [9, 3]), -1);
});
