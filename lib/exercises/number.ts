import { checkArray } from "../base/arguments.ts";
import { isTensor } from "../base/check.ts";
import { type Nested, shapeText, type Tensor, tensor } from "../base/tensor.ts";
import { settle, shown } from "../base/options.ts";
import { checkRange } from "../base/range.ts";
import { show } from "../notebook/show.ts";
import { CheckError, checkExercise, type CheckOptions } from "./check_error.ts";
import { agree, differenceText, partsOf, readResult } from "./result.ts";

/** A wrong answer that people give, and the mistake behind it. */
export interface Hint<Value> {
  /** What the mistake leads to. */
  value: Value;
  /** The mistake in a few words: "missing + 1". */
  mistake: string;
  /** What to do about it. */
  remedy?: string;
}

/** Options of {@linkcode checkNumber} and {@linkcode checkTensor}. */
export interface AnswerCheckOptions<Value>
  extends Pick<CheckOptions, "exercise"> {
  /** The right answer. */
  expected: Value;
  /** Largest relative difference (absolute below 1); 1e-6 unless told. */
  tolerance?: number;
  /** Wrong answers that are recognised. */
  hints?: readonly Hint<Value>[];
  /** Does not tell the right answer in the message; true unless told. */
  hidden?: boolean;
}

/**
 * Checks an answer that is one number.
 *
 * @param value The student's answer.
 * @param options `exercise`, `expected`, `tolerance` 1e-6, `hints`: wrong
 * answers and their mistakes; `hidden`: false tells the right answer on failure.
 * @throws {CheckError} Another number; the message names a hint's mistake.
 *
 * @example
 * ```ts
 * import { checkNumber } from "cnn";
 *
 * await checkNumber(0 * 0 + 1 * 1 + 3 * 2 + 4 * 3, {
 *   exercise: "2.1",
 *   expected: 19,
 *   hints: [{ value: 5, mistake: "flipped kernel" }],
 * });
 * ```
 */
export async function checkNumber(
  value: number,
  options: AnswerCheckOptions<number>,
): Promise<void> {
  await checkAnswer("checkNumber", value, options, (value) => value);
}

/**
 * Checks an answer that is a tensor, or nested arrays of numbers.
 *
 * @param value The student's answer.
 * @param options As for checkNumber, with tensors or nested arrays.
 * @throws {CheckError} Another shape or value; the message names a hint's
 * mistake, or the first index that differs.
 *
 * @example
 * ```ts
 * import { checkTensor } from "cnn";
 *
 * await checkTensor([[19, 25], [37, 43]], {
 *   exercise: "2.2",
 *   expected: [[19, 25], [37, 43]],
 *   hints: [{ value: [[5, 11], [23, 29]], mistake: "flipped kernel" }],
 * });
 * ```
 */
export async function checkTensor(
  value: Tensor | Nested,
  options: AnswerCheckOptions<Tensor | Nested>,
): Promise<void> {
  await checkAnswer("checkTensor", value, options, asTensor);
}

/** Nested arrays as a tensor in double precision; other values as they are. */
function asTensor(value: Tensor | Nested): Tensor {
  return isTensor(value)
    ? value
    : tensor(value, undefined, { dtype: "float64" });
}

/** Throws unless `value` can be an answer to what `fn` checks; gives it converted. */
function answerOf<Value>(
  fn: string,
  name: string,
  value: Value,
  convert: (value: Value) => Tensor | number,
): Tensor | number {
  const wanted = fn === "checkNumber" ? "number" : "object";
  try {
    const answer = convert(value);
    const { malformed } = readResult(answer, answer);
    if (typeof answer === wanted && !malformed) return answer;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw new TypeError(
    `${fn}() expects ${
      wanted === "number" ? "a number" : "a tensor or nested arrays of numbers"
    } as ${name} but found ${shown(value)}: NaN is no answer either`,
  );
}

async function checkAnswer<Value>(
  fn: string,
  value: Value,
  options: AnswerCheckOptions<Value>,
  convert: (value: Value) => Tensor | number,
): Promise<void> {
  const { exercise, expected, tolerance, hints, hidden } = settle(fn, options, {
    exercise: undefined,
    expected: undefined,
    tolerance: 1e-6,
    hints: [],
    hidden: true,
  });
  checkExercise(fn, exercise);
  const remedy = "it is a share of the right answer";
  checkRange(fn, "a tolerance", tolerance, { from: 0, below: 1, remedy });
  checkArray(fn, "hints", hints, "pass [{ value, mistake }]");
  const right = answerOf(fn, "expected", expected, convert);
  const mistakes = (hints as readonly Hint<Value>[]).map((hint, i) => {
    const { value, ...said } = settle(fn, hint, {
      value: undefined,
      mistake: undefined,
      remedy: undefined,
    });
    return { ...said, wrong: answerOf(fn, `hint ${i}`, value, convert) };
  });
  const { parts, malformed } = readResult(
    Array.isArray(value) ? readArray(value, exercise) : value,
    right,
  );
  if (malformed) {
    const [mistake, details] = malformed;
    throw new CheckError(exercise, mistake, `The answer ${details}`);
  }
  const found = parts[""];
  const fits = (answer: Tensor | number) =>
    agree(found, partsOf(answer)[""], tolerance);
  if (fits(right)) {
    await show(`✓ Exercise ${exercise} passed.`);
    return;
  }
  const hint = mistakes.find(({ wrong }) => fits(wrong));
  const wanted = partsOf(right)[""];
  const wrongShape = shapeText(found.shape) !== shapeText(wanted.shape);
  const difference = differenceText(found, wanted, "", tolerance);
  const told = hidden && !wrongShape
    ? difference.replace(/expected .*?, found/, "found")
    : difference;
  throw new CheckError(
    exercise,
    hint?.mistake ?? (wrongShape ? "wrong shape" : "wrong value"),
    `The answer: ${told}: ${
      hint?.remedy ?? "go through the arithmetic once more, term by term"
    }`,
  );
}

/** Nested arrays as a tensor; rows of unequal length are a mistake. */
function readArray(value: Nested, exercise: string): Tensor {
  try {
    return asTensor(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CheckError(
      exercise,
      "no table of numbers",
      `The answer is not made of rows of equal length: ${error.message}`,
      { cause: error },
    );
  }
}
