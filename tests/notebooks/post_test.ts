/** Every sentence of the post has its row, in the ledger of its section's notebook. */
import { assertEquals } from "@std/assert";
import { basename, join } from "node:path";
import ts from "typescript";
import { post } from "../../lib/notebook/post.ts";
import { root } from "../../tools/paths.ts";
import {
  notebooksIn,
  readNotebook,
} from "../../tools/homework/notebook/load.ts";

/** The notebook of each section of the post. */
const notebookOf: Record<string, string> = {
  "purpose": "00_purpose",
  "dnn": "01_dnn_to_cnn",
  "convolution": "02_convolution",
  "pooling": "03_pooling",
  "fully-connected": "04_fully_connected",
  "goal": "08_backbones",
};

/** The rows of every `ledger([...])` in TypeScript source, each as its texts by name. */
function rowsOf(source: string): Record<string, string>[] {
  const rows: Record<string, string>[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) && node.expression.getText() === "ledger" &&
      ts.isArrayLiteralExpression(node.arguments[0])
    ) {
      for (const row of node.arguments[0].elements) {
        if (!ts.isObjectLiteralExpression(row)) {
          throw new TypeError(
            `a row of a ledger is no object: ${row.getText()}`,
          );
        }
        rows.push(
          Object.fromEntries(
            row.properties.flatMap((property) =>
              ts.isPropertyAssignment(property)
                ? [[property.name.getText(), property.initializer.getText()]]
                : []
            ),
          ),
        );
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("a.ts", source, ts.ScriptTarget.Latest, true));
  return rows;
}

Deno.test("rows are read from a ledger's source", () => {
  const source = `await ledger([
  { id: "D1", verdict: "holds", evidence: ["a"] },
  { says: "It is", source: "often said", verdict: "holds", evidence: ["a"] },
]);`;
  assertEquals(rowsOf(source).map(({ id, says }) => id ?? says), [
    '"D1"',
    '"It is"',
  ]);
});

/** All rows of the course, and the notebook that each stands in. */
const rows = (await Promise.all(
  (await notebooksIn(join(root, "notebooks"))).map(async (path) => {
    const { cells } = await readNotebook(path);
    return cells.filter(({ type }) => type === "code")
      .flatMap(({ source }) => rowsOf(source))
      .map((row) => ({ ...row, notebook: basename(path, ".ipynb") }));
  }),
)).flat() as (Record<string, string> & { notebook: string })[];

Deno.test("each sentence of the post has exactly one row, in its section's notebook", () => {
  const found = rows.flatMap(({ id, notebook }) =>
    id ? [`${id.slice(1, -1)} ${notebook}`] : []
  );
  const wanted = post.map(({ id, section }) => `${id} ${notebookOf[section]}`);
  assertEquals(found.sort(), wanted.sort());
});

Deno.test("what others say has one verdict, in whichever notebook", () => {
  const verdicts = new Map<string, Set<string>>();
  for (const { says, verdict } of rows) {
    if (!says) continue;
    const sentence = says.toLowerCase().replaceAll(/[^a-z0-9 ]/g, "");
    const known = verdicts.get(sentence) ?? new Set();
    verdicts.set(sentence, known.add(verdict));
  }
  const torn = [...verdicts].filter(([, each]) => each.size > 1);
  assertEquals(torn, []);
});

Deno.test("what a ledger says are whole sentences, with a full stop", async () => {
  const open: string[] = [];
  for (const path of await notebooksIn(join(root, "notebooks"))) {
    const { cells } = await readNotebook(path);
    for (const { type, source } of cells) {
      if (type !== "code") continue;
      for (const { says, correction, remark } of rowsOf(source)) {
        for (const text of [says, correction, remark]) {
          if (text && !/^["`(]*[^a-z"`(][^]*[.?!]["`)]*$/.test(text)) {
            open.push(`${basename(path)}: ${text}`);
          }
        }
      }
    }
  }
  assertEquals(open, []);
});
