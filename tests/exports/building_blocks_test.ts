/**
 * What "cnn" exports is used by a notebook or documented as a building block, and
 * docs/building-blocks.md lists it by rooms.
 *
 * The page is made from the comments in lib. After a change, renew it:
 * `deno test -A --no-check tests/exports/building_blocks_test.ts -- --update`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import * as cnn from "cnn";

const root = new URL("../../", import.meta.url);
const page = new URL("docs/building-blocks.md", root);

/** A name of "cnn" as `deno doc` tells it. */
interface Name {
  name: string;
  declarations: {
    kind: string;
    location: { filename: string };
    jsDoc?: { doc?: string; tags?: { kind: string }[] };
  }[];
}

/** What a program of Deno's prints for some input. */
async function deno(args: string[], input = ""): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout } = await child.output();
  assert(success, `deno ${args.join(" ")}`);
  return new TextDecoder().decode(stdout);
}

const { nodes } = JSON.parse(await deno(["doc", "--json", "lib/mod.ts"]));
const all = Object.values<{ symbols: Name[] }>(nodes)
  .flatMap(({ symbols }) => symbols);
const values = all.filter(({ name }) => name in cnn)
  .sort((a, b) => a.name < b.name ? -1 : 1);

/** The code of all notebooks. */
const code = [...Deno.readDirSync(new URL("notebooks/", root))]
  .filter(({ name }) => name.endsWith(".ipynb"))
  .flatMap(({ name }) => {
    const text = Deno.readTextFileSync(new URL(`notebooks/${name}`, root));
    const { cells } = JSON.parse(text) as {
      cells: { cell_type: string; source: string[] }[];
    };
    return cells.filter(({ cell_type }) => cell_type === "code")
      .map(({ source }) => source.join(""));
  }).join("\n");

/** Names behind a prefix, or in braces at an import. */
const used = new Set([
  ...[...code.matchAll(/\b(?:cnn|plot)\.(\w+)/g)].map(([, name]) => name),
  ...[...code.matchAll(/^import \{([^}]*)\}/gm)]
    .flatMap(([, names]) => names.split(",").map((name) => name.trim())),
]);

/** The first sentence of a comment, on one line. */
function sentence({ name, declarations }: Name): string {
  const doc = declarations.map(({ jsDoc }) => jsDoc?.doc).find(Boolean) ?? "";
  assert(doc.length > 0, `${name} has no comment`);
  return doc.replaceAll(/\{@linkcode (\w+)\}/g, "`$1()`").split("\n\n")[0]
    .replaceAll(/\s+/g, " ").split(/[.;] /)[0].trim().replace(/[.;:]$/, "");
}

const roomOf = ({ declarations: [{ location }] }: Name) =>
  /\/lib\/(\w+)\//.exec(location.filename)![1];

/** The rooms in the order of lib/mod.ts. */
const rooms = [
  ...new Set(
    [
      ...Deno.readTextFileSync(new URL("lib/mod.ts", root))
        .matchAll(/"\.\/(\w+)\//g),
    ].map(([, room]) => room),
  ),
];

const text = `# Building blocks

All that a program can import from \`"cnn"\`, by rooms; \`"cnn/layers"\` and the like
hold one room each. A name in **bold** is one that a notebook uses. \`deno task doc\`
makes pages with shapes, errors and examples. This page is made from the comments
in \`lib/\`; \`tests/exports/building_blocks_test.ts\` says how to renew it.

${
  rooms.map((room) =>
    `## \`cnn/${room}\`\n\n${
      values.filter((one) => roomOf(one) === room).map((one) => {
        const name = `\`${one.name}\``;
        const shown = used.has(one.name) ? `**${name}**` : name;
        return `- ${shown}: ${sentence(one)}`;
      }).join("\n")
    }\n`
  ).join("\n")
}`;

Deno.test('docs/building-blocks.md lists what "cnn" exports, as the comments say', async () => {
  const expected = await deno(["fmt", "--ext", "md", "-"], text);
  if (Deno.args.includes("--update")) Deno.writeTextFileSync(page, expected);
  assertEquals(
    Deno.readTextFileSync(page),
    expected,
    `renew it: deno test -A --no-check tests/exports/building_blocks_test.ts -- --update`,
  );
  const listed = [...expected.matchAll(/^- (?:\*\*)?`(\w+)`/gm)]
    .map(([, name]) => name);
  assertEquals(listed.sort(), Object.keys(cnn).sort());
});

Deno.test('every function of "cnn" is used in a notebook or has an example', () => {
  const bare = values.filter(({ name, declarations }) =>
    !used.has(name) && typeof cnn[name as keyof typeof cnn] === "function" &&
    !declarations.some(({ jsDoc }) =>
      jsDoc?.tags?.some(({ kind }) => kind === "example")
    )
  );
  assertEquals(bare.map(({ name }) => name), []);
});

Deno.test('notebooks use no name that "cnn" or its room does not export', () => {
  const plots = all.filter((one) => roomOf(one) === "plot");
  for (const [prefix, names] of Object.entries({ cnn: all, plot: plots })) {
    const exported = new Set(names.map(({ name }) => name));
    const behind = new RegExp(`(?<![\\w."'/])${prefix}\\.(\\w+)`, "g");
    const found = new Set([...code.matchAll(behind)].map(([, name]) => name));
    assert(found.size > 10, `found ${found.size} behind ${prefix}`);
    assertEquals([...found].filter((name) => !exported.has(name)), []);
  }
});
