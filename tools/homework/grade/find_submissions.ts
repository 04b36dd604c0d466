/**
 * Looks through a folder of submissions without following anything out of it.
 */
import { join } from "node:path";
import { largestNotebook } from "../notebook/notebook.ts";
import { sha256 } from "../../files.ts";
import { notebookOf } from "./submission_name.ts";
import { readSubmission } from "./read_submission.ts";
import { listZip, type ZipEntry } from "./zip_entries.ts";
import {
  ending,
  hidden,
  leftBehind,
  sortedEntries,
  stemOf,
  whatLiesThere,
} from "./what_lies_there.ts";

/** A notebook that a student handed in, or why there is none to read. */
export interface FoundSubmission {
  readonly student: string;
  readonly notebook: string;
  /** The file to grade, or the archive that it is in. */
  readonly path?: string;
  readonly entry?: ZipEntry;
  /** Why there is no file to grade; "missing" where nothing was handed in. */
  readonly problem?: { status: "missing" | "unreadable"; text: string };
  readonly notes: readonly string[];
}

/** What lies in the folder. */
export interface FoundClass {
  readonly submissions: readonly FoundSubmission[];
  /** Files that belong to no student or no assignment, each with the reason. */
  readonly ignored: readonly string[];
}

interface NotebookFile {
  /** Path below the student's folder. */
  readonly name: string;
  /** The notebook that it is, by its name. */
  readonly notebook?: string;
  /** It bears just that name. */
  readonly exact: boolean;
  readonly path: string;
  readonly isFile: boolean;
  /** Where it stands in a zip file, which is then `path`. */
  readonly entry?: ZipEntry;
}

/**
 * Finds `<student>/<notebook>.ipynb`, also below `<student>/notebooks/`.
 *
 * @param folder The folder of the class.
 * @param names Names of the assignments, without ".ipynb".
 * @param known Names of all notebooks that there are: what belongs to one of
 *   the others is none of these.
 */
export async function findSubmissions(
  folder: string,
  names: readonly string[],
  known: readonly string[] = names,
): Promise<FoundClass> {
  const all = [...new Set([...names, ...known])];
  const submissions: FoundSubmission[] = [];
  const ignored: string[] = [];
  for (const { name: student, ...entry } of await sortedEntries(folder)) {
    if (hidden.test(student)) {
      if (!leftBehind.test(student)) {
        ignored.push(
          `${student}: a hidden ${entry.isDirectory ? "folder" : "file"}`,
        );
      }
      continue;
    }
    if (entry.isSymlink) {
      const text =
        "The folder is a symbolic link, which is not followed: hand in the folder itself";
      submissions.push(
        ...names.map((notebook) =>
          unfit(student, notebook, "unreadable", text)
        ),
      );
    } else if (!entry.isDirectory) {
      ignored.push(`${student}: lies in no student's folder`);
    } else {
      const files = await notebookFiles(folder, student, all)
        .catch(whyUnread);
      if (typeof files === "string") {
        submissions.push(
          ...names.map((notebook) =>
            unfit(student, notebook, "unreadable", files)
          ),
        );
        continue;
      }
      for (const { notebook, name } of files) {
        if (notebook !== undefined && names.includes(notebook)) continue;
        const why = notebook === undefined
          ? "no assignment has this name"
          : `belongs to ${notebook}, which is not graded now`;
        ignored.push(`${student}/${name}: ${why}`);
      }
      const others = await otherFiles(join(folder, student), all, files);
      if (others !== undefined) ignored.push(`${student}: ${others}`);
      for (const notebook of names) {
        submissions.push(
          await choose(student, notebook, files) ??
            await missing(folder, { student, notebook, known: all }),
        );
      }
    }
  }
  return { submissions: twinsNoted(submissions), ignored };
}

/** The same, with a note on names that look alike: a table cannot tell them apart. */
export function twinsNoted(
  submissions: readonly FoundSubmission[],
): FoundSubmission[] {
  const alike = Map.groupBy(
    new Set(submissions.map(({ student }) => student)),
    (student) => student.normalize("NFKC").toLowerCase(),
  );
  return submissions.map((found) => {
    const { length } = alike.get(
      found.student.normalize("NFKC").toLowerCase(),
    )!;
    return length === 1 ? found : {
      ...found,
      notes: [
        ...found.notes,
        `${length} folders have names that look like "${found.student}": which is whose, the folders tell.`,
      ],
    };
  });
}

/** Why a student's folder cannot be read, where that is no fault of ours. */
export function whyUnread(error: unknown): string {
  if (error instanceof Deno.errors.PermissionDenied) {
    return "The folder, or one in it, may not be read: its permissions forbid it";
  }
  if (error instanceof Deno.errors.NotFound) {
    return "The folder cannot be opened: it is gone, or a name in it is no UTF-8, which archives of other systems leave behind";
  }
  throw error;
}

/** Names of assignments for which somebody handed something in. */
export async function handedIn(
  folder: string,
  names: readonly string[],
  known: readonly string[] = names,
): Promise<string[]> {
  const all = [...new Set([...names, ...known])];
  const found = new Set<string | undefined>();
  for (const { name, isDirectory } of await shownEntries(folder)) {
    if (!isDirectory) continue;
    const files = await notebookFiles(folder, name, all).catch(whyUnread);
    if (typeof files === "string") continue;
    for (const { notebook } of files) found.add(notebook);
  }
  return names.filter((name) => found.has(name)).sort();
}

/** What lies in the first student's folder where nobody handed in a notebook. */
export async function insteadOf(
  folder: string,
  [notebook, ...others]: readonly string[],
): Promise<string | undefined> {
  const entries = await shownEntries(folder);
  const student = entries.find(({ isDirectory }) => isDirectory)?.name;
  if (student === undefined || notebook === undefined) return undefined;
  const known = [notebook, ...others];
  const { problem } = await missing(folder, { student, notebook, known });
  return `${student}: ${problem!.text}`;
}

/** What is in a folder beside what systems and editors leave there. */
async function shownEntries(folder: string): Promise<Deno.DirEntry[]> {
  const entries = await sortedEntries(folder);
  return entries.filter(({ name }) => !hidden.test(name));
}

/** A submission without a file to grade. */
function unfit(
  student: string,
  notebook: string,
  status: "missing" | "unreadable",
  text: string,
  notes: readonly string[] = [],
): FoundSubmission {
  return { student, notebook, problem: { status, text }, notes };
}

async function missing(
  folder: string,
  about: { student: string; notebook: string; known: readonly string[] },
): Promise<FoundSubmission> {
  const { student, notebook } = about;
  const found = await whatLiesThere(join(folder, student), about)
    .catch((error) => `what lies there cannot be read. ${whyUnread(error)}`);
  const text = `No file ${notebook}.ipynb was handed in: ${found}`;
  return unfit(student, notebook, "missing", text);
}

async function notebookFiles(
  folderOfClass: string,
  student: string,
  known: readonly string[],
): Promise<NotebookFile[]> {
  const folder = join(folderOfClass, student);
  const files: NotebookFile[] = [];
  const look = async (below: string): Promise<void> => {
    for (const entry of await shownEntries(join(folder, below))) {
      const name = `${below}${entry.name}`;
      if (!ending.test(entry.name) || entry.isDirectory) continue;
      const stem = stemOf(entry.name);
      const notebook = notebookOf(stem, known, student);
      files.push({
        name,
        notebook,
        exact: stem === notebook,
        path: join(folder, name),
        isFile: entry.isFile,
      });
    }
  };
  await look("");
  for (const below of await foldersToLook(folder, known)) await look(below);
  const found = new Set(files.map(({ notebook }) => notebook));
  const zipped = await inArchives(folder, known, student);
  return [
    ...files,
    ...zipped.filter(({ notebook }) => !found.has(notebook)),
  ];
}

/** What else lies in a student's folder, in one line; undefined for nothing. */
async function otherFiles(
  folder: string,
  known: readonly string[],
  files: readonly NotebookFile[],
): Promise<string | undefined> {
  if (files.length === 0) return undefined; // then its row says what lies there
  const looked = new Set(await foldersToLook(folder, known));
  const used = new Set(files.map(({ path }) => path));
  const others = (await shownEntries(folder)).filter((entry) =>
    !used.has(join(folder, entry.name)) &&
    !(entry.isDirectory && looked.has(`${entry.name}/`))
  ).map(({ name, isDirectory }) => `"${name}${isDirectory ? "/" : ""}"`);
  if (others.length === 0) return undefined;
  const more = others.length > 5 ? ` and ${others.length - 5} more` : "";
  return `no notebook that is looked for: ${
    others.slice(0, 5).join(", ")
  }${more}`;
}

/** Notebooks in the zip files of a student's folder, where they are looked for. */
async function inArchives(
  folder: string,
  known: readonly string[],
  student: string,
): Promise<NotebookFile[]> {
  const files: NotebookFile[] = [];
  for (const { name: zip, isFile } of await shownEntries(folder)) {
    if (!isFile || !/\.zip$/i.test(zip)) continue;
    const path = join(folder, zip);
    const { size } = await Deno.lstat(path);
    if (size > largestNotebook) continue;
    const entries = listZip(await Deno.readFile(path));
    if (typeof entries === "string") continue; // told by what lies there
    for (const entry of entries) {
      const at = entry.name.lastIndexOf("/") + 1;
      const [below, file] = [entry.name.slice(0, at), entry.name.slice(at)];
      if (!ending.test(file) || hidden.test(file)) continue;
      if (!isLookedFor(below, known) && entry.problem === undefined) continue;
      const stem = stemOf(file);
      const notebook = notebookOf(stem, known, student);
      files.push({
        name: `${zip}/${entry.name}`,
        notebook,
        exact: stem === notebook,
        path,
        isFile: true,
        entry,
      });
    }
  }
  return files;
}

/** "", "notebooks/", "hw1/", "hw1/notebooks/". */
function isLookedFor(below: string, known: readonly string[]): boolean {
  const [first, ...rest] = below.split("/").slice(0, -1);
  if (first === undefined) return true;
  if (rest.length === 0 && first === "notebooks") return true;
  if (!known.includes(first) && first !== release) return false;
  return rest.length === 0 || rest.length === 1 && rest[0] === "notebooks";
}

/** The folder in the zip of a release of several notebooks. */
const release = "homework";

/** `notebooks/`, and what our own zip unpacks to: `hw1/` and `hw1/notebooks/`. */
async function foldersToLook(
  folder: string,
  known: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { name, isDirectory } of await sortedEntries(folder)) {
    if (!isDirectory) continue;
    const own = known.includes(name) || name === release;
    if (!own && name !== "notebooks") continue;
    found.push(`${name}/`);
    if (!own) continue;
    const inner = await sortedEntries(join(folder, name));
    if (inner.some((e) => e.name === "notebooks" && e.isDirectory)) {
      found.push(`${name}/notebooks/`);
    }
  }
  return found;
}

async function choose(
  student: string,
  notebook: string,
  files: readonly NotebookFile[],
): Promise<FoundSubmission | undefined> {
  const all = files.filter((file) => file.notebook === notebook);
  const exact = all.filter((file) => file.exact);
  const candidates = exact.length > 0 ? exact : all;
  const others = all.filter((file) => !candidates.includes(file));
  if (candidates.length === 0) return undefined;
  const notes = others.map(({ name }) =>
    `Beside it lies "${name}", which was not graded.`
  );
  const problem = (text: string) =>
    unfit(student, notebook, "unreadable", text, notes);
  const links = candidates.filter(({ isFile }) => !isFile);
  if (links.length > 0) {
    return problem(
      `"${
        links[0].name
      }" is a symbolic link or no file, which is not followed: hand in the file itself`,
    );
  }
  if (candidates.length > 1 && !await sameContent(candidates)) {
    const found = candidates.map(({ name }) => `"${name}"`).join(" and ");
    return problem(
      `There are different files for one assignment, ${found}: leave the one that counts`,
    );
  }
  const [file] = candidates;
  if (!file.exact) {
    notes.unshift(
      `The file is called "${file.name}", not "${notebook}.ipynb".`,
    );
  }
  const { path, entry } = file;
  return { student, notebook, path, ...(entry && { entry }), notes };
}

async function sameContent(files: readonly NotebookFile[]): Promise<boolean> {
  const sizes = await Promise.all(
    files.map(async ({ path, entry }) =>
      entry?.size ?? (await Deno.lstat(path)).size
    ),
  );
  if (sizes.some((size) => size !== sizes[0])) return false;
  if (sizes[0] > largestNotebook) return false;
  const sums = new Set<string>();
  // One after the other: a dozen copies of a large file are not held at once.
  for (const { path, entry } of files) {
    const bytes = await readSubmission(path, entry);
    if (typeof bytes === "string") return false;
    sums.add(sha256(bytes));
  }
  return sums.size === 1;
}
