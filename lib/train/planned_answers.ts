/**
 * Answers of a model that are planned: recorded once, and then done again in memory
 * that stays; see engine/planned.ts.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Tensor } from "../base/tensor.ts";
import { toTf } from "../engine/convert.ts";
import { withoutLooking } from "../engine/folding.ts";
import { tfjs } from "../engine/load.ts";
import {
  type BuiltIn,
  builtInOf,
  isAsBuilt,
  isSteady,
  type Recorded,
  recorder,
  weightsOf,
} from "../engine/planned.ts";
import { planning } from "./planned_steps.ts";

/** Bytes that a recording may keep between two answers. */
const MOST = 128 * 2 ** 20;

/** Plans that came to nothing so often are no more made. */
const PATIENCE = 4;

/** A plan gives way to one of another shape when it was not used for so many answers. */
const IDLE = 10;

/** One recording at a time, beside that of a training. */
let plan:
  | {
    readonly of: object;
    readonly shape: string;
    readonly builtIn: readonly BuiltIn[];
    readonly recorded: Recorded;
    idle: number;
  }
  | undefined;

/** Who answered last, and how often to each shape without somebody else between. */
let last: { of?: object; seen: Map<string, number> } = { seen: new Map() };

function giveUp(): void {
  const old = plan;
  plan = undefined;
  old?.recorded.dispose();
}

/** The planned answers of one trainer. */
export function plannedAnswers(model: tensorflow.LayersModel) {
  const me = {};
  let broken = 0, useless = false;

  const answerOf = (recorded: Recorded): Tensor => ({
    shape: [...recorded.results.y.shape],
    data: recorded.numbers("y").slice(),
  });
  /** Is the plan what an answer without it would be? */
  const holds = ({ recorded, builtIn }: NonNullable<typeof plan>) =>
    recorded.intact && !recorded.why && builtIn.every(isAsBuilt);
  /** Does it give numbers, and has it any of its own? */
  const fits = ({ results: { y } }: Recorded) => y?.dtype === "float32";

  return {
    /** What the model puts out for images; undefined where there is no plan. */
    answer(images: Tensor): Tensor | undefined {
      if (!planning.on || useless || tfjs().getBackend() !== "wasm") {
        return undefined;
      }
      recorder()!.abandon(); // an interrupt may have torn us out of it
      const apart = model.layers.map((layer) => isSteady(layer, false) ? 0 : 1);
      const shape = `${images.shape} ${apart}`;
      if (plan?.of === me && !holds(plan)) {
        useless = !!plan.recorded.why || ++broken === PATIENCE;
        giveUp(); // others change the model
        if (useless) return undefined;
      }
      if (plan?.of === me && plan.shape === shape) {
        plan.recorded.replay([images.data]);
        plan.idle = 0;
        planning.answers++;
        return answerOf(plan.recorded);
      }
      if (last.of !== me) last = { of: me, seen: new Map() };
      const seen = (last.seen.get(shape) ?? 0) + 1;
      last.seen.set(shape, seen);
      // A recording takes as long as two answers more, and each of those that follow
      // gains a tenth; a last part may be smaller.
      if (seen <= planning.patience) return undefined;
      if (plan?.of === me && plan.idle++ < IDLE) return undefined;
      const weights = weightsOf(model);
      if (!recorder()!.unshared(weights.own)) return undefined;
      giveUp();
      const recorded = recorder()!.record(
        weights,
        () => [toTf(images)],
        ([x]) => ({
          y: tfjs().tidy(() =>
            withoutLooking(model, () => model.apply(x) as tensorflow.Tensor)
          ),
        }),
      );
      const answer = fits(recorded) ? answerOf(recorded) : undefined;
      useless = recorded.why !== undefined || recorded.bytes > MOST;
      if (useless) recorded.dispose();
      else {
        const builtIn = builtInOf(model, false);
        plan = { of: me, shape, builtIn, recorded, idle: 0 };
      }
      return answer;
    },
    dispose(): void {
      useless = true;
      if (plan?.of === me) giveUp();
    },
  };
}
