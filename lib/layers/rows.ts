/** Layers that take each row of the last axis by itself. */
import { checkTensor } from "../base/check.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";

/** The numbers of a row of x [..., d]; throws a TypeError where there is none. */
export function rowSize(fn: string, x: Tensor): number {
  checkTensor(fn, "x", x);
  if (x.shape.length === 0 || x.data.length === 0) {
    throw new TypeError(
      `${fn}() expects x [..., d] with numbers in it but found ${
        shapeText(x.shape)
      }: the last axis holds one row`,
    );
  }
  return x.shape[x.shape.length - 1];
}
