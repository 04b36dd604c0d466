/**
 * Plain data as JSON text, both ways: what may pass between a sandbox and us.
 *
 * Numbers keep NaN, infinities and -0; typed arrays travel as base64. Anything
 * with behaviour (functions, symbols) is refused. What arrives is rebuilt from
 * nothing, so no prototype, getter or method crosses the line.
 *
 * This file also runs inside the sandbox beside a student's code, which may
 * overwrite anything: the functions it needs are taken at load time.
 *
 * @module
 */

/** Deepest nesting and most values that cross; a tensor counts as few. */
const limits = { depth: 40, values: 500_000, typedBytes: 48 * 1024 * 1024 };

const typedArrays = {
  f32: Float32Array,
  f64: Float64Array,
  i8: Int8Array,
  u8: Uint8Array,
  u8c: Uint8ClampedArray,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
} as const;
type TypedName = keyof typeof typedArrays;

const { stringify, parse } = JSON;
const { isArray } = Array;
const { keys, defineProperty, is, getPrototypeOf } = Object;
const isView = ArrayBuffer.isView;
const bind = <T, A extends unknown[], R>(
  f: (this: T, ...args: A) => R,
): (self: T, ...args: A) => R => Function.prototype.call.bind(f);
const toBase64 = bind(Uint8Array.prototype.toBase64);
const { fromBase64 } = Uint8Array;
const tagOf = bind(
  Object.getOwnPropertyDescriptor(
    Object.getPrototypeOf(Uint8Array.prototype),
    Symbol.toStringTag,
  )!.get!,
);
const forEachEntry = bind(Map.prototype.forEach);
const U8 = Uint8Array;
const tagNames: Record<string, TypedName> = {
  __proto__: null as never,
  Float32Array: "f32",
  Float64Array: "f64",
  Int8Array: "i8",
  Uint8Array: "u8",
  Uint8ClampedArray: "u8c",
  Int16Array: "i16",
  Uint16Array: "u16",
  Int32Array: "i32",
  Uint32Array: "u32",
};

/** Data that cannot cross. */
export class WireError extends TypeError {
  override name = "TypeError";
}

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

/** Plain data as a value for JSON. */
export function pack(
  value: unknown,
  depth = 0,
  budget: { left: number } = { left: limits.values },
): unknown {
  if (depth > limits.depth) {
    throw new WireError(
      `nested deeper than ${limits.depth} levels, or contains itself: return plain data`,
    );
  }
  if (--budget.left < 0) {
    throw new WireError(
      `more than ${limits.values} values outside typed arrays: return a Tensor or a typed array`,
    );
  }
  if (value === null) return null;
  switch (typeof value) {
    case "boolean":
    case "string":
      return value;
    case "number":
      return packNumber(value);
    case "undefined":
      return { undefined: 1 };
    case "bigint":
      return { bigint: `${value}` };
    case "object":
      return packObject(value, depth, budget);
    default:
      throw new WireError(
        `a ${typeof value} where plain data is expected: return numbers, strings, arrays, plain objects or Tensors`,
      );
  }
}

function packNumber(value: number): unknown {
  const plain = value - value === 0 && !is(value, -0); // finite
  return plain ? value : { number: is(value, -0) ? "-0" : `${value}` };
}

function packObject(
  value: object,
  depth: number,
  budget: { left: number },
): unknown {
  if (isView(value)) {
    const name = tagNames[tagOf(value as Uint8Array) ?? ""];
    if (!name) {
      throw new WireError(
        "a kind of binary array that is not read: return a Float32Array or Float64Array",
      );
    }
    const bytes = new U8(value.buffer, value.byteOffset, value.byteLength);
    return { typed: name, data: toBase64(bytes) };
  }
  if (isArray(value)) {
    const items: unknown[] = [];
    const length = value.length;
    for (let i = 0; i < length; i++) {
      defineProperty(
        items,
        i,
        plainProperty(pack(value[i], depth + 1, budget)),
      );
    }
    return { array: items };
  }
  if (value instanceof Map) {
    const entries: unknown[] = [];
    forEachEntry(value, (item, key) => {
      defineProperty(
        entries,
        entries.length,
        plainProperty([
          pack(key, depth + 1, budget),
          pack(item, depth + 1, budget),
        ]),
      );
    });
    return { map: entries };
  }
  const flat: unknown[] = [];
  const names = keys(value);
  for (let i = 0; i < names.length; i++) {
    const item = (value as Record<string, unknown>)[names[i]];
    // Methods of an instance stay behind; its data crosses.
    if (typeof item === "function" && !isPlain(value)) continue;
    defineProperty(flat, flat.length, plainProperty(names[i]));
    defineProperty(
      flat,
      flat.length,
      plainProperty(pack(item, depth + 1, budget)),
    );
  }
  return { object: flat };
}

function isPlain(value: object): boolean {
  const prototype = getPrototypeOf(value);
  return prototype === null || getPrototypeOf(prototype) === null;
}

function plainProperty(value: unknown): PropertyDescriptor {
  return {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  } as PropertyDescriptor;
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
    defineProperty(object, key, plainProperty(unpack(flat[i + 1], depth + 1)));
  }
  return object;
}
