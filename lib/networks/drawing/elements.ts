/**
 * What a drawing of a network shows: boxes, branches, and parts that repeat.
 *
 * @module
 */
import type { Plan, PlannedParallel, PlannedSingle } from "../plan.ts";

/** A layer, and the small ones after it that share its box. */
export interface BoxElement {
  readonly type: "box";
  readonly single: PlannedSingle;
  readonly after: PlannedSingle[];
}

/** Branches side by side, their join, and the small layers after it. */
export interface ParallelElement {
  readonly type: "parallel";
  readonly parallel: PlannedParallel;
  readonly branches: readonly (readonly Element[])[];
  readonly after: PlannedSingle[];
}

/** Equal parts one after the other, drawn once. */
export interface RepeatElement {
  readonly type: "repeat";
  readonly times: number;
  readonly elements: readonly Element[];
}

/** A piece of the drawing. */
export type Element = BoxElement | ParallelElement | RepeatElement;

/**
 * The elements of a plan, from input to output.
 *
 * @param fold Draw equal neighbours once, with their number.
 */
export function elementsOf(plan: Plan, fold: boolean): Element[] {
  if (plan.type === "single") {
    return [{ type: "box", single: plan, after: [] }];
  }
  if (plan.type === "parallel") {
    const branches = plan.branches.map((branch) => elementsOf(branch, fold));
    return [{ type: "parallel", parallel: plan, branches, after: [] }];
  }
  const elements: Element[] = [];
  for (let i = 0; i < plan.steps.length;) {
    const step = plan.steps[i];
    const times = fold ? countEqual(plan.steps, i) : 1;
    const last = elements.at(-1);
    if (times > 1) {
      elements.push({
        type: "repeat",
        times,
        elements: elementsOf(step, fold),
      });
    } else if (isSmall(step) && last && last.type !== "repeat") {
      last.after.push(step);
    } else elements.push(...elementsOf(step, fold));
    i += times;
  }
  return elements;
}

/** Whether a step can share the box before it. */
function isSmall(step: Plan): step is PlannedSingle {
  return step.type === "single" && step.kind.small === true;
}

/** How many steps from `start` on are equal but for their names; 1 for single layers. */
function countEqual(steps: readonly Plan[], start: number): number {
  if (steps[start].type === "single") return 1;
  const first = nameless(steps[start]);
  let end = start + 1;
  while (end < steps.length && nameless(steps[end]) === first) end++;
  return end - start;
}

/** A part of a plan as text, without names. */
function nameless(plan: Plan): string {
  return JSON.stringify(
    plan,
    (key, value) => key === "name" ? undefined : value,
  );
}
