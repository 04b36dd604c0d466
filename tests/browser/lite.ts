/** A notebook of the course in the browser: JupyterLite, as `deno task site` builds it. */
import { assertLess } from "@std/assert";
import type { Browser, Page } from "playwright-core";
import type { Site } from "../../tools/site/serve.ts";
import { waitForKernel } from "./notebook_page.ts";

// deno-lint-ignore no-explicit-any -- JupyterLab's own objects
type Any = any;

/** Opens a notebook and waits for its kernel; the first cells need under 6 MB. */
export async function openLite(
  page: Page,
  site: Site,
  name: string,
): Promise<void> {
  const bytes = () => [...site.sent.values()].reduce((sum, n) => sum + n, 0);
  const before = bytes();
  await page.goto(
    `${site.address}/lite/lab/index.html?path=notebooks/${name}.ipynb`,
  );
  await waitForKernel(page);
  assertLess(bytes() - before, 6_000_000, "bytes before the first cell");
}

/** How a lecture went. */
export interface Lecture {
  /** What the first cell that failed says. */
  failure?: string;
  /** Seconds of all cells, and of the slowest. */
  seconds: number;
  slowest: number;
}

/**
 * Runs the lecture's cells one by one. Those of exercises are left out: a student's
 * copy has nothing in them yet.
 */
export async function runLecture(page: Page): Promise<Lecture> {
  return await page.evaluate(async () => {
    const { commands, shell } = (globalThis as Any).jupyterapp;
    const { content } = shell.currentWidget;
    let seconds = 0, slowest = 0;
    for (const [i, cell] of content.widgets.entries()) {
      const { type } = cell.model;
      if (type !== "code" || cell.model.getMetadata("nbgrader")) continue;
      content.activeCellIndex = i;
      const begin = performance.now();
      await commands.execute("notebook:run-cell");
      const took = (performance.now() - begin) / 1000;
      seconds += took;
      slowest = Math.max(slowest, took);
      for (const output of cell.model.outputs.toJSON()) {
        const text = output.output_type === "error"
          ? output.evalue
          : output.name === "stderr"
          ? output.text
          : undefined;
        if (text === undefined) continue;
        return { failure: `${cell.model.id}: ${text}`, seconds, slowest };
      }
    }
    return { seconds, slowest };
  });
}

/**
 * Runs code in the notebook's kernel, as a cell would.
 *
 * @returns What it printed; an error that ended it, last.
 */
export async function runCode(page: Page, code: string): Promise<string> {
  return await page.evaluate(async (code) => {
    const { kernel } = (globalThis as Any).jupyterapp.shell.currentWidget
      .sessionContext.session;
    const future = kernel.requestExecute({ code });
    let printed = "";
    future.onIOPub = ({ content }: Any) => {
      printed += content.text ?? content.traceback?.join("\n") ?? "";
    };
    await future.done;
    return printed;
  }, code);
}

/** The most memory, in megabytes, that a process of pages took so far; Linux tells it. */
export async function peakMemory(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const peaks = await Promise.all(
    processInfo.filter(({ type }) => type === "renderer").map(({ id }) =>
      Deno.readTextFile(`/proc/${id}/status`).then(
        (text) => Number(/^VmHWM:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1000,
        () => 0,
      )
    ),
  );
  return Math.max(0, ...peaks);
}
