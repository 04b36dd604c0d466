import { type Architecture, buildNetwork } from "../networks/mod.ts";
import { checkArchitecture } from "../networks/check_architecture.ts";
import { randomNormal } from "../base/random.ts";
import { gradientNorms } from "../measure/gradient_norms.ts";
import { scratchTrainer } from "../train/scratch_trainer.ts";
import { checkPositive } from "../base/arguments.ts";
import { settle } from "../base/options.ts";
import { checkSeeds } from "./seeds.ts";
import type { Condition } from "./conditions.ts";

/** Between which lengths gradients are level. */
export interface LevelGradients {
  least: number;
  most: number;
  /** Decide the weights and the images; [1, 2, 3] unless told. */
  seeds?: readonly number[];
}

/**
 * The conditions that the gradient of every kernel, of convolutions and dense
 * layers, has about the same length at the start, for checkConditions().
 *
 * @param architecture The student's network, for 10 classes or more.
 * @param options `least` and `most`; 16 random images are sent through for each seed.
 * @throws {TypeError | RangeError} A network that cannot exist, or has no kernel.
 *
 * @example
 * ```ts
 * import { checkConditions, levelGradientConditions, lenet } from "cnn";
 *
 * const limits = { least: 1e-4, most: 1e4 };
 * await checkConditions(await levelGradientConditions(lenet(), limits), { exercise: "7.5" });
 * ```
 */
export async function levelGradientConditions(
  architecture: Architecture,
  options: LevelGradients,
): Promise<Condition[]> {
  const fn = "levelGradientConditions";
  const { least, most, seeds } = settle(fn, options, {
    least: undefined,
    most: undefined,
    seeds: [1, 2, 3],
  });
  checkArchitecture(fn, architecture);
  checkPositive(fn, "least", least);
  checkPositive(fn, "most", most);
  checkSeeds(fn, seeds);
  const found: { name: string; norm: number }[] = [];
  for (const seed of seeds) {
    const images = randomNormal([16, ...architecture.inputShape], seed);
    const labels = Uint8Array.from({ length: 16 }, (_, i) => i % 10);
    const trainer = scratchTrainer(buildNetwork(architecture, { seed }));
    const gradients = await trainer.gradients!(images, labels);
    found.push(...gradientNorms(gradients, { kernelsOnly: true }));
  }
  if (found.length === 0) {
    throw new TypeError(
      `levelGradientConditions() expects at least one kernel that learns in "${architecture.name}" but found none: add a convolution`,
    );
  }
  const sorted = found.toSorted((a, b) => a.norm - b.norm);
  const condition = (
    mistake: string,
    expected: string,
    { name, norm }: { name: string; norm: number },
    remedy: string,
  ): Condition => ({
    holds: norm >= least && norm <= most,
    mistake,
    details: `expected lengths of ${expected}, found ${
      norm.toExponential(1)
    } at ${name}: ${remedy}`,
  });
  return [
    condition(
      "a gradient vanishes",
      `${least} or more`,
      sorted[0],
      "try batch normalisation, or shortcuts",
    ),
    condition(
      "a gradient explodes",
      `at most ${most}`,
      sorted.at(-1)!,
      "try shortcuts, batch normalisation behind every convolution, or fewer layers",
    ),
  ];
}
