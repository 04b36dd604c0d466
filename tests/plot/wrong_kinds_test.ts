/** No function of lib/plot that another room calls answers a wrong argument in JavaScript's own words. */
import { assertEquals } from "@std/assert";
import { lenet, tensor, zeros } from "cnn";
import { escapeHtml, scriptJson } from "../../lib/base/html.ts";
import { formatNumber, roundNumbers } from "../../lib/base/numbers.ts";
import { drawArchitecture } from "../../lib/networks/drawing/draw_architecture.ts";
import { fixedNumbers } from "../../lib/plot/cell_texts.ts";
import {
  colourAt,
  inkOn,
  rgbOf,
  seriesColour,
  transparent,
} from "../../lib/plot/colours.ts";
import { titled } from "../../lib/plot/figure.ts";
import * as room from "../../lib/plot/mod.ts";
import { trainingPlot } from "../../lib/plot/training_plot.ts";
import { wrongWords } from "../exports/wrong_kinds.ts";

/** What draws, and what a reader needs to write numbers and texts as plots do. */
const plot = {
  ...room,
  colourAt,
  drawArchitecture,
  fixedNumbers,
  inkOn,
  rgbOf,
  seriesColour,
  titled,
  trainingPlot,
  transparent,
  escapeHtml,
  formatNumber,
  roundNumbers,
  scriptJson,
};

const square = tensor([[1, 2], [3, 4]]);
const line = { name: "a", x: [0, 1], y: [0, 1] };
const pair = { name: "a", from: [0], to: [1], mean: 1, low: 0, high: 2 };
const bars = [{ name: "a", y: [1], low: [0], high: [2] }];
const curve = {
  name: "a",
  steps: [{ step: 1, loss: 1, accuracy: 0 }],
  validation: [],
};

/** Arguments that are right, by function. */
const RIGHT: Record<string, unknown[]> = {
  figure: [{ data: [], layout: {} }],
  titled: ["a title"],
  roundNumbers: [[1.5], 6],
  formatNumber: [1.5, 3],
  fixedNumbers: [[1.5], 2],
  percent: [0.5, 1],
  points: [0.5, 1],
  escapeHtml: ["<"],
  scriptJson: [{ a: 1 }],
  transparent: ["#0072B2", 0.5],
  seriesColour: [1],
  rgbOf: ["#0072B2"],
  colourAt: [plot.grey, 0.5],
  inkOn: [[0, 0, 0]],
  imageGrid: [zeros([1, 3, 3, 1]), { labels: ["a"] }],
  heatMap: [square, {}],
  kernelGrid: [zeros([3, 3, 1, 1]), {}],
  featureMaps: [zeros([1, 3, 3, 1]), {}],
  lineChart: [[line], {}],
  barChart: [["a"], bars, {}],
  scatter: [[line], {}],
  pairedSeeds: [[pair], {}],
  confusionMap: [square, ["a", "b"], {}],
  table: [[{ a: 1 }], {}],
  attentionFilm: [tensor([[1, 2]]), square, square, {}],
  slidingSteps: [square, tensor([[1]]), {}],
  slidingWindow: [square, tensor([[1]]), {}],
  slidingChannels: [zeros([2, 2, 1]), zeros([1, 1, 1, 1]), {}],
  windowExplorer: [{}],
  poolSteps: [square, tensor([[1]]), {}],
  poolGradient: [square, tensor([[1]]), {}],
  drawArchitecture: [lenet(), {}],
  trainingPlot: [[curve], {}],
};

/** Options of the functions, each tried with wrong values. */
const OPTIONS: Record<string, [fn: keyof typeof RIGHT, names: string[]]> = {
  heatMap: ["heatMap", [
    ...["title", "digits", "numbers", "xTitle", "yTitle", "columnNames"],
    ...["rowNames", "colours", "range", "shades"],
  ]],
  imageGrid: ["imageGrid", ["labels", "columns", "title", "zoom", "overlay"]],
  kernelGrid: ["kernelGrid", [
    ...["title", "labels", "columns", "numbers", "colours", "range"],
  ]],
  lineChart: ["lineChart", [
    ...["title", "xTitle", "yTitle", "xRange", "yRange", "width", "height"],
    ...["xScale", "yScale"],
  ]],
  barChart: ["barChart", ["title", "digits", "yRange"]],
  pairedSeeds: ["pairedSeeds", [
    ...["title", "yTitle", "yRange", "width", "height", "names", "bounds"],
  ]],
  confusionMap: ["confusionMap", ["title"]],
  table: ["table", ["columns", "caption", "digits"]],
  slidingWindow: ["slidingWindow", [
    ...["strides", "padding", "dilations", "title"],
  ]],
  slidingChannels: ["slidingChannels", [
    ...["strides", "padding", "dilations", "bias", "title"],
  ]],
  attentionFilm: ["attentionFilm", ["title"]],
  windowExplorer: ["windowExplorer", [
    ...["length", "kernelSize", "strides", "padding", "dilations"],
  ]],
  poolGradient: ["poolGradient", [
    ...["kind", "poolSize", "strides", "padding", "title"],
  ]],
  drawArchitecture: ["drawArchitecture", ["fold", "title"]],
  trainingPlot: ["trainingPlot", ["title", "status", "steps"]],
  figure: ["figure", ["data", "layout", "config", "frames", "summary"]],
};

// deno-lint-ignore no-explicit-any
const functions: Record<string, any> = Object.fromEntries(
  Object.entries(plot).filter(([, value]) => typeof value === "function"),
);

Deno.test("the table of right arguments has every function of lib/plot", () => {
  assertEquals(Object.keys(RIGHT).sort(), Object.keys(functions).sort());
});

for (const [name, right] of Object.entries(RIGHT)) {
  Deno.test(`${name}() names itself for arguments of the wrong kind`, async () => {
    assertEquals(await wrongWords(name, functions[name], right), []);
  });
}

for (const [name, [fn, names]] of Object.entries(OPTIONS)) {
  Deno.test(`${name}() names itself for options of the wrong kind`, async () => {
    const before = RIGHT[fn].slice(0, fn === "figure" ? 0 : -1);
    const usual = fn === "figure" ? RIGHT.figure[0] as object : {};
    for (const option of names) {
      const call = (value: unknown) =>
        functions[name](...before, { ...usual, [option]: value });
      const found = await wrongWords(name, call, [
        (usual as Record<string, unknown>)[option],
      ]);
      assertEquals(found, [], option);
    }
  });
}

Deno.test("series name themselves for parts of the wrong kind", async () => {
  for (const part of ["name", "x", "y", "low", "high", "colour", "dash"]) {
    const call = (value: unknown) =>
      functions.lineChart([{
        ...line,
        low: [0, 0],
        high: [1, 1],
        [part]: value,
      }]);
    const right = { ...line, low: [0, 0], high: [1, 1] } as Record<
      string,
      unknown
    >;
    assertEquals(await wrongWords("lineChart", call, [right[part]]), []);
  }
  for (const part of ["name", "x", "y", "texts"]) {
    const call = (value: unknown) =>
      functions.scatter([{ ...line, [part]: value }]);
    const right = line as Record<string, unknown>;
    assertEquals(await wrongWords("scatter", call, [right[part]]), []);
  }
  for (const part of ["name", "y", "low", "high"]) {
    const call = (value: unknown) =>
      functions.barChart(["a"], [{ ...bars[0], [part]: value }]);
    const right = bars[0] as Record<string, unknown>;
    assertEquals(await wrongWords("barChart", call, [right[part]]), []);
  }
  for (const part of ["name", "steps", "validation"]) {
    const call = (value: unknown) =>
      functions.trainingPlot([{ ...curve, [part]: value }]);
    const right = curve as Record<string, unknown>;
    assertEquals(await wrongWords("trainingPlot", call, [right[part]]), []);
  }
});
