/** A test that needs a browser: skipped without one, which continuous integration forbids. */
import type { Browser } from "playwright-core";
import { findBrowser, remedy } from "./find_browser.ts";
import { openBrowser } from "./lab.ts";

/** Registers a test that gets a browser of its own. */
export function browserTest(
  name: string,
  work: (browser: Browser) => Promise<void>,
): void {
  const program = findBrowser();
  Deno.test({
    name,
    ignore: !program && Deno.env.get("CI") !== "true",
    // The browser's pipes close a little after the browser.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      if (!program) throw new Error(remedy);
      const browser = await openBrowser(program);
      try {
        await work(browser);
      } finally {
        await browser.close();
      }
    },
  });
}
