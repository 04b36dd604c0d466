/**
 * Plain data as JSON text, both ways: what may pass between a sandbox and us.
 *
 * Numbers keep NaN, infinities and -0; typed arrays travel as base64. Anything
 * with behaviour (functions, symbols) is refused.
 */
import { WireError } from "./kinds.ts";
import { pack } from "./pack.ts";
import { unpack } from "./unpack.ts";

export { pack, unpack, WireError };

const { stringify, parse } = JSON;

/**
 * The JSON text of plain data.
 *
 * @throws {WireError} A function, a symbol, or nesting without end.
 *
 * @example
 * ```ts
 * import { decode, encode } from "cnn/homework";
 * import { assertEquals } from "@std/assert";
 *
 * const tensor = { shape: [2], data: Float32Array.of(1, NaN) };
 * assertEquals(decode(encode(tensor)), tensor);
 * ```
 */
export function encode(value: unknown): string {
  return stringify(pack(value));
}

/**
 * Rebuilds plain data from text of {@linkcode encode}; trusts nothing in it.
 *
 * @throws {WireError} Anything that `encode` does not write.
 */
export function decode(text: string): unknown {
  let packed: unknown;
  try {
    packed = parse(text);
  } catch (error) {
    throw new WireError("an answer that is no data", { cause: error });
  }
  return unpack(packed, 0);
}
