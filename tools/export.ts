/**
 * `deno task export [executed notebook ...]`: turns the executed copies in
 * `output/` into HTML pages that need no network: not for figures, not for formulas.
 */
import { basename, join } from "node:path";
import { OwnFolder } from "./own_folder.ts";
import { setUp } from "./environment.ts";
import { root } from "./paths.ts";
import {
  chooseNotebooks,
  notebooksIn,
  readNotebook,
} from "./homework/notebook/load.ts";
import { withoutFlags } from "./options.ts";
import { output, SetupError, withPlainErrors } from "./process.ts";

if (import.meta.main) {
  await withPlainErrors(async () => {
    const folder = join(root, "output");
    await Deno.mkdir(folder, { recursive: true });
    const names = withoutFlags("export", Deno.args);
    if (names.length === 0 && (await notebooksIn(folder)).length === 0) {
      throw new SetupError(
        "No executed notebook in output/: run deno task run first.",
      );
    }
    const paths = await chooseNotebooks(names, folder);
    const files = paths.map((path) => basename(path));
    const twice = files.find((name, i) => files.indexOf(name) < i);
    if (twice !== undefined) {
      throw new SetupError(
        `export expects notebooks of different names but found two called ${twice}: export them one after another.`,
      );
    }
    await Promise.all(paths.map(readNotebook)); // says in one line what is no notebook
    const { python, env } = await setUp();
    const script = join(root, "tools", "python", "export.py");
    const plotly = join(
      root,
      "node_modules",
      "plotly.js-cartesian-dist-min",
      "plotly-cartesian.min.js",
    );
    const own = await OwnFolder.open("export", folder);
    const pages = await own.draft();
    await Deno.mkdir(pages);
    try {
      const command = [python, script, plotly, pages, ...paths];
      const { success, stderr } = await output(command, { env });
      if (!success) {
        throw new SetupError(`The export stopped:\n${stderr.trim()}`);
      }
      if (stderr.trim()) console.error(stderr.trim());
      for await (const { name } of Deno.readDir(pages)) {
        const kept = await own.take(join(pages, name), name, { aside: true });
        if (kept) console.log(`${join("output", kept)} (kept: it was changed)`);
        console.log(join("output", name));
      }
    } finally {
      await Deno.remove(pages, { recursive: true });
    }
    await own.close();
    return 0;
  });
}
