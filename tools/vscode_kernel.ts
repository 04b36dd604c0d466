/**
 * A kernel that VS Code finds: its Jupyter extension looks into the user's own
 * folder for kernels, at a fixed place below the home folder, and into no `.venv`.
 */
import { join } from "node:path";
import { infoOf, readIfThere } from "./files.ts";
import { SetupError } from "./process.ts";

/** Name of the kernel: nobody else's, so that it can stand beside any other. */
export const kernelName = "deno-cnn";

/** Says that a kernel.json is ours to write and to remove. */
const mark = "deno task setup --vscode";

/** Where VS Code looks for kernels; it reads neither XDG_DATA_HOME nor JUPYTER_DATA_DIR. */
export function kernelFolder(
  home: string | undefined = Deno.env.get("HOME") ??
    Deno.env.get("USERPROFILE"),
  os: string = Deno.build.os,
): string {
  if (!home) {
    throw new SetupError(
      "setup --vscode expects a home folder but found none: set HOME to yours and run the same command again.",
    );
  }
  const data = os === "windows"
    ? ["AppData", "Roaming", "jupyter"]
    : os === "darwin"
    ? ["Library", "Jupyter"]
    : [".local", "share", "jupyter"];
  return join(home, ...data, "kernels", kernelName);
}

/** Writes the kernel, or finds it there; gives the line to tell. */
export async function addKernel(
  folder: string,
  deno: string = Deno.execPath(),
): Promise<string> {
  const path = join(folder, "kernel.json");
  const text = JSON.stringify(
    {
      argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
      display_name: "Deno (CNN course)",
      language: "typescript",
      env: { NO_COLOR: "1" },
      metadata: { written_by: mark },
    },
    null,
    2,
  ) + "\n";
  const present = await ourText(path);
  if (present === text) {
    return `VS Code's kernel "Deno (CNN course)" is there already: ${path}`;
  }
  await Deno.mkdir(folder, { recursive: true });
  const draft = `${path}.${crypto.randomUUID()}.part`;
  await Deno.writeTextFile(draft, text);
  await Deno.rename(draft, path);
  return `Wrote the kernel "Deno (CNN course)" for VS Code: ${path} (deno task setup --vscode=remove takes it away)`;
}

/** Takes away what {@linkcode addKernel} wrote, and nothing else. */
export async function removeKernel(folder: string): Promise<string> {
  const path = join(folder, "kernel.json");
  if (await ourText(path) === undefined) {
    return `Nothing to remove: there is no ${path}`;
  }
  await Deno.remove(path);
  const left = await Array.fromAsync(Deno.readDir(folder));
  if (left.length === 0) await Deno.remove(folder);
  return `Removed ${path}`;
}

/** The file's text where it is ours, undefined where there is none. */
async function ourText(path: string): Promise<string | undefined> {
  // A link that leads nowhere is somebody's, too.
  if (await infoOf(path) === undefined) return undefined;
  const text = await readIfThere(path) ?? "";
  let written: unknown;
  try {
    written = JSON.parse(text)?.metadata?.written_by;
  } catch { /* not ours, as below */ }
  if (written === mark) return text;
  throw new SetupError(
    `setup --vscode expects its own file or none at ${path} but found another's: move it away and run the same command again.`,
  );
}
