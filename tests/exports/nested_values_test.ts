/**
 * Wrong values that lie deep in an argument: in a set's images, in a point of a
 * curve, in one end of an interval. They are refused in the name of the function
 * that was called, as wrong arguments are.
 *
 * @module
 */
import {
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  activations,
  barChart,
  batchesOf,
  batchNorm,
  buildNetwork,
  conv2d,
  decodeWeights,
  dense,
  evaluate,
  figure,
  fit,
  glorotUniform,
  gradCam,
  html,
  initialWeights,
  kernelGrid,
  layers,
  lineChart,
  loadWeights,
  md,
  mlp,
  network,
  occlusionMap,
  progress,
  random,
  randomShift,
  randomUniform,
  rankCorrelation,
  readIdx,
  readPng,
  saveWeights,
  scratchTrainer,
  selectImages,
  shiftCurve,
  slidingSteps,
  standardise,
  tensor,
  toLayersModel,
  trackProgress,
  useBackend,
  zeros,
} from "cnn";
import { duration } from "../../lib/notebook/progress.ts";
import { tensorText } from "../../lib/notebook/show.ts";
import { trainingPlot } from "../../lib/plot/training_plot.ts";

// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

await useBackend("cpu");
const net = network("n", [6, 6, 1], [
  layers.conv2d({ filters: 2, kernelSize: 3, name: "conv" }),
  layers.flatten(),
  layers.dense({ units: 3 }),
]);
const built = buildNetwork(net, { seed: 1 });
const trainer = scratchTrainer(built);
const images = randomUniform([2, 6, 6, 1], 1);
const image = randomUniform([1, 6, 6, 1], 1);
const broken = zeros([1, 6, 6, 1]);
broken.data.fill(NaN);
const set = { name: "s", images, labels: [0, 1], classNames: [] };
const short = { ...set, images: { ...images, data: images.data.slice(1) } };
const point = { step: 1, loss: 1, accuracy: 0.5 };
const curve = { name: "a", steps: [point], validation: [] };
const line = { name: "a", x: [0], y: [0] };
const weights = new URL(
  "../../data/weights/lenet-mnist.safetensors",
  import.meta.url,
);
const one = tensor([1]);
const ofOne = { gamma: one, beta: one };
const column = (...values: number[]) => tensor(values, [values.length, 1]);

/** Bytes of a safetensors file that has this header and no numbers. */
function headed(header: string): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length);
  bytes[0] = text.length & 255, bytes[1] = text.length >> 8;
  bytes.set(text, 8);
  return bytes;
}

const cases: Record<string, [call: () => unknown, message: string]> = {
  "images of a set that lost a number, in selectImages()": [
    () => selectImages(short, [0]),
    "selectImages() expects 72 values in images [2, 6, 6, 1] but found 71",
  ],
  "the same in batchesOf()": [() => batchesOf(short), "batchesOf() expects 72"],
  "the same in evaluate()": [
    () => evaluate(trainer, short),
    "evaluate() expects 72 values",
  ],
  "the same in fit()'s validation": [
    () => fit(trainer, set, { epochs: 1, seed: 1, validation: short }),
    "fit() expects 72 values",
  ],
  "a learning rate of another kind under a schedule": [
    () =>
      fit({ ...trainer, learningRate: wrong(1n) }, set, {
        epochs: 1,
        seed: 1,
        schedule: () => 1,
      }),
    "fit() expects a trainer with a learningRate for a schedule but found 1n",
  ],
  "maxSeconds that is a symbol": [
    () =>
      fit(trainer, set, wrong({ epochs: 1, seed: 1, maxSeconds: Symbol("s") })),
    "fit() expects maxSeconds above 0 but found Symbol(s)",
  ],
  "no images for logits()": [
    () => trainer.logits(wrong(undefined)),
    "scratchTrainer() expects a tensor as images but found undefined",
  ],
  "no images for step()": [
    () => trainer.step(wrong(null), [0]),
    "scratchTrainer() expects a tensor as images but found null",
  ],
  "a stream that draws no whole numbers": [
    () => randomShift(1)(images, wrong({ uniform: random(1).uniform })),
    "randomShift() expects a stream of random numbers",
  ],
  "a shift that is missing in its list": [
    () => shiftCurve(trainer, set, wrong([undefined, 1])),
    "shiftCurve() expects whole numbers of pixels of 0 or more but found undefined",
  ],
  "numbers that cannot be ordered": [
    () => rankCorrelation(wrong([1, 2n, 3]), [1, 2, 3]),
    "rankCorrelation() expects numbers that differ but found 2n at place 1",
  ],
  "deviations below 0": [
    () => standardise(images, { mean: [0], deviation: [-1] }),
    "standardise() expects deviations of 0 or more but found -1 in channel 0",
  ],
  "NaN among the pixels of standardise()": [
    () => standardise(broken),
    "standardise() expects finite pixels but found a mean of NaN",
  ],
  "null in place of an architecture": [
    () => loadWeights(weights, wrong(null)),
    "expects an architecture",
  ],
  "null in place of a model's weights": [
    () => toLayersModel(net, wrong({ weights: null })),
    "toLayersModel() expects",
  ],
  "null as a model's seed": [
    () => toLayersModel(net, wrong({ seed: null })),
    "toLayersModel() expects a whole number as the seed but found null",
  ],
  "NaN in place of both ends of a bar's interval": [
    () => barChart(["a"], wrong([{ name: "a", y: [1], low: NaN, high: NaN }])),
    'barChart() expects a list of numbers as "a" low but found NaN',
  ],
  "one end of a bar's interval that is no list": [
    () => barChart(["a"], wrong([{ name: "a", y: [1], low: 0, high: [2] }])),
    'barChart() expects a list of numbers as "a" low but found 0',
  ],
  "an empty text as one end of a line's band": [
    () => lineChart(wrong([{ ...line, low: "", high: [1] }])),
    'lineChart() expects a list of numbers as "a" low but found ""',
  ],
  "a step that is no number": [
    () => trainingPlot(wrong([{ ...curve, steps: [{ ...point, step: "1" }] }])),
    'trainingPlot() expects steps of "a" as a list',
  ],
  "an endless step": [
    () => trainingPlot([{ ...curve, steps: [{ ...point, step: Infinity }] }]),
    "trainingPlot() expects finite numbers but found",
  ],
  "a list of numbers in place of a trace": [
    () => figure(wrong({ data: [new Float32Array(2)], layout: {} })),
    "figure() expects a list of objects as data",
  ],
  "a date in place of a layout": [
    () => figure(wrong({ data: [], layout: new Date(0) })),
    "figure() expects an object as layout",
  ],
  "a word for true or false": [
    () => kernelGrid(zeros([2, 2, 1, 1]), wrong({ numbers: "no" })),
    'kernelGrid() expects numbers true or false but found "no"',
  ],
  "no tensor for tensorText()": [
    () => tensorText(wrong(undefined)),
    "tensorText() expects a tensor as x but found undefined",
  ],
  "no text for md()": [() => md(wrong(undefined)), "md() expects a text"],
  "no text for html()": [
    () => html(wrong(1)),
    "html() expects a text as source",
  ],
  "no seconds for duration()": [
    () => duration(wrong(null)),
    "duration() expects seconds of 0 or more but found null",
  ],
  "no title for progress()": [
    () => progress(wrong(undefined), 1),
    "progress() expects a text as title",
  ],
  "no title for trackProgress()": [
    () => trackProgress(wrong({})),
    "trackProgress() expects a text as title",
  ],
  "NaN in the image of gradCam()": [
    () => gradCam(built, broken, { layer: "conv" }),
    "gradCam() expects finite logits but found NaN",
  ],
  "NaN in the logits of occlusionMap()": [
    () => occlusionMap(() => tensor([[NaN, 1]]), image, { size: 2 }),
    "occlusionMap() expects finite logits but found NaN",
  ],
  "logits that are no tensor": [
    () => occlusionMap(wrong(() => [1, 2]), image, { size: 2 }),
    "occlusionMap() expects a tensor as logits but found [1, 2]",
  ],
  "a given variance of NaN, with NaN's own remedy": [
    () =>
      batchNorm(column(1, 2), { ...ofOne, mean: one, variance: tensor([NaN]) }),
    "found NaN in channel 0: look for it in the images",
  ],
  "an endless variance": [
    () =>
      batchNorm(column(1, 2), {
        ...ofOne,
        mean: one,
        variance: tensor([Infinity]),
      }),
    "batchNorm() expects variances of 0 or more but found Infinity",
  ],
  "nothing to divide by": [
    () => batchNorm(column(1, 1), { ...ofOne, epsilon: 0 }),
    "batchNorm() expects a variance and an epsilon that add up to more than 0",
  ],
  "a web address as text": [
    () => readPng("https://example.org/a.png"),
    'readPng() expects a path or the URL of a local file but found "https://',
  ],
  "an empty path": [() => readPng(""), "readPng() expects a path"],
  "a path with a zero in it": [
    () => saveWeights("/tmp/\0", new Map()),
    "saveWeights() expects a path",
  ],
  "a file as if it were a folder": [
    () => readIdx(new URL("nested_values_test.ts/x", import.meta.url)),
    "readIdx() expects a file that it may use",
  ],
  "a folder that cannot be written": [
    () =>
      saveWeights(
        new URL("nested_values_test.ts/x", import.meta.url),
        new Map(),
      ),
    "saveWeights() expects a file that it may use",
  ],
  "a file of one's own that is missing": [
    () => readPng("/nowhere/a.png"),
    "found none: check the path",
  ],
  "an entry of a weights file that has no dtype": [
    () => decodeWeights(headed('{"a":null}')),
    "found no dtype: the header is damaged",
  ],
  "more zeros than memory holds": [
    () => zeros([1e7, 1e7]),
    "zeros() expects tensors that fit into memory but found one of 100000000000000",
  ],
  "more draws than memory holds": [
    () => glorotUniform([1e7, 1e7], 1),
    "glorotUniform() expects tensors that fit into memory",
  ],
  "a network larger than memory": [
    () => initialWeights(mlp({ hidden: [1e7, 1e7] }), 1),
    "expects tensors that fit into memory",
  ],
  "an output larger than memory": [
    () => dense(zeros([2 ** 20, 1]), zeros([1, 2 ** 24])),
    "dense() expects tensors that fit into memory",
  ],
  "a padding larger than memory": [
    () =>
      conv2d(zeros([1, 4, 4, 1]), zeros([2, 2, 1, 1]), {
        padding: "same",
        dilations: 1e9,
      }),
    "conv2d() expects tensors that fit into memory",
  ],
  "a dilation that spans more than memory": [
    () =>
      slidingSteps(zeros([5, 5]), zeros([2, 2]), {
        padding: "same",
        dilations: 1e12,
      }),
    "slidingSteps() expects",
  ],
  "an activation of a layer that is not there": [
    () => activations(built, "Conv", image),
    'activations() expects the name of a layer but found "Conv"',
  ],
};

for (const [what, [call, message]] of Object.entries(cases)) {
  Deno.test(`it is refused where it is called: ${what}`, async () => {
    const error = await assertRejects(async () => await call());
    assertInstanceOf(error, Error);
    assertStringIncludes(error.message, message);
  });
}

Deno.test("a message shows the beginning of a long text", async () => {
  const long = "x".repeat(100_000);
  const error = await assertRejects(async () =>
    await readPng(`https://${long}`)
  );
  assertStringIncludes((error as Error).message, "(100008 characters in all)");
});
