import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Tensor } from "../../lib/base/tensor.ts";
import {
  cosineSchedule,
  fit,
  type FitOptions,
  type Trainer,
  type TrainingProgress,
} from "../../lib/mod.ts";
import { columnSet } from "./tiny.ts";

/** A trainer that only writes down what it is given. */
function recorder() {
  const batches: Tensor[] = [], rates: number[] = [];
  const trainer: Trainer = {
    learningRate: 0.5,
    step(images, labels) {
      batches.push(images);
      rates.push(trainer.learningRate!);
      return Promise.resolve({ loss: 1, correct: labels.length / 2 });
    },
    logits: (images) =>
      Promise.resolve({
        shape: [images.shape[0], 4],
        data: new Float32Array(images.shape[0] * 4),
      }),
  };
  return { trainer, batches, rates };
}

const options: FitOptions = { epochs: 2, batchSize: 4, seed: 1 };

Deno.test("fit() shows every image once an epoch, in another order each", async () => {
  const { trainer, batches } = recorder();
  const set = columnSet(10);
  const history = await fit(trainer, set, options);
  assertEquals(batches.map(({ shape }) => shape[0]), [4, 4, 2, 4, 4, 2]);
  const seen = (from: number) =>
    batches.slice(from, from + 3).flatMap(({ data }) => [...data]);
  const sorted = (values: Iterable<number>) => [...values].sort();
  assertEquals(sorted(seen(0)), sorted(set.images.data));
  assertEquals(sorted(seen(3)), sorted(set.images.data));
  assert(seen(0).some((value, i) => value !== seen(3)[i]));
  assertEquals(history.steps.map(({ epoch }) => epoch), [1, 1, 1, 2, 2, 2]);
  assertEquals(history.steps[0], { step: 1, epoch: 1, loss: 1, accuracy: 0.5 });
});

Deno.test("fit() the seed alone decides order and augmentation", async () => {
  const run = async (seed: number) => {
    const { trainer, batches } = recorder();
    const augment: FitOptions["augment"] = (images, random) => ({
      ...images,
      data: images.data.map((value) => value + random.uniform()),
    });
    await fit(trainer, columnSet(10), { ...options, seed, augment });
    return batches.map(({ data }) => [...data]);
  };
  assertEquals(await run(7), await run(7));
  assert((await run(7))[0][0] !== (await run(8))[0][0]);
});

Deno.test("fit() measures the validation set after each epoch", async () => {
  const { trainer } = recorder();
  const validation = columnSet(6);
  const reports: TrainingProgress[] = [];
  const history = await fit(trainer, columnSet(10), {
    ...options,
    validation,
    onProgress: (progress) => void reports.push(progress),
  });
  assertEquals(history.validation.map(({ step, epoch }) => [step, epoch]), [[
    3,
    1,
  ], [6, 2]]);
  // equal logits: class 0 for every image, probability 1/4
  const zeros = validation.labels.filter((label) => label === 0).length;
  assertEquals(history.validation[0].accuracy, zeros / 6);
  assert(Math.abs(history.validation[0].loss - Math.log(4)) < 1e-6);
  assertEquals(reports.map((report) => report.validation !== undefined), [
    false,
    false,
    true,
    false,
    false,
    true,
  ]);
  assertEquals(reports[5].steps, 6);
  assertEquals(reports.findIndex(({ last }) => last), 5);
});

Deno.test("fit() scales the learning rate and gives it back", async () => {
  const { trainer, rates } = recorder();
  await fit(trainer, columnSet(8), { ...options, schedule: cosineSchedule() });
  // 4 steps: factors at 0, 1/4, 1/2, 3/4 of the way
  const factors = [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2];
  rates.forEach((rate, i) => assert(Math.abs(rate - 0.5 * factors[i]) < 1e-9));
  assertEquals(trainer.learningRate, 0.5);
});

Deno.test("fit() ends when maxSeconds are over", async () => {
  const { trainer, batches } = recorder();
  const slow = {
    ...trainer,
    step: async (images: Tensor, labels: Uint8Array) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return trainer.step(images, labels);
    },
  };
  const validation = columnSet(4);
  const history = await fit(slow, columnSet(40), {
    ...options,
    epochs: 1000,
    maxSeconds: 0.02,
    validation,
  });
  assert(batches.length < 100);
  assert(history.seconds >= 0.02);
  assertEquals(history.validation.length, 1); // the last state is measured
});

Deno.test("fit() lets the event loop run", async () => {
  const { trainer } = recorder();
  const busy = {
    ...trainer,
    step: (images: Tensor, labels: Uint8Array) => {
      const end = performance.now() + 20;
      while (performance.now() < end);
      return trainer.step(images, labels);
    },
  };
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await fit(busy, columnSet(40), options);
  clearInterval(timer);
  assert(ticks >= 3);
});

Deno.test("fit() rejects a training that cannot start", async () => {
  const { trainer } = recorder();
  const reject = (wrong: Partial<FitOptions>, message: string, t = trainer) =>
    assertRejects(
      () => fit(t, columnSet(4), { ...options, ...wrong }),
      Error,
      message,
    );
  await reject(
    { epochs: 0 },
    "fit() expects a whole number of epochs of 1 or more but found 0",
  );
  await reject(
    { batchSize: 0 },
    "batchSize that is a whole number of 1 or more but found 0",
  );
  await reject({ maxSeconds: 0 }, "maxSeconds above 0");
  await reject({ seed: 0.5 }, "whole number as the seed but found 0.5");
  const { learningRate: _, ...bare } = trainer;
  await reject(
    { schedule: cosineSchedule() },
    "expects a trainer with a learningRate",
    bare,
  );
  await assertRejects(
    () => fit(trainer, columnSet(0), options),
    RangeError,
    'found none in "columns"',
  );
});

Deno.test("fit() does not pass on a NaN loss", async () => {
  const { trainer } = recorder();
  const broken = {
    ...trainer,
    step: () => Promise.resolve({ loss: NaN, correct: 0 }),
  };
  await assertRejects(
    () => fit(broken, columnSet(4), options),
    Error,
    "fit() expects a finite loss but found NaN at step 1",
  );
});

Deno.test("fit() shuffles each of forty epochs otherwise", async () => {
  const { trainer, batches } = recorder();
  await fit(trainer, columnSet(12), {
    ...options,
    epochs: 40,
    batchSize: 12,
  });
  const orders = batches.map(({ data }) => [...data].join());
  assertEquals(new Set(orders).size, 40);
});

Deno.test("fit() tells how many images a second it has learned from", async () => {
  const { trainer } = recorder();
  const told: TrainingProgress[] = [], begin = performance.now();
  await fit(trainer, columnSet(10), {
    ...options,
    onProgress: (now) => void told.push(now),
  });
  const last = told.at(-1)!.seconds, passed = performance.now() - begin;
  assert(last > 0 && last <= passed / 1000, `${last} s in ${passed} ms`);
  const seen = told.map(({ imagesPerSecond, seconds }) =>
    Math.round(imagesPerSecond * seconds)
  );
  assertEquals(seen, [4, 8, 10, 14, 18, 20]);
});
