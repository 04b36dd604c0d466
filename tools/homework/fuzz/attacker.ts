/** One student of a fuzzed class: a folder that is odd in a way that a seed says. */
import { dirname, join } from "node:path";
import { type Random, random } from "../../../lib/base/random.ts";
import { output } from "../../process.ts";

/** A student's folder, ready to be written. */
export interface Attacker {
  readonly student: string;
  /** In a few words: what is odd. */
  readonly what: string;
  readonly write: (folder: string) => Promise<void>;
}

type Json = Record<string, unknown>;

const of = <T>(chance: Random, list: readonly T[]): T =>
  list[chance.integer(list.length)];

/** Values that stand where others are expected. */
const oddValues: readonly (() => unknown)[] = [
  () => null,
  () => 0,
  () => -1e308,
  () => true,
  () => "",
  () => "x".repeat(200_000),
  () => "\ud800 lone",
  () => "\u202e\u0000\u001b[2J\r\n::error::x",
  () => "=1+1",
  () => [],
  () => [[[[[]]]]],
  () => Array.from({ length: 20_000 }, () => ({})),
  () => ({}),
  () => ({ constructor: 1, toString: 2, length: -1 }),
  () => JSON.parse('{"__proto__": {"source": "1", "cells": []}}'),
  () => ["a", 1, null],
];

/** Pieces of code, of which cells are put together. */
const pieces: readonly string[] = [
  "for (;;);",
  "await new Promise(() => {});",
  "Deno.exit(0);",
  "throw null;",
  "throw { get message() { throw 1; } };",
  "throw new Error('\\u001b[2J\\n::error::x' + 'y'.repeat(1e5));",
  "console.log('::set-output name=a::b\\u001b[31m');",
  "console.log('z'.repeat(1e6));",
  "Object.defineProperty(Object.prototype, 'toJSON', { configurable: true, value() { return 5; } });",
  "JSON.stringify = () => '{}';",
  "Promise.prototype.then = undefined;",
  "Array.prototype[Symbol.iterator] = undefined;",
  "globalThis.Uint8Array = undefined;",
  "Object.freeze(globalThis);",
  "const a = []; for (;;) a.push(new Float64Array(1e6).fill(1));",
  "queueMicrotask(() => { throw new Error('later'); });",
  "setTimeout(() => Deno.exit(3), 5);",
  "Deno.stdout.writeSync(new Uint8Array(1 << 20).fill(255));",
  "Deno.stderr.writeSync(new Uint8Array(1 << 20).fill(255));",
  "Deno.stdin.close?.();",
  "new Worker('data:text/javascript,for(;;);', { type: 'module' });",
  "export default function () {}",
  "import * as odd from 'nowhere';",
  "function myOutputLength() { return this; }",
  "const myMaxPool = new Proxy(function () {}, { apply() { return new Proxy({}, {}); } });",
  "var myFlatten = (x) => ({ shape: x.shape, data: { length: 1e9 } });",
  "class myOutputLength {}",
  "}",
  "`${",
  "/*",
  "@",
  "async(a=async(a=async(a=d)))",
  "(".repeat(3000),
  "[".repeat(20_000),
  "a?.<b>".repeat(500),
  "\u0000\u2028\u{1f600}\ud800",
  "label: { break label; }",
  "await using x = { [Symbol.asyncDispose]() { throw 1; } };",
];

/** A cell of code in Jupyter's form. */
function codeCell(chance: Random): Json {
  const lines = Array.from(
    { length: 1 + chance.integer(4) },
    () => of(chance, pieces),
  );
  return {
    cell_type: "code",
    id: `odd-${chance.integer(1000)}`,
    metadata: {},
    outputs: [],
    execution_count: null,
    source: lines.join("\n"),
  };
}

/** Puts an odd value somewhere into a tree. */
function spoil(tree: unknown, chance: Random): void {
  let at = tree as Json;
  for (let depth = 0; depth < 12; depth++) {
    const keys = Object.keys(at);
    if (keys.length === 0) return;
    const key = of(chance, keys);
    const value = at[key];
    const isDeep = typeof value === "object" && value !== null;
    if (isDeep && chance.uniform() < 0.75) {
      at = value as Json;
      continue;
    }
    if (chance.uniform() < 0.2) delete at[key];
    else at[key] = of(chance, oddValues)();
    return;
  }
}

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Ways of writing a text that are not those of others. */
const encodings: readonly ((text: string, chance: Random) => Uint8Array)[] = [
  (text) => utf8(`\ufeff${text}`),
  (text) =>
    new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer),
  (text) => Uint8Array.from(text, (c) => c.charCodeAt(0)), // Latin-1
  (text) => utf8(`${text}${text}`),
  (text) => utf8(text.replaceAll("\n", "\r")),
  (text, chance) => utf8(text).slice(0, chance.integer(text.length)),
  (text, chance) => {
    const bytes = utf8(text);
    for (let i = 0; i < 30; i++) {
      bytes[chance.integer(bytes.length)] = chance.integer(256);
    }
    return bytes;
  },
  (text) => utf8(text.replace('"cells"', '"cells": 1, "cells"')),
  (text) => utf8(`${"[".repeat(50_000)}${text}`),
  () => new Uint8Array(0),
  () => new Uint8Array(5000),
  () => utf8("null"),
];

/** The bytes of a notebook that is odd inside. */
function oddNotebook(text: string, chance: Random): [string, Uint8Array] {
  const tree = JSON.parse(text);
  const kind = chance.integer(4);
  if (kind === 0) {
    for (let i = 0; i < 1 + chance.integer(4); i++) spoil(tree, chance);
    return ["values", utf8(JSON.stringify(tree))];
  }
  if (kind === 1) {
    for (let i = 0; i < 1 + chance.integer(6); i++) {
      const place = chance.integer(tree.cells.length + 1);
      tree.cells.splice(place, 0, codeCell(chance));
    }
    return ["added cells", utf8(JSON.stringify(tree))];
  }
  if (kind === 2) {
    for (const cell of tree.cells) {
      if (cell.metadata?.nbgrader?.solution && chance.uniform() < 0.6) {
        cell.source = codeCell(chance).source;
      }
    }
    return ["answers", utf8(JSON.stringify(tree))];
  }
  const encode = of(chance, encodings);
  return [`bytes ${encodings.indexOf(encode)}`, encode(text, chance)];
}

/** Names of folders and files, as bytes in the notation of printf. */
const oddNames: readonly string[] = [
  "Jos\\351",
  "\\377\\376",
  "a\\033[2Jb",
  "a\\n::error::b",
  "=1+1",
  "\\047=1+1",
  "+cmd|x",
  "-rf",
  "--help",
  " space ",
  "tab\\there",
  "a%%41b",
  "con",
  "\\303\\251 e\\314\\201",
  "\\342\\200\\256txt",
  "__MACOSX",
  ".hidden",
  "~tilde",
  "x".repeat(255),
  "\\360\\237\\230\\200".repeat(60),
  "quote\\042s, and; more",
  "$(id)",
  "*",
];

/** What lies in a folder instead of a file, or beside it; `$1` is the folder, `$2` a name. */
const oddFolders: readonly [what: string, script: string][] = [
  ["a link to a file", 'ln -s /etc/passwd "$1/$2"'],
  ["a link to nowhere", 'ln -s nowhere "$1/$2"'],
  ["a link to itself", 'ln -s "$2" "$1/$2"'],
  ["a linked folder", 'ln -s / "$1/notebooks"'],
  ["a pipe", 'mkfifo "$1/$2"'],
  ["a folder of that name", 'mkdir "$1/$2"'],
  ["a locked file", 'echo {} > "$1/$2"; chmod 0 "$1/$2"'],
  ["a locked folder", 'mkdir "$1/notebooks"; chmod 0 "$1/notebooks"'],
  ["nothing", ":"],
  ["many files", 'for i in $(seq 800); do : > "$1/$i.txt"; done'],
  [
    "a deep folder",
    'cd "$1"; for i in $(seq 60); do mkdir d; cd d; done; echo {} > "$2"',
  ],
  ["a wrong ending", 'echo {} > "$1/$2.txt"'],
  ["an archive", 'printf "PK\\003\\004" > "$1/hw.zip"'],
  [
    "two copies",
    'echo {} > "$1/$2"; mkdir "$1/notebooks"; echo 1 > "$1/notebooks/$2"',
  ],
  ["a file in other letters", 'echo {} > "$1/$(echo "$2" | tr a-z A-Z)"'],
  ["Apple's shadow", 'mkdir "$1/__MACOSX"; echo 1 > "$1/__MACOSX/._$2"'],
];

/** Runs a line of the shell, which can write names that are no text. */
async function shell(script: string, ...args: string[]): Promise<void> {
  await output(["sh", "-c", script, "sh", ...args]);
}

/**
 * The attacker of a seed.
 *
 * @param notebook The text of a right submission.
 * @param file How it is called.
 */
export function attackerOf(
  seed: number,
  { notebook, file }: { notebook: string; file: string },
): Attacker {
  const chance = random(seed);
  const student = `x${seed}`;
  const kind = chance.integer(6);
  if (kind === 0) {
    const [what, script] = of(chance, oddFolders);
    return {
      student,
      what,
      async write(folder) {
        await Deno.mkdir(join(folder, student), { recursive: true });
        await shell(script, join(folder, student), file);
      },
    };
  }
  const [what, bytes] = oddNotebook(notebook, chance);
  const put = async (path: string): Promise<void> => {
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, bytes);
  };
  if (kind === 1) {
    const name = of(chance, oddNames);
    const ofFile = chance.uniform() < 0.5;
    return {
      student,
      what: `${what}, ${ofFile ? "file" : "folder"} ${name.slice(0, 30)}`,
      async write(folder) {
        await put(join(folder, student, file));
        await shell(
          ofFile
            ? 'cd "$1"; mv -- "$2" "./$(printf "$3")_$2"'
            : 'cd "$1/.."; mv -- "$4" "./$(printf "$3")"',
          join(folder, student),
          file,
          name,
          student,
        );
      },
    };
  }
  return { student, what, write: (folder) => put(join(folder, student, file)) };
}
