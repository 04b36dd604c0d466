/**
 * The project's own Python environment in `.venv`, with JupyterLab, nbclient,
 * nbconvert, Plotly's extension and a kernel that starts this very Deno.
 *
 * A stamp file is written last, so an interrupted set-up is never taken for a
 * complete one: without the right stamp the environment is made afresh.
 *
 * @module
 */
import { join } from "node:path";
import { findPython, findUv } from "./python.ts";
import { output, runOrThrow, SetupError } from "./process.ts";

/** Folder of the repository. */
export const root: string = join(import.meta.dirname!, "..");

/** Where a finished environment lies and how its programs are called. */
export interface Environment {
  /** The interpreter inside `.venv`. */
  python: string;
  /** Variables that make Jupyter look here first and nowhere odd. */
  env: Record<string, string>;
}

/** Options of {@linkcode setUp}. */
export interface SetUpOptions {
  /** Repository to set up; this one unless told. */
  folder?: string;
  /** Receives one line for each step that takes time. */
  log?: (line: string) => void;
}

/**
 * Makes the environment, or finds it complete and returns at once.
 *
 * @returns The environment's interpreter and variables.
 * @throws {SetupError} Python or its venv module is missing, or a package cannot be installed.
 */
export async function setUp(
  { folder = root, log = console.error }: SetUpOptions = {},
): Promise<Environment> {
  // The lock lets a second set-up wait for the first; it ends with the process.
  await Deno.mkdir(join(folder, ".cache"), { recursive: true });
  const lock = await Deno.open(join(folder, ".cache", "setup.lock"), {
    create: true,
    write: true,
  });
  try {
    await lock.lock(true);
    const environment = paths(folder);
    await installPython(folder, environment, log);
    await writeKernel(folder);
    await installNpm(folder, log);
    return environment;
  } finally {
    lock.close();
  }
}

function paths(folder: string): Environment {
  const venv = join(folder, ".venv");
  return {
    python: Deno.build.os === "windows"
      ? join(venv, "Scripts", "python.exe")
      : join(venv, "bin", "python"),
    env: {
      JUPYTER_PATH: join(venv, "share", "jupyter"),
      JUPYTER_PREFER_ENV_PATH: "1",
      PYTHONNOUSERSITE: "1",
      PYTHONPATH: "",
    },
  };
}

async function installPython(
  folder: string,
  { python, env }: Environment,
  log: (line: string) => void,
): Promise<void> {
  const venv = join(folder, ".venv");
  const requirements = join(folder, "tools", "python", "requirements.txt");
  const stamp = join(venv, "complete.txt");
  // The path is part of the stamp: an environment does not survive being moved.
  const wanted = await digest(
    await Deno.readTextFile(requirements) + "\n" + await Deno.realPath(folder),
  );
  if (await readOr(stamp, "") === wanted && await works(python)) return;

  const uv = await findUv();
  const found = await findPython();
  if (!uv && found instanceof SetupError) throw found;
  await remove(venv);
  log("Setting up: Python packages in .venv (about a minute, once)");
  if (uv && await withUv(uv, venv, python, requirements)) {
    await Deno.writeTextFile(stamp, wanted);
    return;
  }
  if (found instanceof SetupError) throw found;
  await remove(venv);
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

async function withUv(
  uv: string,
  venv: string,
  python: string,
  requirements: string,
): Promise<boolean> {
  const steps = [
    [uv, "venv", "--quiet", "--no-project", "--python", ">=3.10", venv],
    [
      ...[uv, "pip", "install", "--quiet", "--python", python],
      ...["--requirement", requirements],
    ],
  ];
  for (const step of steps) {
    if (!(await output(step)).success) return false;
  }
  return true;
}

/** Registers the kernel named "deno", which starts the Deno that runs now. */
async function writeKernel(folder: string): Promise<void> {
  const share = join(folder, ".venv", "share", "jupyter");
  await writeIfNew(
    join(share, "kernels", "deno"),
    "kernel.json",
    {
      argv: [
        ...[Deno.execPath(), "jupyter", "--kernel"],
        ...["--conn", "{connection_file}"],
      ],
      display_name: "Deno",
      language: "typescript",
      env: { NO_COLOR: "1" },
    },
  );
  // Without these JupyterLab asks a newcomer about news and looks for updates.
  await writeIfNew(join(share, "lab", "settings"), "overrides.json", {
    "@jupyterlab/apputils-extension:notification": {
      fetchNews: "false",
      checkForUpdates: false,
    },
  });
}

async function installNpm(
  folder: string,
  log: (line: string) => void,
): Promise<void> {
  const stamp = join(folder, "node_modules", ".complete.txt");
  if (await readOr(stamp, "") === await npmState(folder)) return;
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
  return await digest(JSON.stringify([
    Deno.version.deno,
    await npmPackages(folder),
    await readOr(join(folder, "deno.lock"), ""),
  ]));
}

async function works(python: string): Promise<boolean> {
  return (await output([python, "-c", ""])).success;
}

async function writeIfNew(
  folder: string,
  name: string,
  value: unknown,
): Promise<void> {
  const text = JSON.stringify(value, null, 2) + "\n";
  const path = join(folder, name);
  if (await readOr(path, "") === text) return;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(path, text);
}

async function readOr(path: string, instead: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return instead;
    throw error;
  }
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return new Uint8Array(hash).toHex();
}
