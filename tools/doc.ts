/**
 * `deno task doc`: the library's reference as HTML pages in `output/api`, made by
 * `deno doc` from the comments in `lib`.
 *
 * Of the checks it has what students get: no answers.
 *
 * `deno doc` sorts names by `@category`, and only those of a single .d.ts file.
 * Here the category of a name is its room, so the tags are not written into
 * the sources hundreds of times but into a copy, which a .d.ts file exports.
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import { basename, dirname, join, sep as SEPARATOR } from "node:path";
import config from "../deno.json" with { type: "json" };
import { root } from "./paths.ts";
import { OwnFolder } from "./own_folder.ts";
import { withoutFlags } from "./options.ts";
import { runOrThrow, withPlainErrors } from "./process.ts";
import { publicExercises } from "./site/exercises.ts";

/** What the front page says. */
const front = `/**
 * The library of the course: what a notebook imports as "cnn", by rooms.
 *
 * Images are [N, H, W, C], kernels [KH, KW, Cin, Cout]; options have the names
 * of TensorFlow.js. Every example is run by the course's tests.
 *
 * @module
 */
export * from "./lib/mod.ts";
`;

/**
 * Long lines of an example scroll; otherwise they push the search off the page. On
 * a phone the search has a line of its own. Text is dark enough to read.
 */
const style =
  `#content, #content > *, .ddoc > div, .ddoc main > * { min-width: 0 }
@media (max-width: 48rem) {
  #topnav, #topnav > div { height: auto; flex-wrap: wrap; row-gap: 0.25rem }
  #topnav .contextLink { word-break: normal }
  #searchbar { min-width: 0; max-width: 16rem }
}
.ddoc .namespaceItemContent span { opacity: 1 !important }
html:not(.dark) .ddoc :is(.td-ref, a code, code a) { color: #1d4ed8 }
html:not(.dark) .ddoc .td-kw { color: #0e7490 }
html:not(.dark) .ddoc .td-op { color: #be185d }
html:not(.dark) .ddoc .td-str { color: #854d0e }
html:not(.dark) .ddoc .contextLink { color: #0e6590 }
html:not(.dark) .ddoc .token:is(.punctuation, .operator, .comment) { color: #5b6470 }
html:not(.dark) .ddoc .token.string { color: #3f6b00 }
`;

/** The pages' icon, from tools/site. */
const icon = "favicon.svg";

/** Gives every documented export of a file its category. */
export function withCategory(code: string, category: string): string {
  return code.replace(
    /\/\*\*((?:(?!\*\/)[^])*?)\s*\*\/\n(?=export )/g,
    (_, comment: string) =>
      `/**${comment.trimEnd()}\n *\n * @category ${category}\n */\n`,
  );
}

/** The first sentence of a room's barrel, without the mark of a module. */
export function roomText(code: string): string {
  const comment = /^\/\*\*([^]*?)\*\//.exec(code)?.[1] ?? "";
  return comment.replace(/^\s*\* ?/gm, "").replace("@module", "").trim();
}

/**
 * A page as it is published: names come from "cnn", and a link to a source file
 * leads to its text beside the pages, not into the folder that they were made in.
 *
 * @param path The page's, "~/conv2d.html".
 * @param copy Name of that folder.
 */
export function published(html: string, path: string, copy: string): string {
  const top = "../".repeat(path.split("/").length - 1);
  return html
    .replace(
      "</head>",
      `<link rel="icon" href="${top}${icon}"></head>`,
    )
    .replaceAll("from &quot;.&quot;", "from &quot;cnn&quot;")
    .replaceAll(/(?<=href=")file:[^"]*/g, (address) => {
      const [, file] = address.replaceAll("&#x2F;", "/").split(`/${copy}/`);
      if (file === undefined) {
        throw new Error(`doc expects sources in ${copy} but found ${address}`);
      }
      return `${top}source/${file}.txt`;
    });
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    withoutFlags("doc", Deno.args);
    const copy = await Deno.makeTempDir({ prefix: "cnn_doc_" });
    try {
      const texts: Record<string, string> = {};
      const sources = new Map<string, string>();
      const exercises = await publicExercises();
      const names = await readdir(join(root, "lib"), { recursive: true });
      for (const name of names.filter((name) => name.endsWith(".ts"))) {
        const [room, ...rest] = name.split(SEPARATOR);
        if (rest[0] === "assembly") continue; // another language
        const code = room === "exercises"
          ? exercises.get(rest.join("/"))
          : await Deno.readTextFile(join(root, "lib", name));
        if (code === undefined) continue; // of no use without an answer
        // A room without a barrel is told of by the file of its name.
        if (rest.join() === "mod.ts") texts[room] = roomText(code);
        else if (rest.join() === `${room}.ts`) texts[room] ??= roomText(code);
        const to = join(copy, "lib", name);
        await Deno.mkdir(dirname(to), { recursive: true });
        await Deno.writeTextFile(to, withCategory(code, room));
        sources.set(
          `source/lib/${name.replaceAll(SEPARATOR, "/")}.txt`,
          code.replaceAll(/(?<=recorded(?:Answer)?\().{300,}?(?=\)+;$)/gm, "…"),
        );
      }
      await Deno.writeTextFile(join(copy, "cnn.d.ts"), front);
      await Deno.writeTextFile(join(copy, "rooms.json"), JSON.stringify(texts));
      await Deno.writeTextFile( // without the package's own entry points
        join(copy, "deno.json"),
        JSON.stringify({ imports: config.imports, nodeModulesDir: "manual" }),
      );
      await Deno.symlink(
        join(root, "node_modules"),
        join(copy, "node_modules"),
        { type: "junction" },
      );
      const pages = join(copy, "pages");
      await runOrThrow([
        ...[Deno.execPath(), "doc", "--html", "--name=cnn"],
        ...[`--category-docs=${join(copy, "rooms.json")}`],
        ...[`--output=${pages}`, "cnn.d.ts"],
      ], { cwd: copy });
      const own = await OwnFolder.open("doc", join(root, "output", "api"));
      const written = new Set<string>();
      for (const name of await readdir(pages, { recursive: true })) {
        const from = join(pages, name);
        if ((await Deno.stat(from)).isDirectory) continue;
        const path = name.replaceAll(SEPARATOR, "/");
        written.add(path);
        await own.write(
          path,
          name.endsWith(".html")
            ? published(await Deno.readTextFile(from), path, basename(copy))
            : name === "page.css"
            ? `${await Deno.readTextFile(from)}\n${style}`
            : await Deno.readFile(from),
          { aside: true },
        );
      }
      await own.write(
        icon,
        await Deno.readFile(join(root, "tools", "site", icon)),
        {
          aside: true,
        },
      );
      written.add(icon);
      for (const [path, code] of sources) {
        written.add(path);
        await own.write(path, code, { aside: true });
      }
      await own.removeOthers(written);
      await own.close();
      console.log(join("output", "api", "index.html"));
      return 0;
    } finally {
      await Deno.remove(copy, { recursive: true });
    }
  });
}
