/**
 * Going on after an interrupt.
 *
 * @module
 */
import type { Tf } from "./tf.ts";

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
export function recover(tf: Tf): void {
  const engine = tf.engine() as unknown as Engine, { state } = engine;
  if (state.kernelDepth === 0 && state.gradientDepth === 0) return;
  state.kernelDepth = 0;
  state.gradientDepth = 0;
  state.activeTape = null;
  state.numDataMovesStack.length = 0;
  while (state.scopeStack.length > 0) engine.endScope();
}
