import { maxPool2d, maxPool2dBackward } from "../../lib/layers/mod.ts";
import { checkMaxPool, checkMaxPoolBackward } from "../../lib/exercises/mod.ts";
import { assertPasses, testMistakes } from "./student.ts";

const PLACES = `
  const [N, H, W, C] = x.shape;
  const places = (length) => {
    if (padding === "valid") {
      return { count: Math.floor((length - poolSize) / strides) + 1, before: 0 };
    }
    const count = Math.ceil(length / strides);
    const total = Math.max((count - 1) * strides + poolSize - length, 0);
    return { count, before: Math.floor(total / 2) };
  };
  const { count: OH, before: top } = places(H);
  const { count: OW, before: left } = places(W);`;

const FORWARD = `(x, { poolSize, strides, padding }) => {${PLACES}
  const y = zeros([N, OH, OW, C]);
  for (let n = 0; n < N; n++) {
    for (let oy = 0; oy < OH; oy++) {
      for (let ox = 0; ox < OW; ox++) {
        for (let c = 0; c < C; c++) {
          let best = -Infinity;
          for (let ky = 0; ky < poolSize; ky++) {
            for (let kx = 0; kx < poolSize; kx++) {
              const iy = oy * strides + ky - top, ix = ox * strides + kx - left;
              if (iy < 0 || iy >= H || ix < 0 || ix >= W) continue;
              const value = x.data[((n * H + iy) * W + ix) * C + c];
              if (value > best) best = value;
            }
          }
          y.data[((n * OH + oy) * OW + ox) * C + c] = best;
        }
      }
    }
  }
  return y;
}`;

const options = { features: ["padding"] };
const step = ["oy * strides", "ox * strides"];
const pixel = "((n * H + iy) * W + ix) * C + c";
const place = "((n * OH + oy) * OW + ox) * C + c";
const half = "before: Math.floor(total / 2)";

testMistakes(checkMaxPool, FORWARD, [
  ["average instead of maximum", [
    "let best = -Infinity;",
    "let best = 0, count = 0;",
  ], [
    "if (value > best) best = value;",
    "best += value; count++;",
  ], ["= best;", "= best / count;"]],
  ["minimum instead of maximum", ["-Infinity", "Infinity"], [
    "value > best",
    "value < best",
  ]],
  ["maximum starts at 0", ["-Infinity", "0"]],
  ["padding takes part", [
    "if (iy < 0 || iy >= H || ix < 0 || ix >= W) continue;",
    "if (iy < 0 || iy >= H || ix < 0 || ix >= W) { best = Math.max(best, 0); continue; }",
  ]],
  ["strides ignored", [step[0], "oy"], [step[1], "ox"]],
  ["strides ignored", ["strides", "1"], [
    "poolSize, 1, padding",
    "poolSize, padding",
  ]],
  ["strides ignored", ["strides", "poolSize"], [
    "poolSize, poolSize, padding",
    "poolSize, padding",
  ]],
  ["padding off by one", [half, "before: Math.ceil(total / 2)"]],
  ["padding off by one", [half, "before: Math.floor(total / 2) - 1"]],
  ["padding ignored", ['padding === "valid"', "true"]],
  ["output size without + 1", ["/ strides) + 1", "/ strides)"], [
    "Math.ceil(length / strides)",
    "Math.ceil(length / strides) - 1",
  ], ["Math.max((count - 1)", "Math.max(count"]],
  ["output size rounded up", ["Math.floor((length", "Math.ceil((length"]],
  ["channels pooled together", [
    "const value = x.data[((n * H + iy) * W + ix) * C + c];",
    "const first = ((n * H + iy) * W + ix) * C; const value = Math.max(...x.data.slice(first, first + C));",
  ]],
  ["channels pooled together", [
    "zeros([N, OH, OW, C])",
    "zeros([N, OH, OW, 1])",
  ], [
    "const value = x.data[((n * H + iy) * W + ix) * C + c];",
    "const first = ((n * H + iy) * W + ix) * C; const value = Math.max(...x.data.slice(first, first + C));",
  ], [place, "(n * OH + oy) * OW + ox"]],
  ["NHWC/NCHW swap", [pixel, "((n * C + c) * H + iy) * W + ix"]],
  ["NHWC/NCHW swap", [place, "((n * C + c) * OH + oy) * OW + ox"]],
  ["NHWC/NCHW swap", [pixel, "((n * C + c) * H + iy) * W + ix"], [
    place,
    "((n * C + c) * OH + oy) * OW + ox",
  ]],
  ["NHWC/NCHW swap", ["zeros([N, OH, OW, C])", "zeros([N, C, OH, OW])"], [
    place,
    "((n * C + c) * OH + oy) * OW + ox",
  ]],
  ["only one image of the batch", ["n < N", "n < 1"]],
], options);

const BACKWARD = `(x, dy, { poolSize, strides, padding }) => {${PLACES}
  const dx = zeros(x.shape);
  for (let n = 0; n < N; n++) {
    for (let oy = 0; oy < OH; oy++) {
      for (let ox = 0; ox < OW; ox++) {
        for (let c = 0; c < C; c++) {
          const d = dy.data[((n * OH + oy) * OW + ox) * C + c];
          let best = -Infinity, winner = -1;
          const below = [];
          for (let ky = 0; ky < poolSize; ky++) {
            for (let kx = 0; kx < poolSize; kx++) {
              const iy = oy * strides + ky - top, ix = ox * strides + kx - left;
              if (iy < 0 || iy >= H || ix < 0 || ix >= W) continue;
              const pixel = ((n * H + iy) * W + ix) * C + c;
              below.push(pixel);
              if (x.data[pixel] > best) {
                best = x.data[pixel];
                winner = pixel;
              }
            }
          }
          dx.data[winner] += d;
        }
      }
    }
  }
  return dx;
}`;

const give = "dx.data[winner] += d;";
const ties = "below.filter((pixel) => x.data[pixel] === best)";

testMistakes(checkMaxPoolBackward, BACKWARD, [
  ["ties: gradient to all maxima", [
    give,
    `for (const pixel of ${ties}) dx.data[pixel] += d;`,
  ]],
  ["ties: gradient to the last maximum", [
    "x.data[pixel] > best",
    "x.data[pixel] >= best",
  ]],
  ["ties: gradient shared among the maxima", [
    give,
    `const tied = ${ties}; for (const pixel of tied) dx.data[pixel] += d / tied.length;`,
  ]],
  ["gradient of average pooling", [
    give,
    "for (const pixel of below) dx.data[pixel] += d / below.length;",
  ]],
  ["gradient to every pixel of the window", [
    give,
    "for (const pixel of below) dx.data[pixel] += d;",
  ]],
  ["gradient to the first pixel of the window", [
    give,
    "dx.data[below[0]] += d;",
  ]],
  ["contributions overwritten", [give, "dx.data[winner] = d;"]],
  ["maximum instead of its gradient", [give, "dx.data[winner] = best;"]],
  ["maximum times its gradient", [give, "dx.data[winner] += best * d;"]],
  ["strides ignored", [step[0], "oy"], [step[1], "ox"]],
  ["strides ignored", [step[0], "oy * poolSize"], [step[1], "ox * poolSize"], [
    give,
    "if (winner >= 0) dx.data[winner] += d;",
  ]],
  ["padding off by one", [half, "before: Math.ceil(total / 2)"]],
  ["padding ignored", [half, "before: 0"]],
  ["NHWC/NCHW swap", [
    give,
    "const p = Math.floor(winner / C) % (H * W); dx.data[(n * C + c) * H * W + p] += d;",
  ]],
  ["only one image of the batch", ["n < N", "n < 1"]],
], options);

Deno.test("checkMaxPool() and checkMaxPoolBackward() accept the library", async () => {
  await assertPasses(checkMaxPool, maxPool2d);
  await assertPasses(checkMaxPoolBackward, maxPool2dBackward);
});
