import { assertEquals, assertRejects } from "@std/assert";
import { claim, ClaimError } from "cnn";
import { claims } from "../../lib/notebook/record.ts";
import { printed } from "./printed.ts";

Deno.test("claim() shows the statement with its values and records it", async () => {
  const text = await printed(() =>
    claim("The CNN is better", {
      holds: true,
      values: { CNN: 0.98512, MLP: 0.9 },
    })
  );
  assertEquals(text, "✓ check: The CNN is better\n  CNN: 0.9851; MLP: 0.9");
  assertEquals(claims().map((c) => c.id), ["The CNN is better"]);
});

Deno.test("claim() throws when it does not hold, and says what was measured", async () => {
  const text = await printed(async () => {
    await assertRejects(
      () => claim("A > B", { holds: false, values: { A: 1, B: 2 } }),
      ClaimError,
      "The claim does not hold: A > B (A: 1; B: 2)",
    );
  });
  assertEquals(text, "✗ check: A > B\n  A: 1; B: 2");
  assertEquals(claims(), []);
});

Deno.test("claim() throws on NaN and on missing values even when it is said to hold", async () => {
  await printed(async () => {
    await assertRejects(
      () => claim("It learns", { holds: true, values: { loss: NaN } }),
      ClaimError,
      'for "loss" but found NaN in "It learns"',
    );
    const missing = { loss: undefined } as unknown as Record<string, number>;
    await assertRejects(
      () => claim("It learns", { holds: true, values: missing }),
      ClaimError,
      "found undefined",
    );
    await assertRejects(
      () => claim("It learns", { holds: true, values: {} }),
      TypeError,
      "at least one measured value",
    );
    await assertRejects(
      () =>
        claim("It learns", {
          holds: undefined as unknown as boolean,
          values: { a: 1 },
        }),
      TypeError,
      "holds to be true or false but found undefined",
    );
  });
  assertEquals(claims(), []);
});

Deno.test("claim() run again replaces its own record only", async () => {
  await printed(async () => {
    await claim("A", { holds: true, values: { n: 1 } });
    await claim("B", { holds: true, values: { n: 1 } });
    await claim("A", { holds: true, values: { n: 2 } });
  });
  assertEquals(claims().map((c) => [c.id, c.values.n]), [["B", 1], ["A", 2]]);
});

Deno.test("claim() that fails on the second run takes its record away", async () => {
  await printed(async () => {
    await claim("A", { holds: true, values: { n: 1 }, id: "a" });
    await assertRejects(() =>
      claim("A", { holds: false, values: { n: 0 }, id: "a" })
    );
  });
  assertEquals(claims(), []);
});

Deno.test("claim() tells missing and misspelt options", async () => {
  // Notebook cells are not type-checked, so wrong options do arrive.
  // deno-lint-ignore no-explicit-any
  const wrong = (options?: object) => () => claim("so", options as any);
  await assertRejects(wrong(), TypeError, "found undefined");
  await assertRejects(wrong({ hold: true }), TypeError, 'found "hold"');
  await assertRejects(
    wrong({ holds: true }),
    TypeError,
    "expects at least one measured value but found none",
  );
});
