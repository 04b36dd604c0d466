/** VS Code and a book's column cut figures wider than about 700 pixels. */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  barChart,
  confusionMap,
  drawArchitecture,
  featureMaps,
  type Figure,
  figure,
  googlenet,
  heatMap,
  imageGrid,
  kernelGrid,
  layers,
  lenet,
  lineChart,
  mlp,
  network,
  pairedSeeds,
  poolGradient,
  randomNormal,
  randomUniform,
  resnet,
  scatter,
  slidingChannels,
  slidingWindow,
  tensor,
  vgg,
  zeros,
} from "cnn";
import { samplePlot } from "../../lib/notebook/setup_check.ts";
import { trainingPlot } from "../../lib/plot/training_plot.ts";

const most = 700;
const sentence =
  "A title with as many words as a reader would ever put above a figure, and then a few more words";
const points = [{ name: "a", x: [0, 1], y: [0, 1] }, {
  name: "b",
  x: [0, 1],
  y: [1, 0],
}];
const names = [
  ...["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"],
  ...["Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
];
const counts = tensor(
  names.map((_, i) => names.map((_, j) => i === j ? 987 : 13)),
);
/** Whole numbers, as the films show them best. */
const whole = (rows: number, columns: number) =>
  tensor(
    Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, j) =>
        (7 * i + 3 * j) % 11 - 4)),
  );
const big = whole(12, 12);
const steps = Array.from(
  { length: 500 },
  (_, i) => ({ step: i + 1, loss: 1 / (i + 1), accuracy: 0.5 }),
);
/** Many branches side by side, wider than any published module. */
const broad = network("broad", [28, 28, 8], [
  layers.parallel(
    Array.from(
      { length: 9 },
      () => layers.conv2d({ filters: 64, kernelSize: 3, padding: "same" }),
    ),
    { join: "concat" },
  ),
]);

const LARGEST: Record<string, () => Figure> = {
  "figure()": () => figure({ data: [], layout: {} }),
  "a title": () => heatMap([[1]], { title: sentence }),
  "imageGrid() of 100 digits": () =>
    imageGrid(randomUniform([100, 28, 28, 1], 1)),
  "imageGrid() of 100 digits in 20 columns": () =>
    imageGrid(randomUniform([100, 28, 28, 1], 1), { columns: 20 }),
  "imageGrid() of 75 columns": () =>
    imageGrid(zeros([75, 28, 28, 1]), { columns: 75 }),
  "imageGrid() of ten columns of 8 x 8": () =>
    imageGrid(randomUniform([10, 8, 8, 1], 1), { columns: 10 }),
  "imageGrid() of a photograph": () => imageGrid(zeros([1, 427, 640, 3])),
  "imageGrid() of two photographs": () => imageGrid(zeros([2, 200, 300, 3])),
  "imageGrid() of one large photograph": () =>
    imageGrid(zeros([1, 900, 1601, 3])),
  "imageGrid() with labels": () =>
    imageGrid(zeros([24, 32, 32, 3]), {
      labels: Array(24).fill("a label"),
      title: sentence,
    }),
  "heatMap() of 20 x 20 numbers": () => heatMap(randomNormal([20, 20], 1)),
  "heatMap() of 24 columns": () => heatMap(randomNormal([3, 24], 1)),
  "heatMap() of 400 columns": () => heatMap(randomNormal([1, 400], 1)),
  "heatMap() of 784 columns": () => heatMap(randomNormal([10, 784], 1)),
  "heatMap() of 28 x 28": () => heatMap(randomNormal([28, 28], 1)),
  "heatMap() of 150 x 150": () => heatMap(whole(150, 150)),
  "heatMap() with long names": () =>
    heatMap([[1000.25, -2000.5]], {
      rowNames: ["a row whose name is a whole sentence, or two of them"],
      columnNames: [sentence, sentence],
      yTitle: "row",
    }),
  "confusionMap() of ten classes": () => confusionMap(counts, names),
  "confusionMap() of 100 classes": () =>
    confusionMap(randomUniform([100, 100], 1), Array(100).fill("a class")),
  "kernelGrid() of 8 filters": () => kernelGrid(randomNormal([3, 3, 1, 8], 1)),
  "kernelGrid() of 64 filters": () =>
    kernelGrid(randomNormal([7, 7, 1, 64], 1)),
  "kernelGrid() of 3 channels, 64 filters": () =>
    kernelGrid(randomNormal([11, 11, 3, 64], 1)),
  "kernelGrid() of 4 channels, 17 filters": () =>
    kernelGrid(randomNormal([3, 3, 4, 17], 1)),
  "kernelGrid() with numbers": () => kernelGrid(randomNormal([3, 3, 2, 8], 1)),
  "kernelGrid() of a row": () => kernelGrid(randomNormal([1, 20, 1, 1], 1)),
  "featureMaps() of 512 maps": () =>
    featureMaps(randomNormal([1, 7, 7, 512], 1)),
  "featureMaps() of 6 maps": () => featureMaps(randomNormal([1, 24, 24, 6], 1)),
  "featureMaps() of 3 large maps": () =>
    featureMaps(randomNormal([1, 224, 224, 3], 1)),
  "lineChart()": () => lineChart(points, { title: sentence, yTitle: sentence }),
  "scatter()": () => scatter(points),
  "pairedSeeds()": () =>
    pairedSeeds(
      names.map((name) => ({
        ...{ name, from: [0, 1], to: [2, 3] },
        ...{ mean: 2, low: 1, high: 3 },
      })),
      { title: sentence, yTitle: sentence, names: [sentence, sentence] },
    ),
  "barChart()": () => barChart(names, names.map((_, i) => i)),
  "trainingPlot()": () =>
    trainingPlot([{ name: "net", steps, validation: steps.slice(-1) }], {
      title: sentence,
      status: sentence,
    }),
  "slidingWindow() of 12 x 12": () => slidingWindow(big, whole(3, 3)),
  "slidingWindow() of 12 x 12, padding same": () =>
    slidingWindow(big, whole(5, 5), {
      padding: "same",
      title: sentence,
    }),
  "slidingWindow() of the largest window": () =>
    slidingWindow(whole(4, 12), whole(2, 12), {
      padding: "same",
    }),
  "slidingChannels() of 4 x 12 and three": () =>
    slidingChannels(zeros([4, 12, 3]), zeros([3, 3, 3, 3]), {
      title: sentence,
    }),
  "poolGradient() of 12 x 12": () => poolGradient(big, whole(6, 6)),
  "poolGradient() of 8 x 12, stride 1": () =>
    poolGradient(whole(8, 12), whole(7, 11), { strides: 1, title: sentence }),
  "drawArchitecture() of LeNet": () => drawArchitecture(lenet()),
  "drawArchitecture() of an MLP": () => drawArchitecture(mlp()),
  "drawArchitecture() of VGG-19": () => drawArchitecture(vgg(19)),
  "drawArchitecture() of GoogLeNet": () => drawArchitecture(googlenet()),
  "drawArchitecture() of GoogLeNet, unfolded": () =>
    drawArchitecture(googlenet(), { fold: false }),
  "drawArchitecture() of ResNet-152": () => drawArchitecture(resnet(152)),
  "drawArchitecture() of 9 branches": () => drawArchitecture(broad),
  "drawArchitecture() with a title": () =>
    drawArchitecture(lenet(), { title: sentence }),
};

for (const [name, draw] of Object.entries(LARGEST)) {
  Deno.test(`${name} is at most 700 pixels wide`, () => {
    const { layout } = draw();
    assert(layout.width! <= most, `${layout.width}`);
    const { l = 0, r = 0 } = layout.margin ?? {};
    assert(layout.width! - l - r > 20, `no room beside ${l} and ${r}`);
  });
}

Deno.test("the plot of the set-up check is at most 700 pixels wide", () => {
  const bundle = samplePlot()[Symbol.for("Jupyter.display") as never] as () =>
    Record<string, { layout: { width: number } }>;
  assert(bundle()["application/vnd.plotly.v1+json"].layout.width <= most);
});

Deno.test("figure() refuses to be wider, so that nothing is cut", () => {
  for (const width of [701, 1200, Infinity, NaN]) {
    const error = assertThrows(() => figure({ data: [], layout: { width } }));
    assertStringIncludes(
      (error as Error).message,
      "figure() expects a width of at most 700 pixels but found ",
    );
  }
});

Deno.test("charts and grids name themselves where they would be wider", () => {
  const wide: [string, () => unknown][] = [
    [
      "lineChart() expects a width of at most 700 pixels but found 701",
      () => lineChart(points, { width: 701 }),
    ],
    [
      "barChart() expects a width of at most 700",
      () => barChart(["a"], [1], { width: 900 }),
    ],
    [
      "imageGrid() expects images side by side in at most 668 pixels but found 1734",
      () => imageGrid(zeros([10, 28, 28, 1]), { columns: 10, zoom: 6 }),
    ],
    [
      "imageGrid() expects at most 75 columns but found 100",
      () => imageGrid(zeros([100, 28, 28, 1]), { columns: 100 }),
    ],
    [
      "kernelGrid() expects columns that fit into 596 pixels but found 64 of 3 cells",
      () => kernelGrid(randomNormal([3, 3, 1, 64], 1), { columns: 64 }),
    ],
    [
      "heatMap() expects numbers that can be read in 100 columns",
      () => heatMap(zeros([1, 100]), { numbers: true }),
    ],
  ];
  for (const [message, draw] of wide) {
    assertThrows(draw, RangeError, message);
  }
  assertEquals(lineChart(points, { width: 320 }).layout.width, 320);
});

Deno.test("maps are not made tiny to stand in one row", () => {
  // 24 pixels wide: eight in a row would be 48 screen pixels each.
  const { layout } = featureMaps(randomNormal([1, 24, 24, 8], 1));
  const [low, high] = layout.xaxis!.range as [number, number];
  const { l, r } = layout.margin as { l: number; r: number };
  const zoom = (layout.width! - l - r) / (high - low);
  assert(24 * zoom >= 56, `${24 * zoom}`);
});

Deno.test("films of small pictures are seen whole in a column of 584 pixels", () => {
  const kernel = randomNormal([3, 3], 1);
  const sliding = slidingWindow(whole(5, 6), kernel);
  const pooling = poolGradient(whole(4, 4), whole(2, 2), { title: sentence });
  const channels = slidingChannels(zeros([3, 4, 2]), zeros([2, 2, 2, 2]));
  for (const film of [sliding, pooling, channels]) {
    assert(film.layout.width! <= 584, `${film.layout.width}`);
  }
  // Where that would make the numbers hard to read, the film is wider.
  const padded = slidingWindow(whole(5, 6), kernel, { padding: "same" });
  assert(padded.layout.width! > 584, `${padded.layout.width}`);
});
