/**
 * Plain data to values for JSON.
 *
 * This file also runs inside the sandbox beside a student's code, which may
 * overwrite anything: the functions it needs are taken at load time.
 */
import { limits, setOwn, type TypedName, WireError } from "./kinds.ts";

const { isArray } = Array;
const { keys, is, getPrototypeOf } = Object;
const isView = ArrayBuffer.isView;
const bind = <T, A extends unknown[], R>(
  f: (this: T, ...args: A) => R,
): (self: T, ...args: A) => R => Function.prototype.call.bind(f);
const toBase64 = bind(Uint8Array.prototype.toBase64);
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
      setOwn(items, i, pack(value[i], depth + 1, budget));
    }
    return { array: items };
  }
  if (value instanceof Map) {
    const entries: unknown[] = [];
    forEachEntry(value, (item, key) => {
      setOwn(entries, entries.length, [
        pack(key, depth + 1, budget),
        pack(item, depth + 1, budget),
      ]);
    });
    return { map: entries };
  }
  const flat: unknown[] = [];
  const names = keys(value);
  for (let i = 0; i < names.length; i++) {
    const item = (value as Record<string, unknown>)[names[i]];
    // Methods of an instance stay behind; its data crosses.
    if (typeof item === "function" && !isPlain(value)) continue;
    setOwn(flat, flat.length, names[i]);
    setOwn(flat, flat.length, pack(item, depth + 1, budget));
  }
  return { object: flat };
}

function isPlain(value: object): boolean {
  const prototype = getPrototypeOf(value);
  return prototype === null || getPrototypeOf(prototype) === null;
}
