/**
 * Layer normalisation in one kernel, and one for its gradients, where tfjs needs
 * eight and some twenty passes.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { allFloat, sizeOf, type Tensor } from "../stock.ts";
import * as wasm from "./calls.ts";
import { ranges } from "./geometry.ts";
import { register } from "./register.ts";

/** Ours: (x, gamma, beta) to rows at mean 0 and variance 1, scaled and shifted. */
const NORM = "RowNorm";
const GRADIENT = "RowNormGradient";

/** Registers both kernels, and the gradient. */
export function registerRowNorm(): void {
  register(NORM, (engine, { x, gamma, beta }, { epsilon }) => {
    if (!allFloat(x, gamma, beta)) return undefined;
    const columns = sizeOf(gamma.shape), row = columns * 4;
    const out = engine.output(x.shape), to = engine.address(out);
    const from = engine.address(x);
    const same = {
      gamma: engine.address(gamma),
      beta: engine.address(beta),
      epsilon,
      columns,
    };
    engine.parallel(
      ranges(sizeOf(x.shape) / columns, columns).map(([first, rows]) => {
        const at = first * row;
        return [wasm.rowNorm({ ...same, x: from + at, out: to + at, rows })];
      }),
    );
    return out;
  });
  register(GRADIENT, (engine, { x, gamma, dy }, { epsilon }) => {
    const columns = sizeOf(gamma.shape), row = columns * 4;
    const dx = engine.output(x.shape);
    const [dGamma, dBeta] = [gamma, gamma].map(() => engine.output([columns]));
    const from = engine.address(x), given = engine.address(dy);
    const to = engine.address(dx);
    const parts = ranges(sizeOf(x.shape) / columns, columns);
    const [all] = engine.scratch(parts.length * row * 2);
    const same = { gamma: engine.address(gamma), epsilon, columns };
    engine.parallel(parts.map(([first, rows], part) => {
      const at = first * row, sums = all + part * row * 2;
      const place = { x: from + at, dy: given + at, dx: to + at };
      return [wasm.rowNormGradient({ ...same, ...place, sums, rows })];
    }));
    [dGamma, dBeta].forEach((sum, i) =>
      engine.run(wasm.addParts({
        from: all + i * row,
        step: row * 2,
        parts: parts.length,
        size: columns,
        out: engine.address(sum),
      }))
    );
    return [dx, dGamma, dBeta];
  });
  tf.registerGradient({
    kernelName: NORM,
    inputsToSave: ["x", "gamma"],
    gradFunc: (dy, [x, gamma], attrs) => {
      const inputs = { x, gamma, dy: dy as Tensor };
      const [dx, dGamma, dBeta] = tf.engine()
        .runKernel(GRADIENT, inputs, attrs) as Tensor[];
      return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
    },
  });
}
