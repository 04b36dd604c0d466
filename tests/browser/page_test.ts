/** What a reader sees in JupyterLab, on a small notebook of every kind of output. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Browser, Page } from "playwright-core";
import { type FixtureCell, fixtureText } from "../tools/fixture.ts";
import { browserTest } from "./browser_test_case.ts";
import { checkDrawn, checkExplorer, checkFilm, checkLooks } from "./checks.ts";
import { findBrowser, remedy } from "./find_browser.ts";
import { openPage, startLab } from "./lab.ts";
import { grew, look, watchCurves } from "./look.ts";
import {
  openNotebook,
  pictureOf,
  runAllCells,
  waitForTheEnd,
} from "./notebook_page.ts";

if (!findBrowser()) console.log(remedy);

const cells: FixtureCell[] = [
  {
    id: "setup",
    source:
      `import { buildNetwork, claim, describe, fit, ledger, loadMnist, mlp, progress,
  scratchTrainer, show, slidingWindow, table, tensor, trainingCurves, windowExplorer } from "cnn";
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
const train = async (curves: ReturnType<typeof trainingCurves>, steps: number, name?: string) => {
  for (let step = 1; step <= steps; step++) {
    await curves.update({ step, steps, loss: 2 / step, accuracy: 1 - 1 / step }, name);
    await wait(70);
  }
};`,
  },
  {
    id: "one",
    source: `const curves = trainingCurves({ title: "One net" });
await train(curves, 40);
const finished = await curves.finish();`,
  },
  {
    id: "fit",
    source: `const digits = await loadMnist({ limit: 640, seed: 1 });
const trainer = scratchTrainer(buildNetwork(mlp(), { seed: 1 }));
for (const seed of [1, 2]) {
  const track = trainingCurves({ title: "Twice" });
  const { steps } = await fit(trainer, digits, {
    epochs: 5, batchSize: 32, seed, validation: digits,
    onProgress: async (step) => { await track.update(step); await wait(20); },
  });
  void await track.finish();
}`,
  },
  {
    id: "both",
    source:
      `const pair = [trainingCurves({ name: "a" }), trainingCurves({ name: "b" })];
const pairEnds = await Promise.all([train(pair[0], 20), train(pair[1], 30)]);
const pairPlots = [await pair[0].finish(), await pair[1].finish()];`,
  },
  {
    id: "shared",
    source: `const shared = trainingCurves({ title: "Two nets & one plot" });
const sharedEnds = await Promise.all([train(shared, 20, "left"), train(shared, 30, "right")]);
const sharedPlot = await shared.finish();`,
  },
  {
    id: "bar",
    source: `const bar = progress("Counting", 20);
for (let i = 1; i <= 20; i++) { await bar.update(i, "still <b>going</b>"); await wait(80); }
await bar.finish();`,
  },
  {
    id: "film",
    source:
      `await show(slidingWindow(tensor([[1, 2, 3, 4], [5, 6, 7, 8], [9, 8, 7, 6], [5, 4, 3, 2]]),
  tensor([[1, 0], [0, -1]])));`,
  },
  { id: "explorer", source: `await show(windowExplorer());` },
  {
    id: "rest",
    source: `await show(tensor([[1, -2], [3, 4]]));
await show(table([{ net: "a", accuracy: 0.9 }, { net: "b", accuracy: 0.8 }], { caption: "Accuracy on 2,000 test digits" }));
await show(describe(mlp()));
await claim("Two is more than one", { id: "two", holds: 2 > 1, values: { two: 2, one: 1 } });
await show("Some **Markdown**");
await show(0.5);`,
  },
  {
    id: "ledger",
    source: `await ledger([{ id: "D2", verdict: "holds", evidence: ["two"] },
  { says: "Two is much more", source: "often said", verdict: "holds with a correction", correction: "By one.", evidence: ["two"] }]);`,
  },
  {
    // The fault that the live drawing avoids, kept as a measure of this test's
    // own eyes: a Plotly output that is updated stands still in JupyterLab.
    id: "frozen",
    source: `const plotOf = (n: number) => ({
  "application/vnd.plotly.v1+json": { data: [{ type: "scatter", x: Array.from({ length: n }, (_, i) => i), y: Array.from({ length: n }, (_, i) => i) }], layout: { width: 300, height: 200, paper_bgcolor: "#ffffff" } },
});
for (let n = 1; n <= 10; n++) {
  await Deno.jupyter.display(plotOf(n), { raw: true, display_id: "frozen", update: n > 1 });
  await wait(200);
}`,
  },
];

/** The points of each Plotly figure in a cell. */
async function pointsIn(page: Page, cell: string): Promise<number[][]> {
  return await page.evaluate((id) => {
    // deno-lint-ignore no-explicit-any -- JupyterLab's and Plotly's own objects
    const here = globalThis as any;
    const { node } = here.jupyterapp.shell.currentWidget.content.widgets
      // deno-lint-ignore no-explicit-any -- as above
      .find((cell: any) => cell.model.id === id);
    return [...node.querySelectorAll(".js-plotly-plot")].map((plot) =>
      // deno-lint-ignore no-explicit-any -- as above
      plot.data.map((trace: any) => trace.x.length)
    );
  }, cell);
}

browserTest(
  "a notebook run in JupyterLab shows what it should, alive and finished",
  async (browser) => {
    await using lab = await startLab({ "fixture.ipynb": fixtureText(cells) });
    const { page, left, errors } = await openPage(browser, { height: 3000 });
    await openNotebook(page, lab, "fixture.ipynb");
    const curves = await watchCurves(page);
    await runAllCells(page);
    await page.waitForSelector(".cnn-live, .js-plotly-plot");
    await page.screenshot({ path: await pictureOf("fixture-running") });
    await waitForTheEnd(page, 120);

    // While it ran.
    const one = await curves.seen("one");
    assert(grew(one), `the live curve must grow, but had ${one} points`);
    assertEquals(one.at(-1), 40);
    const frozen = await curves.seen("frozen");
    assert(
      !grew(frozen),
      `JupyterLab updates Plotly outputs now (${frozen}): the live drawing may go`,
    );
    for (
      const [cell, output] of [["both", 0], ["both", 1], ["shared", 0]] as const
    ) {
      const points = await curves.seen(cell, output);
      assert(grew(points), `${cell}: the live curve must grow: ${points}`);
    }

    // What is finished.
    const sight = await checkDrawn(page);
    assertEquals(await pointsIn(page, "one"), [[40, 40]]);
    assertEquals(await pointsIn(page, "fit"), [
      [100, 5, 100, 5],
      [100, 5, 100, 5],
    ]);
    assertEquals(await pointsIn(page, "both"), [[20, 20], [30, 30]]);
    assertEquals(await pointsIn(page, "shared"), [[20, 20, 30, 30]]);
    assertEquals(await page.locator(".cnn-live").count(), 0);
    assertEquals(sight.signs, ["✓"]);
    assertEquals([sight.ledgerRows, sight.tables], [2, 2]);
    for (const caption of await page.locator("caption").all()) {
      const { left, lines } = await caption.evaluate((node) => {
        // deno-lint-ignore no-explicit-any -- the page's own objects
        const { document } = globalThis as any;
        const text = document.createRange();
        text.selectNodeContents(node);
        const { x } = text.getBoundingClientRect();
        return {
          left: x - node.getBoundingClientRect().x,
          lines: text.getClientRects().length,
        };
      });
      assert(left < 20, "a caption stands at the left");
      assertEquals(lines, 1, "a narrow table widens for its caption");
    }

    await checkFilm(page, 0);
    await checkExplorer(page);
    await checkLooks(page, "fixture");
    assertEquals([left, lab.left, errors], [[], [], []]);
  },
);

browserTest(
  "an error, a stray value and a request to another machine are seen",
  async (browser) => {
    await using lab = await startLab({
      "faults.ipynb": fixtureText([
        // The kernel loses such a value now and then, or shows it a cell later.
        ...[1, 2, 3].map((i) => ({ id: `stray-${i}`, source: "1 + 1" })),
        { id: "aside", source: "console.error('aside');" },
        {
          id: "outside",
          source:
            `await fetch("http://example.com/from-the-kernel").catch(() => {});
await Deno.jupyter.display({ "text/html": "<img src='http://example.com/from-the-page.png'><p style='color:#999;background:#fff'>pale</p>" }, { raw: true });
await new Promise((done) => setTimeout(done, 100));`,
        },
        { id: "broken", source: "throw new Error('broken');" },
      ]),
    });
    const { page, left, errors } = await openPage(browser);
    await openNotebook(page, lab, "faults.ipynb");
    await runAllCells(page);
    await waitForTheEnd(page, 60);
    const sight = await look(page);
    assert(sight.stray.some((text) => text.endsWith(": 2")), `${sight.stray}`);
    assertEquals(sight.errors.length, 2);
    assert(sight.errors[1].includes("broken"), sight.errors[1]);
    assertEquals(sight.faint, ['p "pale" 2.85']);
    assertEquals([...new Set(left)], ["http://example.com/from-the-page.png"]);
    assert(lab.left[0]?.includes("example.com/from-the-kernel"), lab.left[0]);
    assert(errors.length > 0, "the blocked picture is an error of the console");
  },
);

/** Stops a training by the toolbar's button; whether the kernel lived on. */
async function stopTraining(browser: Browser): Promise<boolean> {
  await using lab = await startLab({
    "stop.ipynb": fixtureText([
      {
        id: "load",
        source:
          `import { buildNetwork, fit, lenet, loadMnist, scratchTrainer, show, trainingCurves } from "cnn";
const digits = await loadMnist({ limit: 2000, seed: 1 });
const trainer = scratchTrainer(buildNetwork(lenet(), { seed: 1 }));
const curves = trainingCurves({ title: "Stopped" });`,
      },
      {
        id: "train",
        source:
          `await fit(trainer, digits, { epochs: 100, seed: 1, onProgress: curves.update });`,
      },
      { id: "after", source: "await curves.finish(), undefined;" },
    ]),
  });
  const { page, errors } = await openPage(browser);
  await openNotebook(page, lab, "stop.ipynb");
  await runAllCells(page);
  await page.waitForFunction(() =>
    // deno-lint-ignore no-explicit-any -- the page's own objects
    (globalThis as any).document.querySelector(".cnn-live polyline")
      ?.getAttribute("points").split(" ").length > 5
  );
  await page.getByRole("button", { name: /^Interrupt the kernel/ }).click();
  const ended = await waitForTheEnd(page, 30).then(() => true, () => false);
  if (!ended) return false;
  assertMatch((await look(page)).errors.join(), /fit\(\) was stopped/);
  assertEquals(await page.locator("dialog, .jp-Dialog").count(), 0);

  // What the kernel knew it still knows.
  await page.locator(".jp-CodeCell .cm-content").last().click();
  await page.keyboard.press("Shift+Enter");
  await page.waitForSelector(".js-plotly-plot");
  assertEquals(errors, []);
  return true;
}

browserTest(
  "the stop button ends a training and leaves the kernel alive",
  async (browser) => {
    // Deno's kernel itself hangs where the button meets it between two pieces of work.
    let stopped = false;
    for (let turn = 0; turn < 3 && !stopped; turn++) {
      stopped = await stopTraining(browser);
    }
    assert(stopped, "the kernel did not outlive one of three stops");
  },
);
