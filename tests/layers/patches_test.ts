/** How a convolution is cut into chunks: this only decides memory and speed. */
import { assert, assertEquals } from "@std/assert";
import { conv2dSizes } from "../../lib/layers/conv2d.ts";
import { planPatches } from "../../lib/layers/fast/patches.ts";

/** Numbers of the patch matrix that are worked on at a time. */
const chunk = 32768;

/** The plan for images [n, size, size, cin] and `filters` kernels of 3 x 3. */
function planOf(n: number, size: number, cin: number) {
  const shape = [n, size, size, cin];
  return planPatches(
    "test",
    conv2dSizes("test", shape, [3, 3, cin, 2], { padding: "same" }),
  );
}

Deno.test("planPatches() takes as many images as fit into a chunk", () => {
  // an image lays out 8 * 8 windows of 3 * 3 * 1 numbers: 576
  assertEquals(planOf(100, 8, 1).images, Math.floor(chunk / 576));
  assertEquals(planOf(5, 8, 1).images, 5);
  assertEquals(planOf(5, 8, 1).lines, 5 * 8);
});

Deno.test("planPatches() goes by lines where one image is too large, and by one at least", () => {
  // a line lays out 60 windows of 3 * 3 * 4 numbers: 2160
  const large = planOf(3, 60, 4);
  assertEquals([large.images, large.lines], [1, Math.floor(chunk / 2160)]);
  assert(large.columns.length <= chunk + 2160, `${large.columns.length}`);
  const huge = planOf(1, 60, 400);
  assertEquals([huge.images, huge.lines], [1, 1]);
});
