/** Writes the reports of a class into a folder. */
import { classCsv, classJson } from "./class_report.ts";
import { feedbackPage } from "./feedback_page.ts";
import { safeFileName } from "../file_names.ts";
import { OwnFolder } from "../../own_folder.ts";
import type { SubmissionResult } from "../grade/result.ts";

/** The file of a student's feedback, below the reports' folder. */
function feedbackPath(student: string): string {
  return `feedback/${safeFileName(student)}.html`;
}

/** Paths that the reports of these students have below their folder. */
export function reportPaths(students: Iterable<string>): string[] {
  const pages = [...new Set(students)].map(feedbackPath);
  return ["grades.csv", "grades.json", ...pages];
}

/**
 * Writes grades.csv, grades.json and feedback/<student>.html.
 *
 * @throws {OutFolderError} A file that is not a report's, or was changed since.
 */
export async function writeReports(
  out: string,
  results: readonly SubmissionResult[],
  ignored: readonly string[],
): Promise<void> {
  const folder = await OwnFolder.open("grade", out);
  await folder.checkFree(reportPaths(results.map(({ student }) => student)));
  await folder.write("grades.csv", classCsv(results));
  await folder.write("grades.json", classJson(results, ignored));
  const students = Map.groupBy(results, ({ student }) => student);
  for (const [student, own] of students) {
    await folder.write(feedbackPath(student), feedbackPage(own));
  }
  await folder.close();
}
