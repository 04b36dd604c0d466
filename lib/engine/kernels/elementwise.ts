/**
 * Sums, differences, products, maxima and minima of two tensors of one shape, or
 * of a tensor and a row (a bias); clipping, of which tfjs's own lose NaN; ReLU's
 * gradient in one pass, where tfjs takes three; copies that copy nothing.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import {
  allFloat,
  type Info,
  onWasm,
  runKernel,
  sizeOf,
  type Tensor,
  wrapGradient,
} from "../stock.ts";
import * as wasm from "./calls.ts";
import type { Engine } from "./engine.ts";
import { ranges } from "./geometry.ts";
import { type Kernel, register } from "./register.ts";
import type { Call } from "./threads.ts";

const OPERATIONS = { Add: 0, Sub: 1, Multiply: 2, Maximum: 3, Minimum: 4 };

/** A row is repeated to about this many numbers before it meets its tensor. */
const BLOCK = 256;

/** How often a row is repeated: once, or a multiple of 4, so that it fills vectors. */
export const repeats = (columns: number): number =>
  columns < BLOCK ? Math.max(4, Math.ceil(BLOCK / columns / 4) * 4) : 1;

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((length, i) => length === b[i]);

/** Numbers in the row that `b` is for `a`, of one axis or more; 1 for a single number, else 0. */
function rowLength(a: Info, b: Info): number {
  const size = sizeOf(b.shape);
  if (b.shape.length > a.shape.length) return 0;
  if (size === 1) return 1;
  const last = b.shape.slice(b.shape.findIndex((length) => length > 1));
  return sameShape(a.shape.slice(-last.length), last) ? size : 0;
}

function withRow(
  engine: Engine,
  op: number,
  a: Info,
  row: Info,
  columns: number,
): Info {
  const out = engine.output(a.shape);
  const times = repeats(columns);
  const [block] = engine.scratch(columns * times * 4);
  engine.run(
    wasm.repeat({ row: engine.address(row), columns, times, out: block }),
  );
  const from = engine.address(a), to = engine.address(out), bytes = columns * 4;
  engine.parallel(
    ranges(sizeOf(a.shape) / columns, columns).map(([first, rows]) => [
      wasm.combineRow({
        op,
        a: from + first * bytes,
        block,
        times,
        out: to + first * bytes,
        rows,
        columns,
      }),
    ]),
  );
  return out;
}

/** Ours: the sum of two tensors of one shape, and ReLU, in one pass. */
export const ADD_RELU = "AddRelu";

/** Its number among OPERATIONS, which have one for each of tfjs's. */
const ADD_RELU_OP = 5;

/** A tensor like x in one pass; `call` makes `size` numbers, `at` bytes from the first. */
function pass(
  engine: Engine,
  x: Info,
  call: (at: number, size: number, out: number) => Call,
): Info {
  const out = engine.output(x.shape), to = engine.address(out);
  engine.parallel(
    ranges(sizeOf(x.shape), 1).map(([first, size]) => [
      call(first * 4, size, to + first * 4),
    ]),
  );
  return out;
}

/** Registers them; other broadcasts of Add, Sub and Multiply are left to tfjs. */
export function registerElementwise(): void {
  for (const [name, op] of Object.entries(OPERATIONS)) {
    register(name, (engine, { a, b }) => {
      if (!allFloat(a, b)) return undefined;
      if (sameShape(a.shape, b.shape)) {
        const x = engine.address(a), y = engine.address(b);
        return pass(
          engine,
          a,
          (at, size, out) =>
            wasm.combine({ op, a: x + at, b: y + at, out, size }),
        );
      }
      const columns = rowLength(a, b);
      if (columns > 0) return withRow(engine, op, a, b, columns);
      if (name === "Sub") return undefined;
      const swapped = rowLength(b, a);
      if (swapped > 0) return withRow(engine, op, b, a, swapped);
      return name === "Add" || name === "Multiply"
        ? undefined
        : broadcast(name, a, b);
    });
  }
  register(ADD_RELU, (engine, { a, b }) => {
    const from = engine.address(a), other = engine.address(b);
    return pass(engine, a, (at, size, out) =>
      wasm.combine({
        op: ADD_RELU_OP,
        ...{ a: from + at, b: other + at, out, size },
      }));
  });
  registerClip();
  registerReluGradient();
  registerCopies();
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
function registerClip(): void {
  const clip = (engine: Engine, x: Info, low: number, high: number) => {
    if (!allFloat(x)) return undefined;
    const from = engine.address(x);
    return pass(
      engine,
      x,
      (at, size, out) => wasm.clip({ x: from + at, low, high, out, size }),
    );
  };
  register("Relu", (engine, { x }) => clip(engine, x, 0, Infinity));
  register("Relu6", (engine, { x }) => clip(engine, x, 0, 6));
  register(
    "ClipByValue",
    (engine, { x }, { clipValueMin, clipValueMax }) =>
      clip(engine, x, clipValueMin, clipValueMax),
  );
}

/** Ours: what comes back through a ReLU, from what it was given or what it gave. */
export const RELU_GRADIENT = "ReluGradient";
/** Ours: what comes back through a ReLU6. */
const RELU6_GRADIENT = "Relu6Gradient";

function registerReluGradient(): void {
  for (
    const [name, limit] of [
      [RELU_GRADIENT, Infinity],
      [RELU6_GRADIENT, 6],
    ] as const
  ) {
    register(name, (engine, { x, dy }) => {
      const from = engine.address(x), given = engine.address(dy);
      return pass(
        engine,
        x,
        (at, size, out) =>
          wasm.reluGradient({ x: from + at, dy: given + at, limit, out, size }),
      );
    });
  }
  const mask = (x: Tensor, dy: Tensor) => runKernel(RELU_GRADIENT, { x, dy });
  wrapGradient(
    "Relu",
    (dy, [x]) => onWasm(x) ? { x: () => mask(x, dy) } : undefined,
  );
  const mask6 = (x: Tensor, dy: Tensor) => runKernel(RELU6_GRADIENT, { x, dy });
  wrapGradient(
    "Relu6",
    (dy, [x]) => onWasm(x) ? { x: () => mask6(x, dy) } : undefined,
  );
  tf.registerGradient({
    kernelName: ADD_RELU,
    outputsToSave: [true],
    gradFunc: (dy, [y]) => {
      const through = mask(y, dy as Tensor);
      // two tensors: whoever adds to one disposes it
      return { a: () => through, b: () => tf.clone(through) };
    },
  });
  for (
    const [kernelName, through] of [
      [RELU_GRADIENT, mask],
      [RELU6_GRADIENT, mask6],
    ] as const
  ) {
    tf.registerGradient({
      kernelName,
      inputsToSave: ["x"],
      gradFunc: (dy, [x]) => ({
        x: () => tf.zerosLike(x),
        dy: () => through(x, dy as Tensor),
      }),
    });
  }
}

/** Registers Identity and Cast: without a copy where there is nothing to do. */
function registerCopies(): void {
  const share: Kernel = ({ backend }, { x }) => {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  };
  register("Identity", share);
  register("Cast", (engine, inputs, attrs) => {
    const { x } = inputs, { dtype } = attrs;
    // tfjs casts the gradient of each clone to float32, which it is already.
    if (dtype === "float32" && x.dtype === "float32") {
      return share(engine, inputs, attrs);
    }
    // tfjs keeps the lowest byte of a number.
    return dtype === "bool" && (x.dtype === "float32" || x.dtype === "int32")
      ? tf.notEqual(x as tf.Tensor, 0)
      : undefined;
  });
}
