// deno-lint-ignore-file no-explicit-any
import {
  attentionFilm,
  barChart,
  confusionMap,
  featureMaps,
  figure,
  heatMap,
  imageGrid,
  kernelGrid,
  lineChart,
  pairedSeeds,
  poolGradient,
  poolSteps,
  scatter,
  slidingChannels,
  slidingSteps,
  slidingWindow,
  table,
  tensor,
  windowExplorer,
  zeros,
} from "cnn";
import type { Table } from "./table.ts";

/** Options as the compiler would not let them pass. */
const wrong = (options: object): any => options;

const square = tensor([[1, 2], [3, 4]]);
const one = tensor([[1]]);
const line = { name: "a", x: [0], y: [0] };
const pair = { name: "a", from: [0], to: [1], mean: 1, low: 0, high: 2 };
const bars = { name: "a", y: [1] };

export const calls: Table["calls"] = {
  figure: (extra) => figure({ data: [], layout: {}, ...extra }),
  imageGrid: (extra) => imageGrid(zeros([1, 3, 3, 1]), extra),
  heatMap: (extra) => heatMap(square, extra),
  featureMaps: (extra) => featureMaps(zeros([1, 3, 3, 1]), extra),
  kernelGrid: (extra) => kernelGrid(zeros([3, 3, 1, 1]), extra),
  confusionMap: (extra) => confusionMap(square, ["a", "b"], extra),
  lineChart: (extra) => lineChart([line], extra),
  barChart: (extra) => barChart(["a"], [1], extra),
  scatter: (extra) => scatter([line], extra),
  pairedSeeds: (extra) => pairedSeeds([pair], extra),
  table: (extra) => table([{ a: 1 }], extra),
  slidingSteps: (extra) => slidingSteps(square, one, extra),
  slidingWindow: (extra) => slidingWindow(square, one, extra),
  slidingChannels: (extra) =>
    slidingChannels(zeros([2, 2, 1]), zeros([1, 1, 1, 1]), extra),
  windowExplorer: (extra) => windowExplorer(extra),
  poolSteps: (extra) => poolSteps(square, one, extra),
  poolGradient: (extra) => poolGradient(square, one, extra),
  attentionFilm: (extra) => attentionFilm(one, one, one, extra),
};

const scales = (chart: (options: any) => unknown): [string, () => unknown][] =>
  ["xScale", "yScale"].map((name) => [
    "logarithmic",
    () => chart({ [name]: "logarithmic" }),
  ]);
const paddings = (film: (options: any) => unknown): [string, () => unknown] => [
  "Same",
  () => film({ padding: "Same" }),
];

export const words: Table["words"] = {
  lineChart: [
    ...scales((options) => lineChart([line], options)),
    ["dashed", () => lineChart([wrong({ ...line, dash: "dashed" })])],
  ],
  barChart: scales((options) => barChart(["a"], [bars], options)),
  scatter: scales((options) => scatter([line], options)),
  slidingSteps: [paddings((options) => slidingSteps(square, one, options))],
  slidingWindow: [paddings((options) => slidingWindow(square, one, options))],
  slidingChannels: [
    paddings((options) =>
      slidingChannels(zeros([2, 2, 1]), zeros([1, 1, 1, 1]), options)
    ),
  ],
  windowExplorer: [paddings((options) => windowExplorer(options))],
  poolSteps: [
    paddings((options) => poolSteps(square, one, options)),
    ["mean", () => poolSteps(square, one, wrong({ kind: "mean" }))],
  ],
  poolGradient: [
    paddings((options) => poolGradient(square, one, options)),
    ["mean", () => poolGradient(square, one, wrong({ kind: "mean" }))],
  ],
};
