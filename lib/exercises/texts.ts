/**
 * What a check says: the call, the difference, numbers.
 *
 * @module
 */
import { shapeText, type Tensor } from "../base/tensor.ts";
import { firstDifference, indexText, isTensor } from "./result.ts";

/** "expected 7, found -3 at index [0, 0, 0, 0]", or the two shapes. */
export function differenceText(
  found: Tensor,
  expected: Tensor,
  part: string,
  tolerance: number,
): string {
  const of = part && ` of ${part}`;
  if (shapeText(found.shape) !== shapeText(expected.shape)) {
    return `expected the shape ${shapeText(expected.shape)}${of}, found ${
      shapeText(found.shape)
    }`;
  }
  const at = firstDifference(found, expected, tolerance);
  const where = expected.shape.length
    ? ` at index ${indexText(expected.shape, at)}`
    : "";
  const [wanted, given] = apart(expected.data[at], found.data[at]);
  return `expected ${wanted}, found ${given}${where}${of}`;
}

/** Two numbers with six digits, or with as many as it takes to tell them apart. */
function apart(one: number, other: number): [string, string] {
  for (let digits = 6;; digits++) {
    const [a, b] = [one, other].map((v) =>
      String(Number(v.toPrecision(digits)))
    );
    if (a !== b || digits === 17) return [a, b];
  }
}

/** "conv2d(x [1, 3, 4, 1], kernel [2, 3, 1, 1], { strides: 1 })". */
export function callText(
  name: string,
  names: readonly string[],
  args: readonly unknown[],
): string {
  const texts = args.map((arg, i) =>
    isTensor(arg) ? `${names[i]} ${shapeText(arg.shape)}` : valueText(arg)
  );
  return `${name}(${texts.join(", ")})`;
}

/** A value as people write it in code; a tensor as its shape. */
function valueText(value: unknown): string {
  if (isTensor(value)) return shapeText(value.shape);
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) =>
    `${key}: ${valueText(inner)}`
  );
  return `{ ${entries.join(", ")} }`;
}
