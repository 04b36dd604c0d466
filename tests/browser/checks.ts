/** What every notebook page must come up to. */
import { assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { filmOf, look, type Sight } from "./look.ts";
import { photograph, setLook, type Theme } from "./notebook_page.ts";

/** Pixels that a figure may be wide: VS Code and books cut what is wider. */
const widest = 700;

/** All outputs are drawn, none is an error, and no figure is empty. */
export async function checkDrawn(page: Page): Promise<Sight> {
  const sight = await look(page);
  assertEquals(sight.errors, []);
  assertEquals(sight.stray, [], "a cell shows its last value by accident");
  for (const { cell, held, drawn } of sight.outputs) {
    assertEquals(drawn, held, `cell ${cell}: outputs drawn and held`);
  }
  for (const { marks, points } of sight.figures) {
    assertGreater(marks, 0, `a figure of ${points} points must be painted`);
  }
  return sight;
}

/** Moving the film's slider by mouse moves the film. */
export async function checkFilm(page: Page, film: number): Promise<void> {
  const before = await filmOf(page, film);
  if (!before) throw new Error(`There must be a film number ${film}`);
  const { rail } = (await filmOf(page, film))!; // it may have scrolled into view
  await page.mouse.click(
    rail.left + 0.7 * rail.width,
    rail.top + rail.height / 2,
  );
  await page.waitForTimeout(800);
  const after = (await filmOf(page, film))!;
  assertGreater(after.active, before.active, "the slider must move");
  assertNotEquals(after.picture, before.picture, "the picture must change");
}

/** The window explorer's sliders move by arrow keys, and the picture with them. */
export async function checkExplorer(page: Page): Promise<void> {
  const explorer = page.locator(".cnn-window").first();
  const picture = () => explorer.locator("svg").innerHTML();
  const activeCell = () =>
    page.evaluate(() =>
      // deno-lint-ignore no-explicit-any -- JupyterLab's own objects
      (globalThis as any).jupyterapp.shell.currentWidget.content.activeCellIndex
    );
  await explorer.getByLabel("kernel size").focus();
  const [cell, before] = [await activeCell(), await picture()];
  await page.keyboard.press("ArrowRight");
  const larger = await picture();
  assertNotEquals(larger, before, "the kernel size must change the picture");
  // JupyterLab must not take the keys: up and down would walk through the cells.
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowUp");
  assertNotEquals(await picture(), larger, "Tab must lead to the stride");
  assertEquals(await activeCell(), cell, "the keys must not leave the cell");
  await explorer.locator("select").selectOption("same");
  const text = await explorer.locator("p").innerText();
  assertEquals(text.includes("Output length: (8 + 2 − 4) / 2"), true, text);
}

/**
 * Light and dark, wide and narrow: all text is legible, nothing is cut off. A
 * picture of each is left in output/browser/ for people.
 */
export async function checkLooks(page: Page, name: string): Promise<void> {
  const complaints: string[] = [];
  for (const theme of ["light", "dark"] satisfies Theme[]) {
    for (const width of [1400, 700]) {
      await setLook(page, theme, width);
      const { faint, cut, scrolled, figures } = await look(page);
      await photograph(page, `${name}-${theme}-${width}`);
      complaints.push(
        ...faint.map((what) => `hard to read, ${theme}: ${what}`),
        ...cut.map((what) => `cut off at ${width} pixels: ${what}`),
      );
      // At 700 pixels JupyterLab's column has 584, and Plotly does not shrink.
      if (width === 1400) {
        complaints.push(
          ...scrolled.map((what) => `wider than its column: ${what}`),
          ...figures.filter((figure) => figure.width > widest).map((figure) =>
            `a figure ${figure.width} pixels wide, more than ${widest}: ${figure.title}`
          ),
        );
      }
    }
  }
  assertEquals([...new Set(complaints)], []);
}
