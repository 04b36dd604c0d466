/**
 * Every kind of figure as it was when somebody last looked at it.
 *
 * A snapshot is the whole value that a notebook shows, so a plot can be rewritten
 * without fear: whatever moves, even a pixel's shade, is named here. After a
 * change that is meant, look at the figure and renew the files:
 * `deno test -A --no-check tests/plot/snapshots_test.ts -- --update`.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  attentionFilm,
  barChart,
  confusionMap,
  drawArchitecture,
  featureMaps,
  figure,
  heatMap,
  imageGrid,
  inception,
  kernelGrid,
  lenet,
  lineChart,
  network,
  pairedSeeds,
  poolGradient,
  poolSteps,
  randomNormal,
  randomUniform,
  residualBlock,
  scatter,
  slidingChannels,
  slidingSteps,
  slidingWindow,
  table,
  tensor,
  windowExplorer,
} from "cnn";
import { jupyterDisplay } from "../../lib/kernel/displayable.ts";
import { trainingPlot } from "../../lib/plot/training_plot.ts";
import * as room from "../../lib/plot/mod.ts";
import { trainingDrawing } from "../../lib/plot/training_drawing.ts";
import { assertSnapshot, firstDifference, snapshotNames } from "./snapshot.ts";

/** Quarters from −2 to 2 that no rounding changes. */
const quarters = (...shape: number[]) => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Array.from({ length: size }, (_, i) => (i * 7 % 17 - 8) / 4),
    shape,
  );
};
const curveOf = (name: string, count: number, validated: boolean) => ({
  name,
  steps: Array.from({ length: count }, (_, i) => ({
    step: i + 1,
    loss: 2.5 / (1 + i / 10) + (i % 3) / 8,
    accuracy: 1 - 0.9 / (1 + i / 10),
  })),
  validation: validated
    ? [{ step: 20, loss: 1.5, accuracy: 0.5 }, {
      step: count,
      loss: 0.75,
      accuracy: 0.625,
    }]
    : [],
});
const curves = [curveOf("LeNet", 300, true), curveOf("<MLP>", 60, false)];
const image = tensor([[0, 1, 2, 0], [3, 4, 5, 1], [6, 7, 8, 2]]);
const kernel = tensor([[0, 1], [-2, 0.5]]);
/** So noisy that it is sent in fewer shades. */
const photo = {
  shape: [1, 700, 900, 3],
  data: randomUniform([700 * 900 * 3], 4).data.map((v, i) =>
    i / 3e6 + Math.round(v * 10) / 40
  ),
};
const categories = ["MLP", "CNN", "CNN, wider"];

/** What to show, by function and case; only the first word is the function. */
const figures: Record<string, () => unknown> = {
  figure: () =>
    figure({
      data: [{ type: "scatter", x: [0, 1, NaN], y: [1 / 3, 2, 3] }],
      layout: { title: { text: "Points & <b>lines</b>" }, height: 200 },
      frames: [{ name: "1", data: [{ y: [1, 2, 3] }] }],
    })[jupyterDisplay](),

  heatMap: () =>
    heatMap(quarters(4, 6), {
      title: "A kernel",
      xTitle: "column",
      yTitle: "row",
      columnNames: [
        "a",
        "b",
        "c",
        "d",
        "e",
        "a name that is too long to stand",
      ],
    }),
  "heatMap without numbers": () =>
    heatMap(randomUniform([24, 30], 1), { digits: 1 }),
  "heatMap with shades": () =>
    heatMap([[1, 10], [100, 1000]], { shades: [0, 1, 2, 3], digits: 0 }),
  confusionMap: () =>
    confusionMap(tensor([[8, 2, 0], [0, 90, 10], [1, 1, 1]]), [
      "cat",
      "dog",
      "bird",
    ]),

  imageGrid: () =>
    imageGrid(randomUniform([5, 8, 8, 1], 1), {
      title: "Noise",
      labels: [3, 1, 4, "one and a half", 5],
      columns: 3,
    }),
  "imageGrid overlay": () =>
    imageGrid(randomUniform([2, 10, 12, 3], 2), {
      overlay: randomUniform([2, 10, 12, 1], 3),
    }),
  "imageGrid shrunk": () => imageGrid(photo),
  kernelGrid: () => kernelGrid(quarters(3, 3, 1, 4), { title: "Filters" }),
  "kernelGrid channels": () => kernelGrid(randomNormal([5, 5, 3, 8], 5)),
  featureMaps: () =>
    featureMaps(randomUniform([1, 14, 12, 6], 6), { labels: [..."abcdef"] }),
  "featureMaps picture": () => featureMaps(randomNormal([1, 200, 200, 3], 7)),

  slidingWindow: () => slidingWindow(image, kernel, { title: "Edges" }),
  "slidingWindow padded": () =>
    slidingWindow(quarters(5, 12), quarters(3, 4), {
      padding: "same",
      strides: [3, 4],
      dilations: 2,
    }),
  slidingSteps: () => slidingSteps(image, kernel, { padding: "same" }),
  slidingChannels: () =>
    slidingChannels(quarters(3, 4, 2), quarters(2, 2, 2, 2), {
      bias: tensor([1, -0.5]),
      title: "Two channels, two filters",
    }),
  windowExplorer: () =>
    windowExplorer({ length: 5, strides: 2, padding: "same" })
      [jupyterDisplay](),
  poolSteps: () => poolSteps(image, tensor([[5, -6]])),
  poolGradient: () =>
    poolGradient(image, tensor([[5, -6, 1], [0, 2, 0.5]]), {
      strides: 1,
      title: "Who receives",
    }),
  attentionFilm: () =>
    attentionFilm(
      tensor([[1, -0.5]]),
      tensor([[0, 1], [2, 0], [1, 1]]),
      tensor([[4], [8], [16]]),
      { title: "Looking" },
    ),
  "poolGradient average": () =>
    poolGradient(quarters(4, 12), quarters(2, 4), {
      kind: "average",
      poolSize: [2, 3],
      padding: "same",
    }),

  lineChart: () =>
    lineChart([
      { name: "CNN", x: [1, 10, 100], y: [0.5, null, 0.75] },
      {
        name: "MLP",
        x: [1, 10],
        y: [0.25, 0.5],
        low: [0.125, 0.375],
        high: [0.5, 0.625],
        dash: "dot",
        colour: "#123456",
      },
    ], {
      title: "Accuracy",
      xTitle: "images",
      yTitle: "share",
      xScale: "log",
      xRange: [1, 1000],
      yRange: [0, 1],
      width: 600,
      height: 300,
    }),
  barChart: () =>
    barChart(categories, [0.93, 0.0001, -0.5], { yTitle: "accuracy" }),
  "barChart intervals": () =>
    barChart(
      categories,
      [0, 1, 2].map((n) => ({
        name: `net ${n}`,
        y: [0.5, 0.25, 0.125],
        ...(n > 0
          ? { low: [0.25, 0.125, 0], high: [0.75, 0.5, 0.25 * n] }
          : {}),
      })),
      { title: "Nets", digits: 2 },
    ),
  scatter: () =>
    scatter([
      { name: "a", x: [1, 2], y: [3, 4], texts: ["one", "two"] },
      { name: "b", x: [2], y: [1] },
    ], { title: "Nets", xTitle: "parameters" }),
  "scatter of many": () =>
    scatter([{
      name: "points",
      x: Array.from({ length: 201 }, (_, i) => i),
      y: Array.from({ length: 201 }, (_, i) => i * i % 101),
    }]),
  pairedSeeds: () =>
    pairedSeeds([
      {
        name: "accuracy",
        from: [0.5, 0.625, 0.75],
        to: [0.75, 0.75, 0.875],
        mean: 0.125,
        low: -0.25,
        high: 0.5,
      },
      { name: "loss", from: [1], to: [0.5], mean: -0.5, low: -0.5, high: 0 },
    ], { names: ["MLP", "CNN"], bounds: [0.25], title: "Seeds" }),
  trainingPlot: () =>
    trainingPlot(curves, { title: "Two nets", status: "done", steps: 400 }),
  "trainingPlot of one": () => trainingPlot([curveOf("LeNet", 3, false)]),
  trainingDrawing: () =>
    trainingDrawing(curves, { title: "<Two>", status: "step 60", steps: 400 }),

  table: () =>
    table([
      { net: "MLP & co", accuracy: 0.93, shape: [3, 3], share: "92.5 %" },
      { net: "<CNN>", accuracy: 1234.5678, best: true, share: "−1 %" },
    ], { caption: "Nets", digits: 2 })[jupyterDisplay](),
  "table of one column": () =>
    table([{ a: 1, b: "x" }, { b: null }], { columns: ["b"] }),

  drawArchitecture: () => drawArchitecture(lenet()),
  "drawArchitecture branches": () =>
    drawArchitecture(
      network("Branches", [8, 8, 16], [
        inception({ one: 4, three: [2, 4], five: [2, 4], pool: 4 }, {
          name: "mixed",
        }),
        ...[1, 2].map((n) =>
          residualBlock({ name: `block${n}`, channels: 16, filters: 16 })
        ),
      ]),
    ),
};

/** "heatMap with shades" lies in heat_map_with_shades.snap. */
const fileOf = (name: string) =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    .replaceAll(" ", "_");

for (const [name, make] of Object.entries(figures)) {
  Deno.test(`${name}: as in its snapshot`, () => {
    assertSnapshot(fileOf(name), make());
  });
}

Deno.test("every function that draws has a snapshot, and every snapshot its figure", () => {
  // What colours, sizes and words are made with; a snapshot shows it in a figure.
  const helpers = /colour|Colour|ink|rgbOf|transparent|titled|Numbers|percent/;
  const drawn = Object.keys(figures).map((name) => name.split(" ")[0]);
  const missing = Object.entries(room).filter(([name, value]) =>
    typeof value === "function" && !helpers.test(name) && name !== "points" &&
    !drawn.includes(name)
  );
  assertEquals(missing.map(([name]) => name), []);
  assertEquals(snapshotNames(), Object.keys(figures).map(fileOf).sort());
});

Deno.test("a snapshot names what differs first", () => {
  const before = { data: [{ x: [1, 2], name: "a net" }], width: 700 };
  const cases: [unknown, string][] = [
    [
      { ...before, width: 701 },
      "map.width differs: the snapshot has 700, now it is 701",
    ],
    [
      { data: [{ x: [1, 3], name: "a net" }], width: 700 },
      "map.data[0].x[1] differs: the snapshot has 2, now it is 3",
    ],
    [
      { data: [{ x: [1, 2], name: "a new" }], width: 700 },
      'map.data[0].name differs at character 4: the snapshot has "a net", now it is "a new"',
    ],
    [{ data: before.data }, "map.width is in the snapshot only"],
    [{ ...before, height: 1 }, "map.height is not in the snapshot"],
    [
      { width: 700, data: before.data },
      "map has its parts in another order",
    ],
  ];
  assertEquals(
    firstDifference(before, structuredClone(before), "map"),
    undefined,
  );
  for (const [now, message] of cases) {
    assertEquals(firstDifference(before, now, "map"), message);
  }
});
