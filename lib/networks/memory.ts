/**
 * Bytes that a network takes, estimated from its shapes: every number is a float32.
 *
 * What kernels need besides, for as long as they run, and the gaps that an
 * allocator leaves are not counted.
 *
 * @module
 */
import { sizeOf } from "../base/tensor.ts";
import { joins } from "../layers/kinds.ts";
import type {
  Plan,
  PlannedParallel as Parallel,
  PlannedSequence,
  PlannedSingle,
} from "./plan.ts";
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
   * first weight that moves. TensorFlow.js keeps these until the step ends. What is
   * one pass with the layer behind it on wasm, as its kind says, leaves nothing.
   */
  readonly training: number;
  /** At most in use: images, weights, and the activations that are still to be read. */
  readonly answer: number;
}

/** What is counted by itself: a layer, or the join of branches. */
type Part = PlannedSingle | Parallel;

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

/** What a part ends with; none where it is empty. */
const lastOf = (part?: Plan): Part | undefined =>
  part?.type === "sequence" ? lastOf(part.steps.at(-1)) : part;

const isKind = (part: Plan | undefined, kind: string): boolean =>
  part?.type === "single" && part.kind.kind === kind;

/** The steps of a sequence, those of sequences in it too. */
const stepsOf = ({ steps }: PlannedSequence): (PlannedSingle | Parallel)[] =>
  steps.flatMap((step) => step.type === "sequence" ? stepsOf(step) : [step]);

/** What the step at `i` does in its own pass, as its kind says: see Pass. */
function passOf(
  steps: readonly (PlannedSingle | Parallel)[],
  i: number,
  during: "training" | "use",
): { before?: Part; behind: number } | undefined {
  const step = steps[i];
  if (step.type === "parallel" && step.branches.length !== 2) return undefined;
  const { passes = [] } = step.type === "single" ? step.kind : joins[step.join];
  for (const pass of passes) {
    if (pass.during !== undefined && pass.during !== during) continue;
    const before = pass.before === undefined || step.type === "single"
      ? undefined
      : step.branches.map(lastOf).find((end) => isKind(end, pass.before!));
    if (pass.before !== undefined && before === undefined) continue;
    const names = pass.behind.find((names) =>
      names.every((name, k) => isKind(steps[i + 1 + k], name))
    );
    if (names) return { before, behind: names.length };
  }
}

/** What leaves nothing in training, since it is one pass with what follows. */
function* inOnePass(part: Plan): Generator<Part> {
  if (part.type === "single") return;
  const steps = part.type === "sequence" ? stepsOf(part) : part.branches;
  for (const one of steps) yield* inOnePass(one);
  if (part.type === "parallel") return;
  const own = stepsOf(part);
  for (let i = 0; i < own.length; i++) {
    const pass = passOf(own, i, "training");
    if (!pass) continue;
    if (pass.before) yield pass.before;
    yield* own.slice(i, i + pass.behind);
  }
}

/** Numbers of one image at most, besides the part's input, while it answers. */
function answering(part: Plan): number {
  if (part.type === "single") return passesOn(part) ? 0 : activationsOf(part);
  let most = 0;
  if (part.type === "sequence") {
    let input = 0; // of a step, where it is not the sequence's own
    let inPassing = 0; // steps that one before them does
    const steps = stepsOf(part);
    steps.forEach((step, i) => {
      if (inPassing > 0) inPassing--;
      else {
        most = Math.max(most, input + answering(step));
        inPassing = passOf(steps, i, "use")?.behind ?? 0;
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
  // what draws does so in training only
  if (part.type === "single") return !!(part.kind.reshapes || part.kind.draws);
  return part.type === "sequence" && part.steps.every(passesOn);
}

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
