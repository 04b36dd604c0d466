/**
 * The house from its imports: rooms stand on floors, imports run downwards, and
 * the lower floors need neither Deno nor TensorFlow.js, so they run in a browser.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The rooms of lib/ from the ground up; a room may use those before it. */
const floors = [
  "base",
  "kernel",
  "layers",
  "plot",
  "networks",
  "data",
  "engine",
  "measure",
  "explain",
  "explorer",
  "train",
  "notebook",
  "exercises",
];

/** Rooms that a browser can run as they are. */
const inBrowsers = ["base", "layers", "networks"];

/** Part of a room that draws: it may use all that plot uses. */
const drawing = "networks/drawing/";

const root = fileURLToPath(new URL("../", import.meta.url));
const lib = join(root, "lib");

/** Paths below `folder`, as "layers/conv2d.ts". */
function* filesOf(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    // What is compiled to WebAssembly is no TypeScript.
    if (isDirectory) {
      if (name !== "assembly") yield* filesOf(path);
    } else if (name.endsWith(".ts")) {
      yield relative(lib, path).replaceAll("\\", "/");
    }
  }
}

const files = [...filesOf(lib)].filter((file) => file !== "mod.ts").sort();
const code = new Map(files.map((file) => [
  file,
  // Examples in comments may do what they like.
  Deno.readTextFileSync(join(lib, file)).replace(/\/\*[\s\S]*?\*\//g, ""),
]));

/** What a file imports: files of lib/ by their paths, packages by their names. */
function importsOf(file: string, text = code.get(file)!): string[] {
  const found = text.matchAll(/\b(?:from|import)\s*\(?\s*["'`]([^"'`]+)/g);
  return [...found].map(([, name]) =>
    name.startsWith(".")
      ? join(dirname(file), name).replaceAll("\\", "/")
      : name
  );
}

const roomOf = (file: string) => file.split("/")[0];

Deno.test("every file of the library stands in a room of a known floor", () => {
  assertEquals([...new Set(files.map(roomOf))].sort(), [...floors].sort());
});

Deno.test("imports run downwards only", () => {
  const upwards: string[] = [];
  for (const file of files) {
    for (const from of importsOf(file)) {
      if (!code.has(from)) {
        const above = from.startsWith("..") || /^(?:mod\.ts|cnn(?:\/.*)?)$/
          .test(from);
        if (above) upwards.push(`${file} imports ${from}: above all rooms`);
        continue;
      }
      const [here, there] = [file, from].map((f) => floors.indexOf(roomOf(f)));
      if (there > here) upwards.push(`${file} imports ${from}`);
    }
  }
  assertEquals(upwards, []);
});

Deno.test("no import goes round in a circle", () => {
  const state = new Map<string, "open" | "done">();
  const circles: string[] = [];
  const visit = (file: string, path: string[]) => {
    if (state.get(file) === "done" || !code.has(file)) return;
    if (state.get(file) === "open") {
      circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
      return;
    }
    state.set(file, "open");
    for (const from of importsOf(file)) visit(from, [...path, file]);
    state.set(file, "done");
  };
  for (const file of files) visit(file, []);
  assertEquals(circles, []);
});

Deno.test("base, layers and networks touch neither the platform nor a package, so they run in a browser", () => {
  const touching: string[] = [];
  for (const file of files) {
    if (!inBrowsers.includes(roomOf(file)) || file.startsWith(drawing)) {
      continue;
    }
    // A message may speak of them, but not compute with them.
    const bare = code.get(file)!
      .replace(/"[^"\n]*"/g, "")
      .replace(/`[^`]*`/g, (text) => `${text.match(/\$\{[^}]*\}/g) ?? ""}`);
    if (/\b(?:Deno|process|Buffer|globalThis|require)\b/.test(bare)) {
      touching.push(`${file} touches the platform`);
    }
    // Types of a package are gone before the code runs.
    const kept = code.get(file)!
      .replace(/\bimport type [^;]*;|\btypeof import\([^)]*\)/g, "");
    for (const from of importsOf(file, kept)) {
      const below = code.has(from) && inBrowsers.includes(roomOf(from));
      if (!below) touching.push(`${file} imports ${from}`);
    }
  }
  assertEquals(touching, []);
});

Deno.test("what a file exports is used in another one", () => {
  const sources = ["lib", "tools", "tests"].flatMap((folder) =>
    [...filesOf(join(root, folder))].map((path) =>
      [path, Deno.readTextFileSync(join(lib, path))] as const
    )
  );
  const wordsOf = (text: string) =>
    new Set(
      text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "").match(/[A-Za-z_$][\w$]*/g),
    );
  const words = sources.map(([path, text]) => [path, wordsOf(text)] as const);
  const idle: string[] = [];
  for (const [path, text] of sources) {
    if (path.startsWith("../tests/")) continue;
    // Types may stand for themselves: what a function takes can be read.
    const exported = text
      .matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm);
    for (const [, name] of exported) {
      if (!words.some(([other, all]) => other !== path && all.has(name))) {
        idle.push(`${path} exports ${name}`);
      }
    }
  }
  assertEquals(idle, []);
});

Deno.test("what the library asks of the system stands in kernel/platform.ts alone", () => {
  const others: string[] = [];
  for (const file of files) {
    if (file === "kernel/platform.ts") continue;
    const bare = code.get(file)!
      .replace(/^\s*\/\/.*$/gm, "")
      .replace(/`(?:[^`\\]|\\.)*`|"(?:[^"\\\n]|\\.)*"/g, '""');
    if (/\bDeno\s*[.[]/.test(bare)) others.push(`${file} calls Deno`);
    for (const name of importsOf(file)) {
      if (name.startsWith("node:")) others.push(`${file} imports ${name}`);
    }
  }
  assertEquals(others, []);
});
