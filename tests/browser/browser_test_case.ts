/** A test that needs a browser: skipped without one, which continuous integration forbids. */
import type { Browser } from "playwright-core";
import { findBrowser, remedy } from "./find_browser.ts";
import { endedAfter, within } from "./deadline.ts";
import { openBrowser } from "./lab.ts";

/**
 * Registers a test that gets a browser of its own. One that hangs is ended after
 * `minutes`, far beyond what any takes on a busy machine, so that the others run and
 * the log says where it stood. `flags` are the browser's, beside the usual ones.
 */
export function browserTest(
  name: string,
  work: (browser: Browser) => Promise<void>,
  { minutes = 20, flags = [] }: { minutes?: number; flags?: string[] } = {},
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
      const browser = await openBrowser(program, flags);
      const close = () => browser.close();
      try {
        await endedAfter(60 * minutes, work(browser), close);
      } finally {
        await within(60, "closing the browser", close());
      }
    },
  });
}
