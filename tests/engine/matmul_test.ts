import { assertSameAsCpu } from "./compare.ts";

const SIZES = [[1, 1, 1], [5, 7, 3], [6, 8, 8], [13, 4, 17], [64, 100, 10]];

const turned = (rows: number, columns: number, transpose: boolean) =>
  transpose ? [columns, rows] : [rows, columns];

Deno.test("BatchMatMul on wasm agrees with cpu, transposed or not", async () => {
  for (const [rows, inner, columns] of SIZES) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        for (const [left, right] of [[[], []], [[3], [3]], [[2, 3], [2, 3]]]) {
          await assertSameAsCpu({
            kernel: "BatchMatMul",
            inputs: {
              a: { shape: [...left, ...turned(rows, inner, transposeA)] },
              b: { shape: [...right, ...turned(inner, columns, transposeB)] },
            },
            attrs: { transposeA, transposeB },
          });
        }
      }
    }
  }
});

Deno.test("BatchMatMul on wasm agrees with cpu where a batch is repeated", async () => {
  for (const [left, right] of [[[1], [4]], [[4], [1]], [[2, 1], [1, 3]]]) {
    for (const transposeA of [false, true]) {
      await assertSameAsCpu({
        kernel: "BatchMatMul",
        inputs: {
          a: { shape: [...left, ...turned(5, 6, transposeA)] },
          b: { shape: [...right, 6, 9] },
        },
        attrs: { transposeA, transposeB: false },
      });
    }
  }
});

Deno.test("_FusedMatMul on wasm agrees with cpu", async () => {
  for (const activation of ["linear", "relu", "relu6", "sigmoid"]) {
    for (const [rows, inner, columns] of SIZES) {
      for (const transposeB of [false, true]) {
        await assertSameAsCpu({
          kernel: "_FusedMatMul",
          inputs: {
            a: { shape: [1, rows, inner] },
            b: { shape: [1, ...turned(inner, columns, transposeB)] },
            bias: { shape: [columns] },
          },
          attrs: { transposeA: false, transposeB, activation },
        });
      }
    }
  }
});
