/** Every committed notebook keeps to the form; tests/tools shows that bad ones are found. */
import { assertEquals } from "@std/assert";
import { basename, join } from "node:path";
import { root } from "../../tools/paths.ts";
import { complaints } from "../../tools/hygiene.ts";
import {
  notebooksIn,
  readNotebook,
} from "../../tools/homework/notebook/load.ts";

for (const path of await notebooksIn(join(root, "notebooks"))) {
  Deno.test(`${basename(path)} keeps to the form of a notebook`, async () => {
    assertEquals(complaints(await readNotebook(path)), []);
  });
}
