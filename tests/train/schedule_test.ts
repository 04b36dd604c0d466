import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { random } from "../../lib/base/random.ts";
import { tensor, zeros } from "../../lib/base/tensor.ts";
import { shiftImages } from "../../lib/data/transforms.ts";
import {
  augmentations,
  cosineSchedule,
  randomFlip,
  randomShift,
  stepSchedule,
} from "../../lib/mod.ts";

Deno.test("cosineSchedule() rises in the warm-up and falls to the end", () => {
  const factor = cosineSchedule({ warmup: 0.2, end: 0.1 });
  assertAlmostEquals(factor(0.1), 0.5, 1e-12);
  assertEquals(factor(0) > 0, true);
  assertAlmostEquals(factor(0.2), 1, 1e-12);
  assertAlmostEquals(factor(0.6), 0.55, 1e-9); // half of the fall from 1 to 0.1
  assertAlmostEquals(factor(1), 0.1, 1e-9);
});

Deno.test("stepSchedule() multiplies at each share", () => {
  const factor = stepSchedule({ at: [0.5, 0.75], factor: 0.5 });
  assertEquals([0, 0.49, 0.5, 0.75, 1].map(factor), [1, 1, 0.5, 0.25, 0.25]);
});

Deno.test("schedules reject settings out of range", () => {
  assertThrows(
    () => cosineSchedule({ warmup: 1 }),
    RangeError,
    "warmup from 0 to below 1 but found 1",
  );
  assertThrows(
    () => cosineSchedule({ end: 2 }),
    RangeError,
    "end from 0 to 1 but found 2",
  );
  assertThrows(
    () => stepSchedule({ at: [0.5, 0.2] }),
    RangeError,
    "found [0.5, 0.2]",
  );
  assertThrows(() => stepSchedule({ factor: 0 }), RangeError, "factor above 0");
});

Deno.test("randomShift() gives each image one of the whole shifts", () => {
  const image = tensor(Array.from({ length: 18 }, (_, i) => i + 1), [
    1,
    3,
    3,
    2,
  ]);
  const n = 200;
  const images = zeros([n, 3, 3, 2]);
  for (let i = 0; i < n; i++) images.data.set(image.data, i * 18);
  const moved = randomShift(1)(images, random(1));
  const allowed = new Set<string>(), found = new Set<string>();
  for (const dx of [-1, 0, 1]) {
    for (const dy of [-1, 0, 1]) {
      allowed.add(shiftImages(image, dx, dy).data.join());
    }
  }
  for (let i = 0; i < n; i++) {
    found.add(moved.data.slice(i * 18, i * 18 + 18).join());
  }
  assertEquals(found, allowed); // all nine happen, and nothing else
  assertEquals(images.data[0], 1); // the input stays
});

Deno.test("randomShift() farther than the image moves as shiftImages() does", () => {
  for (const [height, width] of [[2, 2], [1, 3], [4, 1], [2, 5]]) {
    const shape = [1, height, width, 3], size = 3 * height * width;
    const image = tensor(Array.from({ length: size }, (_, i) => i + 1), shape);
    for (const pixels of [0, 1, 2, 5, 30]) {
      for (let seed = 0; seed < 40; seed++) {
        const stream = random(seed);
        const [dx, dy] = [0, 1].map(() =>
          stream.integer(2 * pixels + 1) - pixels
        );
        assertEquals(
          randomShift(pixels)(image, random(seed)),
          shiftImages(image, dx, dy),
        );
      }
    }
  }
});

Deno.test("randomShift() past the edge leaves zeros", () => {
  const images = tensor([1, 1, 1, 1], [1, 2, 2, 1]);
  for (let seed = 0; seed < 20; seed++) {
    const { data } = randomShift(5)(images, random(seed));
    assertEquals(data.length, 4);
    assertEquals(data.every((value) => value === 0 || value === 1), true);
  }
  assertThrows(
    () => randomShift(0.5),
    RangeError,
    "whole number of pixels of 0 or more but found 0.5",
  );
  assertThrows(
    () => randomShift(1)(tensor([1]), random(1)),
    TypeError,
    "randomShift() expects images [N, H, W, C] but found [1]",
  );
});

Deno.test("randomFlip() mirrors about half of the images, channels together", () => {
  const images = zeros([100, 1, 2, 2]);
  for (let i = 0; i < 100; i++) images.data.set([1, 2, 3, 4], i * 4);
  const { data } = randomFlip()(images, random(1));
  let flipped = 0;
  for (let i = 0; i < 100; i++) {
    const row = data.slice(i * 4, i * 4 + 4).join();
    if (row === "3,4,1,2") flipped++;
    else assertEquals(row, "1,2,3,4");
  }
  assertEquals(flipped > 30 && flipped < 70, true);
});

Deno.test("augmentations() applies one after the other with one stream", () => {
  const images = tensor(Array.from({ length: 36 }, (_, i) => i), [4, 3, 3, 1]);
  const both = augmentations(randomShift(1), randomFlip());
  const stream = random(5);
  const byHand = randomFlip()(randomShift(1)(images, stream), stream);
  assertEquals(both(images, random(5)), byHand);
});
