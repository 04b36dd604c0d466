/**
 * `deno task export [executed notebook ...]`: turns the executed copies in
 * `output/` into HTML pages that draw their figures without a network.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { root, setUp } from "./environment.ts";
import { notebooksIn } from "./notebook.ts";
import { runOrThrow, SetupError, withPlainErrors } from "./process.ts";

if (import.meta.main) {
  await withPlainErrors(async () => {
    const folder = join(root, "output");
    await Deno.mkdir(folder, { recursive: true });
    const cwd = Deno.env.get("INIT_CWD") ?? Deno.cwd();
    const paths = Deno.args.length
      ? Deno.args.map((path) => resolve(cwd, path))
      : await notebooksIn(folder);
    if (paths.length === 0) {
      throw new SetupError(
        "No executed notebook in output/: run deno task run first.",
      );
    }
    const { python, env } = await setUp();
    const script = join(root, "tools", "python", "export.py");
    await runOrThrow([python, script, folder, ...paths], { env });
    for (const path of paths) {
      const name = path.split(/[\\/]/).pop()!.replace(/\.ipynb$/, ".html");
      console.log(join("output", name));
    }
    return 0;
  });
}
