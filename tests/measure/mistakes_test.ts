import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tensor, toNested } from "../../lib/base/tensor.ts";
import {
  confusionMatrix,
  gradientNorms,
  worstMistakes,
} from "../../lib/mod.ts";

Deno.test("confusionMatrix() has the truth in rows", () => {
  const matrix = confusionMatrix([0, 0, 0, 1, 2], [0, 2, 2, 1, 0], 3);
  assertEquals(toNested(matrix), [[1, 0, 2], [0, 1, 0], [1, 0, 0]]);
});

Deno.test("confusionMatrix() rejects what does not match", () => {
  assertThrows(
    () => confusionMatrix([0, 1], [0], 2),
    TypeError,
    "found 2 labels and 1 predictions",
  );
  assertThrows(
    () => confusionMatrix([0, 2], [0, 1], 2),
    RangeError,
    "classes from 0 to 1 but found 2 at place 1",
  );
});

Deno.test("worstMistakes() sorts by the probability of the truth", () => {
  const probabilities = tensor([
    [0.5, 0.25, 0.25],
    [0.25, 0.5, 0.25],
    [0.125, 0.375, 0.5],
    [0, 1, 0],
  ]);
  const worst = worstMistakes(probabilities, [0, 0, 0, 2], 9);
  assertEquals(worst.map(({ index }) => index), [3, 2, 1]);
  assertEquals(worst[1], {
    index: 2,
    label: 0,
    prediction: 2,
    labelProbability: 0.125,
    predictionProbability: 0.5,
  });
  assertEquals(worstMistakes(probabilities, [0, 0, 0, 2], 1).length, 1);
  assertThrows(
    () => worstMistakes(probabilities, [0], 1),
    TypeError,
    "found [4, 3] and 1 labels",
  );
});

Deno.test("gradientNorms() by hand", () => {
  const gradients = new Map([
    ["conv1/kernel", tensor([[3, 4], [0, 0]])],
    ["conv1/bias", tensor([2])],
  ]);
  const [kernel, bias] = gradientNorms(gradients);
  assertEquals(kernel.norm, 5);
  assertAlmostEquals(kernel.rms, 2.5, 1e-12);
  assertEquals(bias, { name: "conv1/bias", norm: 2, rms: 2 });
  assertEquals(gradientNorms(gradients, { kernelsOnly: true }).length, 1);
});
