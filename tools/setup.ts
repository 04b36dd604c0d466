/**
 * `deno task setup [--vscode | --vscode=remove]`: sets everything up and starts
 * nothing; with --vscode, lets VS Code find the kernel too.
 */
import { setUp } from "./environment.ts";
import { SetupError, withPlainErrors } from "./process.ts";
import { addKernel, kernelFolder, removeKernel } from "./vscode_kernel.ts";

if (import.meta.main) {
  await withPlainErrors(async () => {
    const [option, ...rest] = Deno.args;
    const known = [undefined, "--vscode", "--vscode=remove"];
    if (!known.includes(option) || rest.length > 0) {
      throw new SetupError(
        `setup knows --vscode and --vscode=remove but found ${
          rest.at(-1) ?? option
        }.`,
      );
    }
    if (option === "--vscode=remove") {
      console.log(await removeKernel(kernelFolder()));
      return 0;
    }
    await setUp();
    if (option === "--vscode") console.log(await addKernel(kernelFolder()));
    console.log("Ready: deno task lab opens the notebooks.");
    return 0;
  });
}
