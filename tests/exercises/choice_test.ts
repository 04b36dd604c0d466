import { assertEquals, assertRejects } from "@std/assert";
import {
  answerDigest,
  checkChoice,
  CheckError,
  checkFlaw,
  flaws,
} from "../../lib/exercises/mod.ts";
import { assertRefused, quietly } from "./student.ts";

const exercise = "9.9";
const among = { left: "look at the last epoch", right: "" };

Deno.test("answerDigest() tells answers and exercises apart, and says neither", async () => {
  const digests = await Promise.all([
    answerDigest("1.1", "left"),
    answerDigest("1.1", "right"),
    answerDigest("1.2", "left"),
  ]);
  assertEquals(new Set(digests).size, 3);
  for (const digest of digests) {
    assertEquals(/^[0-9a-f]{10}$/.test(digest), true);
  }
  assertEquals(digests[0], await answerDigest("1.1", "left"));
});

Deno.test("checkChoice() passes the right answer alone, told or by its digest", async () => {
  const digest = await answerDigest(exercise, "right");
  for (const right of [{ expected: "right" }, { digest }]) {
    const options = { exercise, among, ...right };
    const lines = await quietly(() => checkChoice("right", options));
    assertEquals(lines, ["✓ Exercise 9.9 passed: right."]);
    const error = await assertRefused(
      () => checkChoice("left", options),
      'not "left"',
    );
    assertEquals(error.message.endsWith("look at the last epoch"), true);
    for (const odd of ["Right", "", undefined, 3, ["right"]]) {
      await assertRefused(
        () => checkChoice(odd as string, options),
        "no answer of the list",
      );
    }
  }
});

Deno.test("checkChoice() refuses a check cell that knows no right answer", async () => {
  const digest = await answerDigest("9.8", "right");
  const wrong = [{}, { expected: "right", digest }, { expected: "up" }, {
    digest,
  }];
  for (const one of wrong) {
    await assertRejects(
      () => checkChoice("right", { exercise, among, ...one }),
      TypeError,
      "checkChoice() expects",
    );
  }
  await assertRejects(
    () =>
      checkChoice("a", { exercise, among: undefined as never, expected: "a" }),
    TypeError,
    "checkChoice() expects among",
  );
});

Deno.test("checkFlaw() passes the flaw alone, and tells each other one where to look", async () => {
  const hints = new Set<string>();
  for (const right of flaws) {
    const digest = await answerDigest(exercise, right);
    await quietly(() => checkFlaw(right, { exercise, digest }));
    const others = flaws.filter((flaw) => flaw !== right);
    for (const flaw of others) {
      const error = await assertRejects(
        () => checkFlaw(flaw, { exercise, digest }),
        CheckError,
      );
      assertEquals(error.mistake, `not "${flaw}"`);
      hints.add(error.message);
    }
  }
  assertEquals(hints.size, flaws.length); // one hint a flaw, whatever is right
});
