import { concat } from "../../lib/layers/mod.ts";
import { checkConcat } from "../../lib/exercises/mod.ts";
import { assertPasses, testMistakes } from "./student.ts";

const shape = "[N, H, W, total]";
const place = "((n * H + h) * W + w) * total + first + c";

testMistakes(
  checkConcat,
  `(all) => {
    const xs = [...all];
    const [N, H, W] = xs[0].shape;
    const total = xs.reduce((sum, x) => sum + x.shape[3], 0);
    const y = zeros(${shape});
    let first = 0;
    for (const x of xs) {
      const C = x.shape[3];
      for (let n = 0; n < N; n++) for (let h = 0; h < H; h++)
      for (let w = 0; w < W; w++) for (let c = 0; c < C; c++) {
        y.data[${place}] = x.data[((n * H + h) * W + w) * C + c];
      }
      first += C;
    }
    return y;
  }`,
  [
    ["branches in reverse order", ["[...all]", "[...all].reverse()"]],
    ["only the first two branches", ["[...all]", "all.slice(0, 2)"]],
    // What push() into one array does, under the right shape and without one.
    ["flat arrays appended", [
      place,
      "first * N * H * W + ((n * H + h) * W + w) * C + c",
    ]],
    ["no shape", [
      place,
      "first * N * H * W + ((n * H + h) * W + w) * C + c",
    ], [shape, "[N * H * W * total]"]],
    // The channels are right here: only equal ones can be joined elsewhere.
    [
      "joined along the width",
      [shape, "[N, H, W * xs.length, xs[0].shape[3]]"],
      [
        place,
        "((n * H + h) * W * xs.length + xs.indexOf(x) * W + w) * C + c",
      ],
    ],
    ["joined along the height", [
      shape,
      "[N, H * xs.length, W, xs[0].shape[3]]",
    ], [
      place,
      "((n * H * xs.length + xs.indexOf(x) * H + h) * W + w) * C + c",
    ]],
    ["joined along the batch", [
      shape,
      "[N * xs.length, H, W, xs[0].shape[3]]",
    ], [place, "(((xs.indexOf(x) * N + n) * H + h) * W + w) * C + c"]],
    ["added instead of joined", [shape, "[N, H, W, xs[0].shape[3]]"], [
      `y.data[${place}] =`,
      "y.data[((n * H + h) * W + w) * xs[0].shape[3] + c] +=",
    ]],
  ],
);

Deno.test("checkConcat() accepts the library's own concat", async () => {
  await assertPasses(checkConcat, concat);
});
