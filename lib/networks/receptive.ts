/**
 * Which input pixels a value of a layer can see.
 *
 * On one axis, place p of a layer's grid sees the input pixels from
 * p * jump + low to p * jump + high. A window of `size` steps of the grid
 * before it widens the two ends; a stride multiplies the jump.
 *
 * @module
 */
import { outputLength, paddingAmounts } from "../layers/mod.ts";
import type { Shape } from "../layers/define.ts";
import type { Plan, PlannedSingle } from "./plan.ts";

/** What one place sees on one axis. */
export interface AxisReach {
  readonly low: number;
  readonly high: number;
  /** Input pixels between neighbours of the grid. */
  readonly jump: number;
  /** Places of the grid; undefined once no grid is left. */
  readonly places: number | undefined;
}

/** What one place sees, on the axes [height, width]. */
export type Reach = readonly [AxisReach, AxisReach];

/** Every pixel of the input sees itself. */
export function inputReach(shape: Shape): Reach {
  const axis = (places: number) => ({ low: 0, high: 0, jump: 1, places });
  return [axis(shape[0]), axis(shape[1])];
}

/** Pixels that one value sees: the longer of the two axes. */
export function receptiveField(reach: Reach): number {
  return Math.max(...reach.map(({ low, high }) => high - low + 1));
}

/** Reach after a single layer. */
function reachAfter(reach: Reach, single: PlannedSingle): Reach {
  const { kind, settings, inputShape } = single;
  const window = kind.window?.(settings, inputShape);
  if (window === undefined) return reach;
  if (window === "all") return [wholeGrid(reach[0]), wholeGrid(reach[1])];
  const { size, strides, padding } = window;
  const along = (axis: 0 | 1): AxisReach => {
    const { low, high, jump } = reach[axis];
    const steps = { size: size[axis], stride: strides[axis], padding };
    const { before } = paddingAmounts(inputShape[axis], steps);
    return {
      low: low - before * jump,
      high: high + (size[axis] - 1 - before) * jump,
      jump: jump * strides[axis],
      places: outputLength(inputShape[axis], steps),
    };
  };
  return [along(0), along(1)];
}

/** One value that sees all places of the grid. */
function wholeGrid({ low, high, jump, places }: AxisReach): AxisReach {
  const last = (places ?? 1) - 1;
  return { low, high: high + last * jump, jump, places: undefined };
}

/** Joined branches see what any of them sees. */
function joinReach(branches: readonly Reach[]): Reach {
  const along = (axis: 0 | 1): AxisReach => ({
    low: Math.min(...branches.map((reach) => reach[axis].low)),
    high: Math.max(...branches.map((reach) => reach[axis].high)),
    jump: Math.max(...branches.map((reach) => reach[axis].jump)),
    places: branches[0][axis].places,
  });
  return [along(0), along(1)];
}

/** Reach after a whole plan; `visit` gets the reach after each part. */
export function walkReach(
  plan: Plan,
  reach: Reach,
  visit: (part: Plan, reach: Reach) => void,
): Reach {
  let after = reach;
  if (plan.type === "single") after = reachAfter(reach, plan);
  else if (plan.type === "sequence") {
    for (const step of plan.steps) after = walkReach(step, after, visit);
  } else {
    after = joinReach(
      plan.branches.map((branch) => walkReach(branch, reach, visit)),
    );
  }
  visit(plan, after);
  return after;
}
