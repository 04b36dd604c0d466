import { assertSameAsCpu } from "./compare.ts";

for (const kernel of ["MaxPool", "AvgPool"]) {
  Deno.test(`${kernel} on wasm agrees with cpu`, async () => {
    for (const filterSize of [[1, 1], [2, 2], [3, 3], [3, 2]]) {
      for (const strides of [[1, 1], [2, 2], [3, 3]]) {
        for (const pad of ["same", "valid"]) {
          await assertSameAsCpu({
            kernel,
            inputs: { x: { shape: [2, 9, 8, 6] } },
            attrs: { filterSize, strides, pad, dimRoundingMode: undefined },
          });
        }
      }
    }
  });
}
