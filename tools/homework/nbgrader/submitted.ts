/** What students submitted, in the layout of nbgrader's course folder. */
import { join } from "node:path";
import { findSubmissions, type FoundClass } from "../grade/find_submissions.ts";
import { hidden, sortedEntries } from "../grade/what_lies_there.ts";
import { infoOf } from "../../files.ts";

/**
 * What nbgrader puts beside a submission: when it came, and the word by which
 * nobody but its student gets the feedback.
 */
const ownFiles = ["timestamp.txt", "submission_secret.txt"];

/** A class, and nbgrader's own files by name, of each student. */
export interface SubmittedClass extends FoundClass {
  readonly own: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/**
 * Finds `<student>/<assignment>/<notebook>.ipynb`.
 */
export async function findSubmitted(
  folder: string,
  assignment: string,
  names: readonly string[],
): Promise<SubmittedClass> {
  const submissions: FoundClass["submissions"][number][] = [];
  const ignored: string[] = [];
  const own = new Map<string, Map<string, string>>();
  for (const { name: student, isDirectory } of await sortedEntries(folder)) {
    if (hidden.test(student)) continue;
    if (!isDirectory) {
      ignored.push(`${student}: lies in no student's folder`);
      continue;
    }
    // The student's folder holds assignments as that of a class holds students.
    const found = await findSubmissions(join(folder, student), names);
    for (const one of found.submissions) {
      if (one.student === assignment) submissions.push({ ...one, student });
    }
    for (const line of found.ignored) {
      if (!line.startsWith(`${assignment}/`)) continue;
      if (ownFiles.some((name) => line.startsWith(`${assignment}/${name}:`))) {
        continue;
      }
      ignored.push(`${student}/${line}`);
    }
    const files = new Map<string, string>();
    for (const name of ownFiles) {
      const path = join(folder, student, assignment, name);
      const info = await infoOf(path);
      // A line; what a student put there instead is none.
      if (!info?.isFile || info.size > 200) continue;
      files.set(name, await Deno.readTextFile(path));
    }
    own.set(student, files);
  }
  return { submissions, ignored, own };
}
