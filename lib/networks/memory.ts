/**
 * Bytes that a network takes, estimated from its shapes: every number is a float32.
 *
 * What kernels need besides, for as long as they run, and the gaps that an
 * allocator leaves are not counted.
 *
 * @module
 */
import { sizeOf } from "../base/tensor.ts";
import type { Plan, PlannedParallel, PlannedSingle } from "./plan.ts";
import { weightsOf, weightSpecs } from "./weights.ts";

/** Bytes that a network takes with one batch; estimates, from its shapes. */
export interface Memory {
  /** Images at once. */
  readonly batchSize: number;
  /** All weights, those that no training moves too. */
  readonly weights: number;
  /** What all layers put out, and what a training keeps inside of them. */
  readonly activations: number;
  /**
   * At most in a step of training: images, weights, their gradients, what the
   * optimizer keeps, the activations, and a gradient of each that lies behind the
   * first weight that moves. TensorFlow.js keeps these until the step ends. Batch
   * normalisation before a ReLU, and a sum between, are one pass with it on wasm.
   */
  readonly training: number;
  /** At most in use: images, weights, and the activations that are still to be read. */
  readonly answer: number;
}

/** What is counted by itself: a layer, or the join of branches. */
type Part = PlannedSingle | PlannedParallel;

const BYTES = 4; // of a float32

/** Numbers that one image leaves in a layer or join. */
function activationsOf(part: Part): number {
  if (part.type === "parallel") {
    // one branch alone is not joined
    return part.branches.length === 1 ? 0 : sizeOf(part.outputShape);
  }
  const { kind, inputShape, outputShape, settings } = part;
  if (kind.reshapes) return 0;
  return sizeOf(outputShape) + (kind.inside?.(inputShape, settings) ?? 0);
}

/** The bytes that a batch leaves in a layer or join. */
export const activationBytes = (part: Part, batchSize: number): number =>
  BYTES * batchSize * activationsOf(part);

/** Every layer, and every join behind its branches. */
function* inOrder(part: Plan): Generator<Part> {
  if (part.type === "single") return yield part;
  const inner = part.type === "sequence" ? part.steps : part.branches;
  for (const one of inner) yield* inOrder(one);
  if (part.type === "parallel") yield part;
}

/** What a part ends with, or begins with: a layer or a join; none where it is empty. */
const lastOf = (part?: Plan): Part | undefined =>
  part?.type === "sequence" ? lastOf(part.steps.at(-1)) : part;
const firstOf = (part: Plan): Part | undefined =>
  part.type === "sequence" ? part.steps[0] && firstOf(part.steps[0]) : part;

const isKind = (part: Part | undefined, kind: string): boolean =>
  part?.type === "single" && part.kind.kind === kind;

/**
 * Batch normalisation, and sums with one, before a ReLU: in training they are one
 * pass with it, and only the ReLU leaves something.
 */
function* inOnePass(part: Plan): Generator<Part> {
  if (part.type === "single") return;
  const inner = part.type === "sequence" ? part.steps : part.branches;
  for (const one of inner) yield* inOnePass(one);
  if (part.type === "parallel") return;
  for (const [i, step] of part.steps.entries()) {
    if (i === 0 || !isKind(firstOf(step), "relu")) continue;
    const before = lastOf(part.steps[i - 1]);
    if (before && isKind(before, "batchNorm")) yield before;
    if (before?.type !== "parallel" || before.join !== "add") continue;
    const norm = before.branches.map(lastOf)
      .find((end) => isKind(end, "batchNorm"));
    if (norm && before.branches.length === 2) yield* [norm, before];
  }
}

/** Numbers of one image at most, besides the part's input, while it answers. */
function answering(part: Plan): number {
  if (part.type === "single") return activationsOf(part);
  let most = 0;
  if (part.type === "sequence") {
    let input = 0; // of a step, where it is not the sequence's own
    part.steps.forEach((step, i) => {
      if (!inPassing(part.steps[i - 1], step)) {
        most = Math.max(most, input + answering(step));
      }
      if (!passesOn(step)) input = sizeOf(step.outputShape);
    });
    return most;
  }
  let done = 0; // by the branches before
  for (const branch of part.branches) {
    most = Math.max(most, done + answering(branch));
    if (!passesOn(branch)) done += sizeOf(branch.outputShape);
  }
  return Math.max(most, done + activationsOf(part));
}

/** Whether a part puts out the numbers that it got, where they lie. */
function passesOn(part: Plan): boolean {
  if (part.type === "single") return part.kind.reshapes === true;
  return part.type === "sequence" && part.steps.every(passesOn);
}

/** Whether a convolution applies the ReLU behind it. */
const inPassing = (before: Plan | undefined, { type, ...step }: Plan) =>
  type === "single" && (step as PlannedSingle).kind.rectifies &&
  before?.type === "single" && before.kind.family === "convolution";

/**
 * Estimates what a network takes.
 *
 * @param batchSize Images at once.
 * @param states Numbers that the optimizer keeps for each weight that it moves: 2
 * for Adam, 1 for momentum, 0 for plain descent.
 */
export function memoryOf(plan: Plan, batchSize: number, states = 2): Memory {
  let weights = 0, moved = 0;
  for (const { shape, trainable } of weightSpecs(plan)) {
    weights += sizeOf(shape);
    if (trainable) moved += sizeOf(shape);
  }
  const input = sizeOf(plan.inputShape);
  const passed = new Set(inOnePass(plan));
  let activations = 0, trained = 0, moving = false;
  for (const part of inOrder(plan)) {
    moving ||= part.type === "single" &&
      weightsOf(part).some(({ trainable }) => trainable);
    activations += activationsOf(part);
    const kept = passed.has(part) ? 0 : 1;
    // a sum hands its gradient on to what came by the shortcut
    const gradient = moving && (kept || part.type === "parallel") ? 1 : 0;
    trained += (kept + gradient) * activationsOf(part);
  }
  const bytes = (fixed: number, each: number) =>
    BYTES * (fixed + batchSize * each);
  return {
    batchSize,
    weights: bytes(weights, 0),
    activations: bytes(0, activations),
    training: bytes(
      weights + (1 + states) * moved,
      input + trained,
    ),
    answer: bytes(weights, input + answering(plan)),
  };
}
