/** The patients of the clinic have what their names say, and the check knows it. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { sicknessOf } from "../../lib/exercises/patient.ts";
import {
  checkDiagnosis,
  type Patient,
  patient,
  type Sickness,
  sicknesses,
  trainPatient,
} from "../../lib/exercises/mod.ts";
import { assertRefused, quietly } from "./student.ts";

const log10 = Math.log(10);
const last = (values: readonly number[]) => values.at(-1)!;
const end = (values: readonly number[]) =>
  values.slice(-20).reduce((sum, value) => sum + value) / 20;
const row = (rows: Patient["before"], name: string) =>
  rows.find(({ layer }) => layer === name);

const healthy = await trainPatient(1);
assert(last(healthy.validation) > 0.75 && end(healthy.losses) < 0.4);
assert(Math.abs(healthy.losses[0] - log10) < 0.5);

/** What the charts must show, of the sign that the hint tells. */
const SIGNS: Record<Sickness, (found: Patient) => boolean> = {
  "healthy": (p) => JSON.stringify(p.losses) === JSON.stringify(healthy.losses),
  "inputs not scaled": (p) =>
    p.losses[0] > 10 * log10 && p.before[0].std > 100 * healthy.before[0].std,
  "all weights zero": (p) =>
    Math.abs(p.losses[0] - log10) < 1e-6 && row(p.before, "conv1")!.std === 0,
  "dead ReLU": (p) =>
    row(p.before, "relu1")!.dead === 1 && row(p.before, "conv1")!.std > 0.1,
  "learning rate too high": (p) => Math.max(...p.losses) > 10 * log10,
  "learning rate too low": (p) => end(p.losses) > 2.2,
  "sorted and not shuffled": (p) => {
    const epoch = p.losses.slice(-20);
    return Math.max(...epoch) - Math.min(...epoch) > 1 &&
      last(p.validation) < 0.7;
  },
  "softmax twice": (p) =>
    p.losses.every((loss) => loss > 1.46) && last(p.validation) > 0.5 &&
    p.after.at(-1)!.layer === "softmax1",
  "shuffled labels": (p) => last(p.training) > 0.2 && last(p.validation) < 0.2,
  "validation axes swapped": (p) =>
    last(p.training) > 0.9 && last(p.validation) < 0.35,
  "validation labels off by one": (p) =>
    last(p.training) > 0.9 && last(p.validation) < 0.06,
  "validation digits in the training set": (p) =>
    last(p.validation) > 0.94 && p.fresh < last(p.validation) - 0.02,
  "batch norm in training mode": (p) =>
    last(p.training) > 0.9 && last(p.validation) < 0.2 &&
    row(p.after, "bn1") !== undefined,
  "ReLU missing": (p) =>
    row(p.after, "relu1") === undefined &&
    p.after.every(({ zeros }) => zeros < 0.01),
};

Deno.test("patients 1 to 14 have every sickness once, and its sign is there", async (t) => {
  const numbers = Array.from(sicknesses, (_, i) => i + 1);
  const names = numbers.map(sicknessOf);
  assertEquals(names.toSorted(), [...sicknesses]);
  for (const number of numbers) {
    const name = sicknessOf(number);
    await t.step(name, async () => {
      const found = await patient(number);
      assertEquals([found.losses.length, found.training.length], [
        name === "validation digits in the training set" ? 240 : 120,
        6,
      ]);
      assert(SIGNS[name](found));
      if (name !== "healthy") assert(!SIGNS[name](healthy));
    });
  }
});

Deno.test("later patients have every sickness once in each fourteen, in other orders", () => {
  const round = (first: number) =>
    Array.from(sicknesses, (_, i) => sicknessOf(first + i));
  for (const first of [15, 29]) {
    assertEquals(round(first).toSorted(), [...sicknesses]);
    assert(round(first).join() !== round(1).join());
  }
});

Deno.test("trainPatient() depends on the seed alone, and on nothing that a patient before did", async () => {
  await patient(6);
  assertEquals((await trainPatient(1)).losses, healthy.losses);
  assert((await trainPatient(2)).losses[0] !== healthy.losses[0]);
});

Deno.test("checkDiagnosis() passes the sickness alone, and says which curve another would show", async () => {
  for (const number of [1, 5, 20]) {
    const right = sicknessOf(number);
    const options = { exercise: "9.9", patient: number };
    const lines = await quietly(() => checkDiagnosis(right, options));
    assertEquals(lines, [`✓ Exercise 9.9 passed: ${right}.`]);
    for (const other of sicknesses.filter((name) => name !== right)) {
      const error = await assertRefused(
        () => checkDiagnosis(other, options),
        `not "${other}"`,
      );
      assert(/: .*: look (at|for) /.test(error.message), error.message);
      assert(error.message.split(": look")[1].includes(right) === false);
    }
    await assertRefused(
      () => checkDiagnosis("flu", options),
      "no answer of the list",
    );
  }
});

Deno.test("patients without a number, and unknown changes, are refused", async () => {
  const calls: [() => Promise<unknown>, string][] = [
    [() => patient(0), "patient() expects a patient's number"],
    [() => patient(1.5), "patient() expects a patient's number"],
    [() => patient("1" as never), "patient() expects a patient's number"],
    [() => patient(1, { seed: 0.5 }), "patient() expects"],
    [() => trainPatient(1, { rate: 1 } as never), "trainPatient() expects"],
    [
      () => checkDiagnosis("healthy", { exercise: "9.9", patient: -1 }),
      "checkDiagnosis() expects a patient's number",
    ],
  ];
  for (const [call, message] of calls) {
    await assertRejects(call, Error, message);
  }
});
