import { assert, assertEquals, assertThrows } from "@std/assert";
import { figure, figureLimit, jupyterDisplay, scriptJson } from "cnn";

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
