/**
 * Snapshots: what a figure was when somebody last looked at it, as a file.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";

const folder = new URL("./snapshots/", import.meta.url);

/** Whether the files are to be written anew: `deno test -A FILE -- --update`. */
export const renewing = Deno.args.includes("--update");

/** Throws unless `value` is what the snapshot holds; the message names the first difference. */
export function assertSnapshot(name: string, value: unknown): void {
  const now = portable(value);
  const file = new URL(`${name}.snap`, folder);
  if (renewing) {
    Deno.writeTextFileSync(file, `${written(now)}\n`);
    return;
  }
  const before = JSON.parse(Deno.readTextFileSync(file));
  const difference = firstDifference(before, now, name);
  if (difference) {
    throw new Error(
      `${difference}\nIf it is meant so, look at the figure and renew the snapshots: deno test -A --no-check tests/plot/snapshots_test.ts -- --update`,
    );
  }
}

/** Names of the snapshots that lie in the folder. */
export function snapshotNames(): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) =>
    name.replace(/\.snap$/, "")
  ).sort();
}

/** Where two plain values differ first, in words; undefined where they are equal. */
export function firstDifference(
  before: unknown,
  now: unknown,
  place: string,
): string | undefined {
  if (Object.is(before, now)) return undefined;
  if (typeof before === "string" && typeof now === "string") {
    let at = 0;
    while (before[at] === now[at]) at++;
    const part = (text: string) =>
      JSON.stringify(text.slice(Math.max(0, at - 30), at + 50));
    return `${place} differs at character ${at}: the snapshot has ${
      part(before)
    }, now it is ${part(now)}`;
  }
  if (isTree(before) && isTree(now)) {
    const names = Object.keys(before);
    for (const name of new Set([...names, ...Object.keys(now)])) {
      const inside = Array.isArray(before)
        ? `${place}[${name}]`
        : `${place}.${name}`;
      if (!(name in now)) return `${inside} is in the snapshot only`;
      if (!(name in before)) return `${inside} is not in the snapshot`;
      const found = firstDifference(before[name], now[name], inside);
      if (found) return found;
    }
    // The order of what is drawn, and of the layout's parts, counts too.
    if (names.join() !== Object.keys(now).join()) {
      return `${place} has its parts in another order`;
    }
    return Array.isArray(before) === Array.isArray(now)
      ? undefined
      : `${place} is no longer what it was, a list or an object`;
  }
  return `${place} differs: the snapshot has ${
    JSON.stringify(before)
  }, now it is ${JSON.stringify(now)}`;
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The value as JSON holds it, the same on every computer. */
function portable(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value),
    (_, part) =>
      typeof part === "string"
        ? part.replaceAll(/data:image\/png;base64,[\w+/=]*/g, pictureText)
          .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, "its-own-id")
        : part,
  );
}

/**
 * A PNG in one line: its sizes, and a hash of all but the compression, which may
 * differ from one build of zlib to the next.
 */
function pictureText(uri: string): string {
  const bytes = Uint8Array.fromBase64(uri.split(",")[1]);
  const view = new DataView(bytes.buffer);
  const hash = createHash("sha256");
  const chunks: string[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, at + 8 + length);
    chunks.push(type);
    hash.update(type).update(type === "IDAT" ? inflateSync(data) : data);
    at += 12 + length;
  }
  return `PNG ${view.getUint32(16)} x ${view.getUint32(20)} ${
    chunks.join(" ")
  } ${hash.digest("hex")}`;
}

/** JSON for people: lists of numbers and texts on one line each. */
function written(value: unknown, indent = ""): string {
  const flat = JSON.stringify(value);
  if (!isTree(value)) return flat;
  const parts = Object.values(value);
  if (Array.isArray(value) ? !parts.some(isTree) : flat.length < 70) {
    return flat;
  }
  const inner = `${indent} `;
  const lines = Object.entries(value).map(([name, part]) =>
    inner + (Array.isArray(value) ? "" : `${JSON.stringify(name)}: `) +
    written(part, inner)
  ).join(",\n");
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${lines}\n${indent}${close}`;
}
