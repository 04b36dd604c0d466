/** What the tools import: no circles, and setting up needs nothing installed. */
import { assertEquals } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { root } from "../../tools/paths.ts";

/** Files below a folder of the repository, as "tools/run.ts". */
function* filesOf(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(root, folder))) {
    if (isDirectory) yield* filesOf(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

const files = [...filesOf("tools")];

/** What a file imports: files by their paths below the repository, packages by their names. */
function importsOf(file: string): string[] {
  const code = Deno.readTextFileSync(join(root, file))
    .replace(/\/\*[\s\S]*?\*\//g, ""); // examples may do what they like
  return [...code.matchAll(/\bfrom\s*"([^"]+)"/g)].map(([, name]) =>
    name.startsWith(".")
      ? relative(root, join(root, dirname(file), name)).replaceAll("\\", "/")
      : name
  );
}

Deno.test("no import of the tools goes round in a circle", () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) {
      circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
    } else if (files.includes(file) && !done.has(file)) {
      for (const from of importsOf(file)) visit(from, [...path, file]);
      done.add(file);
    }
  };
  for (const file of files) visit(file, []);
  assertEquals(circles, []);
});

Deno.test("lab and setup import no package: they run before one is installed", () => {
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    if (files.includes(name)) importsOf(name).forEach(visit);
  };
  for (const name of ["tools/lab.ts", "tools/setup.ts"]) visit(name);
  const outside = [...seen].filter((name) =>
    !files.includes(name) && !name.startsWith("node:")
  );
  assertEquals(outside, []);
});
