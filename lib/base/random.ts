/**
 * Seeded random numbers and the initialisers built on them.
 *
 * The same seed gives the same numbers on every machine, so every run of a
 * notebook starts from the same weights and sees the data in the same order.
 *
 * @module
 */
import {
  checkSeed,
  checkSeedOrStream,
  checkWord,
  settle,
  shown,
} from "./options.ts";
import { checkRange } from "./range.ts";
import { checkLengths, DTYPES, room, sizeOf } from "./shape.ts";
import type { DType, Tensor } from "./tensor.ts";

/** A stream of random numbers that a seed decides. */
export interface Random {
  /** A number from 0 (included) to 1 (not included). */
  uniform(): number;
  /** A draw from the normal distribution with mean 0 and deviation 1. */
  normal(): number;
  /** A whole number from 0 (included) to `limit` (not included); limit 1 or more. */
  integer(limit: number): number;
}

/**
 * Makes a stream of random numbers from a whole-number seed.
 *
 * The generator is Mulberry32 (Tommy Ettinger, 2017, public domain): 32 bits
 * of state, good enough for weights and shuffles, not for secrets.
 *
 * @throws {RangeError} A seed that is no whole number.
 *
 * @example
 * ```ts
 * import { random } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(random(7).uniform(), random(7).uniform());
 * ```
 */
export function random(seed: number): Random {
  checkSeed("random", seed);
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  let spare: number | undefined;
  const normal = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    // Box-Muller makes two draws at once; 1 - u keeps the logarithm finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return {
    uniform,
    normal,
    integer: (limit) => {
      if (!Number.isInteger(limit) || limit < 1) {
        throw new RangeError(
          `integer() expects a limit that is a whole number of 1 or more but found ${
            shown(limit)
          }: numbers from 0 to limit - 1 are drawn`,
        );
      }
      return Math.floor(uniform() * limit);
    },
  };
}

/** The stream itself, or a new one from a seed. */
function streamOf(fn: string, seed: number | Random): Random {
  checkSeedOrStream(fn, seed);
  return typeof seed === "number" ? random(seed) : seed;
}

/**
 * The whole numbers from 0 to `length - 1` in random order (Fisher-Yates).
 *
 * @throws {RangeError} A length or a seed that is no whole number.
 *
 * @example
 * ```ts
 * import { permutation } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...permutation(5, 1)].sort(), [0, 1, 2, 3, 4]);
 * ```
 */
export function permutation(
  length: number,
  seed: number | Random,
): Uint32Array {
  checkRange("permutation", "a length that is a whole number", length, {
    ...{ from: 0, whole: true },
    remedy: "pass the number of things to put in order",
  });
  const stream = streamOf("permutation", seed);
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = stream.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/**
 * A tensor of normal draws times `deviation` (1 unless told).
 *
 * @throws {TypeError} A shape that is no list; another dtype; an unknown option.
 * @throws {RangeError} A deviation that is no finite number; a seed or an axis
 * length that is no whole number.
 *
 * @example
 * ```ts
 * import { randomNormal } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(randomNormal([2, 3], 1, { deviation: 0.1 }).shape, [2, 3]);
 * ```
 */
export function randomNormal(
  shape: readonly number[],
  seed: number | Random,
  options: { deviation?: number; dtype?: DType } = {},
): Tensor {
  const { deviation, dtype } = settle("randomNormal", options, {
    deviation: 1,
    dtype: undefined,
  });
  if (!Number.isFinite(deviation)) {
    throw new RangeError(
      `randomNormal() expects a finite deviation but found ${
        shown(deviation)
      }: 1 is usual`,
    );
  }
  const draw = (stream: Random) => deviation * stream.normal();
  return draws("randomNormal", shape, seed, dtype, draw);
}

/** A tensor filled by `draw`; errors speak for the function `fn`. */
function draws(
  fn: string,
  shape: readonly number[],
  seed: number | Random,
  dtype: DType | undefined,
  draw: (stream: Random) => number,
): Tensor {
  checkLengths(fn, shape);
  if (dtype !== undefined) checkWord(fn, "dtype", dtype, DTYPES);
  const stream = streamOf(fn, seed);
  const data = room(fn, sizeOf(shape), dtype ?? "float32");
  for (let i = 0; i < data.length; i++) data[i] = draw(stream);
  return { shape: [...shape], data };
}

/**
 * A tensor of uniform draws from `low` to `high` (0 to 1 unless told).
 *
 * @throws {TypeError} A shape that is no list; another dtype; an unknown option.
 * @throws {RangeError} Ends that are no finite numbers, or `low` above `high`; a
 * seed or an axis length that is no whole number.
 *
 * @example
 * ```ts
 * import { randomUniform } from "cnn";
 * import { assert } from "@std/assert";
 *
 * const x = randomUniform([100], 1, { low: -1, high: 1 });
 * assert(x.data.every((value) => value >= -1 && value < 1));
 * ```
 */
export function randomUniform(
  shape: readonly number[],
  seed: number | Random,
  options: { low?: number; high?: number; dtype?: DType } = {},
): Tensor {
  const { low, high, dtype } = settle("randomUniform", options, {
    low: 0,
    high: 1,
    dtype: undefined,
  });
  if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high)) {
    throw new RangeError(
      `randomUniform() expects finite low <= high but found ${shown(low)} and ${
        shown(high)
      }: pass both, the smaller one as low`,
    );
  }
  const draw = (stream: Random) => low + (high - low) * stream.uniform();
  return draws("randomUniform", shape, seed, dtype, draw);
}

/**
 * Inputs and outputs that meet in one unit of a kernel: [in, out] has `in` and
 * `out`, [KH, KW, Cin, Cout] has KH * KW * Cin and KH * KW * Cout.
 */
export function fans(
  shape: readonly number[],
  fn = "fans",
): { fanIn: number; fanOut: number } {
  if (!Array.isArray(shape) || shape.length < 2) {
    throw new TypeError(
      `${fn}() expects the shape of a kernel, [in, out] or [KH, KW, Cin, Cout], but found ${
        shown(shape)
      }: a bias has no inputs and starts as zeros`,
    );
  }
  checkLengths(fn, shape);
  const window = sizeOf(shape.slice(0, -2));
  return {
    fanIn: window * shape[shape.length - 2],
    fanOut: window * shape[shape.length - 1],
  };
}

/**
 * He initialiser: normal with variance 2 / fanIn, made for ReLU.
 *
 * Source: He et al., "Delving Deep into Rectifiers", 2015, section 2.2.
 *
 * @param shape A dense kernel [in, out] or a convolution kernel [KH, KW, Cin, Cout].
 * @throws {TypeError} As {@linkcode fans}; another dtype.
 * @throws {RangeError} As {@linkcode fans}; a seed that is no whole number.
 *
 * @example
 * ```ts
 * import { heNormal } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(heNormal([3, 3, 1, 8], 1).shape, [3, 3, 1, 8]);
 * ```
 */
export function heNormal(
  shape: readonly number[],
  seed: number | Random,
  dtype?: DType,
): Tensor {
  const deviation = Math.sqrt(2 / fans(shape, "heNormal").fanIn);
  const draw = (stream: Random) => deviation * stream.normal();
  return draws("heNormal", shape, seed, dtype, draw);
}

/**
 * Glorot initialiser: uniform within sqrt(6 / (fanIn + fanOut)).
 *
 * Source: Glorot and Bengio, "Understanding the difficulty of training deep
 * feedforward neural networks", 2010, equation 16.
 *
 * @param shape A dense kernel [in, out] or a convolution kernel [KH, KW, Cin, Cout].
 * @throws {TypeError} As {@linkcode fans}; another dtype.
 * @throws {RangeError} As {@linkcode fans}; a seed that is no whole number.
 *
 * @example
 * ```ts
 * import { glorotUniform } from "cnn";
 * import { assert } from "@std/assert";
 *
 * const limit = Math.sqrt(6 / (4 + 2));
 * assert(glorotUniform([4, 2], 1).data.every((w) => Math.abs(w) <= limit));
 * ```
 */
export function glorotUniform(
  shape: readonly number[],
  seed: number | Random,
  dtype?: DType,
): Tensor {
  const { fanIn, fanOut } = fans(shape, "glorotUniform");
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  const draw = (stream: Random) => -limit + (limit + limit) * stream.uniform();
  return draws("glorotUniform", shape, seed, dtype, draw);
}
