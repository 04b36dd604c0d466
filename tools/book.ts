/**
 * `deno task book [--check] [notebook ...]`: the course as a static site in
 * `output/site`, with executed notebooks, search, glossary and reference.
 *
 * Nothing on it asks another machine for anything. Exercises are the students':
 * without solutions, hidden tests, or outputs that would give them away.
 */
import { parse } from "@std/yaml";
import { dirname, join } from "node:path";
import { addressOf, pageOf } from "./site/page.ts";
import { type Lesson, lessons } from "./site/course.ts";
import { outputsOf } from "./site/executed.ts";
import { filesBelow, publish, siteFolder } from "./site/publish.ts";
import { setUpSite } from "./site/python.ts";
import { remove } from "./files.ts";
import { formatNotebook } from "./homework/notebook/format.ts";
import { readOptions } from "./options.ts";
import { root } from "./paths.ts";
import { output, runOrThrow, SetupError, withPlainErrors } from "./process.ts";

const work = join(root, ".cache", "book");
const own = join(root, "tools", "site");

/** Pages of docs/ that are pages of the book. */
const documents = ["glossary", "replication", "building-blocks"];

/** plotly.js with the kinds of chart that the course draws. */
export const plotly: string = join(
  root,
  "node_modules",
  "plotly.js-cartesian-dist-min",
  "plotly-cartesian.min.js",
);

/** The question that a notebook asks, from the table of the README. */
function questionsOf(readme: string): Map<string, string> {
  const rows = readme.matchAll(/^\| `(\w+)` +\| (.+?) +\|$/gm);
  return new Map([...rows].map(([, name, question]) => [name, question]));
}

/** The front page, with the table of the notebooks that it leads to. */
async function frontPage(chosen: readonly Lesson[]): Promise<string> {
  const readme = await Deno.readTextFile(join(root, "README.md"));
  const questions = questionsOf(readme);
  const rows = chosen.map(({ name, title }) => {
    const question = questions.get(name);
    if (question === undefined) {
      throw new SetupError(
        `The front page expects a row of README.md's table for each notebook but found none for ${name}: add it.`,
      );
    }
    return `| [${title}](${name}.ipynb) | ${question} |`;
  });
  const [first] = chosen, { lite } = addressOf(first.name);
  const start =
    `<div class="cnn-links"><a href="${first.name}.html">Read it</a>` +
    `<a href="${lite}">Run it in the browser</a></div>`;
  const text = await Deno.readTextFile(join(own, "index.md"));
  const names = (list: readonly string[]) => list.join("\n");
  return text
    .replace("{{start}}", () => start)
    .replace(
      "{{course}}",
      () => ["| notebook | question |", "| --- | --- |", ...rows].join("\n"),
    ) +
    tree("The course", names(chosen.map(({ name }) => name))) +
    tree("Beside it", names([...documents, "cite"]));
}

const tree = (caption: string, names: string) =>
  `\n\`\`\`{toctree}\n:caption: ${caption}\n:hidden:\n\n${names}\n\`\`\`\n`;

/** How to cite, from CITATION.cff. */
async function citePage(): Promise<string> {
  const cff = parse(await Deno.readTextFile(join(root, "CITATION.cff"))) as {
    title: string;
    version: string;
    authors: { name: string }[];
  };
  const authors = cff.authors.map(({ name }) => name).join(" and ");
  return `# How to cite

> ${authors}. *${cff.title}*, version ${cff.version}.

\`\`\`bibtex
@software{cnn_measured,
  author  = {{${authors}}},
  title   = {${cff.title}},
  version = {${cff.version}}
}
\`\`\`

The same stands in <a href="CITATION.cff" download>CITATION.cff</a>, which
reference managers read. Code and notebooks are under the MIT licence; each data
set keeps its own, and the papers are linked where their result is measured.
`;
}

/** A page of docs/, with its links to notebooks as the book has them. */
async function document(name: string, chosen: readonly Lesson[]) {
  const text = await Deno.readTextFile(join(root, "docs", `${name}.md`));
  const there = new Set(chosen.map(({ name }) => name));
  return text.replaceAll(
    /\[([^\]]+)\]\(\.\.\/notebooks\/(\w+)\.ipynb\)/g,
    (_, text, name) => there.has(name) ? `[${text}](${name}.ipynb)` : text,
  );
}

/** Links to notebooks that are left out lead nowhere: their text stays. */
function withoutDeadLinks(page: string, chosen: readonly Lesson[]): string {
  const there = new Set(chosen.map(({ name }) => name));
  return page.replaceAll(
    /\[([^\][]+)\]\((\w+)\.ipynb\)/g,
    (all, text, name) => there.has(name) ? all : text,
  );
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}

async function build(chosen: readonly Lesson[]): Promise<void> {
  const { course, site } = await setUpSite();
  const source = join(work, "source"), html = join(work, "html");
  await remove(source);
  await remove(html);
  for (const lesson of chosen) {
    const page = pageOf(lesson, await outputsOf(lesson, course));
    const { file } = addressOf(lesson.name);
    await write(
      join(source, `${lesson.name}.ipynb`),
      withoutDeadLinks(page, chosen),
    );
    await write(join(source, "extra", file), formatNotebook(lesson.student));
  }
  await write(join(source, "index.md"), await frontPage(chosen));
  await write(join(source, "cite.md"), await citePage());
  for (const name of documents) {
    await write(join(source, `${name}.md`), await document(name, chosen));
  }
  const copies = [
    [plotly, "_static/plotly.min.js"],
    [join(own, "book.css"), "_static/book.css"],
    [join(own, "favicon.svg"), "_static/favicon.svg"],
    [join(own, "conf.py"), "conf.py"],
    [join(root, "CITATION.cff"), "extra/CITATION.cff"],
  ];
  await runOrThrow([
    Deno.execPath(),
    "run",
    "-A",
    join(root, "tools", "doc.ts"),
  ]);
  const api = join(root, "output", "api");
  for (const name of await filesBelow(api)) {
    if (name !== ".manifest") {
      copies.push([join(api, name), `extra/api/${name}`]);
    }
  }
  for (const [from, to] of copies) {
    await Deno.mkdir(dirname(join(source, to)), { recursive: true });
    await Deno.copyFile(from, join(source, to));
  }
  await write(join(source, "extra", ".nojekyll"), "");
  const { success, stdout, stderr } = await output([
    site.python,
    ...["-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going"],
    ...["-d", join(work, "doctrees"), source, html],
  ], { env: site.env });
  if (!success) {
    throw new SetupError(`Sphinx stopped:\n${(stdout + stderr).trim()}`);
  }
  for (const name of [".buildinfo", "objects.inv"]) {
    await remove(join(html, name));
  }
  const { files, bytes } = await publish("book", html, siteFolder);
  console.log(
    `${join("output", "site", "index.html")}: ${files} files, ${
      (bytes / 1e6).toFixed(1)
    } MB`,
  );
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    const { values: { check }, positionals } = readOptions(
      "book",
      Deno.args,
      { check: { type: "boolean" } },
      (_, odd) => `book knows --check and notebooks but found ${odd}.`,
    );
    await build(await lessons(positionals));
    if (!check) return 0;
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--no-check"],
        `--config=${join(root, "tests", "browser", "deno.json")}`,
        join(root, "tests", "browser", "book_check.ts"),
      ],
      stdin: "null",
    }).spawn().status;
    return success ? 0 : 1;
  });
}
