import { assertSameAsCpu } from "./compare.ts";

const CASES = [
  { size: [8, 8], cin: 8, cout: 8, batch: 2 },
  { size: [7, 6], cin: 12, cout: 8, batch: 3 },
  { size: [5, 9], cin: 8, cout: 20, batch: 1 },
  { size: [4, 4], cin: 16, cout: 12, batch: 7 },
  { size: [9, 8], cin: 64, cout: 8, batch: 10 }, // several groups and chunks
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
