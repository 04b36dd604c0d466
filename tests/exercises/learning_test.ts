import { assertEquals, assertRejects } from "@std/assert";
import {
  layers,
  learningConditions,
  loadMnist,
  mlp,
  network,
  quickAccuracy,
  selectImages,
} from "cnn";

const digits = await loadMnist({ limit: 400 });
const must = { training: 300, least: 0.4, seeds: [1] };

Deno.test("learningConditions() train on the first pictures and measure the rest", async () => {
  const net = mlp({ hidden: [16] });
  const order = Array.from({ length: 400 }, (_, i) => i);
  const accuracy = await quickAccuracy(net, {
    train: selectImages(digits, order.slice(0, 300)),
    validation: selectImages(digits, order.slice(300)),
    seeds: [1],
  });
  for (const least of [accuracy, accuracy + 0.001]) {
    const [{ holds }] = await learningConditions(net, digits, {
      ...must,
      least,
    });
    assertEquals(holds, least === accuracy);
  }
});

Deno.test("a network that learns nothing is told what it reached", async () => {
  // One number for all ten classes: the logits never differ much.
  const narrow = network("narrow", [28, 28, 1], [
    layers.globalAvgPool2d(),
    layers.dense({ units: 10 }),
  ]);
  const [{ holds, mistake, details }] = await learningConditions(
    narrow,
    digits,
    must,
  );
  assertEquals([holds, mistake], [false, "learns too little"]);
  assertEquals(
    /^expected at least 40\.0 % of 100 validation pictures after 2 epochs, found [\d.]+ %: /
      .test(details),
    true,
    details,
  );
});

Deno.test("learningConditions() leave pictures for validation", async () => {
  await assertRejects(
    () => learningConditions(mlp(), digits, { ...must, training: 400 }),
    RangeError,
    "leave some of the 400 for validation",
  );
  await assertRejects(
    () => learningConditions(mlp(), digits, { ...must, least: 40 }),
    RangeError,
    "learningConditions() expects a least share",
  );
});
