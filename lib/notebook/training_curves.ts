import { type Figure, jupyterDisplay } from "../plot/figure.ts";
import {
  checkCurves,
  type Curve,
  type CurvePoint,
  trainingPlot,
} from "../plot/training_plot.ts";
import { settle, shown } from "../base/options.ts";
import { checkText } from "../base/arguments.ts";
import { trainingDrawing } from "../plot/training_drawing.ts";
import { liveOutput } from "../kernel/kernel.ts";
import { duration, liveInterval } from "./progress.ts";

/** What a training step reports; fit()'s progress has all of it. */
export interface CurveProgress extends CurvePoint {
  /** Steps of the whole training. */
  steps?: number;
  /** Seconds of training so far. */
  seconds?: number;
  imagesPerSecond?: number;
  validation?: CurvePoint;
  /** Whether no step follows; such a step is drawn at once. */
  last?: boolean;
}

/** A training plot that grows. */
export interface TrainingCurves {
  /** Adds a step to a net's curve; hand it to fit() as `onProgress`. */
  update(progress: CurveProgress, name?: string): Promise<void>;
  /**
   * Puts the finished, interactive plot in place of the live drawing, and returns
   * it. A cell shows its last value: where this is it, write `const plot = await
   * curves.finish()`, or the plot is seen twice.
   */
  finish(): Promise<Figure>;
}

/** Options of {@linkcode trainingCurves}. */
export interface TrainingCurvesOptions {
  title?: string;
  /** Name of the net, "training" unless told. */
  name?: string;
}

/**
 * Shows loss and accuracy while a net trains; the plot stays when it is done.
 *
 * Several nets share one plot when each `update` names its own. While they train
 * it is a drawing, made anew at most four times a second; `finish` puts a Plotly
 * figure in its place.
 *
 * @param options `title`; `name` of the net, "training" unless told.
 * @throws {TypeError} An unknown option, a loss that is no finite number, or `finish`
 * without any step.
 * @throws {RangeError} A step that does not follow the net's last one: a second
 * training, or an update after `finish`.
 *
 * @example
 * ```ts
 * import { trainingCurves } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const curves = trainingCurves({ title: "A short training", name: "LeNet" });
 * await curves.update({ step: 1, steps: 2, loss: 2.3, accuracy: 0.1 });
 * await curves.update({ step: 2, steps: 2, loss: 2.1, accuracy: 0.25 });
 * const plot = await curves.finish();
 * assertEquals(plot.data.length, 2); // loss and accuracy
 * ```
 */
export function trainingCurves(
  options: TrainingCurvesOptions = {},
): TrainingCurves {
  const { title, name: only } = settle("trainingCurves", options, {
    title: undefined,
    name: "training",
  });
  for (const [option, text] of Object.entries({ title, name: only })) {
    if (text !== undefined) checkText("trainingCurves", option, text);
  }
  const curves = new Map<string, Growing>(), put = liveOutput();
  let finished = false;
  let last = -Infinity;
  let longest: number | undefined;

  return {
    async update(progress, name = only) {
      if (finished) {
        throw new RangeError(
          `trainingCurves() expects no step after finish() but found step ${progress.step} of "${name}": make new curves for another training`,
        );
      }
      const { step } = progress;
      const before = curves.get(name)?.steps.at(-1)?.step ?? -Infinity;
      if (!(Number.isFinite(step) && step > before)) {
        throw new RangeError(
          `trainingCurves() expects steps that grow but found ${
            shown(step)
          } after ${before} for "${name}": make new curves for another training, or name it in update(progress, name)`,
        );
      }
      const steps = [pointOf(progress)];
      const validation = progress.validation
        ? [pointOf(progress.validation)]
        : [];
      checkCurves("trainingCurves", [{ name, steps, validation }]);
      const curve = curves.get(name) ?? { name, steps: [], validation: [] };
      curves.set(name, curve);
      curve.steps.push(...steps);
      curve.validation.push(...validation);
      if (progress.steps) longest = Math.max(longest ?? 0, progress.steps);
      const now = performance.now();
      const atOnce = progress.last || step === progress.steps;
      if (now - last < liveInterval && !atOnce) return;
      last = now;
      const status = statusText(progress, curves.size > 1 ? name : "");
      const drawing = { title, status, steps: longest };
      await put({
        "text/html": trainingDrawing([...curves.values()], drawing),
        "text/plain": status,
      }, { quiet: true });
    },
    async finish() {
      if (curves.size === 0) {
        throw new TypeError(
          "trainingCurves() expects steps before finish() but found none: pass fit() onProgress: curves.update",
        );
      }
      finished = true;
      // No `steps`: a training that ended early fills its plot.
      const plot = trainingPlot([...curves.values()], { title });
      await put(plot[jupyterDisplay]());
      return plot;
    },
  };
}

interface Growing extends Curve {
  steps: CurvePoint[];
  validation: CurvePoint[];
}

const pointOf = ({ step, loss, accuracy }: CurvePoint) => (
  { step, loss, accuracy }
);

function statusText(progress: CurveProgress, name: string): string {
  const { step, steps, seconds, imagesPerSecond } = progress;
  const parts = [steps ? `step ${step} of ${steps}` : `step ${step}`];
  if (name) parts.unshift(name);
  if (imagesPerSecond && Number.isFinite(imagesPerSecond)) {
    parts.push(
      `${Math.round(imagesPerSecond).toLocaleString("en-US")} images/s`,
    );
  }
  if (steps && seconds && step > 0) {
    parts.push(`${duration(seconds * (steps / step - 1))} left`);
  }
  return parts.join(" · ");
}
