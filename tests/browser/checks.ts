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
