/**
 * Writes the reports of a class into a folder.
 *
 * @module
 */
import { classCsv, classJson } from "./class_report.ts";
import { feedbackPage } from "./feedback_page.ts";
import { safeFileName, writeWhole } from "./file_names.ts";
import type { SubmissionResult } from "./result.ts";
import { join } from "./root.ts";

/** Writes grades.csv, grades.json and feedback/<student>.html. */
export async function writeReports(
  out: string,
  results: readonly SubmissionResult[],
  ignored: readonly string[],
): Promise<void> {
  await Deno.mkdir(join(out, "feedback"), { recursive: true });
  await writeWhole(join(out, "grades.csv"), classCsv(results));
  await writeWhole(join(out, "grades.json"), classJson(results, ignored));
  const students = Map.groupBy(results, ({ student }) => student);
  for (const [student, own] of students) {
    const name = `${safeFileName(student)}.html`;
    await writeWhole(join(out, "feedback", name), feedbackPage(own));
  }
}
