/** The explorer, drawn into and clicked in JupyterLab, against the library itself. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import type { Page } from "playwright-core";
import { root } from "../../tools/paths.ts";
import { fixtureText } from "../tools/fixture.ts";
import { browserTest } from "./browser_test_case.ts";
import { checkDrawn } from "./checks.ts";
import { openPage, startLab } from "./lab.ts";
import {
  openNotebook,
  pictureOf,
  runAllCells,
  setLook,
  type Theme,
  waitForTheEnd,
} from "./notebook_page.ts";

// deno-lint-ignore no-explicit-any -- the page's own objects
type Any = any;

const lenet = `import * as cnn from "cnn";
const file = new URL("weights/lenet-mnist.safetensors", cnn.dataFolder);
const weights = await cnn.loadWeights(file, cnn.lenet());
const network = cnn.buildNetwork(cnn.lenet(), { weights });`;

/**
 * What the library itself says: `network` with its own weights, and `rounded` with
 * those that went to the page.
 */
async function library(pixels: number[]): Promise<{
  shares: number[];
  roundedShares: number[];
  conv2: number[];
}> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--ext=ts", "-"],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${lenet}
const x = cnn.tensor(Float32Array.from(${
    JSON.stringify(pixels)
  }), [1, 28, 28, 1]);
const half = new Map([...weights].map(([name, w]) => [name, cnn.map(w, Math.f16round)]));
const rounded = cnn.buildNetwork(cnn.lenet(), { weights: half });
const sharesOf = (net: cnn.Network) => [...cnn.softmax(net.forward(x)).data];
console.log(JSON.stringify({
  shares: sharesOf(network),
  roundedShares: sharesOf(rounded),
  conv2: [...rounded.activations.get("conv2")!.data],
}));`));
  await writer.close();
  const { stdout } = await child.output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** From now on notes the pixels that the explorer saw last. */
async function watch(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const here = globalThis as Any;
    here.document.querySelector(".cnn-explorer")
      .addEventListener("cnn-explorer", ({ detail }: Any) => {
        here.cnnPixels = [...detail.pixels];
      });
  });
  return () => page.evaluate(() => (globalThis as Any).cnnPixels);
}

/** The shares of the answer by class. */
const sharesIn = (page: Page) =>
  page.locator(".cnn-explorer .answer li").evaluateAll((rows) =>
    rows.map((row: Any) => Number(row.dataset.share))
  );

/** Strokes on the pad with the mouse, from point to point in shares of its side. */
async function draw(page: Page, points: [x: number, y: number][]) {
  const pad = page.locator(".cnn-explorer .pad");
  await pad.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await pad.boundingBox())!;
  const to = ([across, down]: [number, number]) =>
    [x + across * width, y + down * height] as const;
  await page.mouse.move(...to(points[0]));
  await page.mouse.down();
  for (const point of points) {
    await page.mouse.move(...to(point), { steps: 8 });
  }
  await page.mouse.up();
  await page.waitForTimeout(200);
}

const largest = (a: number[], b: number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])));

browserTest(
  "an explorer is drawn into and opened in JupyterLab, and says what the library says",
  async (browser) => {
    await using lab = await startLab({
      "explorer.ipynb": fixtureText([
        { id: "setup", source: lenet },
        {
          id: "explorer",
          source: `const digits = await cnn.loadMnist({ limit: 6, seed: 1 });
await cnn.show(cnn.explorer(network, { images: digits.images, labels: digits.classNames }));`,
        },
      ]),
    });
    const { page, left, errors } = await openPage(browser, { height: 1600 });
    await openNotebook(page, lab, "explorer.ipynb");
    await runAllCells(page);
    await waitForTheEnd(page, 60);
    await checkDrawn(page);
    const pixels = await watch(page);

    // A seven, by the mouse.
    await page.getByRole("button", { name: "clear" }).click();
    await draw(page, [[0.28, 0.27], [0.72, 0.27], [0.45, 0.78]]);
    const drawn = await pixels();
    assertGreater(drawn.filter((v) => v > 0.5).length, 40, "ink on the pad");
    const own = await library(drawn);
    const shares = await sharesIn(page);
    assertEquals(shares.length, 10);
    assert(largest(shares, own.roundedShares) < 1e-5, `${shares}`);
    assert(largest(shares, own.shares) < 1e-3, `${shares} and ${own.shares}`);
    assertEquals(shares.indexOf(Math.max(...shares)), 7);

    // A unit, by the mouse: row 4, column 5 of map 3 of conv2, 10 x 10.
    const tile = page.getByRole("button", { name: "map 3 of conv2" });
    const { width, height } = (await tile.boundingBox())!;
    const position = { x: 0.55 * width, y: 0.45 * height };
    await tile.click({ position });
    const detail = page.locator(".cnn-explorer .detail");
    assertEquals(
      await detail.locator("h4").innerText(),
      "conv2, map 3, row 4, column 5",
    );
    const expected = own.conv2[(4 * 10 + 5) * 16 + 3];
    const value = detail.locator("[data-value]");
    const told = Number(await value.getAttribute("data-value"));
    assert(Math.abs(told - expected) < 1e-4, `${told}, not ${expected}`);
    const text = (await value.innerText()).replaceAll("−", "-");
    const [sum, bias, total] = text.match(/-?[\d.]+/g)!.slice(1).map(Number);
    assert(Math.abs(total - expected) < 6e-4, text);
    assert(Math.abs(sum + bias - total) < 2e-3, text);

    // By keys: to the neighbour, out, and in again; the notebook stays where it is.
    const activeCell = () =>
      page.evaluate(() =>
        (globalThis as Any).jupyterapp.shell.currentWidget.content
          .activeCellIndex
      );
    const cell = await activeCell();
    await detail.getByRole("application").focus();
    await page.keyboard.press("ArrowDown");
    assertEquals(
      await detail.locator("h4").innerText(),
      "conv2, map 3, row 5, column 5",
    );
    await page.keyboard.press("Escape");
    assertEquals(await detail.count(), 0);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assertEquals(await detail.count(), 1);
    assertEquals(await activeCell(), cell, "the keys must not leave the cell");

    // Each kind of layer opens.
    for (const layer of ["relu1", "pool2", "flatten1", "dense1", "dense3"]) {
      await page.locator(`.cnn-explorer [data-layer=${layer}] .tile`).first()
        .click();
      assert((await detail.locator("h4").innerText()).startsWith(layer));
      assertEquals(await value.count(), 1, layer);
    }

    // A cover, by the mouse, changes the answer and keeps the drawing.
    await page.getByRole("button", { name: "cover", exact: true }).click();
    await draw(page, [[0.5, 0.27], [0.6, 0.27]]);
    const covered = await pixels();
    assert(covered.some((v, i) => v !== drawn[i]), "a part is covered");
    const without = (await library(covered)).roundedShares;
    assert(largest(await sharesIn(page), without) < 1e-5);
    await page.getByRole("button", { name: "draw", exact: true }).click();
    await page.waitForTimeout(200);
    assertEquals(await pixels(), drawn);

    for (const theme of ["light", "dark"] satisfies Theme[]) {
      for (const width of [1400, 700]) {
        await setLook(page, theme, width);
        await page.locator(".cnn-explorer").scrollIntoViewIfNeeded();
        await page.screenshot({
          path: await pictureOf(`explorer-${theme}-${width}`),
        });
        const [wide, room] = await page.locator(".cnn-explorer")
          .evaluate((box: Any) => [box.scrollWidth, box.clientWidth]);
        assert(wide <= room, `${wide} > ${room}, ${theme}, ${width} pixels`);
        const paper = await page.locator(".cnn-explorer .all").evaluate(
          (all: Any) =>
            (globalThis as Any).getComputedStyle(all).backgroundColor,
        );
        const dark = Number(paper.match(/\d+/)![0]) < 128;
        assertEquals(dark, theme === "dark", paper);
      }
    }
    assertEquals([left, lab.left, errors], [[], [], []]);
  },
);
