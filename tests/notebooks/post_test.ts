/** Every sentence of the post has its row, in the ledger of its section's notebook. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
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

Deno.test("each sentence of the post has exactly one row, in its section's notebook", async () => {
  const found: string[] = [];
  for (const path of await notebooksIn(join(root, "notebooks"))) {
    const { cells } = await readNotebook(path);
    for (const { type, source } of cells) {
      if (type !== "code") continue;
      for (const { id } of rowsOf(source)) {
        if (id) {
          found.push(`${id.slice(1, -1)} ${path.match(/(\w+)\.ipynb$/)![1]}`);
        }
      }
    }
  }
  const wanted = post.map(({ id, section }) => `${id} ${notebookOf[section]}`);
  assertEquals(found.sort(), wanted.sort());
});
