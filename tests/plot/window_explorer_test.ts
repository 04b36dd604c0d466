import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { conv2dBackward, conv2dShape, windowExplorer, zeros } from "cnn";
import { jupyterDisplay } from "../../lib/kernel/displayable.ts";
import { windowDrawing } from "../../lib/plot/window_drawing.ts";

const htmlOf = (options = {}) =>
  windowExplorer(options)[jupyterDisplay]()["text/html"] as string;

const ones = (...shape: number[]) => {
  const x = zeros(shape);
  x.data.fill(1);
  return x;
};

/** Every setting that the sliders can reach. */
function* settings() {
  for (const length of [4, 5, 6, 7, 8, 9, 10]) {
    for (const kernelSize of [1, 2, 3, 4, 5]) {
      for (const strides of [1, 2, 3]) {
        for (const dilations of [1, 2, 3]) {
          for (const padding of ["same", "valid"] as const) {
            yield { length, kernelSize, strides, dilations, padding, place: 0 };
          }
        }
      }
    }
  }
}

Deno.test("windowDrawing() counts windows and places as the gradient of conv2d does", () => {
  let seen = 0;
  for (const setting of settings()) {
    const { length, kernelSize, place: _, ...options } = setting;
    const { places, counts } = windowDrawing(setting);
    const [x, k] = [
      ones(1, length, length, 1),
      ones(kernelSize, kernelSize, 1, 1),
    ];
    if (places === 0) {
      assertThrows(() => conv2dShape(x.shape, k.shape, options), RangeError);
      assertEquals(counts, Array(length * length).fill(0));
      continue;
    }
    const shape = conv2dShape(x.shape, k.shape, options);
    assertEquals([1, places, places, 1], shape);
    // A pixel gets 1 from every window that it is in.
    assertEquals(counts, [
      ...conv2dBackward(x, k, ones(...shape), options).dx.data,
    ]);
    seen++;
  }
  assert(seen > 500);
});

Deno.test("windowDrawing() outlines the cells under the window of its place", () => {
  const { svg } = windowDrawing({
    length: 5,
    kernelSize: 2,
    strides: 2,
    padding: "valid",
    dilations: 2,
    place: 3,
  });
  const found = [
    ...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)"[^>]*stroke-width="3"/g),
  ];
  // Cells of 40 pixels from 1 and 26: rows and columns 2 and 4 of the input.
  const at = (row: number, column: number) => [column * 40 + 3, row * 40 + 28];
  assertEquals(
    found.slice(0, 4).map(([, x, y]) => [Number(x), Number(y)]),
    [at(2, 2), at(2, 4), at(4, 2), at(4, 4)],
  );
  assertEquals(found.length, 5); // and the output's last pixel
});

Deno.test("windowDrawing() says where the odd zero stands, and what is not seen", () => {
  const base = { length: 6, kernelSize: 3, strides: 2, dilations: 1, place: 0 };
  const same = windowDrawing({ ...base, padding: "same" }).lines.join(" ");
  assertStringIncludes(
    same,
    "Padding: 0 in front, 1 behind: the odd one stands at the end.",
  );
  assertStringIncludes(
    same,
    "Output length: (6 + 1 − 3) / 2, rounded down, + 1 = 3.",
  );
  const valid = windowDrawing({ ...base, padding: "valid" }).lines.join(" ");
  assertStringIncludes(valid, "11 of 36 pixels are in no window.");
  const none = windowDrawing({
    ...base,
    kernelSize: 4,
    dilations: 3,
    padding: "valid",
  });
  assertMatch(none.lines[0], /= 10 pixels, the input has 6: it fits nowhere/);
});

Deno.test("windowExplorer() needs nothing from outside, and has a picture without scripts", () => {
  const html = htmlOf({ padding: "same" });
  assertEquals(html.match(/https?:|src=|import\b/g), null);
  const [before] = html.split("<script>");
  assertStringIncludes(before, '<svg viewBox="0 0 660 432" role="img"');
  assertStringIncludes(
    before,
    "Output length: (8 + 2 − 3) / 1, rounded down, + 1 = 8.",
  );
  assertStringIncludes(before, "<form hidden>");
  assertEquals(html.match(/<\/script>/g)?.length, 1);
});

Deno.test("windowExplorer() sends the drawing to the browser as it is here", () => {
  const [, script] = htmlOf().split("<script>");
  const sent = script.slice(
    script.indexOf('"),function') + 3,
    script.lastIndexOf(")</script>"),
  );
  const there = new Function(
    `"use strict"; return ${sent}`,
  )() as typeof windowDrawing;
  for (const setting of settings()) {
    if (setting.length % 3 !== 0) continue;
    assertEquals(there(setting), windowDrawing(setting));
  }
});

Deno.test("windowExplorer() names its sliders, which a keyboard reaches", () => {
  const html = htmlOf({ strides: 2 });
  for (
    const name of [
      "input length",
      "kernel size",
      "stride",
      "dilation",
      "output pixel",
    ]
  ) {
    assertMatch(html, new RegExp(`<label[^>]*>${name} <input type="range"`));
  }
  assertStringIncludes(html, 'name="strides" min="1" max="3" value="2"');
  assertStringIncludes(html, 'data-lm-suppress-shortcuts="true"');
});

Deno.test("windowExplorer() says what it expects", () => {
  assertThrows(
    () => windowExplorer({ kernelSize: 7 }),
    RangeError,
    "windowExplorer() expects a whole kernelSize from 1 to 5 but found 7",
  );
  assertThrows(
    () => windowExplorer({ padding: "Same" as "same" }),
    TypeError,
    'windowExplorer() expects the padding "valid" or "same"',
  );
});
