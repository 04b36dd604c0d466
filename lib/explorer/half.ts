/**
 * Numbers as float16 in base64: half the bytes of float32, three digits that hold.
 *
 * @module
 */

/** Bits of the float16 that is nearest to a number; too large a one is infinite. */
function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = toEven(size / 2 ** (exponent - 10)); // of the last bit
  // A number that is rounded up to the next power carries into the exponent.
  return sign | (((exponent + 14) << 10) + steps);
}

/** The nearest whole number; of two the even one. */
function toEven(value: number): number {
  const below = Math.floor(value), rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** The number that these bits of a float16 stand for. */
function halfValue(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31, steps = bits & 1023;
  if (exponent === 31) return steps ? NaN : sign * Infinity;
  return exponent
    ? sign * 2 ** (exponent - 15) * (1 + steps / 1024)
    : sign * 2 ** -24 * steps;
}

/** Numbers as float16, two bytes each, the low one first. */
export function toHalf(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(2 * values.length);
  for (let i = 0; i < values.length; i++) {
    const bits = halfBits(values[i]);
    bytes[2 * i] = bits & 255;
    bytes[2 * i + 1] = bits >> 8;
  }
  return bytes;
}

/** Numbers from the bytes of toHalf(). */
export function fromHalf(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(bytes.length / 2);
  for (let i = 0; i < values.length; i++) {
    values[i] = halfValue(bytes[2 * i] | (bytes[2 * i + 1] << 8));
  }
  return values;
}

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  }
  return btoa(text);
}

/** Bytes from base64. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
