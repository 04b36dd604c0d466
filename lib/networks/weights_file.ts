/**
 * Weights as the bytes of a safetensors file, and back.
 *
 * The format: 8 bytes with the length of the header (little-endian), the header
 * in JSON (for each name: dtype, shape, first and last byte), then the numbers.
 * https://github.com/huggingface/safetensors
 *
 * @module
 */
import { shown } from "../base/options.ts";
import { shapeText, sizeOf, type Tensor, zeros } from "../base/tensor.ts";
import type { Weights } from "./weights.ts";

/** One weight in the header. */
interface Entry {
  readonly dtype: "F32";
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Bytes of the number in front of the header. */
const LENGTH = 8;

/**
 * Writes weights as safetensors, in float32.
 *
 * @param weights Weights by name; float64 is rounded to float32.
 * @param caller Name of the function that was called, for messages.
 * @returns The bytes of the file.
 * @throws {TypeError} No Map of tensors, a name that the format does not take, or
 * a shape that does not fit its numbers.
 * @throws {RangeError} NaN, or a number too large for float32.
 *
 * @example
 * ```ts
 * import { decodeWeights, encodeWeights, initialWeights, lenet } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const weights = initialWeights(lenet(), 1);
 * assertEquals(decodeWeights(encodeWeights(weights)), weights);
 * ```
 */
export function encodeWeights(
  weights: ReadonlyMap<string, Tensor>,
  caller = "encodeWeights",
): Uint8Array<ArrayBuffer> {
  checkWeights(weights, caller);
  const entries: string[] = [];
  let end = 0;
  for (const [name, { shape, data }] of weights) {
    const start = end;
    end += 4 * data.length;
    const entry: Entry = { dtype: "F32", shape, data_offsets: [start, end] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  }
  const text = new TextEncoder().encode(`{${entries.join(",")}}`);
  // Spaces behind the header let the numbers start at a multiple of 8 bytes.
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH + headerLength + end);
  bytes.fill(0x20, LENGTH, LENGTH + headerLength);
  bytes.set(text, LENGTH);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  let at = LENGTH + headerLength;
  for (const { data } of weights.values()) {
    for (let i = 0; i < data.length; i++, at += 4) {
      view.setFloat32(at, data[i], true);
    }
  }
  return bytes;
}

/** Where the format keeps notes; no weight can have this name. */
const NOTES = "__metadata__";

/** Throws unless what is written can be read again, and means the same. */
function checkWeights(weights: unknown, caller: string): void {
  if (!(weights instanceof Map)) {
    throw new TypeError(
      `${caller}() expects a Map from names to tensors but found ${
        shown(weights)
      }: pass network.weights, or new Map(Object.entries(weights))`,
    );
  }
  for (const [name, value] of weights) {
    if (typeof name !== "string" || name === NOTES || !name.isWellFormed()) {
      throw new TypeError(
        `${caller}() expects names that a safetensors file can hold but found ${
          shown(name)
        }: use text other than "${NOTES}", in whole characters`,
      );
    }
    const { shape, data } = (value ?? {}) as Tensor;
    const typed = data instanceof Float32Array || data instanceof Float64Array;
    if (!typed || !whole(shape)) {
      throw new TypeError(
        `${caller}() expects a tensor for "${name}" but found ${
          shown(typed ? shape : value)
        }: make one with tensor(values)`,
      );
    }
    if (sizeOf(shape) !== data.length) {
      throw new TypeError(
        `${caller}() expects ${sizeOf(shape)} numbers for "${name}" ${
          shapeText(shape)
        } but found ${data.length}: the shape must fit the data`,
      );
    }
    for (let i = 0; i < data.length; i++) {
      if (Number.isFinite(Math.fround(data[i]))) continue;
      throw new RangeError(
        `${caller}() expects finite float32 numbers but found ${
          data[i]
        } in "${name}" at place ${i}: such a network is broken, train it again with a lower learningRate`,
      );
    }
  }
}

/** Whether the value is a list of whole numbers of 0 or more. */
function whole(list: unknown): list is number[] {
  return Array.isArray(list) &&
    list.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/**
 * Reads the bytes of a safetensors file of float32 weights.
 *
 * @param bytes The whole file.
 * @param source What messages call the file; "the bytes" unless told.
 * @param caller Name of the function that was called, for messages.
 * @returns Weights in the order of the numbers in the file.
 * @throws {TypeError} No safetensors file, one that was cut off or has bytes too
 * many, a header that the format forbids, or weights that are not float32.
 *
 * @example
 * ```ts
 * import { decodeWeights, encodeWeights, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const weights = new Map([["fc/bias", tensor([1, 2])]]);
 * assertEquals(decodeWeights(encodeWeights(weights)), weights);
 * ```
 */
export function decodeWeights(
  bytes: Uint8Array,
  source = "the bytes",
  caller = "decodeWeights",
): Weights {
  const fail = (expected: string, found: string, remedy: string): never => {
    throw new TypeError(
      `${caller}() expects ${expected} in ${source} but found ${found}: ${remedy}`,
    );
  };
  if (typeof source !== "string") {
    throw new TypeError(
      `${caller}() expects the file's name as text but found ${
        shown(source)
      }: it stands in messages alone`,
    );
  }
  if (!(bytes instanceof Uint8Array)) {
    fail("a Uint8Array", shown(bytes), "read the file with Deno.readFile()");
  }
  const { header, start } = readHeader(bytes, fail);
  const entries = Object.entries(header)
    .filter(([name]) => name !== NOTES)
    .map(([name, entry]) => [name, checkEntry(name, entry, fail)] as const)
    .sort(([, a], [, b]) =>
      a.data_offsets[0] - b.data_offsets[0] ||
      a.data_offsets[1] - b.data_offsets[1]
    );
  let end = 0;
  for (const [name, { data_offsets: [first, last] }] of entries) {
    if (first !== end) {
      fail(
        `"${name}" to start at byte ${end} of the numbers`,
        `${first}`,
        "weights must lie one after the other, without gap or overlap",
      );
    }
    end = last;
  }
  if (bytes.length !== start + end) {
    const found = bytes.length;
    fail(
      `${start + end} bytes, as its header says,`,
      `${found}`,
      found < start + end
        ? "the file was cut off; copy it again"
        : "there are bytes too many at the end; copy it again",
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end);
  const weights: Weights = new Map();
  for (const [name, { shape, data_offsets }] of entries) {
    const value = zeros(shape);
    for (let i = 0; i < value.data.length; i++) {
      value.data[i] = view.getFloat32(data_offsets[0] + 4 * i, true);
    }
    weights.set(name, value);
  }
  return weights;
}

/** Says what is wrong with the file, and throws. */
type Fail = (expected: string, found: string, remedy: string) => never;

const DAMAGED = "the header is damaged";
const NOT_A_FILE = "this is no safetensors file, or it was cut off";

/** The header as JSON has it, and where the numbers start. */
function readHeader(
  bytes: Uint8Array,
  fail: Fail,
): { header: Record<string, unknown>; start: number } {
  if (bytes.length < LENGTH) {
    fail(`a header length of ${LENGTH} bytes`, `${bytes.length}`, NOT_A_FILE);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(bytes.length - LENGTH)) {
    fail(
      `a header of ${length} bytes`,
      `${bytes.length - LENGTH} bytes after its length`,
      NOT_A_FILE,
    );
  }
  const start = LENGTH + Number(length);
  let text = "", header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes.subarray(LENGTH, start));
    if (text.startsWith("\ufeff")) throw new Error("a byte order mark");
    header = JSON.parse(text);
  } catch (error) {
    fail("a header in JSON", (error as Error).message, NOT_A_FILE);
  }
  if (
    typeof header !== "object" || header === null || Array.isArray(header)
  ) {
    fail("a header with a name for each weight", shown(header), NOT_A_FILE);
  }
  checkTokens(text, fail);
  const notes = (header as Record<string, unknown>)[NOTES];
  const texts = typeof notes === "object" && notes !== null &&
    !Array.isArray(notes) &&
    Object.values(notes).every((note) => typeof note === "string");
  if (notes !== undefined && notes !== null && !texts) {
    fail(`texts by name as "${NOTES}"`, JSON.stringify(notes), DAMAGED);
  }
  return { header: header as Record<string, unknown>, start };
}

/**
 * Throws at what JSON.parse() lets pass in silence and the format forbids: a
 * name twice, of which the last one would count, half a character, and a
 * number such as 2.0 or 2e0.
 */
function checkTokens(text: string, fail: Fail): void {
  const names: Set<string>[] = [];
  const tokens = /"(?:[^"\\]|\\.)*"\s*:?|[{}]|-?\d[\d.eE+-]*/g;
  for (const [token] of text.matchAll(tokens)) {
    if (token === "{") names.push(new Set());
    else if (token === "}") names.pop();
    else if (token.startsWith('"')) {
      const word = JSON.parse(token.replace(/\s*:$/, "")) as string;
      if (!word.isWellFormed()) {
        fail("names in whole characters", shown(word), DAMAGED);
      }
      if (!token.endsWith(":")) continue;
      const seen = names.at(-1)!;
      if (seen.has(word)) {
        fail("each name once", `${shown(word)} twice`, DAMAGED);
      }
      seen.add(word);
    } else if (!/^(0|-?[1-9]\d*)$/.test(token)) {
      fail("whole numbers in the header", token, DAMAGED);
    }
  }
}

/** The header's entry for one weight, once it makes sense. */
function checkEntry(name: string, entry: unknown, fail: Fail): Entry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Entry;
  if (dtype !== "F32") {
    const known = typeof dtype === "string";
    fail(
      `${shown(name)} as float32 ("F32")`,
      known ? shown(dtype) : "no dtype",
      known ? "convert the weights to float32 first" : DAMAGED,
    );
  }
  if (!whole(shape)) {
    fail(
      `a shape for "${name}"`,
      JSON.stringify(shape) ?? "none",
      DAMAGED,
    );
  }
  if (!whole(offsets) || offsets.length !== 2) {
    fail(
      `first and last byte of "${name}"`,
      JSON.stringify(offsets) ?? "none",
      DAMAGED,
    );
  }
  const size = offsets[1] - offsets[0];
  if (size !== 4 * sizeOf(shape)) {
    fail(
      `${4 * sizeOf(shape)} bytes for "${name}" ${shapeText(shape)}`,
      `${size}`,
      "shape and offsets of the header contradict each other",
    );
  }
  return { dtype, shape, data_offsets: offsets };
}
