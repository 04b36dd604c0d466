/** What students submitted, in the layout of nbgrader's course folder. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  findSubmissions,
  type FoundClass,
  type FoundSubmission,
  twinsNoted,
  whyUnread,
} from "../grade/find_submissions.ts";
import { readSubmission, sumOf } from "../grade/read_submission.ts";
import { hidden, sortedEntries } from "../grade/what_lies_there.ts";
import { textOf } from "../notebook/notebook.ts";
import { infoOf } from "../../files.ts";

/**
 * What nbgrader puts beside a submission: when it came, and the word by which
 * nobody but its student gets the feedback.
 */
const ownFiles = ["timestamp.txt", "submission_secret.txt"];

/** One student's submission, and nbgrader's own files by name. */
export interface Submitted extends FoundClass {
  readonly own: ReadonlyMap<string, string>;
}

/** A class, and nbgrader's own files of each student. */
export interface SubmittedClass extends FoundClass {
  readonly own: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Where what a class submitted lies. */
interface Place {
  /** nbgrader's `submitted/`. */
  readonly folder: string;
  readonly assignment: string;
  /** The assignment's notebooks. */
  readonly names: readonly string[];
}

/** Finds `<student>/<assignment>/<notebook>.ipynb`. */
export async function findSubmitted(place: Place): Promise<SubmittedClass> {
  const submissions: FoundSubmission[] = [];
  const ignored: string[] = [];
  const own = new Map<string, ReadonlyMap<string, string>>();
  const entries = await sortedEntries(place.folder);
  for (const { name: student, isDirectory, isSymlink } of entries) {
    if (hidden.test(student)) continue;
    if (isSymlink) {
      ignored.push(`${student}: a symbolic link, which is not followed`);
      continue;
    }
    if (!isDirectory) {
      ignored.push(`${student}: lies in no student's folder`);
      continue;
    }
    const one = await findOne(place, student);
    submissions.push(...one.submissions);
    ignored.push(...one.ignored);
    own.set(student, one.own);
  }
  return { submissions: twinsNoted(submissions), ignored, own };
}

async function findOne(
  { folder, assignment, names }: Place,
  student: string,
): Promise<Submitted> {
  // The student's folder holds assignments as that of a class holds students.
  const found = await findSubmissions(join(folder, student), names)
    .catch(whyUnread);
  if (typeof found === "string") {
    const ignored = [`${student}: ${found}`];
    return { submissions: [], ignored, own: new Map() };
  }
  const submissions = found.submissions
    .filter((one) => one.student === assignment)
    .map((one) => ({ ...one, student }));
  const ignored = found.ignored
    .filter((line) =>
      line.startsWith(`${assignment}/`) &&
      !ownFiles.some((name) => line.startsWith(`${assignment}/${name}:`))
    )
    .map((line) => `${student}/${line}`);
  const own = new Map<string, string>();
  for (const name of ownFiles) {
    const path = join(folder, student, assignment, name);
    const info = await infoOf(path);
    // A line; what a student put there instead is none.
    if (!info?.isFile || info.size > 200) continue;
    const bytes = await readSubmission(path);
    if (typeof bytes !== "string") own.set(name, textOf(bytes));
  }
  return { submissions, ignored, own };
}

/**
 * What is to be read of a student's submission, by its place in the class; undefined
 * where it is no longer what was graded, because it was collected anew.
 *
 * @param sums Of what was graded, by place.
 */
export async function readAgain(
  place: Place,
  { submissions, own }: SubmittedClass,
  student: string,
  sums: ReadonlyMap<number, string>,
): Promise<Map<number, Uint8Array | string> | undefined> {
  const read = new Map<number, Uint8Array | string>();
  for (
    const [index, { student: whose, path, entry }] of submissions.entries()
  ) {
    if (whose !== student || path === undefined) continue;
    const bytes = await readSubmission(path, entry);
    if (sumOf(bytes) !== sums.get(index)) return undefined;
    read.set(index, bytes);
  }
  // Last, because who collects writes the time beside a file that is already there.
  const now = await findOne(place, student);
  const before = submissions.filter((one) => one.student === student);
  const places = (found: readonly FoundSubmission[]) =>
    found.map(({ notes: _, ...place }) => place); // notes look at others as well
  const same = isDeepStrictEqual(places(now.submissions), places(before)) &&
    isDeepStrictEqual(now.own, own.get(student));
  return same ? read : undefined;
}
