/**
 * How wide a figure may be: VS Code and a book's column cut what is wider.
 *
 * @module
 */
import { shown } from "../base/options.ts";

/** Screen pixels of a figure, at most and unless told. */
export const figureWidth = 700;

/** Throws unless a figure of this width is seen whole wherever notebooks are read. */
export function checkWidth(fn: string, width: unknown): void {
  if (typeof width === "number" && width > 0 && width <= figureWidth) return;
  const Kind = typeof width === "number" ? RangeError : TypeError;
  throw new Kind(
    `${fn}() expects a width of at most ${figureWidth} pixels but found ${
      shown(width)
    }: VS Code and a book's column cut what is wider, so leave it out or give less`,
  );
}

/** About how many pixels the longest line of a text takes. */
export function textWidth(text: string, fontSize: number): number {
  const plain = text.replaceAll(/<br>/g, "\n").replaceAll(/<[^>]*>/g, "");
  const longest = Math.max(...plain.split("\n").map((line) => line.length));
  return 0.56 * fontSize * longest;
}

/** Pixels that a figure needs for its title; none without one. */
export function titleWidth(title: string | undefined): number {
  if (title === undefined) return 0;
  return Math.min(
    figureWidth,
    Math.ceil(textWidth(title, titleSize(title)) + 32),
  );
}

/** Font size of a title: smaller where it would not fit into the widest figure. */
export function titleSize(title: string): number {
  const fits = (figureWidth - 32) / textWidth(title, 1);
  return Math.max(11, Math.min(16, Math.floor(fits)));
}
