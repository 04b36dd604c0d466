/**
 * Folders that may be lost: what a sandbox reads, and could do something to.
 *
 * Deno 2.9.6 lets a program change mode, owner and times of a file that it may
 * read, though not what is in it. So a list beside the files says how all of them
 * were made; both come to their place in one step.
 */
import { join } from "node:path";
import { ifThere, infoOf, readIfThere, remove } from "../../files.ts";
import { isRecord } from "../notebook/notebook.ts";

/** What stands at a path below the folder; "" is the folder itself. */
interface Line {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  readonly owner: string;
}

/** The time of all files and folders: no edit gives it. */
const time = new Date(946_684_800_000);

const windows = Deno.build.os === "windows";
const ownerOf = ({ uid, gid }: Deno.FileInfo) => `${uid}:${gid}`;
const modeOf = ({ mode }: Deno.FileInfo) => (mode ?? 0) & 0o7777;

const filesIn = (home: string) => join(home, "files");

/** When the folder at `home` was used last, in milliseconds. */
export async function lastUse(home: string): Promise<number> {
  const info = await ifThere(Deno.stat(listIn(home))) ?? await infoOf(home);
  return info?.mtime?.getTime() ?? 0;
}

const listIn = (home: string) => join(home, "list.json");

/** A folder, and how it was made. */
export class LostFolder {
  /** Where the files lie. */
  readonly path: string;
  readonly #home: string;
  readonly #lines: readonly Line[];
  readonly #build: (draft: string) => Promise<void>;

  private constructor(
    home: string,
    lines: readonly Line[],
    build: (draft: string) => Promise<void>,
  ) {
    this.#home = home;
    this.path = filesIn(home);
    this.#lines = lines;
    this.#build = build;
  }

  /** The folder as `build` makes it: made now where it does not stand there untouched. */
  static async open(
    home: string,
    build: (draft: string) => Promise<void>,
  ): Promise<LostFolder> {
    for (let tries = 1;; tries++) {
      const there = await LostFolder.#find(home, build);
      if (there?.isWhole()) {
        // In use; of another user's folder only its owner can say so.
        await Deno.utime(listIn(home), new Date(), new Date()).catch(notMine);
        return there;
      }
      const draft = `${home}.${crypto.randomUUID()}`; // renamed when it is whole
      try {
        await moveAway(home);
        await Deno.mkdir(draft);
        await build(filesIn(draft));
        const lines = await settled(filesIn(draft));
        await Deno.writeTextFile(listIn(draft), JSON.stringify(lines));
        await Deno.rename(draft, home);
        return new LostFolder(home, lines, build);
      } catch (error) {
        await removeLocked(draft);
        // Another run may be about the same.
        if (tries === 5) throw error;
      }
    }
  }

  static async #find(
    home: string,
    build: (draft: string) => Promise<void>,
  ): Promise<LostFolder | undefined> {
    const lines = linesOf(await readIfThere(listIn(home)));
    return lines && new LostFolder(home, lines, build);
  }

  /** True where all is as it was made. */
  isWhole(): boolean {
    return this.#lines.every((line) => fits(join(this.path, line.path), line));
  }

  /** Gives what a sandbox could change its old modes, owners and times. */
  async putRight(): Promise<void> {
    try {
      for (const line of this.#lines) { // a folder comes before what is in it
        const path = join(this.path, line.path);
        if (fits(path, line)) continue;
        const [uid, gid] = line.owner.split(":").map(Number);
        if (!windows) {
          await Deno.chown(path, uid, gid);
          await Deno.chmod(path, line.mode);
        }
        await Deno.utime(path, time, time);
      }
      if (this.isWhole()) return;
    } catch {
      // It is made afresh, and what stands in the way of that is told there.
    }
    await LostFolder.open(this.#home, this.#build);
  }
}

function linesOf(text: string | undefined): Line[] | undefined {
  try {
    const value = JSON.parse(text ?? "");
    return Array.isArray(value) && value.every(isRecord)
      ? value as unknown as Line[]
      : undefined;
  } catch {
    return undefined; // none, or cut off: the folder is made afresh
  }
}

function fits(path: string, line: Line): boolean {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch {
    return false; // gone, or in a folder that is locked
  }
  if (info.isSymlink) return line.mode === linkMode;
  return (info.isDirectory || info.size === line.size) &&
    info.mtime?.getTime() === time.getTime() &&
    (windows || modeOf(info) === line.mode && ownerOf(info) === line.owner);
}

/** Nobody changes those of a link. */
const linkMode = -1;

/** Gives all below a folder one time, and tells how it is now. */
async function settled(folder: string): Promise<Line[]> {
  const lines: Line[] = [];
  const walk = async (below: string): Promise<void> => {
    const path = join(folder, below);
    const info = await Deno.lstat(path);
    const mode = info.isSymlink ? linkMode : modeOf(info);
    lines.push({ path: below, size: info.size, mode, owner: ownerOf(info) });
    if (info.isSymlink) return;
    if (info.isDirectory) {
      for await (const { name } of Deno.readDir(path)) {
        await walk(join(below, name));
      }
    }
    await Deno.utime(path, time, time);
  };
  await walk("");
  return lines;
}

/** Passes over what belongs to another user. */
export function notMine(error: unknown): void {
  if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
}

/** Removes a folder, which other runs may be about to use. */
async function moveAway(home: string): Promise<void> {
  if (await infoOf(home) === undefined) return;
  const away = `${home}.${crypto.randomUUID()}`;
  await ifThere(Deno.rename(home, away));
  await removeLocked(away);
}

/** Removes a folder with all that is in it, also where parts of it are locked. */
export async function removeLocked(path: string): Promise<void> {
  const unlock = async (at: string): Promise<void> => {
    const info = await infoOf(at);
    if (!info?.isDirectory) return;
    // Another run may be removing the same.
    await ifThere(Deno.chmod(at, 0o700));
    const entries = await ifThere(Array.fromAsync(Deno.readDir(at))) ?? [];
    for (const { name } of entries) await unlock(join(at, name));
  };
  if (!windows) await unlock(path);
  await remove(path);
}
