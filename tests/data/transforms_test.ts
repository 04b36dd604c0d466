import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  channelStatistics,
  cropImages,
  flipImages,
  permutePixels,
  resizeImages,
  shiftImages,
  standardise,
  toGrey,
} from "../../lib/data/mod.ts";
import {
  permutation,
  randomUniform,
  type Tensor,
  tensor,
} from "../../lib/mod.ts";

/** 1 2 3 / 4 5 6 as one grey image. */
const image = tensor([1, 2, 3, 4, 5, 6], [1, 2, 3, 1]);
const values = (x: Tensor) => [...x.data];

Deno.test("shiftImages() moves right and down, zeros move in", () => {
  assertEquals(values(shiftImages(image, 1, 0)), [0, 1, 2, 0, 4, 5]);
  assertEquals(values(shiftImages(image, -2, 0)), [3, 0, 0, 6, 0, 0]);
  assertEquals(values(shiftImages(image, 0, 1)), [0, 0, 0, 1, 2, 3]);
  assertEquals(values(shiftImages(image, 1, -1)), [0, 4, 5, 0, 0, 0]);
  assertEquals(values(shiftImages(image, 0, 0)), values(image));
  assertEquals(values(shiftImages(image, 9, 0)), [0, 0, 0, 0, 0, 0]);
  assertEquals(values(shiftImages(image, 2, 0, { fill: 1 })), [
    1,
    1,
    1,
    1,
    1,
    4,
  ]);
});

Deno.test("shiftImages() keeps images and channels apart", () => {
  const two = tensor([1, 10, 2, 20, 3, 30, 4, 40], [2, 1, 2, 2]);
  assertEquals(values(shiftImages(two, 1, 0)), [0, 0, 1, 10, 0, 0, 3, 30]);
});

Deno.test("shiftImages() refuses half pixels and missing axes", () => {
  assertThrows(
    () => shiftImages(image, 0.5, 0),
    RangeError,
    "for dx but found 0.5",
  );
  assertThrows(
    () => shiftImages(tensor([1]), 1, 0),
    TypeError,
    "expects images [N, H, W, C] but found [1]",
  );
});

Deno.test("permutePixels() puts pixel order[i] at place i", () => {
  assertEquals(values(permutePixels(image, [5, 4, 3, 2, 1, 0])), [
    6,
    5,
    4,
    3,
    2,
    1,
  ]);
  const colour = tensor([1, 10, 2, 20], [1, 1, 2, 2]);
  assertEquals(values(permutePixels(colour, [1, 0])), [2, 20, 1, 10]);
});

Deno.test("permutePixels() is undone by the inverse order", () => {
  const images = randomUniform([3, 4, 5, 2], 1);
  const order = permutation(20, 2);
  const inverse = new Array<number>(20);
  order.forEach((from, to) => inverse[from] = to);
  assertEquals(permutePixels(permutePixels(images, order), inverse), images);
});

Deno.test("permutePixels() refuses what is no permutation", () => {
  for (
    const order of [[0, 1, 2], [0, 0, 1, 2, 3, 4], [1, 2, 3, 4, 5, 6], [
      0,
      1,
      2,
      3,
      4,
      4.5,
    ]]
  ) {
    assertThrows(
      () => permutePixels(image, order),
      RangeError,
      "expects each of 0 to 5 once",
    );
  }
});

Deno.test("cropImages() cuts a rectangle", () => {
  assertEquals(
    values(cropImages(image, { top: 1, left: 1, height: 1, width: 2 })),
    [5, 6],
  );
  assertEquals(cropImages(image, { height: 2, width: 1 }).shape, [1, 2, 1, 1]);
});

Deno.test("cropImages() refuses a rectangle that leaves the image", () => {
  assertThrows(
    () => cropImages(image, { left: 2, height: 2, width: 2 }),
    RangeError,
    "inside 2 x 3 pixels but found top 0, left 2",
  );
  assertThrows(
    () => cropImages(image, { height: 0, width: 1 }),
    RangeError,
    "height 0",
  );
});

Deno.test("flipImages() mirrors", () => {
  assertEquals(values(flipImages(image, "horizontal")), [3, 2, 1, 6, 5, 4]);
  assertEquals(values(flipImages(image, "vertical")), [4, 5, 6, 1, 2, 3]);
  assertThrows(
    () => flipImages(image, "up" as "vertical"),
    TypeError,
    'flipImages() expects the direction "horizontal" or "vertical" but found "up"',
  );
});

Deno.test("resizeImages() with area takes the mean of what is covered", () => {
  assertEquals(values(resizeImages(image, 1, 1)), [3.5]);
  // 3 columns to 2: each new one covers one and a half old ones.
  const row = resizeImages(tensor([3, 6, 9], [1, 1, 3, 1]), 1, 2);
  assertAlmostEquals(row.data[0], (3 + 0.5 * 6) / 1.5, 1e-6);
  assertAlmostEquals(row.data[1], (0.5 * 6 + 9) / 1.5, 1e-6);
});

Deno.test("resizeImages() with bilinear mixes neighbours like PyTorch", () => {
  // torch.nn.functional.interpolate([[[[1., 2.], [3., 4.]]]], size=(3, 4),
  // mode="bilinear", align_corners=False)
  const big = resizeImages(tensor([1, 2, 3, 4], [1, 2, 2, 1]), 3, 4);
  assertEquals(values(big), [
    1,
    1.25,
    1.75,
    2,
    2,
    2.25,
    2.75,
    3,
    3,
    3.25,
    3.75,
    4,
  ]);
});

Deno.test("resizeImages() keeps the image at its own size and the mean under area", () => {
  const images = randomUniform([2, 6, 9, 3], 1, { dtype: "float64" });
  for (const method of ["area", "bilinear"] as const) {
    const same = resizeImages(images, 6, 9, { method });
    same.data.forEach((value, i) =>
      assertAlmostEquals(value, images.data[i], 1e-12)
    );
  }
  const small = resizeImages(images, 4, 5, { method: "area" });
  assertEquals(small.shape, [2, 4, 5, 3]);
  const mean = (x: Tensor) =>
    Array.from(x.data).reduce((sum, value) => sum + value, 0) / x.data.length;
  assertAlmostEquals(mean(small), mean(images), 1e-12);
});

Deno.test("resizeImages() refuses a bad size or method", () => {
  assertThrows(() => resizeImages(image, 0, 2), RangeError, "found 0 x 2");
  assertThrows(
    () => resizeImages(image, 2, 2, { method: "cubic" as "area" }),
    TypeError,
    'expects the method "bilinear" or "area" but found "cubic"',
  );
});

Deno.test("toGrey() weighs red, green and blue", () => {
  const grey = toGrey(
    tensor([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1], [1, 2, 2, 3]),
  );
  assertEquals(grey.shape, [1, 2, 2, 1]);
  [0.299, 0.587, 0.114, 1].forEach((value, i) =>
    assertAlmostEquals(grey.data[i], value, 1e-6)
  );
  assertEquals(toGrey(image), image);
  assertThrows(
    () => toGrey(tensor([1, 2], [1, 1, 1, 2])),
    TypeError,
    "1 or 3 channels but found [1, 1, 1, 2]",
  );
});

Deno.test("standardise() brings each channel to mean 0 and deviation 1", () => {
  const images = randomUniform([5, 4, 4, 2], 1, {
    low: 3,
    high: 9,
    dtype: "float64",
  });
  const { mean, deviation } = channelStatistics(standardise(images));
  for (const c of [0, 1]) {
    assertAlmostEquals(mean[c], 0, 1e-12);
    assertAlmostEquals(deviation[c], 1, 1e-12);
  }
});

Deno.test("standardise() takes other statistics, and turns a flat channel to 0", () => {
  const two = tensor([4, 8], [1, 1, 2, 1]);
  assertEquals(values(standardise(two, { mean: [4], deviation: [2] })), [0, 2]);
  assertEquals(values(standardise(tensor([5, 5], [1, 1, 2, 1]))), [0, 0]);
  assertThrows(
    () => standardise(two, { mean: [1, 2], deviation: [1, 2] }),
    TypeError,
    "each of 1 channels but found 2",
  );
});

Deno.test("the transforms keep the precision and leave their input alone", () => {
  const images = randomUniform([1, 3, 3, 1], 1, { dtype: "float64" });
  const before = images.data.slice();
  const results = [
    shiftImages(images, 1, 1),
    permutePixels(images, permutation(9, 1)),
    cropImages(images, { height: 2, width: 2 }),
    flipImages(images, "vertical"),
    resizeImages(images, 2, 2),
    toGrey(images),
    standardise(images),
  ];
  for (const { data } of results) {
    assertEquals(data instanceof Float64Array, true);
  }
  assertEquals(images.data, before);
});

/** Calls that speak for themselves, whatever they are given. */
const cases: [call: () => unknown, kind: ErrorConstructor, message: string][] =
  [
    [
      () => shiftImages(undefined as never, 1, 0),
      TypeError,
      "shiftImages() expects a tensor as images but found undefined",
    ],
    [
      () => shiftImages(image, "1" as never, 0),
      RangeError,
      'for dx but found "1"',
    ],
    [
      () => shiftImages(image, 1, 0, { fill: NaN }),
      RangeError,
      "shiftImages() expects a number as the fill but found NaN",
    ],
    [
      () => permutePixels(image, 6 as never),
      TypeError,
      "permutePixels() expects a list of places but found 6",
    ],
    [
      () => cropImages(image, undefined as never),
      RangeError,
      "height undefined",
    ],
    [
      () => cropImages(image, { hight: 1, width: 1 } as never),
      TypeError,
      'only the options top, left, height, width but found "hight"',
    ],
    [
      () => cropImages(image, { top: 0.5, height: 1, width: 1 }),
      RangeError,
      "but found top 0.5",
    ],
    [
      () => flipImages({ shape: [1, 2, 2, 1], data: [1] } as never, "vertical"),
      TypeError,
      "flipImages() expects a tensor as images",
    ],
    [
      () => resizeImages(tensor([], [1, 0, 2, 1]), 2, 2),
      RangeError,
      "resizeImages() expects images with pixels but found [1, 0, 2, 1]",
    ],
    [
      () => resizeImages(image, 1e6, 1e6),
      RangeError,
      "resizeImages() expects images of at most 2147483648 values but found 1 of 1000000 x 1000000 x 1",
    ],
    [
      () => resizeImages(image, "2" as never, 2),
      RangeError,
      'whole numbers of 1 or more but found "2" x 2',
    ],
    [
      () => channelStatistics(tensor([], [0, 2, 2, 1])),
      RangeError,
      "at least one pixel but found images [0, 2, 2, 1]",
    ],
    [
      () => channelStatistics(tensor([1, NaN], [1, 1, 2, 1])),
      RangeError,
      "finite pixels but found a mean of NaN in channel 0",
    ],
    [
      () => standardise(image, { mean: [0], deviation: [NaN] }),
      TypeError,
      "standardise() expects statistics { mean, deviation } in lists of numbers but found [NaN]",
    ],
    [
      () => standardise(image, { mean: 1, deviation: 2 } as never),
      TypeError,
      "in lists of numbers but found 1",
    ],
  ];

for (const [call, kind, message] of cases) {
  Deno.test(`transforms: ${message}`, () => {
    assertThrows(call, kind, message);
  });
}
