/**
 * The course in the browser, as `deno task site` builds it: every notebook to its
 * end, or those that are named behind `--`; what the first page loads; what stays
 * of a reader's work.
 * `--record` writes what they took into tools/site/measured.json, for the readers.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import type { Measured } from "../../tools/site/measured.ts";
import { filesBelow, siteFolder } from "../../tools/site/publish.ts";
import { serve } from "../../tools/site/serve.ts";
import { browserTest } from "./browser_test_case.ts";
import { drawSeven } from "./explorer.ts";
import { openPage } from "./lab.ts";
import { openLite, peakMemory, runCode, runLecture } from "./lite.ts";
import { pictureOf } from "./notebook_page.ts";

// deno-lint-ignore no-explicit-any -- JupyterLab's own objects
type Any = any;

const asked = Deno.args.filter((name) => name !== "--record");
const record = asked.length < Deno.args.length;
const measured = join(root, "tools", "site", "measured.json");

const names = (await filesBelow(siteFolder))
  .filter((name) => /^lite\/files\/notebooks\/\w+\.ipynb$/.test(name))
  .map((name) => /(\w+)\.ipynb$/.exec(name)![1])
  .filter((name) => asked.length === 0 || asked.includes(name));
assert(names.length > 0, "no notebook: run deno task site first");

for (const name of names) {
  browserTest(`${name} runs in the browser to its end`, async (browser) => {
    await using site = serve(siteFolder, "/course");
    const { page, left, errors } = await openPage(browser);
    page.setDefaultTimeout(1_500_000);
    await openLite(page, site, name);
    const { failure, seconds, slowest } = await runLecture(page);
    assertEquals(failure, undefined);
    const figures = await page.locator(".cnn-plotly .main-svg").count();
    assert(figures > 0, "no figure is drawn");
    assertEquals([left, errors, site.missing], [[], [], []]);
    await page.screenshot({ path: await pictureOf(`site-${name}`) });
    const took: Measured = {
      seconds: Math.round(seconds),
      slowest: Math.round(slowest),
      megabytes: Math.round(await peakMemory(browser)),
    };
    console.log(name, took);
    if (!record) return;
    const all = JSON.parse(await Deno.readTextFile(measured));
    all[name] = took;
    await Deno.writeTextFile(measured, JSON.stringify(all, null, 2) + "\n");
  }, { minutes: 30 });
}

browserTest(
  "the explorer in the book is drawn into, and says what the library says",
  async (browser) => {
    await using site = serve(siteFolder, "/course");
    const { page, left, errors } = await openPage(browser);
    await page.goto(`${site.address}/00_purpose.html`);
    await drawSeven(page);
    assertEquals([left, errors], [[], []]);
  },
);

browserTest(
  "in the book two networks stand side by side, and the picture stays in view",
  async (browser) => {
    await using site = serve(siteFolder, "/course");
    const { page } = await openPage(browser, { height: 700 });
    await page.goto(`${site.address}/B_inside.html`);
    const [one, two] = await page.locator(".cnn-explorer .net").evaluateAll(
      (nets) => nets.map((net: Any) => net.getBoundingClientRect().toJSON()),
    );
    assertEquals(one.top, two.top);
    assert(one.right < two.left, `${one.right} < ${two.left}`);
    await page.goto(`${site.address}/00_purpose.html`);
    await page.locator(".cnn-explorer [data-layer=pool2]")
      .scrollIntoViewIfNeeded();
    await page.mouse.move(700, 350);
    await page.mouse.wheel(0, 200);
    await page.waitForTimeout(500);
    const { y } = (await page.locator(".cnn-explorer .pad").boundingBox())!;
    const answer = page.locator(".cnn-explorer .answer");
    assert((await answer.boundingBox())!.y < 0, "the page is scrolled");
    assert(y > 48 && y < 300, `the picture stands at ${y}`);
  },
);

browserTest(
  "a network trains on webgpu in the browser as on wasm",
  async (browser) => {
    await using site = serve(siteFolder, "/course");
    const { page, left, errors } = await openPage(browser);
    page.setDefaultTimeout(600_000);
    await openLite(page, site, names[0]);
    const printed = await runCode(
      page,
      `import * as cnn from "cnn";
      const chosen = await cnn.useBackend();
      const set = await cnn.loadMnist({ limit: 128, seed: 1 });
      const losses = [];
      for (const name of ["webgpu", "wasm"] as const) {
        const { tf } = await cnn.useBackend(name);
        const model = cnn.toLayersModel(cnn.lenet(), { seed: 1 });
        const trainer = cnn.tfTrainer(model, { learningRate: 0.003 });
        const { steps } = await cnn.fit(trainer, set, { epochs: 2, batchSize: 32, seed: 1 });
        losses.push([tf.getBackend(), steps.map((step) => step.loss)]);
        trainer.dispose();
      }
      console.log(JSON.stringify({
        chosen: chosen.name, why: chosen.reason, losses, deno: "Deno" in globalThis,
      }));`,
    );
    const { chosen, why, losses, deno } = JSON.parse(
      printed.split("\n").at(-2)!,
    );
    assertEquals(deno, false, "nothing plays Deno for the library");
    // An adapter that software emulates is slower than wasm: only who asks gets it.
    const emulated = /emulated/.test(why);
    assertEquals(chosen, emulated ? "wasm" : "webgpu", why);
    const [[one, graphics], [two, wasm]] = losses;
    assertEquals([one, two], ["webgpu", "wasm"]);
    assertEquals(graphics.length, 8);
    assert(graphics.at(-1) < graphics[0], `it learns: ${graphics}`);
    for (const [i, loss] of graphics.entries()) {
      assertAlmostEquals(loss, wasm[i], 1e-3 * wasm[i], `step ${i + 1}`);
    }
    assertEquals([left, errors, site.missing], [[], [], []]);
  },
  { flags: ["--enable-unsafe-webgpu"] },
);

browserTest(
  "on a phone the notebook has the page, not the list of files",
  async (browser) => {
    await using site = serve(siteFolder, "/course");
    const { page } = await openPage(browser, { width: 360, height: 780 });
    await openLite(page, site, names[0]);
    await page.waitForTimeout(3000); // the list may be opened late
    const { width } = (await page.locator(".jp-Notebook").boundingBox())!;
    assert(width > 240, `${width} pixels for the notebook`);
  },
);

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
    await openLite(page, site, names[0]);
    const before = await cells();
    await page.evaluate(async () => {
      const { commands, shell } = (globalThis as Any).jupyterapp;
      shell.currentWidget.content.widgets[0].model.sharedModel.source = "mine";
      await commands.execute("docmanager:save");
    });
    await openLite(page, site, names[0]);
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
