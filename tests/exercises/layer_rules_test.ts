import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  inception,
  type Layer,
  layerConditions,
  type LayerRules,
  layers,
  lenet,
  network,
} from "cnn";

/** Mistakes of a list of layers. */
function mistakes(list: readonly Layer[], rules: LayerRules): string[] {
  return layerConditions(network("mine", [28, 28, 1], list), rules)
    .filter(({ holds }) => !holds)
    .map(({ mistake, details }) => {
      assert(/found /.test(details), details);
      return mistake;
    });
}

const { conv2d, maxPool2d, parallel, relu, sequence } = layers;

Deno.test("layerConditions() look into sequences and branches", () => {
  const large = conv2d({ filters: 1, kernelSize: [1, 20] });
  for (
    const hidden of [
      large,
      sequence([sequence([large])]),
      parallel([[relu(), large], large], { join: "concat" }),
      maxPool2d({ poolSize: 20, strides: 1 }),
    ]
  ) assertEquals(mistakes([hidden], { window: 3 }), ["a large window"]);
  assertEquals(mistakes([large], { window: 20 }), []);
});

Deno.test("layerConditions() name kinds that are not allowed", () => {
  const kinds = ["conv2d", "relu"] as const;
  const pooled = [sequence([relu(), maxPool2d()])];
  assertEquals(mistakes(pooled, { kinds }), ["a layer that is not allowed"]);
  assertEquals(mistakes([sequence([relu()])], { kinds }), []);
});

Deno.test("layerConditions() count convolutions, and branches with one", () => {
  const one = conv2d({ filters: 1, kernelSize: 1 });
  assertEquals(mistakes([relu()], { convolutions: 1 }), [
    "too few convolutions",
  ]);
  assertEquals(mistakes([sequence([one])], { convolutions: 1 }), []);
  const empty = parallel([[], [], []], { join: "concat" });
  const wanted = ["no module of 3 branches"];
  assertEquals(mistakes([empty, one, one, one], { branches: 3 }), wanted);
  const added = parallel([one, one, one], { join: "add" });
  assertEquals(mistakes([added], { branches: 3 }), wanted);
  const module = inception(
    { one: 1, three: [1, 1], five: [1, 1], pool: 1 },
    { name: "a" },
  );
  assertEquals(mistakes([sequence([module])], { branches: 4 }), []);
});

Deno.test("layerConditions() name a layer that does not learn", () => {
  const still = conv2d({ filters: 1, kernelSize: 1, trainable: false });
  const frozen = ["a layer that does not learn"];
  assertEquals(mistakes([still], { learns: true }), frozen);
  const whole = sequence([conv2d({ filters: 1, kernelSize: 1 })], {
    trainable: false,
  });
  assertEquals(mistakes([whole], { learns: true }), frozen);
  assertEquals(layerConditions(lenet(), { learns: true })[0].holds, true);
});

Deno.test("layerConditions() refuse rules that let everything pass", () => {
  assertThrows(
    () => layerConditions(lenet(), { windows: 3 } as LayerRules),
    TypeError,
    "windows",
  );
  assertThrows(() => layerConditions(lenet(), { window: -1 }), RangeError);
});
