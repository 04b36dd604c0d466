import { assert, assertEquals, assertThrows } from "@std/assert";
import { figure, tensor } from "cnn";
import { figureLimit } from "../../lib/plot/figure.ts";
import { jupyterDisplay } from "../../lib/kernel/displayable.ts";
import { roundNumbers } from "../../lib/base/numbers.ts";
import { scriptJson } from "../../lib/base/html.ts";

const points = () =>
  figure({
    data: [{ type: "scatter", x: [0, 1], y: [1 / 3, NaN] }],
    layout: { title: { text: "Points" } },
  });

Deno.test("figure() carries a Plotly, an HTML and a text form", () => {
  const bundle = points()[jupyterDisplay]();
  assertEquals(Object.keys(bundle), [
    "application/vnd.plotly.v1+json",
    "text/html",
    "text/plain",
  ]);
  assertEquals(bundle["text/plain"], "Figure: Points");
});

Deno.test("figure() is found under the kernel's symbol", () => {
  assertEquals(jupyterDisplay, Symbol.for("Jupyter.display"));
});

Deno.test("figure() rounds numbers and leaves NaN blank", () => {
  const [trace] = points().data as { y: unknown[] }[];
  assertEquals(trace.y, [0.333333, null]);
});

Deno.test("figure() has white paper in every theme and no logo", () => {
  const { layout, config } = points();
  assertEquals(layout.paper_bgcolor, "#ffffff");
  assertEquals(config.displaylogo, false);
});

Deno.test("figure() sends the same figure as JSON and in its HTML form", () => {
  const bundle = points()[jupyterDisplay]();
  const html = bundle["text/html"] as string;
  const json = html.match(
    /<script type="application\/json">([\s\S]*?)<\/script>/,
  )![1];
  assertEquals(JSON.parse(json), bundle["application/vnd.plotly.v1+json"]);
});

Deno.test("figure() leaves plotly.js out of its HTML form and says how to export", () => {
  const html = points()[jupyterDisplay]()["text/html"] as string;
  assert(html.length < 3000);
  assert(html.includes("window.Plotly"));
  assert(html.includes("deno task export"));
});

Deno.test("figure() escapes what could end its script or its text", () => {
  const evil = "</script><script>alert(1)</script><!--";
  const html = figure({
    data: [{ type: "scatter", name: evil, x: [0], y: [0] }],
    layout: { title: { text: evil } },
  })[jupyterDisplay]()["text/html"] as string;
  assertEquals(html.split("</script>").length - 1, 2); // the JSON's and the drawer's
  assert(!html.includes("<!--"));
  assert(!html.includes("alert(1)</script><"));
});

Deno.test("scriptJson() gives back what it got", () => {
  const value = { text: "</script>\u2028", n: 1 };
  const json = scriptJson(value);
  assert(!json.includes("<") && !json.includes("\u2028"));
  assertEquals(JSON.parse(json), value);
});

Deno.test("figure() rejects what is too large for a notebook and names the remedy", () => {
  const y = Array.from({ length: 120_000 }, (_, i) => i);
  const error = assertThrows(
    () => figure({ data: [{ type: "scatter", y }], layout: {} }),
    RangeError,
    `at most ${figureLimit} bytes`,
  );
  assert((error as Error).message.includes("show fewer or smaller images"));
});

// deno-lint-ignore no-explicit-any
const drawn = (x: any) =>
  (figure({ data: [{ type: "scatter", x, y: [1] }], layout: {} })
    .data[0] as { x: unknown }).x;

Deno.test("figure() writes dates as texts that Plotly reads, wherever they stand", () => {
  assertEquals(drawn([new Date(0)]), ["1970-01-01T00:00:00.000Z"]);
  const { layout } = figure({
    data: [],
    layout: { xaxis: { range: [new Date(0), new Date(86400e3)] } },
  });
  assertEquals(layout.xaxis?.range, [
    "1970-01-01T00:00:00.000Z",
    "1970-01-02T00:00:00.000Z",
  ]);
});

Deno.test("figure() takes typed arrays of every kind, gaps and whole bigints", () => {
  assertEquals(drawn(Float64Array.of(0.1, NaN, Infinity)), [0.1, null, null]);
  assertEquals(drawn(BigInt64Array.of(3n, -4n)), [3, -4]);
  assertEquals(drawn(Uint8ClampedArray.of(300)), [255]);
  assertEquals(drawn([undefined, null, -Infinity, 7n]), [null, null, null, 7]);
  assertEquals(drawn(new Array(2)), [null, null]);
  assertEquals(drawn([Object.create(null)]), [{}]);
});

Deno.test("figure() names the place of what no figure can hold", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  class Point {}
  for (
    const [value, found] of [
      [() => 1, "a function at data[0].x[1]"],
      [Symbol("s"), "a symbol at data[0].x[1]"],
      [2n ** 60n, `the bigint ${2n ** 60n} at data[0].x[1]`],
      [new Date(NaN), "an invalid date at data[0].x[1]"],
      [new Map([[1, 2]]), "an object of class Map at data[0].x[1]"],
      [new Set([1]), "an object of class Set at data[0].x[1]"],
      [new Point(), "an object of class Point at data[0].x[1]"],
      [/a/, "an object of class RegExp at data[0].x[1]"],
      [new ArrayBuffer(1), "an object of class ArrayBuffer at data[0].x[1]"],
      [
        new DataView(new ArrayBuffer(1)),
        "an object of class DataView at data[0].x[1]",
      ],
      [Promise.resolve(1), "an object of class Promise at data[0].x[1]"],
      [tensor([1]), "a tensor at data[0].x[1]"],
      [circle, "an object that contains itself at data[0].x[1][0]"],
      [{ deep: [() => 1] }, "a function at data[0].x[1].deep[0]"],
    ] as [unknown, string][]
  ) {
    const error = assertThrows(() => drawn([0, value])) as Error;
    assert(error.message.startsWith("figure() expects "), error.message);
    assert(error.message.includes(`found ${found}: `), error.message);
  }
  const error = assertThrows(() =>
    figure({
      data: [],
      // deno-lint-ignore no-explicit-any
      layout: { title: { text: (() => "a") as any } },
    })
  ) as Error;
  assert(error.message.includes("title"), error.message);
});

Deno.test("figure() takes what is undefined in a layout as not given", () => {
  const { layout } = figure({
    data: [],
    layout: { width: undefined, height: undefined },
  });
  assertEquals([layout.width, layout.height], [700, 420]);
});

Deno.test("figure() does not take an object that is named twice for a circle", () => {
  const point = { a: 1 };
  assertEquals(drawn([point, point]), [point, point]);
});

Deno.test("roundNumbers() names itself and not figure()", () => {
  assertThrows(
    () => roundNumbers({ y: [() => 1] }),
    TypeError,
    "roundNumbers() expects plain data but found a function at y[0]",
  );
});
