/** Where a notebook is missing: what lies in the student's folder instead. */
import { join } from "node:path";
import { notebookOf } from "./submission_name.ts";

/** As far as we look: enough for what people pack, too little to get lost in. */
const deepest = 5;
const mostEntries = 500;

/** Names that systems and editors leave behind. */
export const hidden = /^(\.|__MACOSX$|~|Thumbs\.db$)/i;

/** Of these, what a system writes by itself and nobody hands in. */
export const leftBehind = /^(\.DS_Store|\._.*|Thumbs\.db)$/i;

/** How the name of a notebook's file ends. */
export const ending = /\.ipynb$/i;

/** The name without it, also where it stands twice. */
export function stemOf(name: string): string {
  return name.replace(/(\.ipynb)+$/i, "");
}

interface Seen {
  /** Path below the student's folder. */
  readonly path: string;
  readonly name: string;
  readonly isSymlink: boolean;
}

/** Kinds of files, the most telling first, and what is to be done about them. */
const kinds: readonly [
  fits: (file: Seen, isWanted: (stem: string) => boolean) => boolean,
  remedy: (wanted: string) => string,
][] = [
  [
    ({ name, isSymlink }, isWanted) =>
      !isSymlink && ending.test(name) && isWanted(stemOf(name)),
    (wanted) =>
      `in a folder where it is not looked for: put it at the top as ${wanted}`,
  ],
  [
    ({ name }) => /\.ipynb\.(txt|json|html?|docx?)$/i.test(name),
    (wanted) => `a notebook with one ending too many: rename it to ${wanted}`,
  ],
  [
    ({ name }) => /\.(zip|rar|7z|tar|tgz|tbz2?|gz|bz2|xz|zst)$/i.test(name),
    (wanted) => `an archive: unpack it and hand in ${wanted} itself`,
  ],
  [
    ({ isSymlink }) => isSymlink,
    (wanted) => `a link, which is not followed: hand in ${wanted} itself`,
  ],
  [
    ({ name }) => ending.test(name),
    (wanted) => `a notebook of another name: rename it if it is ${wanted}`,
  ],
  [
    ({ name }) => /\.json$/i.test(name),
    (wanted) => `no .ipynb file: rename it if it is ${wanted}`,
  ],
  [
    () => true,
    (wanted) => `no notebook: hand in ${wanted}, which JupyterLab saves`,
  ],
];

/**
 * Completes "No file hw1.ipynb was handed in": `there is "hw.zip", an archive:
 * unpack it and hand in hw1.ipynb itself`.
 *
 * @param known Names of all notebooks that there are.
 */
export async function whatLiesThere(
  folder: string,
  { student, notebook, known }: {
    student: string;
    notebook: string;
    known: readonly string[];
  },
): Promise<string> {
  const files = await look(folder);
  const belongsTo = (stem: string) => notebookOf(stem, known, student);
  const left = files.filter(({ name }) => {
    const other = ending.test(name) ? belongsTo(stemOf(name)) : undefined;
    return other === undefined || other === notebook;
  });
  if (left.length === 0) {
    return files.length === 0
      ? "the folder is empty"
      : `there are only ${listed(files)}`;
  }
  for (const [fits, remedy] of kinds) {
    const found = left.filter((file) =>
      fits(file, (stem) => belongsTo(stem) === notebook)
    );
    if (found.length === 0) continue;
    return `there is ${listed(found)}, ${remedy(`${notebook}.ipynb`)}`;
  }
  return "";
}

function listed(files: readonly Seen[]): string {
  const names = files.slice(0, 3).map(({ path }) => `"${path}"`).join(", ");
  return files.length > 3 ? `${names} and ${files.length - 3} more` : names;
}

/** Files and links below a folder, the upper ones first. */
async function look(folder: string): Promise<Seen[]> {
  const files: Seen[] = [];
  let level = [""];
  let entries = 0;
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const next: string[] = [];
    for (const below of level) {
      for (const entry of await sortedEntries(join(folder, below))) {
        if (hidden.test(entry.name) || ++entries > mostEntries) continue;
        const path = `${below}${entry.name}`;
        if (entry.isDirectory) next.push(`${path}/`);
        else files.push({ path, name: entry.name, isSymlink: entry.isSymlink });
      }
    }
    level = next;
  }
  return files;
}

/** What is in a folder, by name. */
export async function sortedEntries(folder: string): Promise<Deno.DirEntry[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.sort((a, b) => a.name < b.name ? -1 : 1);
}
