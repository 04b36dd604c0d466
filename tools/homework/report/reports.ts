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
import { sha256 } from "../../files.ts";
import { OwnFolder } from "../../own_folder.ts";

/**
 * The files of the students' feedback, below the reports' folder. Names that some
 * system takes for one, such as `Kim` and `kim`, get a number of their own.
 */
function feedbackPaths(students: Iterable<string>): Map<string, string> {
  const names = [...new Set(students)].map((student) =>
    [student, safeFileName(student)] as const
  );
  const alike = Map.groupBy(
    names,
    ([, name]) => name.normalize("NFC").toLowerCase(),
  );
  return new Map(
    [...alike.values()].flatMap((own) =>
      own.map(([student, name]) => {
        const number = own.length > 1 ? `-${sha256(student).slice(0, 8)}` : "";
        return [student, `feedback/${name}${number}.html`] as const;
      })
    ),
  );
}

/** Paths that the reports of these students have below their folder. */
export function reportPaths(students: Iterable<string>): string[] {
  return ["grades.csv", "grades.json", ...feedbackPaths(students).values()];
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
  const pages = feedbackPaths(students);
  for await (const own of byStudent(results)) {
    await folder.write(pages.get(own[0].student)!, feedbackPage(own));
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
