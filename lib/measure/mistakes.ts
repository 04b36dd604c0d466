/** Which classes a network confuses, and its worst mistakes. */
import { checkList } from "../base/arguments.ts";
import { checkTensor } from "../base/check.ts";
import { checkRange } from "../base/range.ts";
import { checkClasses } from "../base/labels.ts";
import { shapeText, type Tensor, zeros } from "../base/tensor.ts";
import { argMax } from "../base/reduce.ts";

/** With more of them the matrix takes over 1 GiB. */
const MOST_CLASSES = 2 ** 14;

const REMEDY = "pass the number of classes";

/**
 * Counts how often each class is read as each.
 *
 * @param labels True class of each image.
 * @param predictions Class that the network says.
 * @param classes Number of classes.
 * @returns A tensor [classes, classes]: row the true class, column the prediction.
 * @throws {TypeError} Not one prediction a label.
 * @throws {RangeError} A class that is none; classes that are no whole number of 1 or more.
 *
 * @example
 * ```ts
 * import { confusionMatrix, toNested } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toNested(confusionMatrix([0, 0, 1], [0, 1, 1], 2)), [[1, 1], [0, 1]]);
 * ```
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): Tensor {
  checkList("confusionMatrix", "labels", labels);
  checkList("confusionMatrix", "predictions", predictions);
  if (labels.length !== predictions.length) {
    throw new TypeError(
      `confusionMatrix() expects one prediction a label but found ${labels.length} labels and ${predictions.length} predictions: take both from one set`,
    );
  }
  checkRange("confusionMatrix", "a whole number of classes", classes, {
    from: 1,
    to: MOST_CLASSES,
    whole: true,
    remedy: "the matrix has a cell for each pair of them",
  });
  for (const list of [labels, predictions]) {
    checkClasses("confusionMatrix", "classes", list, classes, REMEDY);
  }
  const counts = zeros([classes, classes]);
  for (let i = 0; i < labels.length; i++) {
    counts.data[labels[i] * classes + predictions[i]]++;
  }
  return counts;
}

/** One image that was read wrongly. */
export interface Mistake {
  /** Place of the image in its set. */
  readonly index: number;
  /** The true class. */
  readonly label: number;
  /** The class that it was read as. */
  readonly prediction: number;
  /** What the network gave to the true class. */
  readonly labelProbability: number;
  /** What it gave to its own answer. */
  readonly predictionProbability: number;
}

/**
 * The mistakes in which the true class was given the least probability.
 *
 * @param probabilities [N, classes], such as `evaluate(...).probabilities`.
 * @param labels True class of each image.
 * @param n How many at most; there are fewer where fewer are wrong.
 * @throws {TypeError} Not one label a row.
 * @throws {RangeError} NaN, a label that is no class, or no whole number of mistakes.
 *
 * @example
 * ```ts
 * import { tensor, worstMistakes } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const probabilities = tensor([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]]);
 * assertEquals(worstMistakes(probabilities, [1, 0, 1], 1)[0].index, 0);
 * ```
 */
export function worstMistakes(
  probabilities: Tensor,
  labels: ArrayLike<number>,
  n: number,
): Mistake[] {
  checkTensor("worstMistakes", "probabilities", probabilities);
  checkList("worstMistakes", "labels", labels);
  const [rows, classes] = probabilities.shape;
  if (probabilities.shape.length !== 2 || rows !== labels.length) {
    throw new TypeError(
      `worstMistakes() expects probabilities [N, classes] and one label a row but found ${
        shapeText(probabilities.shape)
      } and ${labels.length} labels: take both from one set`,
    );
  }
  checkRange("worstMistakes", "a whole number of mistakes", n, {
    from: 0,
    whole: true,
    remedy: "12 fill a grid",
  });
  checkClasses("worstMistakes", "classes", labels, classes, REMEDY);
  const wrong = probabilities.data.findIndex((p: number) => Number.isNaN(p));
  if (wrong !== -1) {
    throw new RangeError(
      `worstMistakes() expects probabilities but found NaN at place ${wrong}: look for what made it`,
    );
  }
  const predictions = argMax(probabilities, 1);
  const mistakes: Mistake[] = [];
  predictions.forEach((prediction, index) => {
    const label = labels[index];
    if (prediction === label) return;
    const at = (column: number) => probabilities.data[index * classes + column];
    mistakes.push({
      index,
      label,
      prediction,
      labelProbability: at(label),
      predictionProbability: at(prediction),
    });
  });
  mistakes.sort((a, b) =>
    a.labelProbability - b.labelProbability || a.index - b.index
  );
  return mistakes.slice(0, n);
}
