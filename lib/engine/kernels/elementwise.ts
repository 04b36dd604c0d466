/**
 * Sums, differences, products, maxima and minima of two tensors of one shape, or
 * of a tensor and a row (a bias); and clipping. tfjs's own lose NaN in the last.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import type { Engine } from "./engine.ts";
import { ranges } from "./geometry.ts";
import { allFloat, type Kernel, register } from "./register.ts";

const OPERATIONS = { Add: 0, Sub: 1, Multiply: 2, Maximum: 3, Minimum: 4 };

/** A row is repeated to about this many numbers before it meets its tensor. */
const BLOCK = 256;

/** How often a row is repeated: a multiple of 4, so that it fills vectors. */
export const repeats = (columns: number): number =>
  Math.max(4, Math.ceil(BLOCK / columns / 4) * 4);

type Info = tf.TensorInfo;

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((length, i) => length === b[i]);

/** Numbers in the row that `b` is for `a`, 1 for a single number, else 0. */
function rowLength(a: Info, b: Info): number {
  const size = tf.util.sizeFromShape(b.shape);
  if (b.shape.length > a.shape.length) return 0;
  if (size === 1) return 1;
  const columns = a.shape[a.shape.length - 1];
  return size === columns && b.shape[b.shape.length - 1] === columns
    ? columns
    : 0;
}

function withRow(
  engine: Engine,
  operation: number,
  a: Info,
  row: Info,
  columns: number,
): Info {
  const out = engine.output(a.shape);
  const times = repeats(columns);
  const [block] = engine.scratch(columns * times * 4);
  engine.run.repeat(engine.address(row), columns, times, block);
  const from = engine.address(a), to = engine.address(out), bytes = columns * 4;
  const rows = tf.util.sizeFromShape(a.shape) / columns;
  engine.parallel(
    ranges(rows, columns).map(([first, count]) => [[
      "combineRow",
      ...[operation, from + first * bytes, block, times, to + first * bytes],
      ...[count, columns],
    ]]),
  );
  return out;
}

/** Registers them; other broadcasts of Add, Sub and Multiply are left to tfjs. */
export function registerElementwise(): void {
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    register(name, (engine, { a, b }) => {
      if (!allFloat(a, b)) return undefined;
      if (sameShape(a.shape, b.shape)) {
        const out = engine.output(a.shape);
        const [x, y, to] = [a, b, out].map((tensor) => engine.address(tensor));
        engine.parallel(
          ranges(tf.util.sizeFromShape(a.shape), 1).map(([first, size]) => [[
            "combine",
            ...[operation, x + first * 4, y + first * 4, to + first * 4, size],
          ]]),
        );
        return out;
      }
      const columns = rowLength(a, b);
      if (columns > 0) return withRow(engine, operation, a, b, columns);
      if (name === "Sub") return undefined;
      const swapped = rowLength(b, a);
      if (swapped > 0) return withRow(engine, operation, b, a, swapped);
      return name === "Add" || name === "Multiply"
        ? undefined
        : broadcast(name, a, b);
    });
  }
}

/** A maximum or minimum of two tensors that are brought to one shape before. */
function broadcast(name: string, a: Info, b: Info): Info {
  const shape = tf.broadcast_util
    .assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  return tf.tidy(() => {
    const [x, y] = [a, b].map((one) =>
      tf.broadcastTo(one as tf.Tensor, shape as [number])
    );
    return name === "Maximum" ? tf.maximum(x, y) : tf.minimum(x, y);
  });
}

/** Registers Relu, Relu6 and ClipByValue. */
export function registerClip(): void {
  const clip = (engine: Engine, x: Info, low: number, high: number) => {
    if (!allFloat(x)) return undefined;
    const out = engine.output(x.shape);
    const from = engine.address(x), to = engine.address(out);
    engine.parallel(
      ranges(tf.util.sizeFromShape(x.shape), 1).map(([first, size]) => [[
        "clip",
        ...[from + first * 4, low, high, to + first * 4, size],
      ]]),
    );
    return out;
  };
  register("Relu", (engine, { x }) => clip(engine, x, 0, Infinity));
  register("Relu6", (engine, { x }) => clip(engine, x, 0, 6));
  register(
    "ClipByValue",
    (engine, { x }, { clipValueMin, clipValueMax }) =>
      clip(engine, x, clipValueMin, clipValueMax),
  );
}

/** Registers Cast to bool, for which tfjs keeps the lowest byte of a number. */
export function registerCast(): void {
  register(
    "Cast",
    (_, { x }, { dtype }) =>
      dtype === "bool" && (x.dtype === "float32" || x.dtype === "int32")
        ? tf.notEqual(x as tf.Tensor, 0)
        : undefined,
  );
}

/** Registers Identity, and Cast to the same type, without tfjs's copies. */
export function registerIdentity(): void {
  const share: Kernel = ({ backend }, { x }) => {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  };
  register("Identity", share);
  // tfjs casts the gradient of each clone to float32, which it is already.
  register(
    "Cast",
    (engine, inputs, attrs) =>
      inputs.x.dtype === "float32" && attrs.dtype === "float32"
        ? share(engine, inputs, attrs)
        : undefined,
  );
}
