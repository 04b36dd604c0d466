import { assertEquals } from "@std/assert";
import type { Tensor } from "cnn";

/** Shape and values, as a tensor or as read from a file. */
export interface Values {
  shape: readonly number[];
  data: ArrayLike<number>;
}

/**
 * Fails unless shapes agree and every value is within `tolerance`: relative to
 * the value, or to a tenth of the largest one where terms cancelled out.
 *
 * `rounded` is an absolute allowance for expected values that were rounded.
 */
export function assertClose(
  found: Values,
  expected: Values,
  options: { tolerance: number; rounded?: number; name?: string },
): void {
  const { tolerance, rounded = 0, name = "value" } = options;
  assertEquals([...found.shape], [...expected.shape], `shape of ${name}`);
  assertEquals(found.data.length, expected.data.length, `length of ${name}`);
  let largest = 0;
  for (let i = 0; i < expected.data.length; i++) {
    largest = Math.max(largest, Math.abs(expected.data[i]));
  }
  for (let i = 0; i < expected.data.length; i++) {
    const want = expected.data[i];
    const distance = Math.abs(found.data[i] - want);
    const scale = Math.max(Math.abs(want), 0.1 * largest);
    if (!(distance <= tolerance * scale + rounded)) {
      const allowed = `tolerance ${tolerance}`;
      throw new Error(
        `${name}[${i}]: expected ${want} but found ${
          found.data[i]
        }, ${allowed}`,
      );
    }
  }
}

/** The sum of a * b over all places: a loss whose gradient for a is b. */
export function inner(a: Tensor, b: Tensor): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += a.data[i] * b.data[i];
  return sum;
}
