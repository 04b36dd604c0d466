import { checkTensor } from "../base/check.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import type { Shape } from "./define.ts";

/** Throws unless x is a batch of rows of tokens [N, T, d], none empty. */
export function checkTokens(fn: string, name: string, x: Tensor): void {
  checkTensor(fn, name, x, "[N, T, d]");
  if (x.data.length > 0) return;
  throw new TypeError(
    `${fn}() expects ${name} [N, T, d] with numbers in it but found ${
      shapeText(x.shape)
    }: pass at least one token`,
  );
}

/** The shape of tokens [T, d], which the layer needs. */
export function tokenShape(shape: Shape): [number, number] {
  if (shape.length === 2) return shape as [number, number];
  throw new TypeError(
    `expects tokens [T, d] but found ${
      shapeText(shape)
    }: put patchify before it, and tokenMean or firstToken behind`,
  );
}
