/**
 * Attention of several heads in one kernel, and one for its gradients.
 *
 * tfjs needs ten kernels for each head, and copies each head out and back.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { allFloat, type Info, type Tensor } from "../stock.ts";
import * as wasm from "./calls.ts";
import { type Engine, POINTER_BYTES } from "./engine.ts";
import { eights, fours, taskCount } from "./geometry.ts";
import { register } from "./register.ts";

/** Ours: (q, k, v), each [N, T, d], to [N, T, d] and the weights of all heads. */
const ATTENTION = "Attention";
const GRADIENT = "AttentionGradient";

/** Sizes that both kernels share, and tasks of some heads each. */
function plan(engine: Engine, q: Info, heads: number, products: number) {
  const [images, tokens, width] = q.shape, size = width / heads;
  const all = images * heads, most = Math.max(tokens, size);
  const weights = [images, heads, tokens, fours(tokens)];
  const panelBytes = most * eights(most) * 4;
  const rows = fours(tokens) ** 2 * 4;
  const [pointers, panels, slopes, turned] = engine.own(
    POINTER_BYTES,
    panelBytes,
    ...products > 2 ? [rows, rows] : [],
  );
  const same = { tokens, width, heads, scale: 1 / Math.sqrt(size) };
  const own = { panels, pointers };
  const count = taskCount(all * products * tokens * tokens * size);
  const some = Math.ceil(all / count);
  const parts = Array.from({ length: Math.ceil(all / some) }, (_, i) => ({
    first: i * some,
    count: Math.min(some, all - i * some),
  }));
  return { weights, parts, scratch: { slopes, turned }, same, own };
}

/** Registers both kernels, and the gradient. */
export function registerAttention(): void {
  register(ATTENTION, (engine, { q, k, v }, { heads }) => {
    if (!allFloat(q, k, v)) return undefined;
    const { weights, parts, same, own } = plan(engine, q, heads, 2);
    const y = engine.output(q.shape), kept = engine.output(weights);
    const at = addresses(engine, { q, k, v, y, weights: kept });
    engine.parallel(
      parts.map((
        part,
      ) => [wasm.attention({ ...at, ...part, ...same, ...own })]),
    );
    return [y, kept];
  });
  register(GRADIENT, (engine, { q, k, v, dy, weights }, { heads }) => {
    const { parts, same, own, scratch } = plan(engine, q, heads, 4);
    const [dq, dk, dv] = [q, k, v].map(({ shape }) => engine.output(shape));
    const at = addresses(engine, { q, k, v, dy, weights, dq, dk, dv });
    engine.parallel(parts.map((part) => [
      wasm.attentionGradient({ ...at, ...part, ...same, ...scratch, ...own }),
    ]));
    return [dq, dk, dv];
  });
  tf.registerGradient({
    kernelName: ATTENTION,
    inputsToSave: ["q", "k", "v"],
    outputsToSave: [false, true],
    gradFunc: (dys, [q, k, v, weights], attrs) => {
      // Nothing but this gradient reads the weights, so none comes back through them.
      const inputs = { q, k, v, weights, dy: (dys as Tensor[])[0] };
      const [dq, dk, dv] = tf.engine()
        .runKernel(GRADIENT, inputs, attrs) as Tensor[];
      return { q: () => dq, k: () => dk, v: () => dv };
    },
  });
}

/** Where the numbers of these tensors lie; all outputs are made before. */
const addresses = <Name extends string>(
  engine: Engine,
  tensors: Record<Name, Info>,
) =>
  Object.fromEntries(
    Object.entries<Info>(tensors).map(([name, x]) => [name, engine.address(x)]),
  ) as Record<Name, number>;
