/** The ledger: sentences of the post by id, others by source, verdicts that go with them. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { claim, ClaimError, experiment, ledger, type LedgerRow } from "cnn";
import { post } from "../../lib/notebook/post.ts";
import { printed } from "./printed.ts";

/** A check that holds, and experiments that hold, are refuted, or are too small. */
async function claimed(): Promise<void> {
  await claim("784 values stay", {
    id: "check",
    holds: true,
    values: { n: 784 },
  });
  const expect = {
    holds: [0.1, 0.11, 0.1],
    "does not hold": [-0.1, -0.11, -0.1],
    "too small to tell": [-0.1, 0.1, 0.05],
  } as const;
  for (const [outcome, each] of Object.entries(expect)) {
    const stated = await experiment(`It ${outcome}`, {
      id: outcome,
      compares: "one with another",
      baseline: "the other",
      seeds: [1, 2, 3],
      above: 0,
      because: "any gain counts",
      expect: outcome as keyof typeof expect,
    });
    await claim(stated, { each: [...each] });
  }
}

async function shownBy(rows: LedgerRow[]): Promise<string> {
  const lines = await printed(async () => {
    await claimed();
    console.log("=====");
    await ledger(rows);
  });
  return lines.split("=====\n")[1];
}

const refused = (
  row: object | object[],
  kind: typeof TypeError | typeof ClaimError,
  words: string,
) => assertRejects(() => shownBy([row].flat() as LedgerRow[]), kind, words);

Deno.test("ledger() shows sentence, word, kind, verdict, correction and evidence", async () => {
  const text = await shownBy([
    { id: "D2", verdict: "holds", evidence: ["check"] },
    { id: "P1" },
    {
      says: "Depth matters",
      source: "often said",
      verdict: "does not hold",
      correction: "Not here.",
      evidence: ["does not hold"],
    },
  ]);
  assertEquals(
    text.replace(/mean.*/, "..."),
    [
      "The post says: To go into a DNN an image has to be flattened. (D2, claim, Flatten)",
      "  ✓ holds",
      "  - ✓ check: 784 values stay: n: 784",
      "The post says: Gaps in the basics stay gaps, and hold one back whenever something new has to be taken in. (P1, motive)",
      "  no verdict",
      "Others say: Depth matters (often said)",
      "  ✗ does not hold: Not here.",
      "  - ✗ experiment: It does not hold: ...",
    ].join("\n"),
  );
});

Deno.test("every verdict goes with its kind of sentence, and with no other", async () => {
  const evidence = ["check", "holds", "too small to tell"];
  const right: LedgerRow[] = [
    { id: "D1", verdict: "holds with a correction", correction: "c", evidence },
    { id: "D2", verdict: "too small to tell", remark: "r", evidence },
    { id: "C5", verdict: "definition" },
    { id: "L7", verdict: "opinion, tested", remark: "r", evidence },
    { id: "L10", verdict: "opinion, not tested" },
    { id: "F2", verdict: "answered", remark: "r", evidence },
    { id: "G1", remark: "r" },
  ];
  const text = await shownBy(right);
  for (const sign of "±?≔◆◇!") assertStringIncludes(text, `  ${sign} `);
  await refused(
    { ...right[2], verdict: "holds", evidence },
    TypeError,
    '"definition" on a definition but found "holds" in the row "C5"',
  );
  await refused({ ...right[3], verdict: "holds" }, TypeError, "on a opinion");
  await refused(
    { ...right[6], verdict: "holds" },
    TypeError,
    "expects no verdict on a plan",
  );
  await refused(
    { id: "D2", evidence },
    TypeError,
    "on a claim but found undefined",
  );
  await refused(
    { id: "D2", verdict: "true", evidence },
    TypeError,
    'found "true"',
  );
});

Deno.test("a correction and a remark stand where the verdict wants them", async () => {
  const evidence = ["check", "holds"];
  const row = { id: "D1", evidence };
  await refused(
    { ...row, verdict: "holds", correction: "But" },
    TypeError,
    'no correction with "holds" but found "But"',
  );
  await refused(
    { ...row, verdict: "holds with a correction" },
    TypeError,
    "a text as correction",
  );
  await refused(
    { ...row, verdict: "does not hold", remark: "r" },
    TypeError,
    "a text as correction",
  );
  await refused(
    { ...row, verdict: "too small to tell" },
    TypeError,
    "a text as remark",
  );
  await refused(
    { id: "L7", verdict: "opinion, tested", evidence },
    TypeError,
    "a text as remark",
  );
});

Deno.test("ledger() throws on evidence that was never claimed, or is missing", async () => {
  await refused(
    { id: "D2", verdict: "holds", evidence: ["check", "b"] },
    ClaimError,
    'claimed in this notebook but found "b" in the row "D2"',
  );
  await refused(
    { id: "D2", verdict: "holds" },
    TypeError,
    'expects evidence but found none in the row "D2"',
  );
  await refused(
    { id: "D2", verdict: "holds", evidence: "check" },
    TypeError,
    "a list of ids as evidence",
  );
  await refused([], TypeError, "at least one row");
});

Deno.test("a row about learning needs an experiment", async () => {
  await refused(
    { id: "D1", verdict: "holds", evidence: ["check"] },
    TypeError,
    "an experiment among the evidence but found checks only",
  );
  await shownBy([{ id: "D1", verdict: "holds", evidence: ["check", "holds"] }]);
});

Deno.test("a verdict that its own evidence contradicts is refused", async () => {
  await refused(
    { id: "D1", verdict: "holds", evidence: ["holds", "too small to tell"] },
    ClaimError,
    '"too small to tell": too small to tell in the row "D1"',
  );
  await refused(
    {
      id: "D1",
      verdict: "too small to tell",
      remark: "r",
      evidence: ["holds"],
    },
    ClaimError,
    "too small to tell but found none",
  );
  // What refutes can be a statement that does not hold, or its opposite that holds.
  for (const one of ["holds", "does not hold"]) {
    await shownBy([{
      id: "D1",
      verdict: "does not hold",
      correction: "c",
      evidence: [one],
    }]);
  }
});

Deno.test("a sentence is the post's, or has a source", async () => {
  const rest = { verdict: "holds", evidence: ["check"] };
  await refused({ ...rest, id: "Z9" }, TypeError, "the post has P1, P2, D1");
  await refused(
    { ...rest, id: "D2", says: "mine" },
    TypeError,
    "an id alone but found says too",
  );
  await refused({ ...rest, says: "mine" }, TypeError, "a text as source");
  await refused({ ...rest, source: "often said" }, TypeError, "a text as says");
  await refused(
    { ...rest, says: "s", source: "paper", link: "arxiv" },
    TypeError,
    "begins with https://",
  );
  await refused(
    [{ ...rest, id: "D2" }, { ...rest, id: "D2" }],
    TypeError,
    'each sentence once but found "D2" twice',
  );
});

Deno.test("the post has 36 statements, each with a section and a kind", () => {
  assertEquals(post.length, 36);
  assertEquals(new Set(post.map(({ id }) => id)).size, 36);
  assertEquals(
    Object.entries(Object.groupBy(post, ({ section }) => section))
      .map(([section, list]) => [section, list!.length]),
    [
      ["purpose", 2],
      ["dnn", 4],
      ["convolution", 12],
      ["pooling", 10],
      ["fully-connected", 4],
      ["goal", 4],
    ],
  );
  assert(post.every(({ says }) => /^[A-Z].*[.?)]$/.test(says)));
});
