/**
 * Looks through a folder of submissions without following anything out of it.
 *
 * @module
 */
import { largestNotebook } from "./notebook.ts";
import { join } from "./root.ts";

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
  readonly stem: string;
  readonly path: string;
  readonly isFile: boolean;
}

/** Names that systems and editors leave behind. */
const hidden = /^(\.|__MACOSX$|~|Thumbs\.db$)/i;

/**
 * Finds `<student>/<notebook>.ipynb`, also below `<student>/notebooks/`.
 *
 * @param folder The folder of the class.
 * @param names Names of the assignments, without ".ipynb".
 */
export async function findSubmissions(
  folder: string,
  names: readonly string[],
): Promise<FoundClass> {
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
      const files = await notebookFiles(join(folder, student));
      for (const { stem, name } of files) {
        if (names.some((notebook) => belongs(stem, notebook))) continue;
        ignored.push(`${student}/${name}: no assignment has this name`);
      }
      for (const notebook of names) {
        submissions.push(await choose(student, notebook, files));
      }
    }
  }
  return { submissions, ignored };
}

/** Names of assignments for which somebody handed something in. */
export async function handedIn(
  folder: string,
  names: readonly string[],
): Promise<string[]> {
  const found = new Set<string>();
  for (const entry of await sortedEntries(folder)) {
    if (!entry.isDirectory || hidden.test(entry.name)) continue;
    for (const { stem } of await notebookFiles(join(folder, entry.name))) {
      for (const name of names) if (belongs(stem, name)) found.add(name);
    }
  }
  return [...found].sort();
}

async function sortedEntries(folder: string): Promise<Deno.DirEntry[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.sort((a, b) => a.name < b.name ? -1 : 1);
}

async function notebookFiles(folder: string): Promise<NotebookFile[]> {
  const files: NotebookFile[] = [];
  const look = async (below: string): Promise<void> => {
    for (const entry of await sortedEntries(join(folder, below))) {
      const name = `${below}${entry.name}`;
      if (hidden.test(entry.name) || !/\.ipynb$/i.test(entry.name)) continue;
      if (entry.isDirectory) continue;
      const stem = entry.name.replace(/\.ipynb$/i, "");
      files.push({
        name,
        stem,
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

/** "02_convolution-Copy1" and "kim 02_convolution (2)" belong to 02_convolution. */
function belongs(stem: string, notebook: string): boolean {
  return stem.toLowerCase().includes(notebook.toLowerCase());
}

async function choose(
  student: string,
  notebook: string,
  files: readonly NotebookFile[],
): Promise<FoundSubmission> {
  const all = files.filter(({ stem }) => belongs(stem, notebook));
  const exact = all.filter(({ stem }) => stem === notebook);
  const candidates = exact.length > 0 ? exact : all;
  const others = all.filter((file) => !candidates.includes(file));
  const base = { student, notebook };
  if (candidates.length === 0) {
    const text = `No file ${notebook}.ipynb was handed in`;
    return { ...base, problem: { status: "missing", text }, notes: [] };
  }
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
  if (file.stem !== notebook) {
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
