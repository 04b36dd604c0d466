import { assert, assertEquals, assertThrows } from "@std/assert";
import { barChart, lineChart, scatter, table } from "cnn";
import { formatNumber } from "../../lib/base/numbers.ts";
import { jupyterDisplay } from "../../lib/kernel/displayable.ts";
import { trainingPlot } from "../../lib/plot/training_plot.ts";

Deno.test("lineChart() draws an interval as a band around its line", () => {
  const { data } = lineChart([
    { name: "a", x: [0, 1], y: [2, 3], low: [1, 2], high: [4, 5] },
  ]);
  const [band, line] = data as { x: number[]; y: number[]; fill?: string }[];
  assertEquals(band.fill, "toself");
  assertEquals([band.x, band.y], [[0, 1, 1, 0], [4, 5, 2, 1]]);
  assertEquals(line.y, [2, 3]);
});

Deno.test("lineChart() gives series different colours and axes their titles", () => {
  const one = { x: [0], y: [0] };
  const chart = lineChart([{ name: "a", ...one }, { name: "b", ...one }], {
    xTitle: "shift (pixels)",
  });
  const [a, b] = chart.data as { line: { color: string } }[];
  assert(a.line.color !== b.line.color);
  assertEquals(
    (chart.layout.xaxis?.title as { text: string }).text,
    "shift (pixels)",
  );
});

Deno.test("lineChart() rejects NaN, unequal lengths and half an interval", () => {
  assertThrows(
    () => lineChart([{ name: "a", x: [0, 1], y: [1, NaN] }]),
    TypeError,
    'lineChart() "a" y expects numbers but found NaN at place 1',
  );
  assertThrows(
    () => lineChart([{ name: "a", x: [0, 1], y: [1] }]),
    TypeError,
    "expects 2 numbers but found 1",
  );
  assertThrows(
    () => lineChart([{ name: "a", x: [0], y: [1], low: [0] }]),
    TypeError,
    "found only low",
  );
  assertThrows(() => lineChart([]), TypeError, "found none");
});

Deno.test("barChart() takes one list, or several series with intervals", () => {
  const one = barChart(["a", "b"], [1, 2]).data as { text: string[] }[];
  assertEquals(one[0].text, ["1", "2"]);
  const two = barChart(["a"], [{ name: "x", y: [2], low: [1.5], high: [4] }])
    .data as { error_y: { array: number[]; arrayminus: number[] } }[];
  assertEquals(two[0].error_y.array, [2]);
  assertEquals(two[0].error_y.arrayminus, [0.5]);
  assertThrows(() => barChart(["a", "b"], [1]), TypeError, "expects 2 numbers");
});

Deno.test("scatter() rejects x and y of unequal length", () => {
  assertThrows(
    () => scatter([{ name: "nets", x: [1, 2], y: [1] }]),
    TypeError,
    'scatter() "nets" y expects 2 numbers but found 1',
  );
});

Deno.test("barChart() writes a value that its decimals hide as below the least", () => {
  const texts = (y: number[]) =>
    (barChart(y.map(String), y, { digits: 2 }).data as { text: string[] }[])[0]
      .text;
  assertEquals(texts([0.9, 0.00028, 0, -0.001]), [
    "0.9",
    "<0.01",
    "0",
    ">−0.01",
  ]);
  assertEquals(texts([0.0003, 0.0001]), ["3.00e−4", "1.00e−4"]); // nothing larger
});

Deno.test("barChart() sets numbers upright on end where bars are narrower", () => {
  const angles = (bars: number) =>
    (barChart(
      Array.from({ length: bars }, (_, i) => `${i}`),
      [{ name: "a", y: Array(bars).fill(0.125) }],
    ).data as { textangle: number; constraintext: string }[])
      .map((one) => [one.textangle, one.constraintext]);
  assertEquals(angles(4), [[0, "none"]]);
  assertEquals(angles(30), [[-90, "none"]]);
});

Deno.test("table() aligns numbers that were written beforehand", () => {
  const made = table([
    { net: "a", n: 6_998_552, share: "5.0 %", interval: "1 % (0 to 2)" },
    { net: "b", n: "19.8", share: "−12.5 %", interval: "2 % (1 to 3)" },
  ]);
  const html = made[jupyterDisplay]()["text/html"] as string;
  const [head] = html.match(/<thead>.*<\/thead>/)!;
  assertEquals(
    [...head.matchAll(/text-align:(\w+)/g)].map(([, side]) => side),
    ["left", "right", "right", "left"],
  );
});

Deno.test("table() aligns numbers right and texts left", () => {
  const text = String(
    table([{ net: "CNN", n: 61706 }, { net: "a", n: 5 }], { caption: "Nets" }),
  );
  assertEquals(
    text,
    "Nets\nnet       n\n---  ------\nCNN  61,706\na         5",
  );
});

Deno.test("table() takes columns in the order given and escapes its cells", () => {
  const made = table([{ a: "<b>", b: 1 }, { a: "x" }], { columns: ["b", "a"] });
  assertEquals(made.cells, [["1", "<b>"], ["", "x"]]);
  const html = made[jupyterDisplay]()["text/html"] as string;
  assert(html.includes("&lt;b&gt;") && !html.includes("<b>"));
});

Deno.test("table() rejects NaN, no rows and unknown columns", () => {
  assertThrows(
    () => table([{ loss: NaN }]),
    TypeError,
    'found NaN in row 0, column "loss"',
  );
  assertThrows(() => table([]), TypeError, "at least one row");
  assertThrows(
    () => table([{ a: 1 }], { columns: ["c"] }),
    TypeError,
    'found "c": the rows have a',
  );
});

Deno.test("formatNumber() writes minus, thousands and small numbers", () => {
  assertEquals(
    [0, -0, -1, 1234.5678, 0.0004, 1e-9, -Infinity].map((v) => formatNumber(v)),
    ["0", "0", "−1", "1,234.568", "4.00e−4", "1.00e−9", "−Infinity"],
  );
});

Deno.test("trainingPlot() draws means of neighbours where steps are many", () => {
  const steps = Array.from(
    { length: 1000 },
    (_, i) => ({ step: i + 1, loss: i % 2, accuracy: 0.5 }),
  );
  const [loss] = trainingPlot([{ name: "net", steps, validation: [] }])
    .data as { x: number[]; y: number[] }[];
  assert(loss.x.length <= 240);
  assertEquals(loss.x.at(-1), 1000);
});

Deno.test("trainingPlot() says that the training diverged", () => {
  const steps = [{ step: 3, loss: NaN, accuracy: 0.1 }];
  assertThrows(
    () => trainingPlot([{ name: "net", steps, validation: [] }]),
    TypeError,
    'loss NaN and accuracy 0.1 at step 3 of "net": the training diverged',
  );
});

Deno.test("barChart() turns the numbers of narrow bars instead of shrinking them", () => {
  const ends = {
    y: [0.5, 0.6, 0.7],
    low: [0.4, 0.5, 0.6],
    high: [0.6, 0.7, 0.8],
  };
  const angles = (series: number) =>
    barChart(
      ["a", "b", "c"],
      Array.from({ length: series }, (_, i) => ({ name: `${i}`, ...ends })),
    ).data.map((trace) => {
      const { textangle, constraintext } = trace as Record<string, unknown>;
      assertEquals(constraintext, "none");
      return textangle;
    });
  assertEquals(angles(2), [0, 0]);
  assertEquals(angles(4), [-90, -90, -90, -90]);
});

Deno.test("a logarithmic axis with few places names each of them in full", () => {
  const named = (x: number[], xScale: "linear" | "log") =>
    lineChart([{ name: "CNN", x, y: x }], { xScale }).layout.xaxis!;
  assertEquals(named([300, 1000, 3000], "log").ticktext, [
    "300",
    "1,000",
    "3,000",
  ]);
  assertEquals(named([300, 1000, 3000], "linear").ticktext, undefined);
  const many = Array.from({ length: 9 }, (_, i) => 1 + i);
  assertEquals(named(many, "log").tickvals, undefined);
});

Deno.test("a chart of few whole places has no tick between them", () => {
  const ticks = (...x: number[]) =>
    lineChart([{ name: "a", x, y: x.map(() => 1) }]).layout.xaxis?.dtick;
  assertEquals(ticks(0, 1, 2, 3), 1);
  assertEquals(ticks(0, 0.5, 1), undefined);
  assertEquals(ticks(1, 30), undefined, "thirty ticks would be too many");
  assertEquals(ticks(3), undefined);
});
