import { assertAlmostEquals, assertThrows } from "@std/assert";
import { tensor } from "../../lib/base/tensor.ts";
import { makeOptimizer } from "../../lib/train/optimizer.ts";
import { settingsOf } from "../../lib/train/settings.ts";
import type { TrainerOptions } from "../../lib/measure/trainer.ts";

/** Weight 1 after steps along the given gradients. */
function after(
  gradients: readonly number[],
  options: TrainerOptions,
  name = "dense1/kernel",
): number {
  const weights = new Map([[name, tensor([1], [1], { dtype: "float64" })]]);
  const optimizer = makeOptimizer(settingsOf("test", options));
  for (const g of gradients) {
    const gradient = tensor([g], [1], { dtype: "float64" });
    optimizer.update(weights, new Map([[name, gradient]]));
  }
  return weights.get(name)!.data[0];
}

Deno.test("makeOptimizer() sgd steps against the gradient", () => {
  // 1 - 0.1 * 2 - 0.1 * 3
  const options = { optimizer: "sgd", learningRate: 0.1 } as const;
  assertAlmostEquals(after([2, 3], options), 0.5, 1e-12);
});

Deno.test("makeOptimizer() sgd with momentum keeps a share of the last step", () => {
  // velocities 2, then 0.5 * 2 + 3 = 4: 1 - 0.2 - 0.4
  const options = {
    optimizer: "sgd",
    learningRate: 0.1,
    momentum: 0.5,
  } as const;
  assertAlmostEquals(after([2, 3], options), 0.4, 1e-12);
});

Deno.test("makeOptimizer() sgd weight decay pulls kernels and not biases", () => {
  const options = {
    optimizer: "sgd",
    learningRate: 0.1,
    weightDecay: 0.5,
  } as const;
  // 1 - 0.1 * (2 + 0.5 * 1)
  assertAlmostEquals(after([2], options), 0.75, 1e-12);
  assertAlmostEquals(after([2], options, "dense1/bias"), 0.8, 1e-12);
});

Deno.test("makeOptimizer() adam by hand", () => {
  // the first step is learningRate long, up to epsilon: 0.1 * 2 / (2 + 1e-7)
  const options = { optimizer: "adam", learningRate: 0.1 } as const;
  assertAlmostEquals(after([2], options), 0.900000005, 1e-9);
  // m = 0.08, v = 0.004996; biases 0.19 and 0.001999
  const second = 0.9 + 5e-9 -
    0.1 * (0.08 / 0.19) / (Math.sqrt(0.004996 / 0.001999) + 1e-7);
  assertAlmostEquals(after([2, -1], options), second, 1e-9);
});

Deno.test("makeOptimizer() adam weight decay stands beside the step", () => {
  const options = {
    optimizer: "adam",
    learningRate: 0.1,
    weightDecay: 0.5,
  } as const;
  assertAlmostEquals(after([2], options), 0.900000005 - 0.1 * 0.5, 1e-9);
});

Deno.test("makeOptimizer() names a gradient that has no weight", () => {
  const optimizer = makeOptimizer(settingsOf("test", {}));
  assertThrows(
    () => optimizer.update(new Map(), new Map([["conv1/kernel", tensor([1])]])),
    TypeError,
    'named "conv1/kernel" but found none',
  );
});

Deno.test("settingsOf() rejects settings out of range", () => {
  const reject = (options: TrainerOptions, message: string) =>
    assertThrows(() => settingsOf("tfTrainer", options), RangeError, message);
  reject(
    { learningRate: 0 },
    "tfTrainer() expects a learningRate above 0 but found 0",
  );
  reject({ learningRate: NaN }, "found NaN");
  reject(
    { optimizer: "sgd", momentum: 1 },
    "momentum from 0 to below 1 but found 1",
  );
  reject({ momentum: 0.9 }, 'only with optimizer "sgd"');
  reject({ weightDecay: -1 }, "weightDecay of 0 or more but found -1");
  reject({ learningRate: "0.1" as never }, 'above 0 but found "0.1"');
  assertThrows(
    () => settingsOf("tfTrainer", { optimizer: "adamw" as "adam" }),
    TypeError,
    'tfTrainer() expects the optimizer "adam" or "sgd" but found "adamw"',
  );
  assertThrows(
    () => settingsOf("tfTrainer", { learningrate: 1 } as TrainerOptions),
    TypeError,
    'learningRate, momentum, weightDecay but found "learningrate"',
  );
});
