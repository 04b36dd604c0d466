/**
 * Which training steps are planned: recorded once, and then done again; see
 * engine/planned.ts.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Stepping } from "../measure/trainer.ts";
import { tfjs } from "../engine/load.ts";
import {
  type BuiltIn,
  builtInOf,
  inPlace,
  isAsBuilt,
  isSteady,
  learningOf,
  type Numbers,
  type ReadWeights,
  type Recorded,
  recorder,
  weightsOf,
} from "../engine/planned.ts";

/** What a step is given besides the weights. */
export interface Given {
  readonly shape: readonly number[];
  readonly data: Numbers;
  /** Are they whole numbers? */
  readonly whole?: boolean;
}

/** What is given, as tensors, to loss, hits, and gradients by the variables' names. */
export type Differentiate = (given: readonly tensorflow.Tensor[]) => {
  loss: tensorflow.Tensor;
  hits?: tensorflow.Tensor;
  grads: tensorflow.NamedTensorMap;
};

/** What is given, as tensors. */
export const tensorsFor = (given: readonly Given[]): tensorflow.Tensor[] =>
  given.map(({ shape, data, whole }) =>
    whole
      ? tfjs().tensor(Int32Array.from(data), [...shape], "int32")
      : tfjs().tensor(Float32Array.from(data), [...shape])
  );

/** A step whose numbers lie in a recording. */
export interface PlannedStep {
  readonly loss: number;
  /** Hits, where they are counted. */
  readonly correct: number;
  /** "planned" where it came from a recording, "taped" where it was recorded. */
  readonly stepping: Stepping;
  readonly grads: tensorflow.NamedTensorMap;
}

/**
 * Whether steps and answers are planned, to compare them with those that are not; how
 * many were; and how many answers of one shape in a row are not.
 */
export const planning = { on: true, steps: 0, answers: 0, patience: 16 };

/** Plans that were of no use so often in a row, as others change the model, are no more made. */
const PATIENCE = 2;

/** The share of wasm's memory that a plan and another step beside it may take. */
const SHARE = 0.9;

/** Whose step was the last one, and of which shape. */
let last: { of?: object; shape?: string } = {};

/** One recording at a time: it holds as much memory as a step needs. */
let plan:
  | {
    readonly of: object;
    readonly shape: string;
    readonly kind: string;
    readonly builtIn: readonly BuiltIn[];
    readonly recorded: Recorded;
  }
  | undefined;

function giveUp(): void {
  const old = plan;
  plan = undefined;
  old?.recorded.dispose();
}

/**
 * The planned steps of one trainer.
 *
 * @param model All of its weights are read, those among them that its steps move.
 * @param others What the steps read, and may move, besides.
 */
export function plannedSteps(
  model: tensorflow.LayersModel,
  differentiate: Differentiate,
  others: readonly tensorflow.Variable[] = [],
) {
  const me = {};
  const read = (): ReadWeights => {
    const { own, apart } = weightsOf(model);
    return { own: [...own, ...others], apart };
  };
  let broken = 0;
  let why: string | undefined;

  /** Which weights learn, and which layers are done apart. */
  const kindOfStep = () =>
    [
      ...learningOf(model).map(({ id }) => id),
      ...model.layers.map((layer) => isSteady(layer) ? "" : "apart"),
    ].join();

  /** Is the plan what a step with the tape would do? */
  const holds = ({ recorded, builtIn }: NonNullable<typeof plan>) =>
    recorded.intact && builtIn.every(isAsBuilt);

  /** Is there room for a step with the tape beside a recording, such as the last of an epoch? */
  const fits = ({ bytes }: Recorded) =>
    2 * bytes + tfjs().memory().numBytes <= SHARE * recorder()!.room;

  /** The results of a recording as tensors; they are given back by dispose(). */
  const tensorsOf = (recorded: Recorded, stepping: Stepping): PlannedStep => {
    const engine = tfjs().engine() as unknown as {
      backend: { incRef(id: object): void };
      makeTensorFromTensorInfo(x: tensorflow.TensorInfo): tensorflow.Tensor;
    };
    const { loss: _loss, hits: _hits, ...others } = recorded.results;
    const grads: tensorflow.NamedTensorMap = {};
    const { absent } = recorded;
    for (const [name, x] of Object.entries(others)) {
      if (absent.has(name)) continue;
      engine.backend.incRef(x.dataId);
      grads[name] = engine.makeTensorFromTensorInfo(x);
    }
    const [loss] = recorded.numbers("loss");
    const [correct] = _hits ? recorded.numbers("hits") : [NaN];
    return { loss, correct, stepping, grads };
  };

  return {
    /** The step of a plan; undefined where there is none. */
    step(given: readonly Given[]): PlannedStep | undefined {
      if (!planning.on) return undefined;
      const shape = given.map(({ shape }) => shape.join()).join(" ");
      const again = last.of === me && last.shape === shape;
      last = { of: me, shape };
      if (plan?.of === me && !holds(plan)) {
        giveUp();
        if (++broken === PATIENCE) why = "a model that others change";
      }
      // refused meanwhile, or torn out of the step that would have given it up; or a
      // layer was frozen, which asks for other gradients
      if (plan?.of === me) why ??= plan.recorded.why;
      if (plan?.of === me && (why || plan.kind !== kindOfStep())) giveUp();
      if (plan?.of === me && plan.shape === shape) {
        plan.recorded.replay(given.map(({ data }) => data));
        planning.steps++;
        broken = 0;
        return tensorsOf(plan.recorded, "planned");
      }
      const tf = tfjs();
      if (!again || why || tf.getBackend() !== "wasm") return undefined;
      const weights = read();
      if (!recorder()!.unshared(weights.own)) return undefined;
      giveUp();
      const recorded = recorder()!.record(
        weights,
        () => tensorsFor(given),
        (tensors) => {
          const { grads, ...others } = differentiate(tensors);
          const moving = Object.entries(grads).filter(([, grad]) => grad);
          return { ...Object.fromEntries(moving), ...others };
        },
      );
      why = recorded.why ?? (fits(recorded) ? undefined : "too little memory");
      const builtIn = builtInOf(model);
      plan = { of: me, shape, kind: kindOfStep(), builtIn, recorded };
      return tensorsOf(recorded, "taped");
    },
    dispose(): void {
      if (plan?.of === me) giveUp();
    },
    /** Moves the weights, which stay where a plan knows them. */
    move(update: () => void): void {
      if (plan?.of !== me) return update();
      const own = inPlace.weights = new Set(read().own);
      try {
        update();
      } finally {
        inPlace.weights = new Set();
        recorder()!.forget(own);
        if (why) giveUp(); // it can give no other numbers
      }
    },
  };
}
