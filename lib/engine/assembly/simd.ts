// Shared pieces. USE_FMA is set by the build: 1 makes the relaxed-SIMD binary.

/** a * b + c in each lane. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (USE_FMA) return v128.relaxed_madd<f32>(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Lane 0 of v in all four; then the same for lanes 1 to 3. */
// @ts-ignore: decorator
@inline
export function lane0(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 0, 0, 0, 0);
}

// @ts-ignore: decorator
@inline
export function lane1(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 1, 1, 1, 1);
}

// @ts-ignore: decorator
@inline
export function lane2(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 2, 2, 2, 2);
}

// @ts-ignore: decorator
@inline
export function lane3(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 3, 3, 3, 3);
}

/** One number in all four lanes. */
// @ts-ignore: decorator
@inline
export function splat(pointer: usize): v128 {
  return v128.load32_splat(pointer);
}

/** Stores the first `count` (1 to 8) of eight lanes. */
// @ts-ignore: decorator
@inline
export function storePart(pointer: usize, low: v128, high: v128, count: i32): void {
  if (count >= 4) {
    v128.store(pointer, low);
    pointer += 16;
    low = high;
    count -= 4;
  }
  if (count > 0) f32.store(pointer, f32x4.extract_lane(low, 0));
  if (count > 1) f32.store(pointer, f32x4.extract_lane(low, 1), 4);
  if (count > 2) f32.store(pointer, f32x4.extract_lane(low, 2), 8);
  if (count > 3) f32.store(pointer, f32x4.extract_lane(low, 3), 12);
}

// @ts-ignore: decorator
@inline
export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

// @ts-ignore: decorator
@inline
export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

/** The activation that a product or a convolution applies: 0 none, 1 ReLU, 2 ReLU6. */
// @ts-ignore: decorator
@inline
export function activate(v: v128, act: i32): v128 {
  if (act == 0) return v;
  // pmax(a, b) keeps a where b is not larger: a NaN stays a NaN.
  v = f32x4.pmax(v, f32x4.splat(0));
  return act == 2 ? f32x4.pmin(v, f32x4.splat(6)) : v;
}
