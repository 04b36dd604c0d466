/** Which lines of the library each test file runs, and for how long it runs. */
import { join, relative } from "node:path";
import { readIfThere, remove, sha256, writeWhole } from "../files.ts";
import { output, SetupError } from "../process.ts";
import { denoTest } from "./deno_test.ts";
import { filesBelow } from "./tree.ts";

/** What a test file does when nothing is changed. */
export interface Reach {
  readonly file: string;
  readonly seconds: number;
  /** Lines that it runs, by file of the library. */
  readonly lines: Readonly<Record<string, readonly number[]>>;
}

/** Tests that are not asked: of other tools, and of what a browser shows. */
const others = /^tests\/(?:browser|tools\/(?!fuzz\/))/;

/**
 * Runs every test file of a tree by itself.
 *
 * @param cache Folder that keeps the answer for the next run with the same files.
 * @param onFile Called after each file.
 * @returns What each one reaches, and the files that fail as they are.
 */
export async function reachOf(
  tree: string,
  cache: string,
  onFile: (done: number, total: number) => void = () => {},
): Promise<{ reaches: Reach[]; red: string[] }> {
  const files = await filesBelow(tree);
  const code = files.filter((file) =>
    /^(?:lib|tests)\/|^deno\.json/.test(file) && !others.test(file)
  );
  const texts = await Promise.all(
    code.map((file) => Deno.readFile(join(tree, file))),
  );
  const kept = join(cache, `reach-${sha256(...code, ...texts)}.json`);
  const known = await readIfThere(kept);
  if (known !== undefined) return JSON.parse(known);
  const tests = code.filter((file) => file.endsWith("_test.ts"));
  const found: { reaches: Reach[]; red: string[] } = { reaches: [], red: [] };
  for (const [i, file] of tests.entries()) {
    const folder = await Deno.makeTempDir({ prefix: "mutate-coverage-" });
    try {
      const args = [`--coverage=${folder}`, "--coverage-raw-data-only", file];
      const { result, seconds } = await denoTest(tree, args);
      if (result === "passed") {
        const lines = await linesIn(tree, folder);
        found.reaches.push({ file, seconds, lines });
      } else found.red.push(file);
    } finally {
      await remove(folder);
    }
    onFile(i + 1, tests.length);
  }
  await Deno.mkdir(cache, { recursive: true });
  await writeWhole(kept, JSON.stringify(found));
  return found;
}

/** Lines of the library with a count above 0. */
async function linesIn(
  tree: string,
  folder: string,
): Promise<Record<string, number[]>> {
  const report = join(folder, "report.lcov");
  const { success, stderr } = await output([
    Deno.execPath(),
    ...["coverage", "--lcov", `--output=${report}`, "--include=/lib/", folder],
  ], { cwd: tree, env: { NO_COLOR: "1" } });
  // A test that only reads files runs nothing of the library.
  if (!success && !stderr.includes("No covered files")) {
    throw new SetupError(`deno coverage failed:\n${stderr.trim()}`);
  }
  const lines: Record<string, number[]> = {};
  let file = "";
  const real = await Deno.realPath(tree);
  for (const line of (await readIfThere(report) ?? "").split("\n")) {
    if (line.startsWith("SF:")) {
      file = relative(real, line.slice(3)).replaceAll("\\", "/");
    }
    const [, number, count] = /^DA:(\d+),(\d+)/.exec(line) ?? [];
    if (count !== undefined && count !== "0") {
      (lines[file] ??= []).push(Number(number));
    }
  }
  return lines;
}
