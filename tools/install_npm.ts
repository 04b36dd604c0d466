/** Fetching the npm packages that deno.json names, once. */
import { join } from "node:path";
import { readIfThere, sha256 } from "./files.ts";
import { runOrThrow } from "./process.ts";

/** Fills `node_modules`; returns at once where it is filled. */
export async function installNpm(
  folder: string,
  log: (line: string) => void,
): Promise<void> {
  const stamp = join(folder, "node_modules", ".complete.txt");
  if (await readIfThere(stamp) === await npmState(folder)) return;
  const packages = await npmPackages(folder);
  if (packages.length === 0) return;
  log("Setting up: npm packages in node_modules (once)");
  // Not `deno install`, which also reads the library and stops at its first mistake.
  await runOrThrow(
    [Deno.execPath(), "cache", "--quiet", ...packages],
    { cwd: folder },
  );
  await Deno.mkdir(join(folder, "node_modules"), { recursive: true });
  // Asked again: this may have completed the lock file.
  await Deno.writeTextFile(stamp, await npmState(folder));
}

/** The packages that deno.json names, each with its version. */
async function npmPackages(folder: string): Promise<string[]> {
  const config = JSON.parse(await Deno.readTextFile(join(folder, "deno.json")));
  return Object.values<string>(config.imports ?? {})
    .filter((name) => name.startsWith("npm:"));
}

/** What decides which npm packages there are. */
async function npmState(folder: string): Promise<string> {
  return sha256(JSON.stringify([
    Deno.version.deno,
    await npmPackages(folder),
    await readIfThere(join(folder, "deno.lock")) ?? "",
  ]));
}
