/** The explorer, drawn into and clicked, against the library itself. */
import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { fixtureText } from "../tools/fixture.ts";
import { browserTest } from "./browser_test_case.ts";
import { checkDrawn } from "./checks.ts";
import {
  draw,
  drawSeven,
  largest,
  lenet,
  library,
  runCode,
  sharesIn,
} from "./explorer.ts";
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
    const { pixels, drawn, own } = await drawSeven(page);

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
    // A number of the patch is the unit that it comes from.
    await detail.locator("td[tabindex='0']").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assertMatch(await detail.locator("h4").innerText(), /^pool1, map \d/);
    // At the border of the patch a key stays in its column.
    await page.locator(".cnn-explorer [data-layer=conv2] .tile").first()
      .click();
    const cells = detail.locator("table[role=grid] td");
    for (const [key, from] of [["ArrowUp", 2], ["ArrowDown", 22]] as const) {
      await cells.nth(from).focus();
      await page.keyboard.press(key);
      assertEquals(
        await cells.evaluateAll((all: Any[]) =>
          all.findIndex((one) => one === one.getRootNode().activeElement)
        ),
        from,
        `${key} in a row that has no next one`,
      );
    }
    // A key on a map of a dense layer's products opens the strongest of them.
    await page.locator(".cnn-explorer [data-layer=dense1] .tile").first()
      .click();
    const strongest = await detail.locator(".list td").first().innerText();
    const [, map] = strongest.match(/^map (\d+)/)!;
    await detail.locator(".body .tile").nth(Number(map)).focus();
    await page.keyboard.press("Enter");
    assertEquals(
      await detail.locator("h4").innerText(),
      `pool2, ${strongest}`,
    );
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
    const says = page.locator(".cnn-explorer .says").first();
    const top = page.locator(".cnn-explorer .answer li.top").first();
    const [label] = (await top.innerText()).split(/\s/);
    assert((await says.innerText()).includes(` says ${label}, `));
    const without = (await library(covered)).roundedShares;
    assert(largest(await sharesIn(page), without) < 1e-5);
    await page.getByRole("button", { name: "draw", exact: true }).click();
    await page.waitForTimeout(200);
    assertEquals(await pixels(), drawn);

    // Far down beside the maps the picture is still in view.
    await page.setViewportSize({ width: 1400, height: 700 });
    await page.locator(".cnn-explorer [data-layer=dense3]")
      .scrollIntoViewIfNeeded();
    await page.waitForTimeout(500);
    const { y } = (await page.locator(".cnn-explorer .pad").boundingBox())!;
    assert(y > 0 && y < 400, `the picture stands at ${y}`);

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
    // The same output in a notebook that nobody trusts, as one that was mailed.
    await page.evaluate(async () => {
      const { shell, serviceManager } = (globalThis as Any).jupyterapp;
      const content = shell.currentWidget.content.model.toJSON();
      for (const { metadata } of content.cells) delete metadata.trusted;
      content.metadata.note = "not the notebook that was run here";
      await serviceManager.contents.save("notebooks/mailed.ipynb", {
        type: "notebook",
        format: "json",
        content,
      });
    });
    await openNotebook(page, lab, "mailed.ipynb");
    assertEquals(await page.locator(".cnn-explorer .pad").count(), 0);
    const still = page.locator(".cnn-explorer img, .jp-OutputArea-output img")
      .first();
    await still.waitFor();
    await page.screenshot({ path: await pictureOf("explorer-mailed") });
    const wide = await still.evaluate((image: Any) => image.naturalWidth);
    assertGreater(wide, 300, "a still picture of the maps");
    assertEquals([left, lab.left, errors], [[], [], []]);
  },
);

/** What VS Code does with HTML: scripts run one by one, as children of the output. */
const likeVsCode = `<!doctype html><html><head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:;">
<style>:root { --vscode-editor-background: #1e1e1e; --vscode-editor-foreground: #ccc } body { background: #1e1e1e; color: #ccc }</style>
</head><body class="vscode-dark" data-vscode-theme-kind="vscode-dark"><div id="output"></div></body></html>`;

browserTest(
  "an explorer is alive under VS Code's rules for outputs, and dark there",
  async (browser) => {
    const html = await runCode(`${lenet}
const shown = cnn.explorer(network)[Symbol.for("Jupyter.display")]();
console.log(shown["text/html"]);`);
    const { page, left, errors } = await openPage(browser, { width: 700 });
    await page.setContent(likeVsCode);
    await page.evaluate((html) => {
      const { document } = globalThis as Any;
      const output = document.getElementById("output");
      output.innerHTML = html;
      for (const { textContent, type } of output.querySelectorAll("script")) {
        const script = document.createElement("script");
        script.textContent = textContent;
        script.type = type;
        output.appendChild(script).remove();
      }
    }, html);
    await drawSeven(page);
    const paper = await page.locator(".cnn-explorer .all").evaluate(
      (all: Any) => (globalThis as Any).getComputedStyle(all).backgroundColor,
    );
    assert(Number(paper.match(/\d+/)![0]) < 128, paper);
    await page.screenshot({ path: await pictureOf("explorer-vscode") });
    assertEquals([left, errors], [[], []]);
  },
);

browserTest(
  "an explorer keeps picture, answer and what was clicked in view, on a phone too",
  async (browser) => {
    const html = await runCode(`${lenet}
const { images } = await cnn.loadMnist({ limit: 20, seed: 1 });
const other = cnn.buildNetwork(cnn.lenet(), { seed: 2 });
const shown = cnn.explorer([network, other], { images, names: ["trained", "random weights"] });
console.log(shown[Symbol.for("Jupyter.display")]()["text/html"]);`);
    const { page, left, errors } = await openPage(browser);
    const space = `<p style="height: 1500px">Words</p>`;
    await page.setContent(space + html + space);
    const tile = (layer: string) =>
      page.locator(`.cnn-explorer [data-layer=${layer}] .tile`).first();
    const topOf = async (layer: string) => (await tile(layer).boundingBox())!.y;
    const detail = page.locator(".cnn-explorer .detail");

    // Its first run is slower than all that follow, and tells nothing of its speed.
    const names = page.locator(".cnn-explorer .net h3");
    assertEquals(await names.allInnerTexts(), ["trained", "random weights"]);

    // A drawing is none of the pictures, and a number that none has goes.
    const number = page.getByRole("spinbutton");
    const chosen = page.locator(".thumbs button[aria-pressed=true]");
    await number.fill("7");
    assertEquals(await chosen.getAttribute("aria-label"), "picture 7");
    await number.fill("99");
    await number.blur();
    assertEquals(await number.inputValue(), "7");
    await draw(page, [[0.3, 0.3], [0.6, 0.3]]);
    assertEquals([await number.inputValue(), await chosen.count()], ["", 0]);
    for (const name of await names.allInnerTexts()) {
      assertMatch(name, / ran in \d+\.\d ms$/);
    }

    // A unit opened above closes, and what was clicked stays under the pointer.
    await page.setViewportSize({ width: 1400, height: 1600 });
    await tile("conv1").click();
    await page.locator(".cnn-explorer").evaluate((box: Any) =>
      box.scrollIntoView()
    );
    const before = await topOf("pool1");
    await tile("pool1").click();
    const after = await topOf("pool1");
    assert(Math.abs(after - before) < 2, `pool1 from ${before} to ${after}`);
    const { y } = (await detail.boundingBox())!;
    await detail.getByRole("button", { name: "← relu1" }).click();
    assertMatch(await detail.locator("h4").innerText(), /^relu1/);
    assert(Math.abs((await detail.boundingBox())!.y - y) < 2, "it jumped");

    // At the border a unit sees 3 x 5 pixels, which stay square.
    const { width } = (await tile("conv1").boundingBox())!;
    await tile("conv1").click({ position: { x: width / 2, y: 2 } });
    const crop = (await detail.locator(".crop canvas").boundingBox())!;
    assert(Math.abs(crop.width / crop.height - 5 / 3) < 0.03, "square pixels");
    // Its mark leaves the unit's own colour to see, one of 28 in a row.
    const inside = await detail.locator(".big i").evaluate((i: Any) =>
      i.clientWidth / i.parentElement.clientWidth
    );
    assert(inside > 0.9 / 28, `${inside}`);

    // Words name the map that a window is on; flatten's sum can be done again.
    await tile("pool1").click();
    assertEquals(
      await detail.locator("caption").innerText(),
      "the window on map 0 of relu1",
    );
    await tile("flatten1").click();
    const words = await detail.locator(".value").innerText();
    const [row, wide, column, maps, map, place] = words.match(/\d+/g)!
      .map(Number);
    assertEquals((row * wide + column) * maps + map, place, words);
    const head = await detail.locator("h4").innerText();
    assertEquals(head, `flatten1, value ${place}`);

    // Numbers of a column line up; a strip's end is no row of zeros.
    await tile("dense2").click();
    const rows = await detail.locator(".list tr").evaluateAll((rows: Any[]) =>
      rows.slice(1, -1).map((row) => row.innerText.split("\t"))
    );
    for (const [, ...cells] of rows) {
      for (const cell of cells) assertMatch(cell, /^−?\d+\.\d{3}$/);
    }
    const [alpha, behind] = await tile("dense2").locator("canvas").evaluate(
      (canvas: Any) => [
        canvas.getContext("2d").getImageData(39, 2, 1, 1).data[3],
        (globalThis as Any).getComputedStyle(canvas).backgroundImage,
      ],
    );
    assertEquals(alpha, 0);
    assertMatch(behind, /gradient/);

    // Beside a cover each share has room for what it was.
    await page.getByRole("button", { name: "cover", exact: true }).click();
    const strip = page.locator(".cnn-explorer .peek");
    for (const width of [1400, 700, 360]) {
      await page.setViewportSize({ width, height: 740 });
      const cut = await page.locator(".cnn-explorer .answer li").evaluateAll(
        (rows: Any[]) => rows.filter((li) => li.scrollWidth > li.clientWidth),
      );
      assertEquals(cut.length, 0, `${width}`);
      await tile("pool2").scrollIntoViewIfNeeded();
      await tile("pool2").click();
      await page.waitForTimeout(300);
      await page.screenshot({ path: await pictureOf(`explorer-two-${width}`) });
      // Far down the picture or the strip is there, and hides nothing clicked.
      const seen = width < 1000 ? strip : page.locator(".cnn-explorer .pad");
      const box = (await seen.boundingBox())!;
      assert(box.y >= 0 && box.y < 50, `${width}: at ${box.y}`);
      assertEquals(await strip.isVisible(), width < 1000);
      if (width > 1000) continue;
      assert(box.height < 70, `${box.height}`);
      assertMatch(await strip.innerText(), /trained says \d, [\d.]+\s%/);
      assert(await topOf("pool2") > box.y + box.height, "the map is hidden");
    }
    assertEquals([left, errors], [[], []]);
  },
);
