/** Every notebook says what it needs, what one can do after it, and where to go on. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { basename, join } from "node:path";
import { root } from "../../tools/paths.ts";
import {
  notebooksIn,
  readNotebook,
} from "../../tools/homework/notebook/load.ts";
import { order } from "./order.ts";

const paths = await notebooksIn(join(root, "notebooks"));

Deno.test("the notebooks are those of the course's order", () => {
  assertEquals(paths.map((path) => basename(path, ".ipynb")), order.toSorted());
});

Deno.test("README and the map of 00 list them in this order", async () => {
  const readme = await Deno.readTextFile(join(root, "README.md"));
  const { cells } = await readNotebook(
    join(root, "notebooks/00_purpose.ipynb"),
  );
  const map = cells.find(({ id }) => id === "map")!.source;
  const listed = (text: string, row: RegExp) =>
    [...text.matchAll(row)].map(([, name]) => name);
  assertEquals(listed(readme, /^\| `(\w+_\w+)` +\|/gm), order);
  const rows = listed(map, /^\| \[.*?\]\((\w+)\.ipynb\)/gm);
  assertEquals(rows, order.slice(1));
});

for (const path of paths) {
  const name = basename(path, ".ipynb");
  Deno.test(`${name} opens with what it needs and how long it takes, and leads on`, async () => {
    const { cells } = await readNotebook(path);
    const lecture = cells.filter(({ metadata }) => !("nbgrader" in metadata));
    const opening = lecture[0].source.replaceAll(/\s+/g, " ");
    assertMatch(opening, /\*\*What you need:\*\*/);
    assertMatch(opening, /\*\*How long it takes:\*\*/);
    const prose = lecture.filter(({ type }) => type === "markdown")
      .map(({ source }) => source);
    const ends = prose.filter((text) => /^#+ You can now$/m.test(text));
    assertEquals(ends.length, 1, `"## You can now" in ${name}`);
    const next = order[order.indexOf(name) + 1];
    const after = prose.slice(prose.indexOf(ends[0])).join("\n");
    if (next) assert(after.includes(`${next}.ipynb`), `a bridge to ${next}`);
    const all = cells.map(({ source }) => source).join("\n");
    assertMatch(all, /\]\(https:\/\/|link: "https:\/\//, "a source as a link");
    const code = lecture.filter(({ type }) => type === "code");
    const ledgers = code.filter(({ source }) =>
      /^await ledger\(/m.test(source)
    );
    assert(ledgers.length > 0, `a ledger in ${name}`);
  });
}
