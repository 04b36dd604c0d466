import { assert, assertEquals } from "@std/assert";
import { conv2d, randomNormal, toTf, useBackend } from "cnn";
import type { Tensor4D } from "@tensorflow/tfjs";
import { winograd } from "../../lib/engine/kernels/winograd.ts";
import { assertSameAsCpu } from "./compare.ts";

const CASES = [
  { size: [8, 8], cin: 8, cout: 8, batch: 2 },
  { size: [7, 6], cin: 12, cout: 8, batch: 3 },
  { size: [5, 9], cin: 8, cout: 20, batch: 1 },
  { size: [4, 4], cin: 16, cout: 12, batch: 7 },
  { size: [9, 8], cin: 64, cout: 8, batch: 10 }, // several groups and chunks
  { size: [13, 14], cin: 8, cout: 12, batch: 2 }, // tiles that hang over an edge
  { size: [15, 11], cin: 12, cout: 8, batch: 3 },
  { size: [3, 16], cin: 16, cout: 20, batch: 9 },
  { size: [6, 70], cin: 8, cout: 12, batch: 1 }, // rows of several segments
  { size: [8, 8], cin: 132, cout: 128, batch: 2 },
];
const PADS = ["same", "valid", [[0, 0], [1, 2], [2, 0], [0, 0]]] as const;

const lengths = (size: number[], pad: typeof PADS[number]) =>
  size.map((length, axis) =>
    pad === "same"
      ? length
      : pad === "valid"
      ? length - 2
      : length - 2 + pad[axis + 1][0] + pad[axis + 1][1]
  );

for (const { size, cin, cout, batch } of CASES) {
  const name = `${batch} x ${size} of ${cin} to ${cout} channels`;
  Deno.test(`3x3 convolutions on wasm agree with cpu: ${name}`, async () => {
    for (const pad of PADS) {
      const attrs = {
        strides: [1, 1],
        dilations: [1, 1],
        pad,
        dataFormat: "NHWC",
      };
      const x = [batch, ...size, cin], filter = [3, 3, cin, cout];
      const dy = [batch, ...lengths(size, pad), cout];
      await assertSameAsCpu({
        kernel: "FusedConv2D",
        inputs: {
          x: { shape: x },
          filter: { shape: filter },
          bias: { shape: [cout] },
        },
        attrs: { ...attrs, activation: pad === "same" ? "relu" : "linear" },
      });
      await assertSameAsCpu({
        kernel: "Conv2DBackpropFilter",
        inputs: { x: { shape: x }, dy: { shape: dy } },
        attrs: { ...attrs, filterShape: filter },
      });
      await assertSameAsCpu({
        kernel: "Conv2DBackpropInput",
        inputs: { dy: { shape: dy }, filter: { shape: filter } },
        attrs: { ...attrs, inputShape: x },
      });
    }
  });
}

Deno.test("3x3 convolutions of whole vectors of eight channels or more go in tiles, others do not", async () => {
  const { tf } = await useBackend("wasm");
  const numbers = (cin: number, cout: number) =>
    tf.tidy(() => {
      const x = toTf(randomNormal([2, 12, 12, cin], 1)) as Tensor4D;
      const filter = toTf(randomNormal([3, 3, cin, cout], 2)) as Tensor4D;
      return tf.conv2d(x, filter, 1, "valid").dataSync().slice();
    });
  for (
    const [cin, cout, tiled] of [
      [8, 8, true],
      [8, 12, true],
      [12, 8, true],
      [4, 8, false],
      [8, 4, false],
      [10, 8, false],
      [8, 10, false],
    ] as const
  ) {
    const four = numbers(cin, cout);
    winograd.largestTile = 2;
    try {
      // tiles of another size round otherwise
      const two = numbers(cin, cout);
      const other = four.some((v, i) => v !== two[i]);
      assertEquals(other, tiled, `${cin} to ${cout}`);
    } finally {
      winograd.largestTile = 4;
    }
  }
});

Deno.test("3x3 convolutions round as little as their tiles allow", async () => {
  // Against sums in float64. F(2x2) rounds like a product, F(4x4) some eight times as much.
  const [size, channels] = [16, 32], { tf } = await useBackend("wasm");
  const x = randomNormal([2, size, size, channels], 1);
  const filter = randomNormal([3, 3, channels, channels], 2);
  const expected = conv2d(x, filter, { padding: "same" }).data;
  const largest = Math.max(...expected.map(Math.abs));
  for (const [tile, tolerance] of [[2, 2e-6], [4, 2e-5]] as const) {
    winograd.largestTile = tile;
    try {
      const y = tf.tidy(() =>
        tf.conv2d(
          toTf(x) as Tensor4D,
          toTf(filter) as Tensor4D,
          1,
          "same",
        ).dataSync()
      );
      const error = Math.max(...y.map((v, i) => Math.abs(v - expected[i])));
      assert(error > 0 && error < tolerance * largest, `F(${tile}): ${error}`);
    } finally {
      winograd.largestTile = 4;
    }
  }
});
