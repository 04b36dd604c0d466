/**
 * Values from JSON back to plain data, rebuilt from nothing: no prototype,
 * getter or method crosses the line.
 */
import {
  limits,
  setOwn,
  typedArrays,
  type TypedName,
  WireError,
} from "./kinds.ts";

const { isArray } = Array;
const { fromBase64 } = Uint8Array;

/** Rebuilds data that is already parsed. */
export function unpack(packed: unknown, depth = 0): unknown {
  if (depth > limits.depth) throw new WireError("an answer nested too deeply");
  if (
    packed === null || typeof packed === "boolean" ||
    typeof packed === "string" || typeof packed === "number"
  ) return packed;
  if (typeof packed !== "object" || isArray(packed)) {
    throw new WireError("an answer that is no data");
  }
  const part = packed as Record<string, unknown>;
  if (part.undefined === 1) return undefined;
  if (typeof part.number === "string") return unpackNumber(part.number);
  if (typeof part.bigint === "string") return unpackBigint(part.bigint);
  if (typeof part.typed === "string") return unpackTyped(part.typed, part.data);
  if (isArray(part.array)) return part.array.map((v) => unpack(v, depth + 1));
  if (isArray(part.map)) return unpackMap(part.map, depth);
  if (isArray(part.object)) return unpackObject(part.object, depth);
  throw new WireError("an answer that is no data");
}

function unpackNumber(text: string): number {
  const value = Number(text);
  if (text === "NaN" || text === "-0" || Math.abs(value) === Infinity) {
    return value;
  }
  throw new WireError("an answer with a damaged number");
}

function unpackBigint(text: string): bigint {
  if (!/^-?\d{1,1000}$/.test(text)) {
    throw new WireError("an answer with a damaged bigint");
  }
  return BigInt(text);
}

function unpackTyped(name: string, data: unknown): unknown {
  const Kind = Object.hasOwn(typedArrays, name)
    ? typedArrays[name as TypedName]
    : undefined;
  if (!Kind || typeof data !== "string") {
    throw new WireError("an answer with a damaged array");
  }
  if (data.length > limits.typedBytes * 4 / 3 + 4) {
    throw new WireError(
      `an answer with more than ${limits.typedBytes / 1048576} MB in one array`,
    );
  }
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = fromBase64(data);
  } catch (error) {
    throw new WireError("an answer with a damaged array", { cause: error });
  }
  if (bytes.length % Kind.BYTES_PER_ELEMENT !== 0) {
    throw new WireError("an answer with a damaged array");
  }
  return new Kind(bytes.buffer, 0, bytes.length / Kind.BYTES_PER_ELEMENT);
}

function unpackMap(entries: unknown[], depth: number): Map<unknown, unknown> {
  const map = new Map();
  for (const entry of entries) {
    if (!isArray(entry) || entry.length !== 2) {
      throw new WireError("an answer with a damaged map");
    }
    map.set(unpack(entry[0], depth + 1), unpack(entry[1], depth + 1));
  }
  return map;
}

function unpackObject(flat: unknown[], depth: number): object {
  const object = {};
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const key = flat[i];
    if (typeof key !== "string") {
      throw new WireError("an answer with a damaged object");
    }
    // An own property even for the key "__proto__".
    setOwn(object, key, unpack(flat[i + 1], depth + 1));
  }
  return object;
}
