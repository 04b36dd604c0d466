/**
 * The course in the browser, as `deno task site` builds it: every notebook to its
 * end, or those that are named behind `--`; what the first page loads; what stays
 * of a reader's work.
 *
 * Cells of exercises are left out: a student's copy has nothing in them yet.
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import type { Page } from "playwright-core";
import { filesBelow, siteFolder } from "../../tools/site/publish.ts";
import { serve, type Site } from "../../tools/site/serve.ts";
import { browserTest } from "./browser_test_case.ts";
import { openPage } from "./lab.ts";
import { pictureOf } from "./notebook_page.ts";

// deno-lint-ignore no-explicit-any -- JupyterLab's own objects
type Any = any;

const names = (await filesBelow(siteFolder))
  .filter((name) => /^lite\/files\/notebooks\/\w+\.ipynb$/.test(name))
  .map((name) => /(\w+)\.ipynb$/.exec(name)![1])
  .filter((name) => Deno.args.length === 0 || Deno.args.includes(name));
assert(names.length > 0, "no notebook: run deno task site first");

async function open(page: Page, site: Site, name: string): Promise<void> {
  await page.goto(
    `${site.address}/lite/lab/index.html?path=notebooks/${name}.ipynb`,
  );
  await page.waitForSelector(".jp-Notebook .jp-Cell", { timeout: 120_000 });
  await page.waitForFunction(
    () =>
      (globalThis as Any).jupyterapp?.shell.currentWidget?.sessionContext
        ?.session?.kernel?.status === "idle",
    undefined,
    { timeout: 120_000 },
  );
}

/** Runs the lecture's cells one by one; gives what the first that failed says. */
async function runLecture(page: Page): Promise<string | undefined> {
  return await page.evaluate(async () => {
    const { commands, shell } = (globalThis as Any).jupyterapp;
    const { content } = shell.currentWidget;
    for (const [i, cell] of content.widgets.entries()) {
      const { type } = cell.model;
      if (type !== "code" || cell.model.getMetadata("nbgrader")) continue;
      content.activeCellIndex = i;
      await commands.execute("notebook:run-cell");
      for (const output of cell.model.outputs.toJSON()) {
        if (output.output_type === "error") {
          return `${cell.model.id}: ${output.evalue}`;
        }
        if (output.name === "stderr") return `${cell.model.id}: ${output.text}`;
      }
    }
  });
}

for (const name of names) {
  browserTest(`${name} runs in the browser to its end`, async (browser) => {
    await using site = serve(siteFolder, "/course");
    const { page, left, errors } = await openPage(browser);
    page.setDefaultTimeout(1_500_000);
    await open(page, site, name);
    const first = [...site.sent.values()].reduce((sum, n) => sum + n, 0);
    assertLess(first, 6_000_000, "bytes before the first cell");
    const begin = performance.now();
    assertEquals(await runLecture(page), undefined);
    const seconds = (performance.now() - begin) / 1000;
    const figures = await page.locator(".cnn-plotly .main-svg").count();
    assert(figures > 0, "no figure is drawn");
    assertEquals([left, errors, site.missing], [[], [], []]);
    await page.screenshot({ path: await pictureOf(`site-${name}`) });
    console.log(
      `${name}: ${seconds.toFixed(0)} s, ${(first / 1e6).toFixed(1)} MB first`,
    );
  });
}

browserTest(
  "what a reader writes stays, until Reset forgets it",
  async (browser) => {
    await using site = serve(siteFolder, "/course");
    const { page } = await openPage(browser);
    const cells = () =>
      page.evaluate(() =>
        (globalThis as Any).jupyterapp.shell.currentWidget.content.widgets.map(
          (cell: Any) => cell.model.sharedModel.source,
        )
      ) as Promise<string[]>;
    await open(page, site, names[0]);
    const before = await cells();
    await page.evaluate(async () => {
      const { commands, shell } = (globalThis as Any).jupyterapp;
      shell.currentWidget.content.widgets[0].model.sharedModel.source = "mine";
      await commands.execute("docmanager:save");
    });
    await open(page, site, names[0]);
    assertEquals((await cells())[0], "mine");
    page.on("dialog", (dialog) => dialog.accept());
    await page.getByRole("button", { name: "Reset", exact: true }).click();
    await page.waitForFunction(
      () =>
        (globalThis as Any).jupyterapp.shell.currentWidget.content.widgets[0]
          .model
          .sharedModel.source !== "mine",
    );
    assertEquals(await cells(), before);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download", exact: true }).click(),
    ]);
    assertEquals(download.suggestedFilename(), `${names[0]}.ipynb`);
  },
);
