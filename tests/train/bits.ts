/** What tests of plans share: numbers by their bits, and interrupts. */
import { runInThisContext } from "node:vm";
import { assert } from "@std/assert";

/** Every number by its bits: NaN, -0 and the last digit count. */
export const bits = (values: ArrayLike<number>) => [
  ...new Uint32Array(Float32Array.from(values).buffer),
];

/** Starts work over and over, and is torn out of it after so many milliseconds. */
export function tearOut(work: () => Promise<unknown>, timeout: number): void {
  Object.assign(globalThis, {
    forever: () => {
      for (;;) work().catch(() => {});
    },
  });
  let torn = false;
  try {
    runInThisContext("forever()", { timeout });
  } catch {
    torn = true;
  }
  assert(torn);
}
