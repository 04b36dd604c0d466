/** Making `.venv` with the Python packages of requirements.txt, once. */
import { join } from "node:path";
import { freshFolder, readIfThere, sha256 } from "./files.ts";
import { output, runOrThrow, SetupError } from "./process.ts";
import { findPython } from "./python.ts";

/** Where a finished environment lies and how its programs are called. */
export interface Environment {
  /** The interpreter inside `.venv`. */
  python: string;
  /** Variables that make Jupyter look here first and nowhere odd. */
  env: Record<string, string>;
}

/** Makes the environment afresh unless its stamp says that it is complete. */
export async function installPython(
  folder: string,
  { python, env }: Environment,
  log: (line: string) => void,
  { name = ".venv", packages = "requirements.txt" } = {},
): Promise<void> {
  const venv = join(folder, name);
  const requirements = join(folder, "tools", "python", packages);
  const stamp = join(venv, "complete.txt");
  // The path is part of the stamp: an environment does not survive being moved.
  const wanted = sha256(
    await Deno.readTextFile(requirements) + "\n" + await Deno.realPath(folder),
  );
  if (await readIfThere(stamp) === wanted && await works(python)) return;

  const found = await findPython();
  if (found instanceof SetupError) throw found;
  await freshFolder(venv);
  log(`Setting up: Python packages in ${name} (about a minute, once)`);
  const options = { env: { ...env, PIP_USER: "0" } };
  await runOrThrow([...found, "-m", "venv", venv], options);
  await runOrThrow([
    python,
    ...["-m", "pip", "install", "--quiet", "--no-input"],
    ...["--disable-pip-version-check", "--no-warn-script-location"],
    ...["--requirement", requirements],
  ], options);
  await Deno.writeTextFile(stamp, wanted);
}

async function works(python: string): Promise<boolean> {
  return (await output([python, "-c", ""])).success;
}
