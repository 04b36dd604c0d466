import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  html,
  md,
  progress,
  show,
  table,
  tensor,
  trainingCurves,
  zeros,
} from "cnn";
import { bundleOf } from "../../lib/notebook/show.ts";
import { duration } from "../../lib/notebook/progress.ts";
import { inNotebook } from "../../lib/kernel/kernel.ts";

/** Runs `work` and returns the lines that it printed. */
async function printed(work: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const log = console.log;
  console.log = (text: string) => lines.push(text);
  try {
    await work();
  } finally {
    console.log = log;
  }
  return lines;
}

Deno.test("show() prints the text form outside a notebook", async () => {
  assertEquals(inNotebook(), false);
  assertEquals(await printed(() => show("Some *text*")), ["Some *text*"]);
  assertEquals(await printed(() => show(table([{ a: 1 }]))), ["a\n-\n1"]);
});

Deno.test("show() takes strings as Markdown", () => {
  assertEquals(bundleOf("# A"), {
    "text/markdown": "# A",
    "text/plain": "# A",
  });
  assertEquals(bundleOf(md("# A")), bundleOf("# A"));
});

Deno.test("show() draws small tensors and describes large ones", () => {
  assert(
    "application/vnd.plotly.v1+json" in bundleOf(tensor([[1, 2], [3, 4]])),
  );
  assertEquals(bundleOf(zeros([2, 3, 4])), {
    "text/plain": "Tensor [2, 3, 4]: 0, 0, 0, 0, 0, 0, 0, 0, ...",
  });
  assertEquals(bundleOf(tensor([1, NaN])), {
    "text/plain": "Tensor [2]: 1, NaN",
  });
});

Deno.test("show() shows numbers that the kernel alone would drop", () => {
  assertEquals(bundleOf(NaN), { "text/plain": "NaN" });
  assertEquals(bundleOf(null), { "text/plain": "null" });
  assertEquals(bundleOf(10n), { "text/plain": "10" });
  assertEquals(bundleOf({ a: [1, 2] }), { "text/plain": "{ a: [ 1, 2 ] }" });
});

Deno.test("show() tells a promise that was not awaited", async () => {
  await assertRejects(
    () => show(Promise.resolve(1)),
    TypeError,
    "found a promise of one: write await before the call",
  );
});

Deno.test("show() rejects undefined", async () => {
  await assertRejects(() => show(undefined), TypeError, "found undefined");
});

Deno.test("html() makes a text form without tags and scripts", () => {
  assertEquals(
    String(html("<p>Two <b>words</b></p><script>alert(1)</script>")),
    "Two words",
  );
});

Deno.test("progress() prints only its last line outside a notebook", async () => {
  const lines = await printed(async () => {
    const bar = progress("Counting", 3);
    for (let i = 0; i <= 3; i++) await bar.update(i);
    await bar.finish("3 of 3");
  });
  assertEquals(lines.length, 1);
  assert(/^Counting: done in [\d.]+ s, 3 of 3$/.test(lines[0]), lines[0]);
});

Deno.test("progress() rejects a total and a done that make no sense", async () => {
  assertThrows(
    () => progress("x", 0),
    RangeError,
    "a total above 0 but found 0",
  );
  await assertRejects(
    () => progress("x", 2).update(3),
    RangeError,
    "done from 0 to 2 but found 3",
  );
});

Deno.test("duration() rounds as people do", () => {
  assertEquals([0, 9.96, 59.6, 3599.9].map(duration), [
    "0.0 s",
    "10 s",
    "1 min 0 s",
    "1 h 0 min",
  ]);
});

Deno.test("trainingCurves() prints once and returns the plot of all steps", async () => {
  const lines = await printed(async () => {
    const curves = trainingCurves({ name: "LeNet" });
    for (let step = 1; step <= 50; step++) {
      await curves.update({ step, steps: 50, loss: 1 / step, accuracy: 0.5 });
    }
    const plot = await curves.finish();
    assertEquals((plot.data[0] as { x: number[] }).x.length, 50);
  });
  assertEquals(lines, [
    "Training curves of LeNet: loss 0.020, accuracy 50.0 % after 50 steps",
  ]);
});

Deno.test("trainingCurves() stops at a loss that is NaN", async () => {
  await printed(async () => {
    const curves = trainingCurves();
    await curves.update({ step: 1, loss: 1, accuracy: 0 });
    await assertRejects(
      () => curves.update({ step: 2, loss: NaN, accuracy: 0 }),
      TypeError,
      "the training diverged",
    );
    await assertRejects(
      () => trainingCurves().finish(),
      TypeError,
      "found none",
    );
  });
});
