/** float16, against the engine's own. @module */
import { assertEquals } from "@std/assert";
import { randomNormal } from "cnn";
import {
  fromBase64,
  fromHalf,
  toBase64,
  toHalf,
} from "../../lib/explorer/half.ts";

Deno.test("toHalf() and fromHalf() round as Float16Array does, the smallest and largest too", () => {
  const powers = Array.from({ length: 60 }, (_, i) => 2 ** (i - 30));
  const values = Float32Array.from([
    ...[0, -0, Infinity, -Infinity, NaN, 65504, 65519, 65520, 1 / 3],
    ...powers.flatMap((p) => [p, -p, 1.0004883 * p, 1.00049 * p, 0.9999 * p]),
    ...[2049, 2051, 2.9e-8, 3e-8, 6.1e-5, 6.0976e-5],
    ...randomNormal([5000], 1).data,
    ...randomNormal([5000], 2).data.map((v) => v * 1e-5),
  ]);
  const found = fromHalf(toHalf(values));
  assertEquals(found, Float32Array.from(new Float16Array(values)));
});

Deno.test("toBase64() and fromBase64() keep every byte of a long list", () => {
  const bytes = Uint8Array.from({ length: 100_001 }, (_, i) => i * 7);
  assertEquals(fromBase64(toBase64(bytes)), bytes);
});
