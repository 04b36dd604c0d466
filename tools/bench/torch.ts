import { join } from "node:path";
import { root } from "../paths.ts";
import { freshFolder } from "../files.ts";
import { output, runOrThrow, SetupError, withPlainErrors } from "../process.ts";
import { findPython } from "../python.ts";

/** The version that `--torch` installs. */
const version = "2.13.0";

/**
 * The Python interpreter to ask for torch: the bench's own environment where it
 * exists and works, else the one on the PATH.
 *
 * @param install Make the bench's own environment with torch, once.
 */
export async function torchPython(
  install: boolean,
  log: (line: string) => void,
): Promise<string> {
  const folder = join(root, ".cache", "torch");
  const own = join(
    folder,
    ...(Deno.build.os === "windows"
      ? ["Scripts", "python.exe"]
      : ["bin", "python"]),
  );
  const works = (python: string) =>
    output([python, "-c", "import torch"]).then(({ success }) => success);
  if (await works(own)) return own;
  if (!install) return "python3";
  const python = await findPython();
  if (python instanceof SetupError) throw python;
  log(`Installing PyTorch ${version} in .cache/torch (once)`);
  await freshFolder(folder);
  await runOrThrow([...python, "-m", "venv", folder]);
  await runOrThrow([own, "-m", "pip", "install", "-q", `torch==${version}`]);
  if (!await works(own)) {
    throw new SetupError(`PyTorch was installed in ${folder} but fails.`);
  }
  return own;
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    await torchPython(true, console.log);
    return 0;
  });
}
