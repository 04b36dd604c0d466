/** Bytes put together, and bytes as text. */
import { formatNumber } from "./numbers.ts";

/** Lists of bytes one behind the other. */
export function joinBytes(
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A number of bytes as people read it: "235 KiB", "1.58 MiB". */
export function bytesText(bytes: number): string {
  let unit = 0, value = bytes;
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1024;
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${formatNumber(value, digits)} ${UNITS[unit]}`;
}

/** Bytes in base 64, as a data URI holds them. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) {
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  }
  return btoa(text);
}
