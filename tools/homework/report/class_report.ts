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
  const harmless = /^\s*[=+\-@|%\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(harmless)
    ? `"${harmless.replaceAll('"', '""')}"`
    : harmless;
}

/** Lines of the class, one a notebook and student; an exercise is a column. */
export function classCsv(results: readonly SubmissionResult[]): string {
  const ids = [
    ...new Set(results.flatMap((r) => r.exercises.map((e) => e.id))),
  ];
  const head = ["student", "notebook", "status", "points", "max_points"];
  const rows = results.map((result) => {
    const { student, notebook, status, points, maxPoints, notes } = result;
    const given = new Map(
      result.exercises.filter((e) => e.status !== "manual")
        .map((e) => [e.id, e.points]),
    );
    const mistakes = result.exercises.filter((e) => e.mistake !== undefined)
      .map((e) => `${e.id}: ${e.mistake}`).join("; ");
    const columns = ids.map((id) => given.get(id) ?? "");
    const own = [student, notebook, status, points, maxPoints];
    return [...own, ...columns, mistakes, notes.join(" ")];
  });
  const lines = [[...head, ...ids, "mistakes", "notes"], ...rows];
  return lines.map((row) => row.map(csvField).join(",") + "\n").join("");
}

/** How often each mistake was made, most frequent first. */
export function countMistakes(
  results: readonly SubmissionResult[],
): MistakeCount[] {
  const counts = new Map<string, MistakeCount>();
  for (const { notebook, exercises, status } of results) {
    if (status !== "graded") continue;
    for (const { id, mistake } of exercises) {
      if (mistake === undefined) continue;
      const key = JSON.stringify([notebook, id, mistake]);
      const students = (counts.get(key)?.students ?? 0) + 1;
      counts.set(key, { notebook, exercise: id, mistake, students });
    }
  }
  const text = (c: MistakeCount) =>
    JSON.stringify([c.notebook, c.exercise, c.mistake]);
  return [...counts.values()].sort((a, b) =>
    b.students - a.students || (text(a) < text(b) ? -1 : 1)
  );
}

/** The class as JSON: students with their notebooks, mistakes, ignored files. */
export function classJson(
  results: readonly SubmissionResult[],
  ignored: readonly string[],
): string {
  const students = Map.groupBy(results, ({ student }) => student);
  const report = {
    students: [...students].map(([student, own]) => ({
      student,
      points: sumPoints(own.map((r) => r.points)),
      maxPoints: sumPoints(own.map((r) => r.maxPoints)),
      notebooks: own.map((
        { notebook, status, points, maxPoints, ...rest },
      ) => ({
        notebook,
        status,
        points,
        maxPoints,
        exercises: rest.exercises.map((
          { id, title, points, maxPoints, status, mistake, details },
        ) => ({ id, title, points, maxPoints, status, mistake, details })),
        notes: rest.notes,
      })),
    })),
    mistakes: countMistakes(results),
    ignored,
  };
  return JSON.stringify(report, null, 2) + "\n";
}
