import type { Architecture } from "../../lib/networks/types.ts";
import { plan } from "../../lib/networks/plan.ts";
import { weightSpecs } from "../../lib/networks/weights.ts";
import { type Random, random } from "../../lib/base/random.ts";
import { sizeOf } from "../../lib/base/shape.ts";
import type { Tensor } from "../../lib/base/tensor.ts";

/** What the numbers of a case are like. */
export type Numbers = "normal" | "ties" | "nan";

/** One network and how it is run. */
export interface Case {
  /** Decides the numbers, and what dropout drops. */
  readonly seed: number;
  readonly architecture: Architecture;
  readonly batch: number;
  readonly training: boolean;
  readonly numbers: Numbers;
}

/** The numbers of a case, in float64 but with values that float32 can hold. */
export interface Numeric {
  readonly x: Tensor;
  readonly weights: Map<string, Tensor>;
  /** Gradient of the output. */
  readonly dy: Tensor;
}

/** Few values, so that maxima tie and sums meet zero; some lie one step apart. */
const TIES = [-1, -0.5, 0, 0, 0.5, 1, 1, 1 + 2 ** -12];

/** Draws the numbers of a case. */
export function numbersOf(
  { seed, architecture, batch, numbers }: Case,
): Numeric {
  const stream = random(seed ^ 0x5eed);
  const ties = numbers === "ties";
  const draw = () =>
    ties ? TIES[stream.integer(TIES.length)] : Math.fround(stream.normal());
  const make = (shape: readonly number[], value: () => number): Tensor => {
    const data = Float64Array.from({ length: sizeOf(shape) }, value);
    return { shape, data };
  };
  const whole = plan(architecture);
  const x = make([batch, ...architecture.inputShape], draw);
  if (numbers === "nan") {
    for (let i = 0; i < 2; i++) x.data[stream.integer(x.data.length)] = NaN;
  }
  const weights = new Map(
    weightSpecs(whole).map(({ name, role, shape }) => {
      const scale = Math.sqrt(2 / sizeOf(shape.slice(0, -1)));
      const value = role === "kernel"
        ? () => ties ? draw() : Math.fround(scale * stream.normal())
        : role === "gamma" || role === "movingVariance"
        ? () => Math.fround(0.5 + stream.uniform())
        : () => ties ? draw() : Math.fround(0.3 * stream.normal());
      return [name, make(shape, value)];
    }),
  );
  return { x, weights, dy: make([batch, ...whole.outputShape], draw) };
}

/** A tensor whose numbers are each moved by about the share that float32 rounds by. */
export const moved = ({ shape, data }: Tensor, stream: Random): Tensor => ({
  shape,
  data: data.map((v) => v * (1 + 1e-6 * stream.normal())),
});

/** The same numbers, each moved like that. */
export const perturbed = (numeric: Numeric, stream: Random): Numeric => ({
  x: moved(numeric.x, stream),
  weights: new Map(
    [...numeric.weights].map(([k, v]) => [k, moved(v, stream)]),
  ),
  dy: numeric.dy,
});

/** Whether dropout drops anything in this case. */
export const drops = (value: Case): boolean =>
  value.training &&
  /"rate":0?\.[0-9]*[1-9]/.test(JSON.stringify(value.architecture));
