/**
 * `deno task lab [options of jupyter lab]`: sets everything up and opens
 * JupyterLab on the notebooks, on this machine alone, behind its token.
 */
import { setUp } from "./environment.ts";
import { root } from "./paths.ts";
import { withPlainErrors } from "./process.ts";

/** Arguments of `jupyter lab`; the user's own come last and so win. */
export function labArguments(
  folder: string,
  user: readonly string[],
  isRoot: boolean,
): string[] {
  return [
    ...["-m", "jupyterlab"],
    `--ServerApp.root_dir=${folder}`,
    "--LabApp.default_url=/lab/tree/notebooks",
    "--ServerApp.ip=127.0.0.1",
    "--MultiKernelManager.default_kernel_name=deno",
    // Python's own kernel comes along with JupyterLab and would only mislead.
    "--KernelSpecManager.allowed_kernelspecs=deno",
    // Jupyter refuses to start as root, which is what containers run as.
    ...(isRoot ? ["--allow-root"] : []),
    ...user,
  ];
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    const { python, env } = await setUp();
    const lab = new Deno.Command(python, {
      args: labArguments(root, Deno.args, Deno.uid() === 0),
      cwd: root,
      env,
    }).spawn();
    // Ctrl-C reaches the server itself, which asks back; this waits for its answer.
    Deno.addSignalListener("SIGINT", () => {});
    if (Deno.build.os !== "windows") {
      Deno.addSignalListener("SIGTERM", () => lab.kill("SIGTERM"));
    }
    return (await lab.status).code;
  });
}
