/** What the hidden tests ask for comes back by no way: not on the page, nor in a table. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { feedbackPage } from "../../../tools/homework/report/feedback_page.ts";
import { edited, exercise, grade } from "./fixture.ts";

/** A solution that tells of its calls, and does `also` at each. */
const telling = (also: string) => `
  const calls = [];
  function myOutputLength(length, { size, stride, padding }) {
    calls.push([length, size, stride, padding].join("-"));
    console.log("CALL " + calls.length);
    ${also}
    if (padding === "same") return Math.ceil(length / stride);
    return Math.floor((length - size) / stride) + 1;
  }`;

/** Tells what the first exercise was asked. */
const later = `function myDense() {
  throw new Error(calls.length + " calls: " + calls.join("|"));
}`;

/** Calls that the visible tests make. */
async function visibleCalls(): Promise<number> {
  const result = await grade(
    edited({ "exercise-90-1": telling(""), "exercise-90-4": later }),
  );
  const { status, printed } = exercise(result, "90.1");
  assertEquals(status, "passed");
  const count = printed!.match(/CALL/g)!.length;
  assert(count > 1);
  // A later exercise knows of these calls and of no more.
  const { details } = exercise(result, "90.4");
  assertStringIncludes(details!, `threw "${count} calls: `);
  return count;
}

Deno.test("no call of a hidden test is printed, thrown or told by a later exercise", async () => {
  const count = await visibleCalls();
  const after = `if (calls.length > ${count})`;
  for (
    const [also, mistake] of [
      [`${after} throw new Error("HIDDEN " + calls.join("|"));`, "an error"],
      [`${after} Deno.exit(100 + length);`, "process ended"],
      [`${after} return "HIDDEN " + calls.join("|");`, "no number"],
    ]
  ) {
    const result = await grade(edited({ "exercise-90-1": telling(also) }));
    const found = exercise(result, "90.1");
    assertEquals(found.points, 0);
    if (mistake !== "no number") assertEquals(found.mistake, mistake);
    assertStringIncludes(found.details!, "the hidden ones do not");
    for (const text of [feedbackPage([result]), JSON.stringify(result)]) {
      // The code that was handed in has these words too.
      const told = text.replaceAll(/HIDDEN (&quot;|\\?") \+ calls/g, "");
      assert(!told.includes("HIDDEN"), found.details);
      assert(!told.includes(`CALL ${count + 1}`), found.printed);
      assert(!/status 1\d\d/.test(told), found.details);
    }
  }
});
