/** Where a command may write: never at, around or in what it reads. */
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { infoOf } from "./files.ts";
import { root } from "./paths.ts";
import { SetupError } from "./process.ts";

/** Name of the list that a command keeps of its files; see own_folder.ts. */
export const manifest = ".manifest";

/**
 * A folder that a command must not write into, or something in it that it did
 * not write; the message names it and what to do.
 */
export class OutFolderError extends SetupError {
  override name = "OutFolderError";
  /** @param status 2 for a wrong place, 1 for what lies in it. */
  constructor(message: string, status: 1 | 2 = 1) {
    super(message, { status });
  }
}

/** What a command reads beside the repository. */
export interface Sources {
  /** Folders: the out folder may not be, hold or lie in one; by what they are. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Files: the out folder may not hold one. */
  readonly files?: readonly string[];
}

/**
 * Folders of the repository that belong to its commands: git ignores them, and
 * what a command did not write itself stays in them, too.
 */
const commandsFolders = ["output", ".cache"];

/**
 * The out folder without links, where it may be written.
 *
 * Folders are compared by what the system calls them, so that links, mounts
 * and the case of letters cannot hide that two paths are one folder.
 *
 * @param who The command, for messages: "release".
 * @throws {OutFolderError} A root, a folder of everybody's, a home or what holds
 *   one, a place in, at or around the repository or a source, or no folder.
 */
export async function outPlace(
  who: string,
  out: string,
  { folders = {}, files = [] }: Sources = {},
  repository = root,
): Promise<string> {
  const real = await realPathOf(out);
  await checkFolder(who, real);
  const remedy = `name a new folder elsewhere, or ${
    join(repository, "output", "NAME")
  }`;
  const refuse = (found: string): never => {
    throw new OutFolderError(
      `${who} expects --out to be a folder of its own but found ${out}, ${found}: ${remedy}`,
      2,
    );
  };
  if (
    dirname(real) === real ||
    await isMounted(real) && !await holdsOnlyOurs(real)
  ) refuse("which is the root of a disk");
  const own = await chain(real);
  /** How the out folder lies to another one. */
  const relation = async (other: string) => {
    const others = await chain(other);
    if (others[0] === own[0]) return "which is";
    if (others.includes(own[0])) return "which holds";
    return own.includes(others[0]) ? "which lies in" : undefined;
  };
  for (const home of homes()) {
    const how = await relation(home);
    if (how && how !== "which lies in") refuse(`${how} a home folder`);
  }
  let how = await relation(repository);
  if (how === "which lies in") {
    const below = await Promise.all(commandsFolders.map(async (name) => {
      const folder = join(repository, name);
      // A link could lead to the notebooks.
      const info = await infoOf(folder);
      return info?.isSymlink ? undefined : await relation(folder);
    }));
    // "output/" itself may be written into, too.
    if (below.some((one) => one && one !== "which holds")) how = undefined;
  }
  if (how) refuse(`${how} the repository`);
  if (await isShared(real) && !await holdsOnlyOurs(real)) {
    refuse("which is a folder of everybody's");
  }
  for (const [what, folder] of Object.entries(folders)) {
    const how = await relation(folder);
    if (how) refuse(`${how} ${what}`);
  }
  for (const file of files) {
    const how = await relation(dirname(file));
    if (how && how !== "which lies in") {
      refuse(`which holds ${basename(file)}`);
    }
  }
  return real;
}

/** Home folders of the user. */
function homes(): string[] {
  const named = ["HOME", "USERPROFILE"].map((name) => Deno.env.get(name));
  return [homedir(), ...named].filter((path) => path !== undefined)
    .filter((path) => path !== "" && dirname(path) !== path);
}

/** The path without links, also of a folder that does not exist yet. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (dirname(path) === path) throw error;
    return join(await realPathOf(dirname(path)), basename(path));
  }
}

/** Refuses a file, and a link that leads nowhere. */
async function checkFolder(who: string, path: string): Promise<void> {
  for (let at = path;; at = dirname(at)) {
    const info = await infoOf(at);
    if (info?.isDirectory) return;
    if (info === undefined && dirname(at) !== at) continue;
    const found = info?.isSymlink ? "a link that leads nowhere" : "a file";
    throw new OutFolderError(
      `${who} expects --out to be a folder but found ${at}, ${found}: name another folder`,
      2,
    );
  }
}

/** What the system calls a folder and each one around it, the innermost first. */
async function chain(path: string): Promise<string[]> {
  const names: string[] = [];
  for (let at = await realPathOf(path);; at = dirname(at)) {
    names.push(await systemName(at));
    if (dirname(at) === at) return names;
  }
}

async function systemName(path: string): Promise<string> {
  const info = await infoOf(path);
  // Windows may give no numbers, and its paths know no case.
  return info?.ino ? `${info.dev}:${info.ino}` : path.toLowerCase();
}

/** True for the top of a disk or share that was mounted into a folder. */
async function isMounted(path: string): Promise<boolean> {
  const [own, around] = [await infoOf(path), await infoOf(dirname(path))];
  return own !== undefined && own.dev !== around?.dev;
}

/** True for /tmp, /usr and the like, which other programs write into. */
async function isShared(path: string): Promise<boolean> {
  const parent = dirname(path);
  return await infoOf(path) !== undefined &&
    (dirname(parent) === parent || path === await realPathOf(tmpdir()));
}

async function holdsOnlyOurs(path: string): Promise<boolean> {
  const entries = await Array.fromAsync(Deno.readDir(path));
  return entries.length === 0 || entries.some(({ name }) => name === manifest);
}
