import { assertEquals } from "@std/assert";
import { randomNormal, useBackend } from "cnn";
import { assertClose } from "./compare.ts";

interface Case {
  shape: [number, number, number, number];
  window: [number, number];
  strides: [number, number];
  dilations: [number, number];
  pad: "same" | "valid";
}

/** A depthwise convolution by its definition; a tap beside the image counts nothing. */
function convolved(
  x: Float32Array,
  filter: Float32Array,
  { shape, window, strides, dilations, pad }: Case,
): number[] {
  const [images, height, width, channels] = shape;
  const axis = (length: number, at: 0 | 1) => {
    const reach = (window[at] - 1) * dilations[at] + 1;
    const count = pad === "same"
      ? Math.ceil(length / strides[at])
      : Math.ceil((length - reach + 1) / strides[at]);
    const beside = Math.max(0, (count - 1) * strides[at] + reach - length);
    return { count, first: pad === "same" ? Math.floor(beside / 2) : 0 };
  };
  const rows = axis(height, 0), columns = axis(width, 1);
  const out: number[] = [];
  for (let n = 0; n < images; n++) {
    for (let y = 0; y < rows.count; y++) {
      for (let xx = 0; xx < columns.count; xx++) {
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let i = 0; i < window[0]; i++) {
            for (let j = 0; j < window[1]; j++) {
              const row = y * strides[0] - rows.first + i * dilations[0];
              const column = xx * strides[1] - columns.first + j * dilations[1];
              if (row < 0 || row >= height || column < 0 || column >= width) {
                continue;
              }
              sum += x[((n * height + row) * width + column) * channels + c] *
                filter[(i * window[1] + j) * channels + c];
            }
          }
          out.push(sum);
        }
      }
    }
  }
  return out;
}

async function assertConvolves(test: Case, odd: boolean): Promise<void> {
  const { tf } = await useBackend("wasm");
  const { shape, window, strides, dilations, pad } = test;
  const channels = shape[3];
  const x = randomNormal(shape, 1).data.slice() as Float32Array;
  const filter = randomNormal([...window, channels, 1], 2).data
    .slice() as Float32Array;
  if (odd) {
    x[Math.floor(x.length / 3)] = NaN;
    x[x.length - 1] = -Infinity;
    filter[0] = Infinity; // times nothing beside the image, and that is no NaN
  }
  const found = tf.tidy(() =>
    tf.depthwiseConv2d(
      tf.tensor4d(x, shape),
      tf.tensor4d(filter, [...window, channels, 1]),
      ...[strides, pad, "NHWC", dilations] as const,
    ).dataSync().slice()
  );
  const expected = convolved(x, filter, test), what = JSON.stringify(test);
  const strange = (list: ArrayLike<number>) =>
    Array.from(list, (value) => Number.isFinite(value) ? 0 : value);
  const finite = (list: ArrayLike<number>) =>
    Array.from(list, (value) => Number.isFinite(value) ? value : 0);
  assertEquals(strange(found), strange(expected), what);
  assertClose(finite(found), finite(expected), what, 1e-5);
}

Deno.test("a depthwise convolution on wasm is what it is by definition, at every edge", async () => {
  for (const channels of [1, 3, 4, 5, 8, 11]) {
    for (const width of [3, 4, 5, 7, 8, 13]) {
      for (const window of [[3, 3], [2, 3], [1, 1], [5, 4]] as const) {
        for (const stride of [1, 2, 3]) {
          for (const dilation of stride === 1 ? [1, 2] : [1]) {
            for (const pad of ["same", "valid"] as const) {
              const reach = (Math.max(...window) - 1) * dilation + 1;
              if (pad === "valid" && reach > Math.min(width, 6)) continue;
              const test: Case = {
                shape: [2, 6, width, channels],
                window: [...window],
                strides: [stride, stride],
                dilations: [dilation, dilation],
                pad,
              };
              await assertConvolves(test, false);
              await assertConvolves(test, true);
            }
          }
        }
      }
    }
  }
});

Deno.test("a depthwise convolution of one large image is divided into bands that fit", async () => {
  for (const [stride, dilation] of [[1, 1], [2, 1], [1, 3]]) {
    for (const pad of ["same", "valid"] as const) {
      await assertConvolves({
        shape: [1, 71, 66, 21],
        window: [3, 3],
        strides: [stride, stride],
        dilations: [dilation, dilation],
        pad,
      }, false);
    }
  }
});
