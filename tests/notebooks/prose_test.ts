/** Code in a notebook's prose can be typed into a cell of that notebook. */
import { assertEquals } from "@std/assert";
import { basename, join } from "node:path";
import * as cnn from "cnn";
import { root } from "../../tools/paths.ts";
import {
  notebooksIn,
  readNotebook,
} from "../../tools/homework/notebook/load.ts";

/** A call without a prefix, or one of `layers`, which has one before it. */
const bare = /(?<![.\w])(?:(\w+)\(|layers\.\w)/g;

/** Calls in a text's code spans that lack the prefix they have in a cell. */
function withoutPrefix(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```[^]*?^```$/gm, ""); // a block is another language's
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span]) => span);
  return spans.filter((span) =>
    [...span.matchAll(bare)].some(([, name]) =>
      name === undefined || (name in cnn && !prefixless.includes(name))
    )
  );
}

/** Words that every setup cell imports by name. */
const prefixless = ["claim", "drawSeeds", "experiment", "ledger", "show"];

Deno.test("a call in prose without its prefix is found", () => {
  assertEquals(
    withoutPrefix(
      "`describe` counts, `await cnn.fit(net)` trains; try `describe(net)`, " +
        "`cnn.layers.relu()`, `layers.relu()`, `myRelu(x)` and `show(x)`",
    ),
    ["describe(net)", "layers.relu()"],
  );
});

for (const path of await notebooksIn(join(root, "notebooks"))) {
  Deno.test(`${basename(path)}: a call in its prose has the prefix of its cells`, async () => {
    const { cells } = await readNotebook(path);
    const prose = cells.filter(({ type }) => type === "markdown");
    assertEquals(prose.flatMap(({ source }) => withoutPrefix(source)), []);
  });
}
