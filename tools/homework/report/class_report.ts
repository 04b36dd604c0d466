/** The class as CSV and JSON. */
import type { SubmissionResult } from "../grade/result.ts";
import { sumPoints } from "../grade/result.ts";

/** One mistake and how many students made it. */
export interface MistakeCount {
  readonly notebook: string;
  readonly exercise: string;
  readonly mistake: string;
  readonly students: number;
}

/** Characters that a cell of a spreadsheet bears. */
const longestField = 32_000;

/**
 * A field of a CSV file. Text that a spreadsheet would take for a formula gets
 * an apostrophe in front.
 *
 * @example
 * ```ts
 * import { csvField } from "cnn/homework";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(csvField("=1+1"), "'=1+1");
 * assertEquals(csvField('say "a, b"'), '"say ""a, b"""');
 * ```
 */
export function csvField(value: string | number): string {
  if (typeof value === "number") return String(value);
  if (value.length > longestField) {
    return csvField(`${value.slice(0, longestField - 20).toWellFormed()} ...`);
  }
  // deno-std's stringify would leave ";" bare, at which some spreadsheets split.
  // With one in front already it gets another: two names never become one.
  const harmless = /^'*\s*[=+\-@|%\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(harmless)
    ? `"${harmless.replaceAll('"', '""')}"`
    : harmless;
}

/** A class that is too large to hold: read again from the start by each loop. */
export type Results =
  | Iterable<SubmissionResult>
  | AsyncIterable<SubmissionResult>;

/** What is counted over a class. */
export interface ClassCounts {
  /** Ids of the exercises, in the order of the notebooks. */
  readonly exercises: readonly string[];
  /** Most frequent first. */
  readonly mistakes: readonly MistakeCount[];
  readonly notebooks: ReadonlyMap<string, NotebookCounts>;
}

/** How many there are of a notebook, and the points of those graded. */
export interface NotebookCounts {
  graded: number;
  unreadable: number;
  missing: number;
  points: number;
  maxPoints: number;
}

/** Counts a class. */
export async function countClass(results: Results): Promise<ClassCounts> {
  const exercises = new Set<string>();
  const mistakes = new Map<string, MistakeCount>();
  const notebooks = new Map<string, NotebookCounts>();
  for await (const result of results) {
    const { notebook, status, points, maxPoints } = result;
    const counts = notebooks.get(notebook) ??
      { graded: 0, unreadable: 0, missing: 0, points: 0, maxPoints };
    counts[status]++;
    if (status === "graded") counts.points += points;
    notebooks.set(notebook, counts);
    for (const { id, mistake } of result.exercises) {
      exercises.add(id);
      if (status !== "graded" || mistake === undefined) continue;
      const key = JSON.stringify([notebook, id, mistake]);
      const students = (mistakes.get(key)?.students ?? 0) + 1;
      mistakes.set(key, { notebook, exercise: id, mistake, students });
    }
  }
  const text = (c: MistakeCount) =>
    JSON.stringify([c.notebook, c.exercise, c.mistake]);
  return {
    exercises: [...exercises],
    mistakes: [...mistakes.values()].sort((a, b) =>
      b.students - a.students || (text(a) < text(b) ? -1 : 1)
    ),
    notebooks,
  };
}

function csvLine(fields: readonly (string | number)[]): string {
  return fields.map(csvField).join(",") + "\n";
}

/** Lines of the class, one a notebook and student; an exercise is a column. */
export async function* classCsv(
  results: Results,
  { exercises }: Pick<ClassCounts, "exercises">,
): AsyncGenerator<string> {
  const head = ["student", "notebook", "status", "points", "max_points"];
  yield csvLine([...head, ...exercises, "mistakes", "notes"]);
  for await (const result of results) {
    const { student, notebook, status, points, maxPoints, notes } = result;
    const given = new Map(
      result.exercises.filter((e) => e.status !== "manual")
        .map((e) => [e.id, e.points]),
    );
    const mistakes = result.exercises.filter((e) => e.mistake !== undefined)
      .map((e) => `${e.id}: ${e.mistake}`).join("; ");
    const columns = exercises.map((id) => given.get(id) ?? "");
    const own = [student, notebook, status, points, maxPoints];
    yield csvLine([...own, ...columns, mistakes, notes.join(" ")]);
  }
}

/** The results of one student after the other; they stand together. */
export async function* byStudent(
  results: Results,
): AsyncGenerator<SubmissionResult[]> {
  let own: SubmissionResult[] = [];
  for await (const result of results) {
    if (own.length > 0 && own[0].student !== result.student) {
      yield own;
      own = [];
    }
    own.push(result);
  }
  if (own.length > 0) yield own;
}

/** The class as JSON: students with their notebooks, mistakes, ignored files. */
export async function* classJson(
  results: Results,
  { mistakes }: Pick<ClassCounts, "mistakes">,
  ignored: readonly string[],
): AsyncGenerator<string> {
  const indented = (value: unknown, by: string) =>
    JSON.stringify(value, null, 2).replaceAll("\n", `\n${by}`);
  yield '{\n  "students": [';
  let between = "\n    ";
  for await (const own of byStudent(results)) {
    yield between + indented(studentJson(own), "    ");
    between = ",\n    ";
  }
  yield between === "\n    " ? "]" : "\n  ]";
  yield `,\n  "mistakes": ${indented(mistakes, "  ")}`;
  yield `,\n  "ignored": ${indented(ignored, "  ")}\n}\n`;
}

function studentJson(own: readonly SubmissionResult[]): unknown {
  return {
    student: own[0].student,
    points: sumPoints(own.map((r) => r.points)),
    maxPoints: sumPoints(own.map((r) => r.maxPoints)),
    notebooks: own.map(({ notebook, status, points, maxPoints, ...rest }) => ({
      notebook,
      status,
      points,
      maxPoints,
      exercises: rest.exercises.map((
        { id, title, points, maxPoints, status, mistake, details },
      ) => ({ id, title, points, maxPoints, status, mistake, details })),
      notes: rest.notes,
    })),
  };
}
