import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { type Tensor, zeros } from "../../lib/base/tensor.ts";
import { measure } from "../../lib/measure/evaluate.ts";
import { evaluate, shiftCurve } from "../../lib/mod.ts";
import { columnSet } from "../train/tiny.ts";

/** Reads the class off the pixels: logit of class c is the sum of column c. */
const columnReader = {
  logits({ shape, data }: Tensor): Promise<Tensor> {
    const [n, size] = shape;
    const logits = zeros([n, size]);
    for (let i = 0; i < data.length; i++) {
      logits.data[Math.floor(i / (size * size)) * size + i % size] += data[i];
    }
    return Promise.resolve(logits);
  },
};

Deno.test("evaluate() of a perfect reader", async () => {
  const set = columnSet(1200); // more than one part
  const { accuracy, predictions, probabilities } = await evaluate(
    columnReader,
    set,
  );
  assertEquals(accuracy, 1);
  assertEquals(predictions, set.labels);
  assertEquals(probabilities.shape, [1200, 4]);
});

Deno.test("evaluate() loss and accuracy by hand", async () => {
  const logits = { shape: [2, 2], data: Float32Array.of(Math.log(3), 0, 0, 0) };
  const set = { ...columnSet(2), labels: Uint8Array.of(0, 1) };
  const found = await evaluate({ logits: () => Promise.resolve(logits) }, set);
  // probabilities 3/4 and 1/2; of equal logits the first class is said
  assertAlmostEquals(found.loss, (Math.log(4 / 3) + Math.log(2)) / 2, 1e-6);
  assertEquals(found.accuracy, 0.5);
});

Deno.test("evaluate() does not pass on NaN", async () => {
  const broken = {
    logits: () =>
      Promise.resolve({ shape: [2, 2], data: Float32Array.of(0, NaN, 0, 0) }),
  };
  await assertRejects(
    () => evaluate(broken, columnSet(2, 2)),
    Error,
    'evaluate() expects finite logits but found NaN on "columns"',
  );
  await assertRejects(
    () => evaluate(columnReader, columnSet(0)),
    RangeError,
    "found none",
  );
});

Deno.test("shiftCurve() averages four directions", async () => {
  const set = columnSet(400);
  const [still, one, four] = await shiftCurve(columnReader, set, [0, 1, 4]);
  assertEquals(still, {
    shift: 0,
    accuracy: 1,
    left: 1,
    right: 1,
    up: 1,
    down: 1,
  });
  // sideways every column becomes its neighbour; up and down it stays itself
  assertEquals([one.up, one.down], [1, 1]);
  const share = (label: number) =>
    set.labels.filter((l) => l === label).length / 400;
  assertEquals(one.right <= share(3), true);
  assertEquals(one.left <= share(0), true);
  assertAlmostEquals(one.accuracy, (2 + one.left + one.right) / 4, 1e-12);
  // nothing is left of the image: class 0 is said for all
  assertAlmostEquals(four.accuracy, share(0), 1e-12);
});

Deno.test("shiftCurve() rejects shifts with a sign", async () => {
  await assertRejects(
    () => shiftCurve(columnReader, columnSet(2), [0, -1]),
    RangeError,
    "whole numbers of pixels of 0 or more but found -1",
  );
});

Deno.test("measure() computes each part of a large set inside compute, which a stop button watches", async () => {
  const set = columnSet(600);
  const seen: number[] = [];
  let computing = false;
  const compute = <T>(part: () => T): T => {
    computing = true;
    const result = part();
    computing = false;
    return result;
  };
  const logits = (images: Tensor) => {
    seen.push(computing ? images.shape[0] : NaN);
    return Promise.resolve(zeros([images.shape[0], 4]));
  };
  await measure("measure", { logits }, set, compute);
  assertEquals(seen, [250, 250, 100]);
});
