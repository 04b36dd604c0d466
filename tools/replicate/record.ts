/** What replications of a notebook gave: one file a notebook, in docs/replication/. */
import { join } from "node:path";
import { readIfThere, sha256, writeWhole } from "../files.ts";
import { hasTag } from "../homework/notebook/exercises.ts";
import type { Notebook } from "../homework/notebook/notebook.ts";
import { SetupError } from "../process.ts";

/** How one claim came out in one replication. */
export interface Outcome {
  id: string;
  statement: string;
  kind: "check" | "experiment";
  outcome: string;
  /** What the text says will come out. */
  expect: string;
  /** Of an experiment: the region that was stated, its figure and the interval. */
  stated?: string;
  mean?: number;
  low?: number;
  high?: number;
}

/** One replication: the number after which its seeds come, and what it found. */
export interface Replication {
  first: number;
  claims: Outcome[];
}

/** All replications of a notebook as it is now. */
export interface Record {
  /** Of the cells that ran: what changes them makes the record out of date. */
  digest: string;
  replications: Replication[];
  /** Numbers after which the seeds came of runs that broke before their end. */
  broken?: number[];
}

/** The MIME type under which a replication's claims leave the notebook. */
const claimType = "application/vnd.cnn.claim+json";

/** The tag of a cell that only shows something: it declares nothing and claims nothing. */
export const onlyLooks = "look";

/**
 * Sum of the lecture's code: exercises run too, and no experiment hangs on them,
 * nor on a cell that only shows something.
 * Texts of several words say something to the reader and nothing to the engine.
 */
export function digestOf({ cells }: Notebook): string {
  const code = cells.filter((cell) =>
    cell.type === "code" && !("nbgrader" in cell.metadata) &&
    !hasTag(cell, onlyLooks)
  );
  const literal = /"(?:[^"\\\n]|\\.)*"/g;
  return sha256(
    JSON.stringify(
      code.map(({ source }) =>
        source.replaceAll(literal, (text) => text.includes(" ") ? '""' : text)
          .replaceAll(/\s+/g, "") // where a text breaks a line, its neighbours move
      ),
    ),
  );
}

/** The tag of a cell whose claim is wrong on purpose, to show how one fails. */
const wrongOnPurpose = "wrong-on-purpose";

/** The claims in an executed notebook, in order; of one made twice the last. */
export function claimsIn(executed: string): Outcome[] {
  const found = new Map<string, Outcome>();
  for (const { outputs = [], metadata } of JSON.parse(executed).cells) {
    if (metadata?.tags?.includes(wrongOnPurpose)) continue;
    for (const { data = {} } of outputs) {
      const claim = data[claimType];
      if (!claim) continue;
      const { id, statement, kind, outcome, expect, mean, low, high } = claim;
      const stated = claim.values.stated;
      found.set(id, {
        id,
        statement,
        kind,
        outcome,
        expect,
        ...kind === "experiment" ? { stated, mean, low, high } : {},
      });
    }
  }
  return [...found.values()];
}

/** Where the record of a notebook lies. */
export const recordPath = (folder: string, name: string): string =>
  join(folder, `${name}.json`);

/**
 * The record of a notebook, an empty one where there is none or it is of other cells.
 *
 * @throws {SetupError} A file that is no record.
 */
export async function readRecord(
  path: string,
  digest: string,
): Promise<Record> {
  const text = await readIfThere(path);
  if (text === undefined) return { digest, replications: [] };
  let record: Record;
  try {
    record = JSON.parse(text);
    if (!Array.isArray(record.replications)) throw new TypeError("no list");
  } catch (error) {
    throw new SetupError(
      `${path} is no record of replications (${
        (error as Error).message
      }): delete it, or take it from git`,
    );
  }
  return record.digest === digest ? record : { digest, replications: [] };
}

/** Writes a record, whole or not at all. */
export async function writeRecord(path: string, record: Record): Promise<void> {
  const lines = record.replications.map((one) => JSON.stringify(one));
  const broken = record.broken
    ? `,"broken":${JSON.stringify(record.broken)}`
    : "";
  await writeWhole(
    path,
    `{"digest":"${record.digest}","replications":[\n${
      lines.join(",\n")
    }\n]${broken}}\n`,
  );
}
