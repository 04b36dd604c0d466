import { assertEquals } from "@std/assert";

/** Fails unless the shapes agree and each value is within `tolerance`, relative. */
export function assertClose(
  found: { shape: readonly number[]; data: ArrayLike<number> },
  expected: { shape: readonly number[]; data: ArrayLike<number> },
  tolerance: number,
  name = "value",
): void {
  assertEquals([...found.shape], [...expected.shape], `shape of ${name}`);
  // Relative to the value, or to the tensor's size where terms cancelled out.
  let largest = 0;
  for (let i = 0; i < expected.data.length; i++) {
    largest = Math.max(largest, Math.abs(expected.data[i]));
  }
  for (let i = 0; i < expected.data.length; i++) {
    const want = expected.data[i];
    const distance = Math.abs(found.data[i] - want);
    const scale = Math.max(Math.abs(want), 0.1 * largest, 1e-12);
    if (!(distance <= tolerance * scale)) {
      throw new Error(
        `${name}[${i}]: expected ${want} but found ${
          found.data[i]
        }, tolerance ${tolerance}`,
      );
    }
  }
}
