import { assert, assertEquals, assertThrows } from "@std/assert";
import { imageGrid, loadPhoto, randomUniform, tensor, zeros } from "cnn";
import { jupyterDisplay } from "../../lib/kernel/displayable.ts";
import { decode } from "fast-png";
import type { Figure } from "cnn";

/** The picture of a grid, read back by another program than wrote it. */
function picture(grid: Figure) {
  const [trace] = grid.data as unknown as { source: string }[];
  const base64 = trace.source.replace("data:image/png;base64,", "");
  return decode(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
}

Deno.test("imageGrid() paints grey pixels as they are", () => {
  const { width, height, channels, data } = picture(
    imageGrid(tensor([0, 0.2, 0.6, 1], [1, 2, 2, 1])),
  );
  assertEquals([width, height, channels], [2, 2, 2]);
  assertEquals([...data], [0, 255, 51, 255, 153, 255, 255, 255]);
});

Deno.test("imageGrid() paints colour pixels as they are", () => {
  const { channels, data } = picture(
    imageGrid(tensor([1, 0, 0.2, 0, 1, 0.6], [1, 1, 2, 3])),
  );
  assertEquals(channels, 4);
  assertEquals([...data], [255, 0, 51, 255, 0, 255, 153, 255]);
});

Deno.test("imageGrid() reads back a noisy picture through every filter", () => {
  const images = randomUniform([1, 32, 32, 3], 1);
  const { data } = picture(imageGrid(images));
  for (let i = 0; i < 32 * 32; i++) {
    for (let c = 0; c < 3; c++) {
      assertEquals(data[i * 4 + c], Math.round(255 * images.data[i * 3 + c]));
    }
  }
});

Deno.test("imageGrid() leaves see-through paper between images", () => {
  const grid = picture(imageGrid(zeros([2, 4, 4, 1]), { zoom: 8 }));
  assertEquals([grid.width, grid.height], [4 + 1 + 4, 4]);
  assertEquals([...grid.data.slice(8, 10)], [0, 0]);
});

Deno.test("imageGrid() puts each label above its image", () => {
  const grid = imageGrid(zeros([3, 4, 4, 1]), {
    labels: ["a", "b", "c"],
    columns: 2,
    zoom: 8,
  });
  const labels = grid.data[1] as { x: number[]; y: number[]; text: string[] };
  assertEquals(labels.text, ["a", "b", "c"]);
  assertEquals(labels.x, [1.5, 6.5, 1.5]);
  assert(labels.y[2] > labels.y[0] + 4);
});

Deno.test("imageGrid() lets weights glow over grey images", () => {
  const image = zeros([1, 1, 2, 1]);
  const grid = imageGrid(image, { overlay: tensor([0, 1], [1, 1, 2, 1]) });
  assertEquals([...picture(grid).data], [0, 0, 0, 255, 191, 105, 0, 255]);
});

Deno.test("imageGrid() sends a large photograph in fewer shades", async () => {
  const bundle = imageGrid(await loadPhoto("coffee"))[jupyterDisplay]();
  assert(JSON.stringify(bundle).length < 900_000);
});

Deno.test("imageGrid() shrinks images below one screen pixel by means", () => {
  const grid = picture(
    imageGrid(tensor([0, 1, 1, 0], [1, 2, 2, 1]), { zoom: 0.5 }),
  );
  assertEquals([grid.width, ...grid.data], [1, 128, 255]);
});

Deno.test("imageGrid() says which images it expects", () => {
  assertThrows(
    () => imageGrid(zeros([28, 28])),
    TypeError,
    "expects images [N, H, W, C] with 1 or 3 channels but found [28, 28]: reshape",
  );
  assertThrows(
    () => imageGrid(zeros([1, 8, 8, 6])),
    TypeError,
    "featureMaps()",
  );
});

Deno.test("imageGrid() rejects labels of another number and NaN", () => {
  assertThrows(
    () => imageGrid(zeros([2, 4, 4, 1]), { labels: [1] }),
    TypeError,
    "expects 2 labels for images [2, 4, 4, 1] but found 1",
  );
  assertThrows(
    () => imageGrid(tensor([NaN], [1, 1, 1, 1])),
    TypeError,
    "found NaN at place 0",
  );
  assertThrows(
    () => imageGrid(zeros([1, 2, 2, 1]), { overlay: zeros([1, 2, 2]) }),
    TypeError,
    "expects an overlay [1, 2, 2, 1] but found [1, 2, 2]",
  );
});

Deno.test("imageGrid() frames images whose border is lost on white paper", () => {
  const frames = (...values: number[]) =>
    imageGrid(tensor(values, [values.length / 9, 3, 3, 1])).layout.shapes ?? [];
  const black = Array(9).fill(0), white = Array(9).fill(1);
  assertEquals(frames(...black, ...black), []);
  // left, right, top, bottom of the second, beside the first and a gap
  const [, second, ...more] = frames(...black, ...white);
  assertEquals(more, []);
  const { x0, x1, y0, y1 } = second;
  assertEquals([Number(x1) - Number(x0), y0, y1], [3, -0.5, 2.5]);
  assert(Number(x0) >= 3, "a gap lies before it");
  const dot = black.with(4, 1); // its border is black
  assertEquals(frames(...dot), []);
  assertEquals(frames(...Array(65).fill(white).flat()), [], "too many");
});
