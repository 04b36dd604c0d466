/**
 * Where the time of a training step goes (of a network that is only used: of its
 * answer), kernel by kernel, on one thread and on two: the same network in one
 * process, its kernels watched.
 *
 * @module
 */
import { randomUniform, tfTrainer, toLayersModel, useBackend } from "cnn";
import * as tf from "@tensorflow/tfjs";
import { textTable } from "../table.ts";
import { engineOf, type WasmBackend } from "../../lib/engine/kernels/engine.ts";
import { planning } from "../../lib/train/planned_steps.ts";
import { nets } from "./nets.ts";

/** Milliseconds of one step, by what they were spent on. */
type Step = Record<string, number>;

/** Steps of a turn before those that count. */
const WARM_UP = 3;

/** Milliseconds for which each number of threads is measured, and in how many turns. */
const PATIENCE = 10_000, TURNS = 6;

let now: Step = {};
let watching = false, watched = false;

/** Time that `work` takes goes to `name`, less what is counted inside it. */
function count<Result>(name: string, work: () => Result): Result {
  if (!watching) return work();
  const before = now.counted ?? 0, start = performance.now();
  try {
    return work();
  } finally {
    const all = performance.now() - start;
    const own = all - ((now.counted ?? 0) - before);
    now[name] = (now[name] ?? 0) + own;
    now.counted = before + all;
  }
}

/** Puts a clock around every kernel, and around what threads do together. */
function watch(): void {
  if (watched) return;
  watched = true;
  for (const kernel of tf.getKernelsForBackend("wasm")) {
    const { kernelName, kernelFunc } = kernel;
    tf.unregisterKernel(kernelName, "wasm");
    tf.registerKernel({
      ...kernel,
      kernelFunc: (call) => count(kernelName, () => kernelFunc(call)),
    });
  }
  const { threads } = engineOf(tf.backend() as unknown as WasmBackend);
  const run = threads.run.bind(threads);
  threads.run = (tasks) => {
    const start = performance.now();
    run(tasks);
    const jobs = tasks.length > 1 ? "divided" : "whole";
    now[`${jobs} jobs`] = (now[`${jobs} jobs`] ?? 0) + 1;
    now[jobs] = (now[jobs] ?? 0) + performance.now() - start;
  };
}

/** The least time of each kind: whatever else the machine did only adds to it. */
function least(steps: readonly Step[]): Step {
  const names = new Set(steps.flatMap((step) => Object.keys(step)));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      steps.reduce((min, step) => Math.min(min, step[name] ?? 0), Infinity),
    ]),
  );
}

/** What a step of a network is spent on: a table of kernels, and the sums. */
export async function profileText(
  net: string,
  patience = PATIENCE,
): Promise<string> {
  await useBackend("wasm", { threads: 1 });
  const { architecture, batch, title, frozen } = nets[net];
  const model = toLayersModel(architecture, { seed: 1 });
  const trainer = tfTrainer(model);
  const images = randomUniform([batch, ...architecture.inputShape], 1);
  const labels = Uint8Array.from({ length: batch }, (_, i) => i % 10);
  watch();
  planning.on = false; // a planned step runs no kernel that could be watched
  const steps: Record<number, Step[]> = { 1: [], 2: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    for (const threads of [1, 2]) {
      await useBackend("wasm", { threads });
      const end = performance.now() + patience / TURNS;
      for (let step = -WARM_UP; step < 1 || performance.now() < end; step++) {
        now = {};
        watching = true;
        const start = performance.now();
        if (frozen) await trainer.logits(images);
        else await trainer.step(images, labels);
        watching = false;
        now.step = performance.now() - start;
        if (step >= 0) steps[threads].push(now);
      }
    }
  }
  trainer.dispose();
  model.dispose();
  const one = least(steps[1]), two = least(steps[2]);
  const sums = ["step", "counted", "divided", "whole"];
  const jobs = ["divided jobs", "whole jobs"];
  const kernels = Object.keys(one)
    .filter((name) => ![...sums, ...jobs].includes(name) && one[name] >= 0.01)
    .sort((a, b) => one[b] - one[a]);
  const outside = (profile: Step) => profile.step - profile.counted;
  const line = (name: string, value: (profile: Step) => number) => [
    ...[name, value(one).toFixed(2), value(two).toFixed(2)],
    (value(one) / value(two)).toFixed(2),
  ];
  const work = frozen ? "inference" : "training";
  return `${title}, ${work}, batch ${batch}: ${
    two["divided jobs"]
  } jobs divided, ${two["whole jobs"]} whole\n${
    textTable(["least ms of a step", "1 thread", "2 threads", "gain"], [
      line("step", ({ step }) => step),
      line("tfjs and the trainer, outside of kernels", outside),
      line("kernels: divided jobs", ({ divided }) => divided),
      line("kernels: whole jobs", ({ whole }) => whole),
      line(
        "kernels: all else",
        ({ counted, divided, whole }) => counted - divided - whole,
      ),
      ...kernels.map((name) => line(`- ${name}`, (profile) => profile[name])),
    ])
  }`;
}
