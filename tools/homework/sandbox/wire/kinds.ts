/**
 * What both directions of the wire share: limits, kinds of arrays, the error.
 */

/** Deepest nesting and most values that cross; a tensor counts as few. */
export const limits = {
  depth: 40,
  values: 500_000,
  typedBytes: 48 * 1024 * 1024,
};

/** Typed arrays that cross, by their names on the wire. */
export const typedArrays = {
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
/** Their names on the wire. */
export type TypedName = keyof typeof typedArrays;

/** Data that cannot cross. */
export class WireError extends TypeError {
  override name = "TypeError";
}

const { defineProperty } = Object;

/** Sets an own property, whatever the prototypes say by now. */
export function setOwn(target: object, key: string | number, value: unknown) {
  defineProperty(target, key, {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  } as PropertyDescriptor);
}
