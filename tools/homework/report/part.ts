/**
 * A class graded in parts, on several machines: each writes `part.jsonl`, and the
 * reports are made from all of them.
 */
import { join } from "node:path";
import type { Assignment } from "../notebook/assignment.ts";
import { formatNotebook } from "../notebook/format.ts";
import { isRecord, NotebookError } from "../notebook/notebook.ts";
import type { FoundClass, FoundSubmission } from "../grade/find_submissions.ts";
import type { SubmissionResult } from "../grade/result.ts";
import type { Limits } from "../sandbox/limits.ts";
import { linesOf } from "../../lines.ts";
import { sha256 } from "../../files.ts";
import { OwnFolder } from "../../own_folder.ts";
import { UsageError } from "../../options.ts";
import { writeParts } from "./reports.ts";
import type { Spool } from "./spool.ts";

/** Part `number`, from 1, of `of`. */
export interface Part {
  readonly number: number;
  readonly of: number;
}

/** The first line of a part's file. */
interface Head extends Part {
  /** One number for the class, the notebooks and the limits: equal in all parts. */
  readonly run: string;
  readonly ignored: readonly string[];
}

const fileName = "part.jsonl";

/**
 * Reads "2/8".
 *
 * @throws {UsageError} It is none.
 */
export function readPart(text: string): Part {
  const [, number, of] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(
    Number,
  );
  if (number >= 1 && number <= of) return { number, of };
  throw new UsageError(
    `grade expects --part i/n, such as 2/8 for the second of eight, but found "${text}"`,
  );
}

/** Places in the class of the submissions of a part: students are dealt out in turn. */
export function placesOf(
  submissions: readonly FoundSubmission[],
  part: Part = { number: 1, of: 1 },
): number[] {
  const numbers = new Map<string, number>();
  for (const { student } of submissions) {
    if (!numbers.has(student)) numbers.set(student, numbers.size);
  }
  return [...submissions.keys()].filter((place) =>
    numbers.get(submissions[place].student)! % part.of === part.number - 1
  );
}

/** Writes the file of a part. */
export async function writePart(
  out: string,
  part: Part,
  { version, assignments, found, limits, spool }: {
    /** Of the library that graded. */
    version: string;
    assignments: readonly Assignment[];
    found: FoundClass;
    limits: Limits;
    spool: Spool;
  },
): Promise<void> {
  const run = sha256(JSON.stringify([
    version,
    limits,
    assignments.map(({ name, notebook }) => [name, formatNotebook(notebook)]),
    found.submissions.map(({ student, notebook }) => [student, notebook]),
    found.ignored,
  ]));
  const head: Head = { ...part, run, ignored: found.ignored };
  const folder = await OwnFolder.open("grade", out);
  await writeParts(folder, fileName, lines(head, spool));
  await folder.close();
}

async function* lines(head: Head, spool: Spool): AsyncGenerator<string> {
  yield JSON.stringify(head) + "\n";
  for (const place of spool.places()) {
    const result = await spool.at(place);
    yield JSON.stringify({ place, result }) + "\n";
  }
}

/**
 * Reads the parts of a class into one spool.
 *
 * @returns The files that belong to nobody.
 * @throws {NotebookError} A part is missing, or of another run.
 */
export async function readParts(
  folders: readonly string[],
  spool: Spool,
): Promise<readonly string[]> {
  const heads: Head[] = [];
  for (const folder of folders) {
    const path = join(folder, fileName);
    let head: Head | undefined;
    for await (const line of linesIn(path)) {
      const value: unknown = JSON.parse(line);
      if (head === undefined) {
        head = checkHead(value, path, heads);
        heads.push(head);
      } else {
        const { place, result } = value as {
          place: number;
          result: SubmissionResult;
        };
        await spool.add(place, result);
      }
    }
    if (head === undefined) checkHead(undefined, path, heads);
  }
  const { of, ignored } = heads[0];
  const missing = Array.from({ length: of }, (_, i) => i + 1)
    .filter((number) => !heads.some((head) => head.number === number));
  if (missing.length > 0) {
    throw new NotebookError(
      `merge expects all ${of} parts but found ${heads.length}: part ${
        missing.slice(0, 5).join(", ")
      }${missing.length > 5 ? " and more" : ""} is missing`,
    );
  }
  return ignored;
}

function checkHead(
  value: unknown,
  path: string,
  [first, ...others]: readonly Head[],
): Head {
  if (!isRecord(value) || typeof value.run !== "string") {
    throw new NotebookError(
      `merge expects what grade --part wrote but found something else in ${path}`,
    );
  }
  const head = value as unknown as Head;
  if (first === undefined) return head;
  if (head.run !== first.run || head.of !== first.of) {
    throw new NotebookError(
      `merge expects parts of one run but ${path} is of another: the class, the notebooks, the limits and the number of parts must be the same`,
    );
  }
  if ([first, ...others].some(({ number }) => number === head.number)) {
    throw new NotebookError(
      `merge expects each part once but found part ${head.number} again in ${path}: leave one out`,
    );
  }
  return head;
}

async function* linesIn(path: string): AsyncGenerator<string> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new NotebookError(
      `merge expects folders that grade --part wrote but found no ${path}`,
      { cause: error },
    );
  }
  yield* linesOf(file.readable);
}
