/** Checks that loading and training share. */
import { shown } from "../base/options.ts";

/** Throws unless the value is a list of things: an array or a typed array. */
export function checkList(
  caller: string,
  name: string,
  value: unknown,
): asserts value is ArrayLike<unknown> {
  if (Array.isArray(value)) return;
  if (ArrayBuffer.isView(value) && "length" in value) return;
  throw new TypeError(
    `${caller}() expects a list of ${name} but found ${
      shown(value)
    }: write [...], or pass a typed array`,
  );
}
