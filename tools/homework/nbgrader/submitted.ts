/** What students submitted, in the layout of nbgrader's course folder. */
import { join } from "node:path";
import { findSubmissions, type FoundClass } from "../grade/find_submissions.ts";
import { hidden, sortedEntries } from "../grade/what_lies_there.ts";
import { infoOf } from "../../files.ts";

/** A class, and when each student submitted as the file beside it says. */
export interface SubmittedClass extends FoundClass {
  readonly timestamps: ReadonlyMap<string, string>;
}

/**
 * Finds `<student>/<assignment>/<notebook>.ipynb`.
 *
 * @param only Students to look at; all unless told.
 */
export async function findSubmitted(
  folder: string,
  assignment: string,
  names: readonly string[],
  only?: ReadonlySet<string>,
): Promise<SubmittedClass> {
  const submissions: FoundClass["submissions"][number][] = [];
  const ignored: string[] = [];
  const timestamps = new Map<string, string>();
  for (const { name: student, isDirectory } of await sortedEntries(folder)) {
    if (hidden.test(student) || (only && !only.has(student))) continue;
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
      if (line.startsWith(`${assignment}/timestamp.txt:`)) continue;
      ignored.push(`${student}/${line}`);
    }
    const stamp = join(folder, student, assignment, "timestamp.txt");
    const info = await infoOf(stamp);
    // nbgrader's own file, a line; what a student put there instead is none.
    if (info?.isFile && info.size < 200) {
      timestamps.set(student, await Deno.readTextFile(stamp));
    }
  }
  return { submissions, ignored, timestamps };
}
