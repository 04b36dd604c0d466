/**
 * Adding a bias, and summing its gradient.
 *
 * @module
 */
import type { Tf } from "../load.ts";
import { allFloat, register } from "./register.ts";

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((length, i) => length === b[i]);

/** Registers Identity without the copy that tfjs makes on wasm. */
export function registerIdentity(tf: Tf): void {
  register(tf, "Identity", ({ backend }, { x }) => {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });
}

/** Registers Add for equal shapes and for a row, and Sum over the leading axes. */
export function registerElementwise(tf: Tf): void {
  register(tf, "Add", (engine, { a, b }) => {
    if (!allFloat(a, b)) return undefined;
    if (sameShape(a.shape, b.shape)) {
      const out = engine.output(a.shape);
      engine.run.addSame(
        engine.address(a),
        engine.address(b),
        engine.address(out),
        tf.util.sizeFromShape(a.shape),
      );
      return out;
    }
    const columns = a.shape[a.shape.length - 1];
    if (
      a.shape.length < b.shape.length || columns === 0 ||
      b.shape[b.shape.length - 1] !== columns ||
      tf.util.sizeFromShape(b.shape) !== columns
    ) return undefined;
    const out = engine.output(a.shape);
    const [repeated] = engine.scratch(columns * 16);
    engine.run.addRows(
      ...[engine.address(a), engine.address(b), engine.address(out)],
      ...[tf.util.sizeFromShape(a.shape) / columns, columns, repeated],
    );
    return out;
  });
  register(tf, "Sum", (engine, { x }, { axis, keepDims }) => {
    const rank = x.shape.length;
    const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
    if (
      !allFloat(x) || axes.length === rank ||
      axes.some((one: number, i: number) => one !== i)
    ) return undefined;
    const columns = tf.util.sizeFromShape(x.shape.slice(axes.length));
    const rows = tf.util.sizeFromShape(x.shape.slice(0, axes.length));
    const kept = keepDims ? axes.map(() => 1) : [];
    const out = engine.output([...kept, ...x.shape.slice(axes.length)]);
    const [sums] = engine.scratch(columns * 16);
    engine.run.sumRows(
      ...[engine.address(x), rows, columns, engine.address(out), sums],
    );
    return out;
  });
}
