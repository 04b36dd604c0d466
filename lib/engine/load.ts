/**
 * Loading TensorFlow.js: only when it is asked for, never on import.
 *
 * The rest of the library stays quick to import and free of tfjs; whoever needs
 * it awaits `loadTf()` (or `useBackend()`), and from then on `tfjs()` hands it
 * out without waiting.
 *
 * @module
 */
import type { Tf } from "../layers/tfjs/class.ts";
import { apart, inPlace, recorder } from "./planned.ts";

export type { Tf };

let loading: Promise<Tf> | undefined;
let loaded: Tf | undefined;

/**
 * Loads TensorFlow.js once; later calls get the same module.
 *
 * @returns The module `@tensorflow/tfjs`, without a chosen backend.
 *
 * @example
 * ```ts
 * import { loadTf } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const tf = await loadTf();
 * assertEquals(tf.util.sizeFromShape([2, 3]), 6);
 * ```
 */
export function loadTf(): Promise<Tf> {
  loading ??= import("./tfjs.ts").then(({ prepareTf }) => loaded = prepareTf())
    .catch((error) => {
      loading = undefined; // another call may succeed
      throw error;
    });
  return loading;
}

/**
 * TensorFlow.js, once it is loaded.
 *
 * @returns The module that `await loadTf()` or `await useBackend()` loaded.
 * @throws {Error} It is not loaded yet.
 *
 * @example
 * ```ts
 * import { tfjs, useBackend } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend();
 * assertEquals(tfjs().scalar(2).square().dataSync()[0], 4);
 * ```
 */
export function tfjs(): Tf {
  if (loaded === undefined) {
    throw new Error(
      "tfjs() expects TensorFlow.js to be loaded but found that it is not: call await useBackend() first",
    );
  }
  return loaded;
}

/** What we use of tfjs's engine. */
interface Engine {
  state: {
    kernelDepth: number;
    gradientDepth: number;
    activeTape: unknown;
    scopeStack: unknown[];
    numDataMovesStack: unknown[];
  };
  endScope(): void;
}

/**
 * Clears what an interrupted cell left of an operation in TensorFlow.js.
 *
 * An interrupt runs no `finally`: tfjs goes on believing that it is inside an
 * operation or a gradient, and records nothing for the next one. To be called
 * where no operation can be at work, such as the start of a step.
 */
export function recover(): void {
  recorder()?.abandon();
  inPlace.weights = new Set();
  const engine = tfjs().engine() as unknown as Engine, { state } = engine;
  const within = state.kernelDepth > 0 || state.gradientDepth > 0 || apart.now;
  apart.now = false;
  if (!within) return;
  state.kernelDepth = 0;
  state.gradientDepth = 0;
  state.activeTape = null;
  state.numDataMovesStack.length = 0;
  while (state.scopeStack.length > 0) engine.endScope();
}
