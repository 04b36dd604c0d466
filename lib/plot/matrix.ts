/** Numbers behind a picture: checked, in rows, and the colours they take. */
import { checkNumbers } from "../base/arguments.ts";
import { checkTensor } from "../base/check.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { type ColourScale, diverging, sequential } from "./colours.ts";

/** The values at the ends of the colours. */
export type Range = readonly [number, number];

/** Rows of numbers [rows, columns]. */
export function rowsOf(
  { shape: [rows, columns], data }: Pick<Tensor, "shape" | "data">,
): number[][] {
  return Array.from(
    { length: rows },
    (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)),
  );
}

/** Ends of the colours: about 0 where there are negative values, else from 0. */
export function colourRange(values: ArrayLike<number>): [number, number] {
  let low = 0;
  let high = 0;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  const most = Math.max(-low, high);
  return low < 0 ? [-most, most] : [0, high || 1];
}

/** Centred colours for a range on both sides of 0. */
export function scaleFor(range: Range): ColourScale {
  return range[0] < 0 ? diverging : sequential;
}

/** Most rows and columns of an input that is still readable. */
const most = 12;

/** Throws unless a film can show `x` as its input: a plane small enough to read. */
export function checkPatch(caller: string, x: Tensor): void {
  checkPlane(caller, "an input", x);
  if (Math.max(...x.shape) > most) {
    throw new RangeError(
      `${caller}() expects an input of at most ${most} x ${most} but found ${
        shapeText(x.shape)
      }: take a patch, so that the numbers stay readable`,
    );
  }
}

/** Throws unless a film can show `x`, "a kernel", as one panel: two axes, numbers alone. */
export function checkPlane(caller: string, what: string, x: Tensor): void {
  checkTensor(caller, what.replace(/^an? /, ""), x);
  if (x.shape.length !== 2) {
    throw new TypeError(
      `${caller}() expects ${what} with two axes but found ${
        shapeText(x.shape)
      }: take one image and one channel, and reshape it to [H, W]`,
    );
  }
  checkNumbers(x, caller);
}
