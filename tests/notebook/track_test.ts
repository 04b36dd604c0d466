import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  fit,
  scratchTrainer,
  type Track,
  trackProgress,
} from "../../lib/mod.ts";
import { columnSet, linearNetwork } from "../train/tiny.ts";

/** The lines that a track prints outside a notebook while two nets train. */
async function linesOf(onProgress: Track, maxSeconds?: number) {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: string) => lines.push(line);
  try {
    for (const seed of [1, 2]) {
      const trainer = scratchTrainer(linearNetwork(16, 4, seed));
      await fit(trainer, columnSet(40), {
        epochs: 2,
        batchSize: 10,
        seed,
        onProgress,
        maxSeconds,
      });
    }
  } finally {
    console.log = log;
  }
  return lines;
}

Deno.test("trackProgress() spans all trainings with one bar", async () => {
  const lines = await linesOf(trackProgress("Two nets", 2));
  assertEquals(lines.length, 1);
  assert(lines[0].startsWith("Two nets: done in "));
});

Deno.test("trackProgress() says when the trainings are miscounted", async () => {
  assertThrows(
    () => trackProgress("none", 0),
    RangeError,
    "whole number of trainings of 1 or more but found 0",
  );
  await assertRejects(
    () => linesOf(trackProgress("One net")),
    RangeError,
    'expects 1 trainings for "One net" but found one more',
  );
});
