import { assertEquals, assertRejects } from "@std/assert";
import { checkPrediction } from "../../lib/exercises/mod.ts";
import { assertRefused, quietly } from "./student.ts";

const share = { exercise: "9.9", expected: 0.8, from: 0, to: 1 };
const word = { exercise: "9.9", expected: "up", among: ["up", "down"] };

Deno.test("checkPrediction() passes any guess that could come out, and shows both", async () => {
  for (const guess of [0, 0.3, 1]) {
    const lines = await quietly(() => checkPrediction(guess, share));
    const said = `You said: ${guess}. It came out: 0.8.`;
    assertEquals(lines, [`✓ Exercise 9.9 passed. ${said}`]);
  }
  const lines = await quietly(() => checkPrediction("down", word));
  assertEquals(lines, [
    "✓ Exercise 9.9 passed. You said: down. It came out: up.",
  ]);
});

Deno.test("checkPrediction() with within wants a guess near by, or the right text", async () => {
  await quietly(() => checkPrediction(0.75, { ...share, within: 0.1 }));
  await quietly(() => checkPrediction("up", { ...word, within: 0 }));
  const named: [string, number | string, object][] = [
    ["guess too low", 0.6, { ...share, within: 0.1 }],
    ["guess too high", 0.95, { ...share, within: 0.1 }],
    ["another came out", "down", { ...word, within: 0 }],
  ];
  for (const [mistake, guess, options] of named) {
    const error = await assertRefused(
      () => checkPrediction(guess, options as typeof share),
      mistake,
    );
    assertEquals(/0\.8|"up"/.test(error.message), false); // it does not tell
  }
});

Deno.test("checkPrediction() names what can be no prediction", async () => {
  const named: [string, unknown, object][] = [
    ["no number", "0.8", share],
    ["no number", undefined, share],
    ["no number", NaN, share],
    ["cannot come out", 80, share],
    ["cannot come out", -0.1, share],
    ["cannot come out", Infinity, { exercise: "9.9", expected: 3 }],
    ["no answer of the list", "sideways", word],
    ["no answer of the list", 1, word],
  ];
  for (const [mistake, guess, options] of named) {
    await assertRefused(
      () => checkPrediction(guess as number, options as typeof share),
      mistake,
    );
  }
});

Deno.test("checkPrediction() refuses a check cell whose answer cannot come out", async () => {
  const wrong = [
    { ...share, expected: 1.2 },
    { ...share, expected: NaN },
    { ...word, expected: "sideways" },
    { ...share, expected: undefined as never },
  ];
  for (const options of wrong) {
    await assertRejects(
      () => checkPrediction(0.5, options),
      TypeError,
      "checkPrediction() expects what came out",
    );
  }
});
