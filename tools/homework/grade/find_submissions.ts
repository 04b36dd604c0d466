/**
 * Looks through a folder of submissions without following anything out of it.
 *
 * @module
 */
import { join } from "node:path";
import { largestNotebook } from "../notebook/notebook.ts";
import { notebookOf } from "./submission_name.ts";
import { hidden, sortedEntries, whatLiesThere } from "./what_lies_there.ts";

/** A notebook that a student handed in, or why there is none to read. */
export interface FoundSubmission {
  readonly student: string;
  readonly notebook: string;
  /** The file to grade. */
  readonly path?: string;
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
  for (const entry of await sortedEntries(folder)) {
    const student = entry.name;
    if (hidden.test(student)) continue;
    if (entry.isSymlink) {
      const text =
        "The folder is a symbolic link, which is not followed: hand in the folder itself";
      submissions.push(
        ...names.map((notebook) =>
          ({
            student,
            notebook,
            problem: { status: "unreadable", text },
            notes: [],
          }) as const
        ),
      );
    } else if (!entry.isDirectory) {
      ignored.push(`${student}: lies in no student's folder`);
    } else {
      const files = await notebookFiles(folder, student, all);
      for (const { notebook, name } of files) {
        if (notebook !== undefined && names.includes(notebook)) continue;
        const why = notebook === undefined
          ? "no assignment has this name"
          : `belongs to ${notebook}, which is not graded now`;
        ignored.push(`${student}/${name}: ${why}`);
      }
      for (const notebook of names) {
        submissions.push(
          await choose(student, notebook, files) ??
            await missing(folder, { student, notebook, known: all }),
        );
      }
    }
  }
  return { submissions, ignored };
}

/** Names of assignments for which somebody handed something in. */
export async function handedIn(
  folder: string,
  names: readonly string[],
  known: readonly string[] = names,
): Promise<string[]> {
  const all = [...new Set([...names, ...known])];
  const found = new Set<string>();
  for (const { name, isDirectory } of await sortedEntries(folder)) {
    if (!isDirectory || hidden.test(name)) continue;
    for (const { notebook } of await notebookFiles(folder, name, all)) {
      if (notebook !== undefined) found.add(notebook);
    }
  }
  return names.filter((name) => found.has(name)).sort();
}

/** What lies in the first student's folder where nobody handed in a notebook. */
export async function insteadOf(
  folder: string,
  names: readonly string[],
): Promise<string | undefined> {
  for (const { name, isDirectory } of await sortedEntries(folder)) {
    if (!isDirectory || hidden.test(name) || names.length === 0) continue;
    const { problem } = await missing(folder, {
      student: name,
      notebook: names[0],
      known: names,
    });
    return `${name}: ${problem!.text}`;
  }
}

async function missing(
  folder: string,
  about: { student: string; notebook: string; known: readonly string[] },
): Promise<FoundSubmission> {
  const { student, notebook } = about;
  const found = await whatLiesThere(join(folder, student), about);
  const text = `No file ${notebook}.ipynb was handed in: ${found}`;
  return {
    student,
    notebook,
    problem: { status: "missing", text },
    notes: [],
  };
}

async function notebookFiles(
  folderOfClass: string,
  student: string,
  known: readonly string[],
): Promise<NotebookFile[]> {
  const folder = join(folderOfClass, student);
  const files: NotebookFile[] = [];
  const look = async (below: string): Promise<void> => {
    for (const entry of await sortedEntries(join(folder, below))) {
      const name = `${below}${entry.name}`;
      if (hidden.test(entry.name) || !/\.ipynb$/i.test(entry.name)) continue;
      if (entry.isDirectory) continue;
      const stem = entry.name.replace(/(\.ipynb)+$/i, "");
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
  const entries = await sortedEntries(folder);
  if (entries.some((e) => e.name === "notebooks" && e.isDirectory)) {
    await look("notebooks/");
  }
  return files;
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
  const base = { student, notebook };
  if (candidates.length === 0) return undefined;
  const notes = others.map(({ name }) =>
    `Beside it lies "${name}", which was not graded.`
  );
  const problem = (text: string): FoundSubmission => ({
    ...base,
    problem: { status: "unreadable", text },
    notes,
  });
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
  return { ...base, path: file.path, notes };
}

async function sameContent(files: readonly NotebookFile[]): Promise<boolean> {
  const sizes = await Promise.all(files.map(({ path }) => Deno.lstat(path)));
  if (sizes.some(({ size }) => size !== sizes[0].size)) return false;
  if (sizes[0].size > largestNotebook) return false;
  const [first, ...rest] = await Promise.all(
    files.map(({ path }) => Deno.readFile(path)),
  );
  return rest.every((bytes) => bytes.every((byte, i) => byte === first[i]));
}
