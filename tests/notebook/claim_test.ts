import { assertEquals, assertRejects } from "@std/assert";
import { claim, ClaimError, ledger } from "cnn";
import { claims, resetClaims } from "../../lib/notebook/claim.ts";

/** Runs `work` with a fresh record, and returns what it printed. */
async function printed(work: () => Promise<void>): Promise<string> {
  const lines: string[] = [];
  const log = console.log;
  console.log = (text: string) => lines.push(text);
  resetClaims();
  try {
    await work();
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

Deno.test("claim() shows the statement with its values and records it", async () => {
  const text = await printed(() =>
    claim("The CNN is better", {
      holds: true,
      values: { CNN: 0.98512, MLP: 0.9 },
    })
  );
  assertEquals(text, "✓ The CNN is better\n  CNN 0.9851, MLP 0.9");
  assertEquals(claims().map((c) => c.id), ["The CNN is better"]);
});

Deno.test("claim() throws when it does not hold, and says what was measured", async () => {
  const text = await printed(async () => {
    await assertRejects(
      () => claim("A > B", { holds: false, values: { A: 1, B: 2 } }),
      ClaimError,
      "The claim does not hold: A > B (A 1, B 2)",
    );
  });
  assertEquals(text, "✗ A > B\n  A 1, B 2");
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

Deno.test("ledger() shows sentence, verdict, correction and evidence", async () => {
  const text = await printed(async () => {
    await claim("784 values stay", {
      holds: true,
      values: { n: 784 },
      id: "f",
    });
    await ledger([{
      post: "Flatten loses information",
      verdict: "holds with a correction",
      correction: "It loses adjacency.",
      evidence: ["f"],
    }]);
  });
  assertEquals(
    text.split("\n").slice(2).join("\n"),
    [
      "The post says: Flatten loses information",
      "  holds with a correction: It loses adjacency.",
      "  - 784 values stay: n 784",
    ].join("\n"),
  );
});

Deno.test("ledger() throws on evidence that was never claimed or is missing", async () => {
  await printed(async () => {
    await claim("A", { holds: true, values: { n: 1 }, id: "a" });
    await assertRejects(
      () => ledger([{ post: "P", verdict: "holds", evidence: ["a", "b"] }]),
      ClaimError,
      'claimed in this notebook but found "b" for "P"',
    );
    await assertRejects(
      () => ledger([{ post: "P", verdict: "holds", evidence: [] }]),
      TypeError,
      'expects evidence but found none in the row "P"',
    );
    await assertRejects(() => ledger([]), TypeError, "at least one row");
  });
});

Deno.test("ledger() wants a correction exactly where the verdict says so", async () => {
  await printed(async () => {
    await claim("A", { holds: true, values: { n: 1 }, id: "a" });
    await assertRejects(
      () =>
        ledger([{
          post: "P",
          verdict: "holds with a correction",
          evidence: ["a"],
        }]),
      TypeError,
      "found none with",
    );
    await assertRejects(
      () =>
        ledger([{
          post: "P",
          verdict: "holds",
          correction: "But",
          evidence: ["a"],
        }]),
      TypeError,
      'found "But" with "holds"',
    );
  });
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
