/** From logits to classes, and the checks on the way. */
import { checkClasses, checkKind, type Labels } from "../base/labels.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";

/** Throws unless every label names one of the classes and there is one an image. */
export function checkLabels(
  caller: string,
  labels: Labels,
  logits: readonly number[],
): void {
  checkKind(caller, labels);
  const [rows, classes] = logits;
  if (logits.length !== 2 || labels.length !== rows) {
    throw new TypeError(
      `${caller}() expects one row of logits an image and one label a row but found logits ${
        shapeText(logits)
      } and ${labels.length} labels: end the network with dense() and take images and labels from one set`,
    );
  }
  const remedy = "give the network as many outputs as there are classes";
  checkClasses(caller, "labels", labels, classes, remedy);
}

/** Throws when the loss of a step, counted from 1, is no finite number. */
export function checkLoss(
  caller: string,
  loss: number,
  step: number,
  learningRate?: number,
): void {
  if (Number.isFinite(loss)) return;
  const now = learningRate === undefined ? "" : ` (now ${learningRate})`;
  throw new Error(
    `${caller}() expects a finite loss but found ${loss} at step ${step}: make the network anew, lower the learningRate${now}, and check the images for NaN`,
  );
}

/** Throws on logits that are no finite numbers: NaN has no largest. */
export function checkFinite(caller: string, logits: Tensor, where = ""): void {
  const wrong = logits.data.findIndex((value) => !Number.isFinite(value));
  if (wrong === -1) return;
  throw new Error(
    `${caller}() expects finite logits but found ${
      logits.data[wrong]
    }${where}: look for NaN in weights and images; train again with a lower learningRate`,
  );
}

/** How many of two lists are equal at their place. */
export function countEqual(a: Labels, b: Labels): number {
  let count = 0;
  for (let i = 0; i < b.length; i++) if (a[i] === b[i]) count++;
  return count;
}
