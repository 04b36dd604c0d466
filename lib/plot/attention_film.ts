import { checkGiven, checkText } from "../base/arguments.ts";
import type { Data } from "plotly.js";
import { settle } from "../base/options.ts";
import { formatNumber } from "../base/numbers.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import {
  arrange,
  boxes,
  gridTrace,
  numbered,
  type Panel,
  sentence,
  type Size,
} from "./cell_panels.ts";
import { okabeIto } from "./colours.ts";
import type { Figure } from "./figure.ts";
import { cellSize, filmFigure, isReadable } from "./film.ts";
import { checkPlane, rowsOf } from "./matrix.ts";
import { cover } from "./sliding_window.ts";

/**
 * One query looking at its keys, as an animation: key by key its score, then the softmax
 * that makes weights of the scores, then the values that are collected.
 *
 * The slider and the buttons run in the reader's browser, without the kernel.
 *
 * @param q The query [1, d].
 * @param k Keys [T, d], at most 8 of them.
 * @param v Values [T, D].
 * @param options `title`.
 * @throws {TypeError} Shapes that do not fit, or NaN.
 * @throws {RangeError} More than 8 keys, or rows too long to read.
 *
 * @example
 * ```ts
 * import { attentionFilm, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = tensor([[0], [1], [2]]);
 * const film = attentionFilm(tensor([[1]]), keys, tensor([[7], [14], [28]]));
 * assertEquals(film.frames?.length, 5); // three keys, their weights, the answer
 * ```
 */
export function attentionFilm(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: { title?: string } = {},
): Figure {
  const fn = "attentionFilm";
  const { title } = settle(fn, options, { title: undefined });
  checkGiven(checkText, fn, { title });
  checkShapes(fn, q, k, v);
  const [query, keys, values] = [rowsOf(q), rowsOf(k), rowsOf(v)];
  const d = query[0].length, count = keys.length, wide = values[0].length;
  const scores = keys.map((key) =>
    key.reduce((sum, value, c) => sum + value * query[0][c], 0) / Math.sqrt(d)
  );
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const all = powers.reduce((sum, power) => sum + power);
  const weights = powers.map((power) => power / all);
  const answer = values[0].map((_, c) =>
    weights.reduce((sum, weight, j) => sum + weight * values[j][c], 0)
  );
  const column = (list: number[]) => list.map((value) => [value]);
  const parts = [
    ["query", query],
    ["keys", keys],
    ["scores", column(scores)],
    ["weights", column(weights)],
    ["values", values],
    ["answer", [answer]],
  ] as const;
  const sizes = parts.map(([, rows]): Size => [rows.length, rows[0].length]);
  const { places, width, bottom } = arrange(
    sizes.map((size) => [size]),
    parts.map(() => 1),
    1.2,
    1,
  );
  if (!isReadable(width)) {
    throw new RangeError(
      `${fn}() expects rows short enough to read but found queries of ${d} and values of ${wide} numbers: show fewer`,
    );
  }
  const panels = parts.map(([name, rows], i): Panel => [name, rows, places[i]]);
  const cell = cellSize(width), text = bottom + 0.4;
  const number = (value: number) => formatNumber(value);
  const row = (j: number, length: number) =>
    Array.from({ length }, (_, c): [number, number] => [j, c]);
  const every = keys.flatMap((_, j) => row(j, 1));
  const frame = (
    shown: { scores: number; weights: number; answer: number },
    marked: readonly (readonly (readonly [number, number])[])[],
    words: string,
  ): Data[] => [
    cover(column(scores), places[2], shown.scores),
    cover(column(weights), places[3], shown.weights),
    cover([answer], places[5], shown.answer),
    ...marked.map((cells, i) => boxes(cells, places[i], okabeIto.orange)),
    sentence(words, text, 15),
  ];
  const looking = keys.map((key, j) => {
    const products = key.map((value, c) =>
      `${number(query[0][c])} · ${number(value)}`
    );
    const words = `query · key ${j + 1} = ${products.join(" + ")}, divided by ${
      d === 1 ? "1" : `√${d}`
    }: <b>${number(scores[j])}</b>`;
    const shown = { scores: j + 1, weights: 0, answer: 0 };
    return frame(
      shown,
      [row(0, d), row(j, d), row(j, 1), [], [], []],
      words,
    );
  });
  const exps = scores.map((score) => number(Math.exp(score)));
  const sum = number(scores.reduce((sum, score) => sum + Math.exp(score), 0));
  const collected = weights.map((weight, j) =>
    `${number(weight)} · ${number(values[j][0])}`
  );
  return filmFigure({
    title,
    scene: { width, height: text + 1, cell },
    panels,
    still: parts.flatMap(([, rows], i) =>
      numbered(rows.map((row) => [...row]), places[i], cell)
    ),
    above: [gridTrace(panels)],
    moving: [
      ...looking,
      frame(
        { scores: count, weights: count, answer: 0 },
        [[], [], every, every, [], []],
        `exp of the scores: ${
          exps.join(" + ")
        } = ${sum}; each divided by ${sum}`,
      ),
      frame(
        { scores: count, weights: count, answer: wide },
        [[], [], [], every, keys.flatMap((_, j) => row(j, wide)), row(0, wide)],
        `${collected.join(" + ")} = <b>${number(answer[0])}</b>`,
      ),
    ],
    steps: [...keys, 0, 0].map((_, j) => ({ row: j, column: 0 })),
    names: [...keys.map((_, j) => `key ${j + 1}`), "weights", "answer"],
    milliseconds: 1500,
    summary: `Animation of one query looking at ${count} keys of ${d} numbers`,
  });
}

/** Throws unless these are one query, keys of its length, and as many values. */
function checkShapes(fn: string, q: Tensor, k: Tensor, v: Tensor): void {
  checkPlane(fn, "a query", q);
  checkPlane(fn, "keys", k);
  checkPlane(fn, "values", v);
  const [one, d] = q.shape, [count, length] = k.shape;
  if (one !== 1 || length !== d || v.shape[0] !== count) {
    throw new TypeError(
      `${fn}() expects a query [1, d], keys [T, d] and values [T, D] but found ${
        [q, k, v].map(({ shape }) => shapeText(shape)).join(", ")
      }: take one head of one picture`,
    );
  }
  if (count > 8) {
    throw new RangeError(
      `${fn}() expects at most 8 keys but found ${count}: take a few, so that the numbers stay readable`,
    );
  }
}
