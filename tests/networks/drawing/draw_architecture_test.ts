import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  cifarResnet,
  describe,
  googlenet,
  layers,
  lenet,
  network,
  resnet,
} from "../../../lib/networks/mod.ts";
import { drawArchitecture } from "../../../lib/networks/drawing/draw_architecture.ts";

/** The trace with the boxes' texts. */
function boxes(figure: ReturnType<typeof drawArchitecture>) {
  return figure.data[2] as unknown as {
    x: number[];
    y: number[];
    text: string[];
    hovertext: string[];
  };
}

Deno.test("drawArchitecture() gives every layer of GoogLeNet a place in a hover text", () => {
  const { hovertext } = boxes(drawArchitecture(googlenet()));
  const all = hovertext.join("\n");
  for (const { name } of describe(googlenet()).rows) {
    assert(all.includes(name), name);
  }
});

Deno.test("drawArchitecture() draws no box over another", () => {
  for (const net of [googlenet(), resnet(50), cifarResnet(20)]) {
    const rects = (drawArchitecture(net).layout.shapes ?? [])
      .filter(({ line }) => line?.color === "#666666")
      .map(({ x0, x1, y0, y1 }) => [x0, x1, y0, y1] as number[]);
    assert(rects.length > 10);
    rects.forEach((a, i) =>
      rects.slice(i + 1).forEach((b) =>
        assert(a[1] <= b[0] || b[1] <= a[0] || a[3] <= b[2] || b[3] <= a[2])
      )
    );
  }
});

Deno.test("drawArchitecture() puts the branches of a module side by side", () => {
  const { x, y, text } = boxes(drawArchitecture(googlenet()));
  const first = text.findIndex((label) => label.startsWith("1×1 conv 64<"), 1);
  const starts = ["1×1 conv 96", "1×1 conv 16", "3×3 max pool"].map((label) =>
    text.findIndex((t, i) =>
      i > 6 && (t === label || t.startsWith(label + "<"))
    )
  );
  assert(first > 0);
  const level = y[starts[0]];
  for (const i of starts) assertEquals(y[i], level);
  assertEquals(new Set(starts.map((i) => x[i])).size, 3);
});

Deno.test("drawArchitecture() shows sizes and counts on hover", () => {
  const { hovertext } = boxes(drawArchitecture(lenet()));
  assertEquals(
    hovertext[1],
    "<b>conv1 · relu1</b><br>output 28 × 28 × 6<br>156 parameters<br>117,600 multiply-adds<br>sees 5 pixels across",
  );
});

Deno.test("drawArchitecture() folds equal blocks, and unfolds them when told", () => {
  const folded = boxes(drawArchitecture(cifarResnet(56))).text.length;
  const unfolded =
    boxes(drawArchitecture(cifarResnet(56), { fold: false })).text.length;
  assertEquals(folded, boxes(drawArchitecture(cifarResnet(110))).text.length);
  assert(unfolded > 3 * folded);
});

Deno.test("drawArchitecture() draws branches in branches and other image sizes", () => {
  const nested = network("nested", [8, 8, 2], [
    layers.parallel([
      [layers.parallel([layers.relu(), []], { join: "add" })],
      layers.conv2d({
        filters: 3,
        kernelSize: 3,
        strides: [1, 1],
        padding: "same",
      }),
      [],
    ], { join: "concat", name: "outer" }),
  ]);
  const figure = drawArchitecture(nested, {
    inputShape: [1, 6, 4, 2],
    title: "Mine",
  });
  assertStringIncludes(JSON.stringify(figure.data), "6 × 4 × 7");
  assertStringIncludes(JSON.stringify(figure.layout.title), "Mine");
  assertEquals(figure.summary, "Drawing of nested: 1 layer, 57 parameters");
});
