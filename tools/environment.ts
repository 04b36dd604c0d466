/**
 * The project's own Python environment in `.venv`, with JupyterLab, nbclient,
 * nbconvert, Plotly's extension and a kernel that starts this very Deno.
 *
 * A stamp file is written last, so an interrupted set-up is never taken for a
 * complete one: without the right stamp the environment is made afresh.
 */
import { join } from "node:path";
import { readIfThere, writeIfNew } from "./files.ts";
import { installNpm } from "./install_npm.ts";
import { type Environment, installPython } from "./install_python.ts";
import { root } from "./paths.ts";

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
      // A signal ends the kernel; this message only ends the cell.
      interrupt_mode: "message",
      env: { NO_COLOR: "1" },
    },
  );
  // Without these JupyterLab asks a newcomer about news and looks for updates.
  const settings = join(share, "lab", "settings");
  // A user's own settings stay.
  if (await readIfThere(join(settings, "overrides.json"))) return;
  await writeIfNew(settings, "overrides.json", {
    "@jupyterlab/apputils-extension:notification": {
      fetchNews: "false",
      checkForUpdates: false,
    },
  });
}
