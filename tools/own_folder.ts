/**
 * A folder that a command writes into, with a list of what in it is ours.
 *
 * `.manifest` lists every file that a command wrote there, with its SHA-256, as
 * `sha256sum` writes it. Only a listed file that still has its sum is replaced
 * or removed; whatever else lies there stays as it is. A line is written before
 * its file, and a file is there whole or not at all, so that the files of an
 * interrupted run are known as well.
 */
import { join } from "node:path";
import process from "node:process";
import { infoOf, remove, sha256 } from "./files.ts";
import {
  manifest,
  OutFolderError,
  outPlace,
  type Sources,
} from "./out_place.ts";

const head =
  "# Files that the course's commands wrote here. Others are never touched.\n";

/** A draft, with the number of the process that writes it. */
const draftName = /^\.manifest\.(\d+)-[0-9a-f-]{36}\.(part|log|failures)$/;

/** What stands at a path: "ours" is as we wrote it, "changed" is not any more. */
type State = "absent" | "ours" | "changed" | "foreign";

/** A folder with a list of what in it is ours. */
export class OwnFolder {
  /** The folder without links. */
  readonly path: string;
  readonly #who: string;
  /** Sums that a path of ours may have; several where a run was interrupted. */
  readonly #sums = new Map<string, Set<string>>();
  #appending: Promise<void> = Promise.resolve();

  private constructor(who: string, path: string) {
    this.#who = who;
    this.path = path;
  }

  /**
   * Reads the list of a folder; one that is not there is made with its first file.
   *
   * @param who The command, for messages: "release".
   * @throws {OutFolderError} A place that the command must not write into.
   */
  static async open(
    who: string,
    out: string,
    sources: Sources = {},
  ): Promise<OwnFolder> {
    const path = await outPlace(who, out, sources);
    const folder = new OwnFolder(who, path);
    await folder.#read();
    await folder.#removeDeadDrafts();
    return folder;
  }

  /** Names in the folder beside the list. */
  async entries(): Promise<string[]> {
    if (await infoOf(this.path) === undefined) return [];
    const all = await Array.fromAsync(Deno.readDir(this.path));
    return all.map(({ name }) => name)
      .filter((name) => name !== manifest && !draftName.test(name)).sort();
  }

  /**
   * Refuses to go on where something that is not ours stands at one of the
   * paths that the command is going to write.
   *
   * @param paths Paths below the folder, with "/".
   * @throws {OutFolderError} Names the first of them.
   */
  async checkFree(paths: Iterable<string>): Promise<void> {
    const found: string[] = [];
    for (const path of paths) {
      const { state, at } = await this.#look(path);
      if (state === "changed") found.push(`${at} (changed since)`);
      if (state === "foreign" && !found.includes(at)) found.push(at);
    }
    if (found.length === 0) return;
    const more = found.length > 5 ? ` and ${found.length - 5} more` : "";
    throw new OutFolderError(
      `${this.#who} expects to replace only files that it wrote itself but found others in ${this.path}: ${
        found.slice(0, 5).join(", ")
      }${more}; move them away or name another folder`,
    );
  }

  /**
   * Writes a file, over one of ours alone.
   *
   * @param path Path below the folder, with "/".
   * @param aside Gives what is not ours another name, where it would be refused.
   * @returns The other name, where one was given.
   * @throws {OutFolderError} Something that is not ours stands there.
   */
  async write(
    path: string,
    content: string | Uint8Array,
    { aside = false }: { aside?: boolean } = {},
  ): Promise<string | undefined> {
    const bytes = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    const draft = await this.draft();
    try {
      await Deno.writeFile(draft, bytes);
      return await this.take(draft, path, { aside });
    } catch (error) {
      await remove(draft);
      throw error;
    }
  }

  /** A free path for a file or folder that is still being written; {@linkcode take} ends it. */
  async draft(): Promise<string> {
    await Deno.mkdir(this.path, { recursive: true });
    return join(
      this.path,
      `${manifest}.${Deno.pid}-${crypto.randomUUID()}.part`,
    );
  }

  /** Gives a finished draft its path; like {@linkcode write}. */
  async take(
    draft: string,
    path: string,
    { aside = false }: { aside?: boolean } = {},
  ): Promise<string | undefined> {
    const { state, at } = await this.#look(path);
    let other: string | undefined;
    if (state === "changed" || state === "foreign") {
      if (!aside) await this.checkFree([path]);
      other = await this.#putAside(at);
    }
    await this.#list(path, sha256(await Deno.readFile(draft)));
    const target = join(this.path, path);
    await Deno.mkdir(join(target, ".."), { recursive: true });
    await Deno.rename(draft, target);
    return other;
  }

  /**
   * Removes the files of ours that `keep` does not hold, and folders that this
   * leaves empty.
   *
   * @returns Listed files that somebody changed: they stay.
   */
  async removeOthers(keep: ReadonlySet<string>): Promise<string[]> {
    const changed: string[] = [];
    for (const path of [...this.#sums.keys()].sort()) {
      if (keep.has(path)) continue;
      const { state } = await this.#look(path);
      if (state === "changed" || state === "foreign") changed.push(path);
      if (state !== "ours") continue;
      await Deno.remove(join(this.path, path));
      await this.#removeEmpty(path);
    }
    return changed;
  }

  /** Ends the run: writes the list once, sorted, with what is there. */
  async close(): Promise<void> {
    if (this.#sums.size === 0) return;
    await this.#appending;
    this.#sums.clear();
    await this.#read(); // another run may have written here, too
    const lines: string[] = [];
    for (const path of [...this.#sums.keys()].sort()) {
      const sums = [...this.#sums.get(path)!];
      const { state } = await this.#look(path);
      if (state !== "absent") lines.push(`${sums.at(-1)}  ${path}\n`);
    }
    const draft = await this.draft();
    await Deno.writeTextFile(draft, head + lines.join(""));
    await Deno.rename(draft, join(this.path, manifest));
  }

  async #look(path: string): Promise<{ state: State; at: string }> {
    const parts = path.split("/");
    if (!isBelow(path)) {
      throw new OutFolderError(
        `${this.#who} expects names of files without control characters but found ${
          JSON.stringify(path)
        }: rename the file`,
      );
    }
    // A link on the way would lead out of the folder.
    for (let i = 1; i <= parts.length; i++) {
      const at = parts.slice(0, i).join("/");
      const info = await infoOf(join(this.path, at));
      if (info === undefined) return { state: "absent", at };
      const last = i === parts.length;
      if (info.isSymlink || (last ? !info.isFile : !info.isDirectory)) {
        return { state: "foreign", at };
      }
    }
    const sums = this.#sums.get(path);
    if (sums === undefined) return { state: "foreign", at: path };
    const sum = sha256(await Deno.readFile(join(this.path, path)));
    return { state: sums.has(sum) ? "ours" : "changed", at: path };
  }

  /** Renames what is not ours: "a.json" to "a.kept-1.json". */
  async #putAside(at: string): Promise<string> {
    const [, stem, end] = /^(.*?)(\.[^./]*)?$/s.exec(at)!;
    for (let n = 1;; n++) {
      const other = `${stem}.kept-${n}${end ?? ""}`;
      if (await infoOf(join(this.path, other)) !== undefined) continue;
      await Deno.rename(join(this.path, at), join(this.path, other));
      return other;
    }
  }

  /** Adds a line to the list; several may be asked for at once. */
  async #list(path: string, sum: string): Promise<void> {
    const known = this.#sums.get(path);
    if (known?.size === 1 && known.has(sum)) return;
    if (known) known.add(sum);
    else this.#sums.set(path, new Set([sum]));
    this.#appending = this.#appending.then(async () => {
      const list = join(this.path, manifest);
      const start = await infoOf(list) === undefined ? head : "";
      await Deno.writeTextFile(list, `${start}${sum}  ${path}\n`, {
        append: true,
      });
    });
    await this.#appending;
  }

  async #read(): Promise<void> {
    const list = join(this.path, manifest);
    const info = await infoOf(list);
    if (info === undefined) return;
    const text = info.isFile ? await Deno.readTextFile(list) : "";
    if (!text.startsWith(head)) {
      throw new OutFolderError(
        `${this.#who} keeps a list of its files in ${list} but found something else there: move it away or name another folder`,
      );
    }
    for (const line of text.slice(head.length).split("\n")) {
      const [, sum, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
      if (path === undefined || !isBelow(path)) continue;
      const sums = this.#sums.get(path);
      if (sums) {
        sums.delete(sum); // the last line counts as the newest
        sums.add(sum);
      } else this.#sums.set(path, new Set([sum]));
    }
  }

  /** Drafts of runs that were killed are of no use to anybody. */
  async #removeDeadDrafts(): Promise<void> {
    if (await infoOf(this.path) === undefined) return;
    for await (const { name } of Deno.readDir(this.path)) {
      const pid = draftName.exec(name)?.[1];
      if (pid === undefined || isAlive(Number(pid))) continue;
      await Deno.remove(join(this.path, name), { recursive: true });
    }
  }

  /** Removes the folders around a removed file as far as nothing is in them. */
  async #removeEmpty(path: string): Promise<void> {
    const parts = path.split("/").slice(0, -1);
    for (; parts.length > 0; parts.pop()) {
      const folder = join(this.path, ...parts);
      for await (const _ of Deno.readDir(folder)) return;
      await Deno.remove(folder);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === "EPERM"; // somebody else's
  }
}

/** True for a path that stays below its folder, on every system. */
function isBelow(path: string): boolean {
  // deno-lint-ignore no-control-regex -- a line of the list is one file
  return !/[\x00-\x1f\\]|^[A-Za-z]:/.test(path) &&
    path.split("/").every((part) =>
      part !== "" && part !== "." && part !== ".."
    );
}
