import {
  type Architecture,
  describe,
  type LayerKind,
} from "../networks/mod.ts";
import { checkArchitecture } from "../networks/check_architecture.ts";
import { layerKinds } from "../layers/kinds.ts";
import { checkArray } from "../base/arguments.ts";
import { checkCount, checkRank } from "../base/check.ts";
import { checkWord, settle, shown } from "../base/options.ts";
import { formatNumber } from "../base/numbers.ts";
import { shapeText } from "../base/tensor.ts";
import type { Condition } from "./conditions.ts";

/** What a network of an open exercise may cost, and what it must not hold. */
export interface Budget {
  /** Shape of one image; [28, 28, 1] unless told. */
  inputShape?: readonly [number, number, number];
  /** Logits at the end; 10 unless told. */
  classes?: number;
  /** Most parameters. */
  parameters?: number;
  /** Most multiply-adds for one image. */
  multiplyAdds?: number;
  /** Kinds of layers that are not allowed. */
  without?: readonly LayerKind[];
}

/**
 * The conditions that keep a student's network within a budget, for checkConditions().
 *
 * @param architecture The student's network.
 * @param budget Limits where there are some; `inputShape` [28, 28, 1], `classes` 10.
 * @returns One condition for each limit; a softmax at the end is a mistake too.
 * @throws {TypeError} A limit or a kind of layer that there is not.
 * @throws {TypeError | RangeError} A network that cannot exist; the message names the layer.
 *
 * @example
 * ```ts
 * import { budgetConditions, checkConditions, lenet } from "cnn";
 *
 * const conditions = budgetConditions(lenet(), { parameters: 70_000 });
 * await checkConditions(conditions, { exercise: "5.4" });
 * ```
 */
export function budgetConditions(
  architecture: Architecture,
  budget: Budget,
): Condition[] {
  const fn = "budgetConditions";
  const { inputShape, classes, without, ...most } = settle(fn, budget, {
    inputShape: [28, 28, 1],
    classes: 10,
    parameters: undefined,
    multiplyAdds: undefined,
    without: [],
  });
  checkArchitecture(fn, architecture);
  checkRank(fn, "inputShape", inputShape, "[H, W, C]");
  checkCount(fn, "classes", classes);
  checkArray(fn, "without", without, 'pass such as ["dropout"]');
  for (const kind of without) {
    checkWord(fn, "kind of layer", kind, layerKinds);
  }
  const found = describe(architecture);
  const last = found.rows.at(-1);
  const forbidden = found.rows.find(({ kind }) =>
    without.some((one) => one === kind)
  );
  const limits = ["parameters", "multiplyAdds"] as const;
  return [
    {
      holds: shapeText(found.inputShape) === shapeText(inputShape),
      mistake: "another input shape",
      details: `expected images ${shapeText(inputShape)} but found ${
        shapeText(found.inputShape)
      }: it is the second argument of network()`,
    },
    {
      holds: last !== undefined && last.kind !== "softmax" &&
        shapeText(last.outputShape) === shapeText([classes]),
      mistake: "not one logit a class",
      details: `expected ${classes} logits without softmax but found ${
        last ? `${last.kind} ${shapeText(last.outputShape)}` : "no layer"
      } at the end: close with dense({ units: ${classes} })`,
    },
    {
      holds: forbidden === undefined,
      mistake: "a layer that is not allowed",
      details: `expected no ${without.join(" or ")} but found "${
        forbidden?.name ?? ""
      }": do without it`,
    },
    ...limits.flatMap((limit): Condition[] => {
      const budgeted = most[limit];
      if (budgeted === undefined) return [];
      if (typeof budgeted !== "number" || !(budgeted >= 0)) {
        throw new TypeError(
          `${fn}() expects ${limit} of 0 or more but found ${
            shown(budgeted)
          }: pass the number that the net may have`,
        );
      }
      const name = limit === "parameters" ? "parameters" : "multiply-adds";
      return [{
        holds: found[limit] <= budgeted,
        mistake: `too many ${name}`,
        details: `expected at most ${
          formatNumber(budgeted)
        } ${name} but found ${
          formatNumber(found[limit])
        }: describe(net) shows which layer has the most`,
      }];
    }),
  ];
}
