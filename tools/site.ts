/**
 * `deno task site [--serve] [notebook ...]`: the course in the browser, in
 * `output/site/lite`: JupyterLite with the notebooks as students get them, a
 * kernel of ours that runs their TypeScript, the library, its WebAssembly and
 * the data. `--serve` shows the whole site on this machine until it is stopped;
 * `--draft` publishes nothing and leaves the build in `.cache/lite/site`.
 */
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import config from "../deno.json" with { type: "json" };
import { plotly } from "./book.ts";
import { type Lesson, lessons } from "./site/course.ts";
import { publicExercises } from "./site/exercises.ts";
import { filesBelow, publish, siteFolder } from "./site/publish.ts";
import { setUpSite } from "./site/python.ts";
import { serve } from "./site/serve.ts";
import { infoOf, remove } from "./files.ts";
import { formatNotebook } from "./homework/notebook/format.ts";
import { readOptions } from "./options.ts";
import { root } from "./paths.ts";
import { runOrThrow, SetupError, withPlainErrors } from "./process.ts";

const work = join(root, ".cache", "lite");
const own = join(root, "tools", "site");
/** The library with the students' checks, which hold no answer. */
const library = join(work, "library");

/** What a notebook may import, and the file that holds it on the site. */
const modules = Object.entries(config.imports)
  .filter(([name]) => /^cnn(\/|$)/.test(name) && name !== "cnn/homework")
  .map(([name, path]) => ({
    name,
    file: `${name.replace("/", "-")}.js`,
    source: join(library, path),
  }));

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

const bundle = (...args: string[]) =>
  runOrThrow(
    [
      ...[Deno.execPath(), "bundle", "--quiet", "--no-lock", "--minify"],
      ...["--platform=browser", ...args],
    ],
    { cwd: root },
  );

async function copyLibrary(): Promise<void> {
  const exercises = await publicExercises();
  const lib = join(root, "lib");
  for (const name of await filesBelow(lib)) {
    if (/^(exercises|engine\/assembly)\//.test(name)) continue;
    await copy(join(lib, name), join(library, "lib", name));
  }
  for (const [name, text] of exercises) {
    await write(join(library, "lib", "exercises", name), text);
  }
}

/** The library as modules that a browser loads, with its other door to the system. */
async function bundleLibrary(into: string): Promise<void> {
  await copyLibrary();
  const entries = join(work, "entries");
  for (const { file, source } of modules) {
    await write(
      join(entries, file.replace(/\.js$/, ".ts")),
      `export * from ${JSON.stringify(pathToFileURL(source).href)};\n`,
    );
  }
  const url = (...path: string[]) => pathToFileURL(join(library, ...path)).href;
  const imports = Object.fromEntries(
    Object.entries(config.imports).map(([name, path]) => [
      name,
      path.startsWith(".") ? url(path) : path,
    ]),
  );
  imports[url("lib", "kernel", "platform.ts")] =
    pathToFileURL(join(own, "lite", "platform.ts")).href;
  const map = join(work, "imports.json");
  await write(map, JSON.stringify({ imports }));
  await bundle(
    ...["--code-splitting", `--outdir=${into}`, `--import-map=${map}`],
    ...modules.map(({ file }) => join(entries, file.replace(/\.js$/, ".ts"))),
  );
  for (const name of await filesBelow(into)) {
    const code = await Deno.readTextFile(join(into, name));
    const [foreign] = /\bfrom"node:\w+"|\bimport"node:\w+"/.exec(code) ?? [];
    if (foreign) {
      throw new SetupError(
        `The course in the browser expects the library to import nothing of Node but found ${foreign} in ${name}: let it ask lib/kernel/platform.ts.`,
      );
    }
  }
}

/** Everything of ours that JupyterLite's pages load. */
async function courseFolder(into: string): Promise<void> {
  await bundleLibrary(into);
  await bundle(
    `--config=${join(own, "kernel", "deno.json")}`,
    ...[`--output=${join(into, "worker.js")}`],
    join(own, "kernel", "worker.ts"),
  );
  await write(
    join(into, "modules.json"),
    JSON.stringify(Object.fromEntries(
      modules.map(({ name, file }) => [name, file]),
    )),
  );
  await copy(plotly, join(into, "plotly.min.js"));
  await copy(join(own, "favicon.svg"), join(into, "favicon.svg"));
  for (const name of ["kernels.wasm", "kernels-fma.wasm"]) {
    await copy(
      join(root, "lib", "engine", "kernels", name),
      join(into, name),
    );
  }
  const tfjs = join(
    ...[root, "node_modules", "@tensorflow", "tfjs-backend-wasm", "dist"],
  );
  for (const name of await filesBelow(tfjs)) {
    if (/^[^/]*\.wasm$/.test(name)) {
      await copy(join(tfjs, name), join(into, "tfjs", name));
    }
  }
  for (const name of await filesBelow(join(root, "data"))) {
    await copy(join(root, "data", name), join(into, "data", name));
  }
}

/** The extension as JupyterLite's builder finds extensions. */
async function extensionFolder(into: string): Promise<void> {
  const folder = join(into, "@cnn", "course");
  await bundle(
    "--format=iife",
    `--output=${join(folder, "static", "extension.js")}`,
    join(own, "lite", "extension.ts"),
  );
  await write(
    join(folder, "package.json"),
    JSON.stringify({
      name: "@cnn/course",
      version: config.version,
      license: "MIT",
      jupyterlab: {
        extension: true,
        _build: { load: "static/extension.js", extension: "./extension" },
      },
    }),
  );
}

async function build(
  chosen: readonly Lesson[],
  draft: boolean,
): Promise<void> {
  const { site } = await setUpSite();
  await remove(work);
  const settings = join(work, "settings"), html = join(work, "site", "lite");
  for (const { name, student } of chosen) {
    await write(
      join(work, "contents", "notebooks", `${name}.ipynb`),
      formatNotebook(student),
    );
  }
  const extensions = join(work, "extensions");
  await extensionFolder(extensions);
  await write(
    join(settings, "jupyter-lite.json"),
    JSON.stringify({
      "jupyter-lite-schema-version": 0,
      "jupyter-config-data": {
        appName: "CNNs, measured",
        defaultKernelName: "deno",
        exposeAppInBrowser: true,
        faviconUrl: "./course/favicon.svg",
        showLoadingIndicator: true,
        settingsOverrides: {
          "@jupyterlab/apputils-extension:themes": { "adaptive-theme": true },
        },
      },
    }),
  );
  await write(
    join(settings, "jupyter_lite_config.json"),
    JSON.stringify({
      LiteBuildConfig: {
        ignore_sys_prefix: true,
        apps: ["lab"],
        no_sourcemaps: true,
        no_unused_shared_packages: true,
        contents: [join(work, "contents")],
        output_dir: html,
      },
      FederatedExtensionAddon: { extra_labextensions_path: [extensions] },
    }),
  );
  await runOrThrow(
    [site.python, "-m", "jupyterlite_core", "build"],
    { cwd: settings, env: site.env },
  );
  await courseFolder(join(html, "course"));
  if (draft) return;
  const { files, bytes } = await publish(
    "site",
    html,
    join(siteFolder, "lite"),
  );
  console.log(
    `${join("output", "site", "lite", "lab", "index.html")}: ${files} files, ${
      (bytes / 1e6).toFixed(1)
    } MB`,
  );
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    const { values, positionals } = readOptions(
      "site",
      Deno.args,
      { serve: { type: "boolean" }, draft: { type: "boolean" } },
      (_, odd) => `site knows --serve, --draft and notebooks but found ${odd}.`,
    );
    await build(await lessons(positionals), values.draft ?? false);
    if (values.serve) {
      await using site = serve(siteFolder, "", 8000);
      const book = await infoOf(join(siteFolder, "index.html")) !== undefined;
      const front = book ? "/" : "/lite/lab/index.html";
      console.log(`${site.address}${front} shows it; Ctrl+C ends this`);
      await new Promise(() => {});
    }
    return 0;
  });
}
