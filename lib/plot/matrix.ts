/** Numbers behind a picture: checked, in rows, and the colours they take. */
import { shapeText, type Tensor, toNested } from "../base/tensor.ts";
import { checkNumbers, checkTensor } from "../base/arguments.ts";
import { type ColourScale, diverging, sequential } from "./colours.ts";

/** Rows of a tensor [rows, columns]. */
export function rowsOf(x: Tensor): number[][] {
  return toNested(x) as number[][];
}

/** Ends of the colours: about 0 where there are negative values, else from 0. */
export function colourRange(values: ArrayLike<number>): [number, number] {
  let low = 0;
  let high = 0;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (low < 0) {
    const most = Math.max(-low, high);
    return [-most, most];
  }
  return [0, high > 0 ? high : 1];
}

/** Centred colours for a range on both sides of 0. */
export function scaleFor(range: readonly [number, number]): ColourScale {
  return range[0] < 0 ? diverging : sequential;
}

/** Most rows and columns of an input that is still readable. */
const most = 12;

/** Throws unless a film can show `x` as its input: a plane small enough to read. */
export function checkPatch(caller: string, name: string, x: Tensor): void {
  checkPlane(x, name, caller);
  if (Math.max(...x.shape) > most) {
    throw new RangeError(
      `${caller}() expects an ${name} of at most ${most} x ${most} but found ${
        shapeText(x.shape)
      }: take a patch, so that the numbers stay readable`,
    );
  }
}

function article(name: string): string {
  return name === "input" ? "an input" : `a ${name}`;
}

/** Throws unless a film can show `x` as one panel: two axes, numbers alone. */
export function checkPlane(x: Tensor, name: string, caller: string): void {
  checkTensor(caller, name, x);
  if (x.shape.length !== 2) {
    throw new TypeError(
      `${caller}() expects ${article(name)} with two axes but found ${
        shapeText(x.shape)
      }: take one image and one channel, and reshape it to [H, W]`,
    );
  }
  checkNumbers(x, caller);
}
