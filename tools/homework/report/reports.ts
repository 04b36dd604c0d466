/** Writes the reports of a class into a folder. */
import {
  byStudent,
  type ClassCounts,
  classCsv,
  classJson,
  countClass,
  type Results,
} from "./class_report.ts";
import { feedbackPage } from "./feedback_page.ts";
import { safeFileName } from "../file_names.ts";
import { OwnFolder } from "../../own_folder.ts";

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
 * @param results Those of a student stand together. They are gone through several
 *   times, and one student's at a time are held.
 * @returns What was counted.
 * @throws {OutFolderError} A file that is not a report's, or was changed since.
 */
export async function writeReports(
  out: string,
  results: Results,
  ignored: readonly string[],
): Promise<ClassCounts> {
  const folder = await OwnFolder.open("grade", out);
  const students: string[] = [];
  for await (const [{ student }] of byStudent(results)) students.push(student);
  await folder.checkFree(reportPaths(students));
  const counts = await countClass(results);
  await writeParts(folder, "grades.csv", classCsv(results, counts));
  await writeParts(folder, "grades.json", classJson(results, counts, ignored));
  for await (const own of byStudent(results)) {
    await folder.write(feedbackPath(own[0].student), feedbackPage(own));
  }
  await folder.close();
  return counts;
}

/** Writes a file part by part. */
export async function writeParts(
  folder: OwnFolder,
  path: string,
  parts: AsyncIterable<string>,
): Promise<void> {
  const draft = await folder.draft();
  const encoded = ReadableStream.from(parts).pipeThrough(
    new TextEncoderStream(),
  );
  await Deno.writeFile(draft, encoded);
  await folder.take(draft, path);
}
