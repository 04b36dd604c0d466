/** Paths and URLs of files, in folders with a blank in their names. */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

/** Every TypeScript file and notebook below a folder. */
function* sources(folder: URL): Generator<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (name === "node_modules" || name.startsWith(".")) continue;
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (/\.(ts|ipynb)$/.test(name)) yield new URL(name, folder);
  }
}

Deno.test("no file takes a URL's pathname for a path: %20 is no blank", () => {
  const root = new URL("../../", import.meta.url);
  const found: string[] = [];
  for (const room of ["lib", "tools", "tests", "notebooks"]) {
    for (const file of sources(new URL(`${room}/`, root))) {
      const path = fileURLToPath(file);
      // pathOf() itself decodes; the attack wants any URL that it can get
      if (/data.files\.ts$|attacks_on_files|paths_test/.test(path)) continue;
      const lines = Deno.readTextFileSync(file).split("\n");
      lines.forEach((line, i) => {
        const decoded = line.includes("decodeURIComponent(");
        if (line.includes(".pathname") && !decoded) {
          found.push(`${path}:${i + 1}`);
        }
      });
    }
  }
  assertEquals(found, []);
});
