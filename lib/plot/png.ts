/** Pictures as PNG data URIs, small enough for a notebook. */
import { base64, joinBytes } from "../base/bytes.ts";
import { crc32, deflate } from "../kernel/platform.ts";

/** Kinds of picture: their number in a PNG file and their bytes a pixel. */
const kinds = {
  "grey+alpha": { code: 4, bytes: 2 },
  "rgb+alpha": { code: 6, bytes: 4 },
  palette: { code: 3, bytes: 1 },
} as const;

/** A picture of bytes, row by row. */
export interface Picture {
  kind: keyof typeof kinds;
  width: number;
  height: number;
  data: Uint8Array;
  /** Up to 256 colours of a palette picture; colour 0 is see-through. */
  palette?: readonly (readonly [number, number, number])[];
}

/**
 * A picture as a PNG data URI.
 *
 * Every row is filtered by the rule that leaves the smallest differences, as
 * the PNG specification (section 12.8) suggests: photographs shrink by a third.
 */
export function pngUri(picture: Picture): string {
  const { kind, width, height, data, palette } = picture;
  const { code, bytes } = kinds[kind];
  const header = joinBytes([
    number32(width),
    number32(height),
    Uint8Array.of(8, code, 0, 0, 0),
  ]);
  const rows = filtered(data, width * bytes, bytes);
  const file = joinBytes([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...(palette ? [chunk("PLTE", Uint8Array.from(palette.flat()))] : []),
    ...(palette ? [chunk("tRNS", Uint8Array.of(0))] : []),
    chunk("IDAT", deflate(rows)),
    chunk("IEND", new Uint8Array(0)),
  ]);
  return `data:image/png;base64,${base64(file)}`;
}

/** Rows of `stride` bytes, each after the number of the filter that was best. */
function filtered(
  data: Uint8Array,
  stride: number,
  bytes: number,
): Uint8Array {
  const rows = data.length / stride;
  const out = new Uint8Array(rows * (stride + 1));
  const tries = Array.from({ length: 5 }, () => new Uint8Array(stride));
  for (let row = 0; row < rows; row++) {
    const at = row * stride;
    const costs = [0, 0, 0, 0, 0];
    for (let i = 0; i < stride; i++) {
      const here = data[at + i];
      const left = i >= bytes ? data[at + i - bytes] : 0;
      const up = row > 0 ? data[at + i - stride] : 0;
      const corner = i >= bytes && row > 0 ? data[at + i - stride - bytes] : 0;
      const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
      for (let f = 0; f < 5; f++) {
        const rest = (here - guesses[f]) & 255;
        tries[f][i] = rest;
        costs[f] += rest < 128 ? rest : 256 - rest;
      }
    }
    const best = costs.indexOf(Math.min(...costs));
    out[row * (stride + 1)] = best;
    out.set(tries[best], row * (stride + 1) + 1);
  }
  return out;
}

/** Whichever neighbour is nearest to left + up - corner. */
function paeth(left: number, up: number, corner: number): number {
  const l = Math.abs(up - corner);
  const u = Math.abs(left - corner);
  const c = Math.abs(left + up - 2 * corner);
  return l <= u && l <= c ? left : u <= c ? up : corner;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = joinBytes([new TextEncoder().encode(type), data]);
  return joinBytes([number32(data.length), body, number32(crc32(body))]);
}

/** A number in four bytes, the highest first. */
function number32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
