import { assert, assertEquals, assertThrows } from "@std/assert";
import { pairedDifference, pairedSeeds } from "cnn";
import { jupyterDisplay } from "../../lib/kernel/displayable.ts";

const mlp = [0.9, 0.92, 0.91], cnn = [0.96, 0.97, 0.99];
const gain = { name: "in order", ...pairedDifference(mlp, cnn) };
const loss = {
  name: "scrambled",
  ...pairedDifference([0.9, 0.8], [0.7, 0.75]),
};

/** What a test reads of a trace. */
interface Trace {
  name: string;
  x: (number | null)[];
  y: (number | null)[];
  xaxis?: string;
  showlegend?: boolean;
  marker: { color: string; symbol: string };
  error_y?: { array: number[]; arrayminus: number[] };
}
const tracesOf = (chart: { data: unknown[] }) => chart.data as Trace[];

Deno.test("pairedSeeds() joins the two values of each seed, and no others", () => {
  const [seeds] = tracesOf(pairedSeeds([gain]));
  assertEquals(seeds.x, [0, 1, null, 0, 1, null, 0, 1, null]);
  assertEquals(seeds.y, [0.9, 0.96, null, 0.92, 0.97, null, 0.91, 0.99, null]);
});

Deno.test("pairedSeeds() draws the mean difference with its interval beside", () => {
  const { mean, low, high } = gain;
  const [, point] = tracesOf(pairedSeeds([gain]));
  const close = (a: number, b: number) => assert(Math.abs(a - b) < 1e-6);
  close(point.y[0]!, (0.06 + 0.05 + 0.08) / 3);
  close(point.error_y!.array[0], high - mean);
  close(point.error_y!.arrayminus[0], mean - low);
  assertEquals([point.xaxis, point.showlegend], ["x2", false]);
});

Deno.test("pairedSeeds() shows 0, every interval and every bound", () => {
  const { layout } = pairedSeeds([gain, loss], { bounds: [-0.5, 0.75] });
  const [low, high] = layout.yaxis2!.range as number[];
  const must = [0, -0.5, 0.75, gain.low, gain.high, loss.low, loss.high];
  assert(must.every((y) => low < y && y < high), `${low} to ${high}`);
  const lines = layout.shapes!.map(({ y0, line }) => [y0, line!.dash]);
  assertEquals(lines, [[0, "dash"], [-0.5, "dot"], [0.75, "dot"]]);
  const alone = pairedSeeds([{ ...gain, mean: 0, low: 0, high: 0 }]).layout;
  const [down, up] = alone.yaxis2!.range as number[];
  assert(down < 0 && up > 0);
});

Deno.test("pairedSeeds() names both sides, each series, and tells series apart by colour and mark", () => {
  const chart = pairedSeeds([gain, loss], {
    names: ["MLP", "CNN"],
    title: "Digits",
  });
  assertEquals(chart.layout.xaxis!.ticktext, ["MLP", "CNN"]);
  assertEquals(chart.layout.xaxis2!.ticktext, ["in<br>order", "scrambled"]);
  const title = chart.layout.yaxis2!.title as { text: string };
  assertEquals(title.text, "CNN − MLP, mean");
  const [a, meanA, b, meanB] = tracesOf(chart);
  assert(a.marker.color !== b.marker.color);
  assert(a.marker.symbol !== b.marker.symbol);
  assertEquals([meanA.marker.color, meanB.marker.color], [
    a.marker.color,
    b.marker.color,
  ]);
  assertEquals([meanA.x, meanB.x], [[0], [1]]);
  const said = chart[jupyterDisplay]()["text/plain"];
  assertEquals(
    said,
    "MLP and CNN, seed by seed: Digits: in order 0.063 (0.025 to 0.101); scrambled −0.125 (−1.078 to 0.828)",
  );
});

Deno.test("pairedSeeds() has a legend for several series only", () => {
  assertEquals(pairedSeeds([gain]).layout.showlegend, false);
  assertEquals(pairedSeeds([gain, loss]).layout.showlegend, true);
});

// deno-lint-ignore no-explicit-any
const wrong = (value: unknown): any => value;

const refused: Record<string, [() => unknown, string]> = {
  "sides of other lengths": [
    () => pairedSeeds([{ ...gain, to: [1] }]),
    'pairedSeeds() "in order" to expects 3 numbers but found 1',
  ],
  "NaN among the numbers": [
    () => pairedSeeds([{ ...gain, from: [1, NaN, 2] }]),
    'pairedSeeds() "in order" from expects numbers but found NaN at place 1',
  ],
  "an interval beside its mean": [
    () => pairedSeeds([{ ...gain, low: 0.5 }]),
    'pairedSeeds() "in order" expects a mean between low and high',
  ],
  "no interval": [
    () => pairedSeeds([wrong({ name: "a", from: [1], to: [2], mean: 1 })]),
    "pass what pairedDifference() returns",
  ],
  "three sides": [
    () => pairedSeeds([gain], { names: ["a", "b", "c"] }),
    'pairedSeeds() expects the names of two sides but found ["a", "b", "c"]',
  ],
  "a bound that is no number": [
    () => pairedSeeds([gain], { bounds: [NaN] }),
    "pairedSeeds() bounds expects numbers but found NaN",
  ],
  "a misspelt part": [
    () => pairedSeeds([wrong({ ...gain, form: [1] })]),
    'found "form": check the spelling',
  ],
  "nothing": [
    () => pairedSeeds([]),
    "pairedSeeds() expects at least one series",
  ],
};

for (const [what, [call, message]] of Object.entries(refused)) {
  Deno.test(`pairedSeeds() refuses ${what}`, () => {
    assertThrows(call, TypeError, message);
  });
}
