/**
 * Where the boxes and arrows of a drawn network lie.
 *
 * Lengths are in columns across and rows down; a box has one of each to itself.
 *
 * @module
 */
import type { PlannedSingle } from "../plan.ts";
import type { Kind } from "../../layers/define.ts";
import { joins } from "../../layers/kinds.ts";
import type { Element, ParallelElement } from "./elements.ts";

/** A place in the drawing. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box: its middle, its size, and the layers it stands for. */
export interface DrawnBox extends Point {
  readonly width: number;
  /** Decides its colour; white unless told. */
  readonly family?: Kind["family"] | "join";
  /** What stands in the box. */
  readonly text: string;
  /** Below it, the layers that share the box. */
  readonly after: readonly PlannedSingle[];
  /** Names of the layers in the box. */
  readonly names: readonly string[];
  /** On the trunk: its size stands at the side. */
  readonly trunk: boolean;
  readonly outputShape: readonly number[];
}

/** A frame around a part, with a text at its upper left corner. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly text: string;
  readonly repeated: boolean;
}

/** All of a drawing. */
export interface Drawing {
  readonly boxes: DrawnBox[];
  /** Each ends in an arrow head. */
  readonly arrows: (readonly Point[])[];
  readonly frames: Frame[];
}

/** Height of a box in rows; the rest of its row is for the arrow. */
export const BOX_HEIGHT = 0.66;
const BOX_WIDTH = 0.9;
const FAN = 0.55; // rows in which arrows spread out to the branches
const PAD = 0.4; // rows of a frame above and below what repeats

/** Columns that elements need side by side. */
export function columnsOf(elements: readonly Element[]): number {
  return Math.max(
    0.35,
    ...elements.map((element) => {
      if (element.type === "box") return 1;
      if (element.type === "repeat") return columnsOf(element.elements) + 0.3;
      return branchColumns(element).reduce((sum, columns) => sum + columns, 0);
    }),
  );
}

const branchColumns = ({ branches }: ParallelElement) =>
  branches.map(columnsOf);

/** Rows that elements need one below the other. */
export function rowsOf(elements: readonly Element[]): number {
  return elements.reduce((sum, element) => {
    if (element.type === "box") return sum + 1;
    if (element.type === "repeat") {
      return sum + rowsOf(element.elements) + 2 * PAD;
    }
    return sum + FAN + Math.max(...element.branches.map(rowsOf)) + 1;
  }, 0);
}

/**
 * Places elements below `from`, around the column `x`.
 *
 * @param drawing Gets the boxes, arrows and frames.
 * @param trunk Whether they are on the main way, not in a branch.
 * @returns Where the next arrow starts, and the row below the last element.
 */
export function place(
  drawing: Drawing,
  elements: readonly Element[],
  from: Point,
  x: number,
  top: number,
  trunk: boolean,
): { exit: Point; bottom: number } {
  let exit = from;
  let y = top;
  for (const element of elements) {
    if (element.type === "box") {
      const { single, after } = element;
      const names = [single, ...after].map(({ name }) => name);
      const middle = { x, y: y + 0.5 };
      drawing.boxes.push({
        ...middle,
        width: BOX_WIDTH,
        family: single.kind.family,
        text: single.kind.label(single.settings),
        after,
        names,
        trunk,
        outputShape: (after.at(-1) ?? single).outputShape,
      });
      drawing.arrows.push([exit, above(middle)]);
      exit = below(middle);
      y += 1;
    } else if (element.type === "repeat") {
      const inside = place(
        drawing,
        element.elements,
        exit,
        x,
        y + PAD,
        trunk,
      );
      const half = columnsOf(element.elements) / 2;
      drawing.frames.push({
        left: x - half - 0.05,
        right: x + half + 0.05,
        top: y + 0.2,
        bottom: inside.bottom + 0.2,
        text: `${element.times} times`,
        repeated: true,
      });
      exit = inside.exit;
      y = inside.bottom + PAD;
    } else {
      exit = placeParallel(drawing, element, exit, x, y, trunk);
      y += rowsOf([element]);
    }
  }
  return { exit, bottom: y };
}

const above = ({ x, y }: Point): Point => ({ x, y: y - BOX_HEIGHT / 2 });
const below = ({ x, y }: Point): Point => ({ x, y: y + BOX_HEIGHT / 2 });

/** Places branches side by side, and their join below; returns its lower edge. */
function placeParallel(
  drawing: Drawing,
  element: ParallelElement,
  from: Point,
  x: number,
  top: number,
  trunk: boolean,
): Point {
  const { parallel, after } = element;
  const widths = branchColumns(element);
  const total = widths.reduce((sum, columns) => sum + columns, 0);
  const middle = { x, y: top + rowsOf([element]) - 0.5 };
  const { wide, label } = joins[parallel.join];
  let left = x - total / 2;
  element.branches.forEach((branch, i) => {
    const column = left + widths[i] / 2;
    left += widths[i];
    const start = top + FAN;
    const spread = { x: column, y: start };
    const join = above(middle);
    // A bar takes branches where they come; a box at its upper corners.
    const target = wide ? { x: column, y: join.y } : {
      x: x + Math.sign(column - x) * Math.min(0.3, Math.abs(column - x)),
      y: join.y,
    };
    if (branch.length === 0) {
      const down = { x: column, y: join.y - 0.3 };
      drawing.arrows.push([from, spread, down, target]);
      return;
    }
    const end = place(drawing, branch, from, column, start, false);
    const down = { x: column, y: join.y - 0.3 };
    drawing.arrows.push([end.exit, down, target]);
  });
  const prefix = parallel.name.split("/").slice(0, -1).join("/");
  if (prefix) {
    drawing.frames.push({
      left: x - total / 2 - 0.02,
      right: x + total / 2 + 0.02,
      top: top + 0.12,
      bottom: middle.y + 0.42,
      text: prefix,
      repeated: false,
    });
  }
  drawing.boxes.push({
    ...middle,
    width: wide ? Math.max(total - 0.1, BOX_WIDTH) : BOX_WIDTH,
    family: "join",
    text: label(parallel.outputShape),
    after,
    names: [parallel, ...after].map(({ name }) => name),
    trunk,
    outputShape: parallel.outputShape,
  });
  return below(middle);
}
