/**
 * `deno task setup`: sets everything up and starts nothing.
 *
 * @module
 */
import { setUp } from "./environment.ts";
import { withPlainErrors } from "./process.ts";

if (import.meta.main) {
  await withPlainErrors(async () => {
    await setUp();
    console.log("Ready: deno task lab opens the notebooks.");
    return 0;
  });
}
