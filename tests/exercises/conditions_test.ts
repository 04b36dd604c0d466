import { assertRejects } from "@std/assert";
import { checkConditions, CheckError } from "cnn";

const right = { holds: true, mistake: "too small", details: "found 1" };
const wrong = { holds: false, mistake: "too large", details: "found 9" };

Deno.test("checkConditions() passes when every condition holds", async () => {
  await checkConditions([right, right], { exercise: "9.1" });
});

Deno.test("checkConditions() names the first condition that does not hold", async () => {
  await assertRejects(
    () =>
      checkConditions([right, wrong, { ...wrong, mistake: "later" }], {
        exercise: "9.1",
      }),
    CheckError,
    "Exercise 9.1: too large. found 9",
  );
});

Deno.test("checkConditions() refuses an empty check and an undecided one", async () => {
  await assertRejects(
    () => checkConditions([], { exercise: "9.1" }),
    TypeError,
    "expects at least one condition",
  );
  const undecided = { ...right, holds: undefined as unknown as boolean };
  await assertRejects(
    () => checkConditions([undecided], { exercise: "9.1" }),
    TypeError,
    "true or false but found undefined",
  );
});
