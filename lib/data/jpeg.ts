/** The JPEG format: decoded by jpeg-js, and turned as its camera was held. */
import { type Tensor, zeros } from "../base/tensor.ts";
import { pathOf, readBytes } from "./files.ts";
import { readPng } from "./png.ts";

/**
 * Reads a JPEG file, turned and mirrored as the EXIF orientation in it tells, which is
 * how every viewer shows it.
 *
 * @param file Path or file URL.
 * @returns The picture [1, H, W, 3] from 0 to 1; a grey one has three equal channels.
 * @throws {Deno.errors.NotFound} No such file; the message holds the path.
 * @throws {TypeError} A file that is no whole JPEG.
 * @throws {RangeError} More than 100 million pixels.
 *
 * @example
 * ```ts
 * import { readJpeg } from "cnn";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => readJpeg("holiday.jpg"), Deno.errors.NotFound, "holiday.jpg");
 * ```
 */
export async function readJpeg(file: string | URL): Promise<Tensor> {
  const bytes = await readBytes(file, "readJpeg"), path = pathOf(file);
  const { decode } = await import("jpeg-js"); // only who reads a JPEG loads it
  try {
    const { width, height, data } = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false, // half a picture is none
      maxMemoryUsageInMB: 2048,
    });
    return turned({ width, height, data }, orientationOf(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : `${cause}`;
    if (/limit exceeded/.test(why)) {
      throw new RangeError(
        `readJpeg() expects at most 100 million pixels in ${path} (${why}): make the picture smaller`,
        { cause },
      );
    }
    throw new TypeError(
      `readJpeg() expects a whole JPEG file in ${path} but could not decode it (${why}): save the picture as JPEG or PNG again`,
      { cause },
    );
  }
}

/**
 * Reads a picture of your own, PNG or JPEG; the first bytes of the file tell which.
 *
 * @param file Path or file URL.
 * @returns The picture [1, H, W, C] from 0 to 1, C = 1 grey or 3 colour; an opacity is
 * left out.
 * @throws {Deno.errors.NotFound} No such file; the message holds the path.
 * @throws {TypeError} Neither a PNG nor a JPEG, or a damaged one.
 *
 * @example
 * ```ts
 * import { dataFolder, readPhoto } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const photo = await readPhoto(new URL("photos/chelsea.png", dataFolder));
 * assertEquals(photo.shape, [1, 300, 451, 3]);
 * ```
 */
export async function readPhoto(file: string | URL): Promise<Tensor> {
  const [first, second] = await readBytes(file, "readPhoto");
  if (first === 0xff && second === 0xd8) return await readJpeg(file);
  if (first === 0x89 && second === 0x50) return opaque(await readPng(file));
  throw new TypeError(
    `readPhoto() expects a PNG or JPEG file but found another kind in ${
      pathOf(file)
    }: save the picture as one of the two`,
  );
}

/** Grey or colour without its opacity. */
function opaque(x: Tensor): Tensor {
  const [count, height, width, channels] = x.shape;
  if (channels % 2 === 1) return x;
  const kept = channels - 1;
  const y = zeros([count, height, width, kept]);
  y.data.forEach((_, i) =>
    y.data[i] = x.data[channels * Math.floor(i / kept) + i % kept]
  );
  return y;
}

/** The orientation of EXIF, 1 to 8; 1, upright, where the file tells none. */
function orientationOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2; // behind the start of the image
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    if (marker === 0xff) { // a filling byte
      at++;
      continue;
    }
    if (marker === 0xda) break; // the pixels begin
    const length = view.getUint16(at + 2);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 10));
    if (marker === 0xe1 && name === "Exif\0\0") {
      const end = Math.min(at + 2 + length, bytes.length);
      return orientationIn(bytes.subarray(at + 10, end));
    }
    at += 2 + length;
  }
  return 1;
}

/** The orientation in a block of TIFF entries; a damaged block tells none. */
function orientationIn(block: Uint8Array): number {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  if (block.length < 8) return 1;
  const little = block[0] === 0x49; // "II", Intel; otherwise "MM", Motorola
  const first = view.getUint32(4, little);
  if (first + 2 > block.length) return 1;
  const entries = view.getUint16(first, little);
  for (let i = 0; i < entries; i++) {
    const at = first + 2 + 12 * i;
    if (at + 12 > block.length) return 1;
    if (view.getUint16(at, little) !== 0x0112) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** Bytes [H, W, 3] as a tensor that stands upright. */
function turned(
  { width, height, data }: { width: number; height: number; data: Uint8Array },
  orientation: number,
): Tensor {
  const lying = orientation >= 5; // rows and columns are exchanged
  const [rows, columns] = lying ? [width, height] : [height, width];
  const flipRow = [3, 4, 7, 8].includes(orientation);
  const flipColumn = [2, 3, 6, 7].includes(orientation);
  const y = zeros([1, rows, columns, 3]);
  let to = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      // Where this pixel lies in the file.
      const row = flipRow ? rows - 1 - r : r;
      const column = flipColumn ? columns - 1 - c : c;
      const from = lying ? column * width + row : row * width + column;
      for (let k = 0; k < 3; k++) y.data[to++] = data[3 * from + k] / 255;
    }
  }
  return y;
}
