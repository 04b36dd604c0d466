import type { Data } from "plotly.js";
import { checkGiven, checkText } from "../base/arguments.ts";
import { checkTensor } from "../base/check.ts";
import { settle, unset } from "../base/options.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { conv2dSizes } from "../layers/conv2d.ts";
import type { Conv2dOptions } from "../layers/mod.ts";
import {
  arrange,
  boxes,
  fontFor,
  gridTrace,
  numbered,
  type Panel,
  panel,
  sentence,
  type Size,
} from "./cell_panels.ts";
import { fixedNumbers, fixedRows } from "./cell_texts.ts";
import { okabeIto } from "./colours.ts";
import type { Figure } from "./figure.ts";
import { cellSize, filmFigure } from "./film.ts";
import { colourRange } from "./matrix.ts";
import { type Sliding, stepsOf } from "./sliding_steps.ts";
import { cover, productTexts } from "./sliding_window.ts";

/** How the filters slide, and the bias of each. */
export type SlidingChannelsOptions =
  & Pick<Conv2dOptions, "strides" | "padding" | "dilations" | "bias">
  & { title?: string };

/** More channels or filters than this nobody reads. */
const most = 3;

/**
 * A convolution of several channels as an animation: each channel of the input
 * has its own plane of the filter, the products of all channels are added, with
 * the filter's bias, into one number; and each filter fills its own map.
 *
 * The slider and the buttons run in the reader's browser, without the kernel.
 *
 * @param x Input [H, W, C], at most 12 by 12 and 3 channels.
 * @param kernel Filters [KH, KW, C, Cout], at most 3 of them.
 * @param options `bias` [Cout]; `strides`, `padding` and `dilations` as for
 * conv2d; `title`.
 * @throws {TypeError} Shapes that do not fit, or NaN.
 * @throws {RangeError} An input too large to read, more than 3 channels or
 * filters, a window that does not fit, or more places than a figure can hold.
 *
 * @example
 * ```ts
 * import { slidingChannels, tensor } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([[[1, 10], [2, 20]]]); // one row, two columns, two channels
 * const kernel = tensor([1, 1, 0, -1], [1, 1, 2, 2]); // filters (1, 0) and (1, -1)
 * const film = slidingChannels(x, kernel);
 * assertEquals(film.frames?.length, 4); // two places for each of two filters
 * ```
 */
export function slidingChannels(
  x: Tensor,
  kernel: Tensor,
  options: SlidingChannelsOptions = {},
): Figure {
  const fn = "slidingChannels";
  const { filters, bias, title } = slides(fn, x, kernel, options);
  const [first] = filters;
  const scene = sceneOf(filters);
  const { inputs, planes, products, outputs, cell } = scene;
  const padded = first.channels[0].padded;
  const number = (name: string, i: number, count: number) =>
    count > 1 ? `${name} ${i + 1}` : name;
  const ofFilter = (f: number, c: number) =>
    c > 0 ? `for channel ${c + 1}` : number("filter", f, filters.length);
  const panels: Panel[] = [
    ...inputs.map((place, c): Panel => [
      number("channel", c, inputs.length),
      padded,
      place,
    ]),
    ...planes.flatMap((column, f) =>
      column.map((place, c): Panel => [
        ofFilter(f, c),
        first.channels[0].kernel,
        place,
      ])
    ),
    ...products.map((place, c): Panel => [
      c > 0 ? "" : "products",
      first.channels[0].kernel,
      place,
    ]),
    ...outputs.map((place, f): Panel => [
      number("map", f, outputs.length),
      first.output,
      place,
    ]),
  ];
  const rangeOf = (rows: readonly (readonly number[])[]) =>
    colourRange(rows.flat());
  const shades = {
    input: rangeOf(first.channels.flatMap((channel) => channel.padded)),
    kernel: rangeOf(
      filters.flatMap(({ channels }) => channels.flatMap((c) => c.kernel)),
    ),
    output: rangeOf(filters.flatMap(({ output }) => output)),
  };
  return filmFigure({
    title,
    scene,
    panels,
    still: [
      ...inputs.flatMap((place, c) =>
        numbered(first.channels[c].padded, place, cell, shades.input)
      ),
      ...planes.flatMap((column, f) =>
        column.flatMap((place, c) =>
          numbered(filters[f].channels[c].kernel, place, cell, shades.kernel)
        )
      ),
      ...outputs.flatMap((place, f) =>
        numbered(filters[f].output, place, cell, shades.output)
      ),
    ],
    moving: movingTraces(filters, scene),
    above: [gridTrace(panels)],
    steps: filters.flatMap(({ channels }, f) =>
      channels[0].steps.map(({ row, column }) => ({
        row,
        column,
        map: outputs.length > 1 ? f + 1 : undefined,
      }))
    ),
    milliseconds: 1200,
    summary: `Animation of ${kernel.shape[3]} filters ${
      kernel.shape.slice(0, 3).join(" x ")
    } over ${padded.length} x ${padded[0].length} cells of ${
      x.shape[2]
    } channels, ${first.output.length} x ${
      first.output[0].length
    } places, bias ${bias.join(", ")}`,
  });
}

/** One filter: how its planes slide, and what comes out. */
interface FilterSlide {
  channels: Sliding[];
  bias: number;
  output: number[][];
  /** The arithmetic of each place, a line a channel, and its last line. */
  lines: string[][];
}

/** Every filter over every channel, with the sums over the channels. */
function slides(
  fn: string,
  x: Tensor,
  kernel: Tensor,
  options: SlidingChannelsOptions,
) {
  const { title, bias: given, ...window } = settle(fn, options, {
    ...unset("title", "bias"),
    strides: 1,
    padding: "valid",
    dilations: 1,
  });
  checkGiven(checkText, fn, { title });
  checkTensor(fn, "x", x);
  checkTensor(fn, "a kernel", kernel);
  if (x.shape.length !== 3) {
    throw new TypeError(
      `${fn}() expects an input [H, W, C] but found ${
        shapeText(x.shape)
      }: take one image; slidingWindow() shows one channel [H, W]`,
    );
  }
  conv2dSizes(fn, [1, ...x.shape], kernel.shape, { ...window, bias: given });
  const [cin, cout] = kernel.shape.slice(2);
  if (Math.max(cin, cout) > most) {
    throw new RangeError(
      `${fn}() expects at most ${most} channels and ${most} filters but found ${cin} and ${cout}: show some of them`,
    );
  }
  /** Every `step`-th number from `from` on, in a plane as high and wide as `of`. */
  const plane = (of: Tensor, from: number, step: number): Tensor => ({
    shape: of.shape.slice(0, 2),
    data: of.data.filter((_, i) => i % step === from),
  });
  const bias = given ? [...given.data] : Array<number>(cout).fill(0);
  const filters = bias.map((own, f): FilterSlide => {
    const channels = Array.from({ length: cin }, (_, c) =>
      stepsOf(
        fn,
        plane(x, c, cin),
        plane(kernel, c * cout + f, cin * cout),
        window,
      ));
    const output = channels[0].output.map((row, i) =>
      row.map((_, j) =>
        channels.reduce((sum, channel) => sum + channel.output[i][j], own)
      )
    );
    const sums = output.flat();
    const terms = fixedNumbers([
      ...channels.flatMap(({ steps }) => steps.map(({ sum }) => sum)),
      own,
      ...sums,
    ]);
    const bracket = (text: string) => text.startsWith("−") ? `(${text})` : text;
    const lines = sums.map((_, n) => {
      const part = channels.map((_, c) => terms[c * sums.length + n]);
      const all = [...part, terms[cin * sums.length]];
      return [
        ...channels.map(({ steps }, c) =>
          `channel ${c + 1}: ${steps[n].lines.join(" + ")} = ${part[c]}`
        ),
        `all channels and the bias: ${
          all.map((text, i) => i === 0 ? text : bracket(text)).join(" + ")
        } = <b>${terms[cin * sums.length + 1 + n]}</b>`,
      ];
    });
    return { channels, bias: own, output, lines };
  });
  return { filters, bias, title };
}

/** From left to right: channels, the planes of each filter, products, maps. */
function sceneOf(filters: readonly FilterSlide[]) {
  const { channels: [channel], output } = filters[0];
  const cin = filters[0].channels.length;
  const sizeOf = (rows: readonly (readonly number[])[]): Size => [
    rows.length,
    rows[0].length,
  ];
  const column = (size: Size, times: number) => Array<Size>(times).fill(size);
  const planes = column(sizeOf(channel.kernel), cin);
  const { places, width, bottom } = arrange(
    [
      column(sizeOf(channel.padded), cin),
      ...filters.map(() => planes),
      planes,
      column(sizeOf(output), filters.length),
    ],
    [0, ...filters.map(() => 2), 2, 2],
    1.2,
    1.4,
  );
  const cell = cellSize(width, 22); // many panels of few cells
  const longest = Math.max(
    ...filters.flatMap(({ lines }) => lines.flat().map((l) => l.length)),
  );
  const font = Math.min(15, width * cell / (0.5 * longest));
  const at = cin * (1 + filters.length);
  return {
    inputs: places.slice(0, cin),
    planes: filters.map((_, f) => places.slice(cin * (1 + f), cin * (2 + f))),
    products: places.slice(at, at + cin),
    outputs: places.slice(at + cin),
    width,
    height: bottom + 0.8 + (cin + 1) * 1.4 * font / cell,
    arithmetic: bottom + 0.8,
    cell,
    font,
  };
}

type Scene = ReturnType<typeof sceneOf>;

/** What changes: place by place of the first filter, then of the next. */
function movingTraces(
  filters: readonly FilterSlide[],
  scene: Scene,
): Data[][] {
  const { inputs, planes, products, outputs, cell } = scene;
  const all = filters.flatMap(({ channels }) =>
    channels.flatMap(({ steps }) => steps.flatMap((step) => step.products))
  );
  const range = colourRange(all.flat());
  const written = fixedRows(all);
  const font = fontFor(cell, written);
  let next = 0;
  // Texts of the products, in the order in which they were written.
  const texts = filters.map(({ channels }) =>
    channels.map(({ steps }) =>
      steps.map((step) => step.products.flatMap(() => written[next++]))
    )
  );
  const { orange } = okabeIto;
  return filters.flatMap(({ channels, output, lines }, f) =>
    channels[0].steps.map(({ row, column, cells }, n) => [
      ...channels.flatMap(({ steps }, c) => [
        panel(steps[n].products, products[c], range),
        productTexts(steps[n], texts[f][c][n], products[c], range, font),
        boxes(cells, inputs[c], orange),
        boxes(everyCell(channels[c].kernel), planes[f][c], orange),
      ]),
      ...outputs.map((place, map) =>
        cover(output, place, map < f ? Infinity : map > f ? 0 : n + 1)
      ),
      boxes([[row, column]], outputs[f], orange),
      sentence(lines[n].join("<br>"), scene.arithmetic, scene.font),
    ])
  );
}

function everyCell(rows: readonly (readonly number[])[]): [number, number][] {
  return rows.flatMap((row, i) => row.map((_, j): [number, number] => [i, j]));
}
