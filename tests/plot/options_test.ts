/** A misspelt option or a wrong argument is told, never passed over. */
import { assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import {
  barChart,
  featureMaps,
  heatMap,
  imageGrid,
  kernelGrid,
  lineChart,
  scatter,
  slidingWindow,
  table,
  tensor,
  zeros,
} from "cnn";
import { trainingPlot } from "../../lib/plot/training_plot.ts";

// Notebook cells are not type-checked, so wrong types do arrive.
// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;
const image = zeros([1, 3, 3, 1]);
const square = tensor([[1, 2], [3, 4]]);
const points = [{ name: "a", x: [1], y: [1] }];
const curve = {
  name: "a",
  steps: [{ step: 1, loss: 1, accuracy: 0 }],
  validation: [],
};

const MISSPELT: Record<string, [() => unknown, string]> = {
  imageGrid: [() => imageGrid(image, wrong({ label: ["a"] })), "label"],
  heatMap: [() => heatMap(square, wrong({ name: "a" })), "name"],
  featureMaps: [() => featureMaps(image, wrong({ column: 1 })), "column"],
  kernelGrid: [() => kernelGrid(image, wrong({ column: 1 })), "column"],
  slidingWindow: [
    () => slidingWindow(square, tensor([[1]]), wrong({ stride: 2 })),
    "stride",
  ],
  lineChart: [() => lineChart(points, wrong({ ytitle: "a" })), "ytitle"],
  scatter: [() => scatter(points, wrong({ ytitle: "a" })), "ytitle"],
  barChart: [() => barChart(["a"], [1], wrong({ ytitle: "a" })), "ytitle"],
  trainingPlot: [() => trainingPlot([curve], wrong({ step: 1 })), "step"],
  table: [() => table([{ a: 1 }], wrong({ title: "a" })), "title"],
};

for (const [fn, [call, option]] of Object.entries(MISSPELT)) {
  Deno.test(`${fn}() tells a misspelt option`, () => {
    const { message } = assertThrows(call, TypeError);
    assertMatch(message, new RegExp(`^${fn}\\(\\) expects only the options `));
    assertStringIncludes(message, `found "${option}": check the spelling`);
  });
}

const NO_DATA: Record<string, [() => unknown, string]> = {
  lineChart: [
    () => lineChart(wrong(undefined)),
    "lineChart() expects at least one series but found undefined: pass [{ name, x, y }]",
  ],
  scatter: [() => scatter([]), "expects at least one series but found none"],
  barChart: [
    () => barChart(wrong({ a: 1 }), wrong(undefined)),
    "barChart() expects categories and values but found an object and undefined",
  ],
  table: [
    () => table(wrong(3)),
    "table() expects at least one row but found 3: pass [{ column: value }]",
  ],
};

for (const [fn, [call, message]] of Object.entries(NO_DATA)) {
  Deno.test(`${fn}() tells what it needs`, () => {
    assertThrows(call, TypeError, message);
  });
}
