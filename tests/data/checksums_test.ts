import { assertEquals, assertMatch } from "@std/assert";
import { dataFolder } from "../../lib/data/mod.ts";

/** Every file below the folder, as a path from the data folder. */
async function* filesIn(folder: URL, prefix = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      yield* filesIn(new URL(`${name}/`, folder), `${prefix}${name}/`);
    } else yield prefix + name;
  }
}

async function sha256(file: URL): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", await Deno.readFile(file));
  return Array.from(
    new Uint8Array(hash),
    (b) => b.toString(16).padStart(2, "0"),
  )
    .join("");
}

const lines = (await Deno.readTextFile(new URL("CHECKSUMS", dataFolder)))
  .trimEnd().split("\n");

Deno.test("CHECKSUMS has the format of sha256sum", () => {
  for (const line of lines) assertMatch(line, /^[0-9a-f]{64} {2}\S+$/);
});

Deno.test("CHECKSUMS lists every data file", async () => {
  const listed = lines.map((line) => line.slice(66)).sort();
  const found = [];
  for await (const file of filesIn(dataFolder)) {
    if (file !== "CHECKSUMS" && file !== "README.md") found.push(file);
  }
  assertEquals(listed, found.sort());
});

Deno.test("CHECKSUMS agrees with the data files", async () => {
  for (const line of lines) {
    const file = line.slice(66);
    const found = await sha256(new URL(file, dataFolder));
    assertEquals(`${found}  ${file}`, line);
  }
});

Deno.test("the data folders name their source", async () => {
  for await (const { name, isDirectory } of Deno.readDir(dataFolder)) {
    if (!isDirectory) continue;
    const text = await Deno.readTextFile(
      new URL(`${name}/SOURCE.md`, dataFolder),
    );
    assertMatch(text, /^# /);
  }
});
