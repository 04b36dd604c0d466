/** Replications: what is counted, kept and printed. */
import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { join } from "node:path";
import {
  claimsIn,
  digestOf,
  type Outcome,
  readRecord,
  type Record,
  writeRecord,
} from "../../tools/replicate/record.ts";
import { page, seldom, tally } from "../../tools/replicate/table.ts";
import { readAll, replicateOptions, table } from "../../tools/replicate.ts";
import { UsageError } from "../../tools/options.ts";

const found = (outcome: string, mean: number): Outcome => ({
  id: "gain",
  statement: "B beats A | by far",
  kind: "experiment",
  outcome,
  expect: "holds",
  stated: "above 0.02",
  mean,
  low: mean - 0.01,
  high: mean + 0.01,
});
const check = (outcome: string): Outcome => ({
  id: "sum",
  statement: "1 + 1 = 2",
  kind: "check",
  outcome,
  expect: "holds",
});

const record: Record = {
  digest: "d",
  replications: [
    { first: 1000, claims: [found("holds", 0.05), check("holds")] },
    {
      first: 2000,
      claims: [found("too small to tell", 0.025), check("holds")],
    },
    { first: 3000, claims: [found("holds", 0.04), check("holds")] },
  ],
};

const broken = (record: Record, ...broken: number[]): Record => ({
  ...record,
  broken,
});

Deno.test("tally() counts how often a claim came out as its text says", () => {
  const [experiment, sum] = tally(new Map([["01", record]]));
  assertEquals([experiment.runs, experiment.agreed, experiment.means], [
    3,
    2,
    [0.025, 0.04, 0.05],
  ]);
  assertEquals([sum.runs, sum.agreed, sum.means], [3, 3, []]);
  assertEquals(seldom([experiment, sum]).map(({ claim }) => claim.id), [
    "gain",
  ]);
});

Deno.test("19 of 20 is enough, 18 is not", () => {
  const of = (agreed: number) => ({
    notebook: "01",
    claim: check("holds"),
    runs: 20,
    agreed,
    means: [],
  });
  assertEquals(seldom([of(19), of(18)]), [of(18)]);
});

Deno.test("page() has a row for each experiment, its figures and no broken cell", () => {
  const text = page(new Map([["01_dnn", record]]));
  assertStringIncludes(
    text,
    "| 01_dnn | B beats A \\| by far | above 0.02 | holds | 2 of 3 | 0.025 / **0.04** / 0.05 |",
  );
  assertStringIncludes(
    text,
    "Checks made beside these: 1; each came out as said in at least 95 % of its runs.",
  );
  // Wilson's interval of 2 of 3, from its formula
  assertStringIncludes(
    text,
    "In all: 2 of 3 outcomes as the text says (95 % interval 20.8 to 93.9 %).",
  );
  assertStringIncludes(text, "Runs: 01_dnn 3 runs.");
  const failed = {
    ...record,
    replications: [{ first: 1, claims: [check("does not hold")] }],
  };
  assertStringIncludes(
    page(new Map([["01_dnn", failed]])),
    '"1 + 1 = 2" (01_dnn, 0 of 1)',
  );
});

Deno.test("page() tells of runs that broke, and of a notebook without any", () => {
  const none: Record = { digest: "d", replications: [] };
  const text = page(
    new Map([["00", broken(record, 4000, 5000)], ["01", none]]),
  );
  assertStringIncludes(text, "Runs: 00 3 runs, and 2 that broke; 01 0 runs.");
  assertStringIncludes(
    page(new Map([["01", none]])),
    "In all: no outcome yet.",
  );
});

Deno.test("docs/replication.md says what is on record of the notebooks as they are", async () => {
  // A changed lecture cell makes its record void: deno task replicate --page
  assertEquals(await Deno.readTextFile(table), page(await readAll()));
});

Deno.test("claimsIn() reads the claims of an executed notebook, of one made twice the last, none that is wrong on purpose", () => {
  const output = (data: object) => ({ output_type: "display_data", data });
  const claim = (outcome: string) => ({
    "text/html": "...",
    "application/vnd.cnn.claim+json": {
      ...found(outcome, 0.1),
      values: { stated: "above 0.02" },
      more: 1,
    },
  });
  const text = JSON.stringify({
    cells: [
      { cell_type: "markdown" },
      {
        cell_type: "code",
        outputs: [output(claim("does not hold")), { output_type: "stream" }],
      },
      {
        cell_type: "code",
        outputs: [output(claim("holds")), output({ "text/plain": "x" })],
      },
      {
        cell_type: "code",
        metadata: { tags: ["wrong-on-purpose"] },
        outputs: [output(claim("too small to tell"))],
      },
    ],
  });
  assertEquals(claimsIn(text), [{ ...found("holds", 0.1) }]);
});

Deno.test("a record is kept while the cells that run are the same", async () => {
  const cell = (source: string, metadata = {}) => ({
    type: "code" as const,
    source,
    metadata,
    id: "a",
    attachments: undefined,
  });
  // deno-lint-ignore no-explicit-any -- only cells matter here
  const sum = (...cells: any[]) => digestOf({ cells } as any);
  const exercise = cell("let x;", { nbgrader: {} });
  const look = cell("await show(a);", { tags: ["look"] });
  assertEquals(sum(cell("a"), exercise, look), sum(cell("a")));
  assertEquals(sum(cell("a")) === sum(cell("b")), false);
  const plan = (above: number, because: string) =>
    sum(cell(`f({ id: "gain", above: ${above}, because: "${because}" })`));
  assertEquals(plan(0.1, "a true reason"), plan(0.1, "another one"));
  assertEquals(plan(0.1, "a reason") === plan(0.2, "a reason"), false);

  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "01.json");
    assertEquals(await readRecord(path, "d"), {
      digest: "d",
      replications: [],
    });
    await writeRecord(path, record);
    assertEquals(await readRecord(path, "d"), record);
    await writeRecord(path, broken(record, 4000));
    assertEquals(await readRecord(path, "d"), broken(record, 4000));
    assertEquals(await readRecord(path, "e"), {
      digest: "e",
      replications: [],
    });
    await Deno.writeTextFile(path, "{");
    await assertRejects(
      () => readRecord(path, "d"),
      Error,
      "is no record of replications",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("replicate refuses what it does not know", () => {
  assertEquals(replicateOptions(["--seeds=3", "01"]).seeds, 3);
  assertThrows(() => replicateOptions(["--seeds=0"]), UsageError, 'found "0"');
  assertThrows(() => replicateOptions(["--seed=3"]), UsageError, "--seed");
});
