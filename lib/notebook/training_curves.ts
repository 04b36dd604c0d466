import type { Figure } from "../plot/figure.ts";
import { jupyterDisplay } from "../plot/figure.ts";
import {
  type Curve,
  type CurvePoint,
  trainingPlot,
} from "../plot/training_plot.ts";
import { display, displayId } from "./kernel.ts";
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
  /** Shows the finished plot in place of the live one. */
  finish(): Promise<Figure>;
}

/**
 * Shows loss and accuracy while a net trains; the plot stays when it is done.
 *
 * Several nets share one plot when each `update` names its own. The plot is
 * redrawn at most four times a second; `finish` draws it the last time.
 *
 * @param options `title`; `name` of the net, "training" unless told.
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
  options: { title?: string; name?: string } = {},
): TrainingCurves {
  const { title, name: only = "training" } = options;
  const curves = new Map<
    string,
    { steps: CurvePoint[]; validation: CurvePoint[] }
  >();
  const id = displayId();
  let shown = false;
  let last = -Infinity;
  let longest: number | undefined;

  const draw = async (status: string, quiet: boolean) => {
    const list: Curve[] = [...curves].map(([name, c]) => ({ name, ...c }));
    const plot = trainingPlot(list, { title, status, steps: longest });
    await display(plot[jupyterDisplay](), { id, update: shown, quiet });
    shown = true;
    return plot;
  };
  return {
    async update(progress, name = only) {
      const { step, loss, accuracy, validation } = progress;
      if (!curves.has(name)) curves.set(name, { steps: [], validation: [] });
      const curve = curves.get(name)!;
      curve.steps.push({ step, loss, accuracy });
      if (validation) {
        curve.validation.push({
          step: validation.step,
          loss: validation.loss,
          accuracy: validation.accuracy,
        });
      }
      if (progress.steps) longest = Math.max(longest ?? 0, progress.steps);
      const now = performance.now();
      const broken = !Number.isFinite(loss) || !Number.isFinite(accuracy);
      const atOnce = broken || progress.last || step === progress.steps;
      if (now - last < liveInterval && !atOnce) return;
      last = now;
      await draw(statusText(progress, curves.size > 1 ? name : ""), true);
    },
    async finish() {
      if (curves.size === 0) {
        throw new TypeError(
          "trainingCurves() expects steps before finish() but found none: pass fit() onProgress: curves.update",
        );
      }
      longest = undefined; // a training that ended early fills its plot
      return await draw("", false);
    },
  };
}

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
