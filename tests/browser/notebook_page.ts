/** A notebook in JupyterLab, handled as a reader does: by menus, mouse and eyes. */
import type { Page } from "playwright-core";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import { within } from "./deadline.ts";
import type { Lab } from "./lab.ts";

// deno-lint-ignore no-explicit-any -- JupyterLab's own objects
type Any = any;

/** Waits until the notebook of a page is there, and its kernel idle. */
export async function waitForKernel(page: Page): Promise<void> {
  await page.waitForSelector(".jp-Notebook .jp-Cell", { timeout: 120_000 });
  await page.waitForFunction(
    () =>
      (globalThis as Any).jupyterapp?.shell.currentWidget?.sessionContext
        ?.session?.kernel?.status === "idle",
    undefined,
    { timeout: 120_000 },
  );
}

/** Opens a notebook and waits for its kernel. */
export async function openNotebook(page: Page, lab: Lab, name: string) {
  await page.goto(lab.address(name));
  await waitForKernel(page);
}

/** Run > Run All Cells, by mouse. */
export async function runAllCells(page: Page): Promise<void> {
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByRole("menuitem", { name: "Run All Cells", exact: true })
    .click();
}

/** Waits until every cell has run or one has failed. */
export async function waitForTheEnd(page: Page, seconds: number) {
  await page.waitForFunction(
    () => {
      const here = globalThis as Any;
      const { content, sessionContext } = here.jupyterapp.shell.currentWidget;
      const waiting = content.widgets.some((cell: Any) =>
        cell.promptNode?.textContent.includes("*")
      );
      const idle = sessionContext.session.kernel.status === "idle";
      if (waiting || !idle) here.cnnIdle = undefined;
      else here.cnnIdle ??= Date.now();
      return Date.now() - (here.cnnIdle ?? Infinity) > 1500; // for late outputs
    },
    undefined,
    { timeout: seconds * 1000, polling: 250 },
  ).catch(async (cause) => {
    const stood = await within(10, "the page", page.evaluate(whereItStands))
      .catch(String); // a page that is gone cannot say
    throw new Error(`The notebook did not end. ${stood}`, { cause });
  });
}

/** What the kernel does, and the cells that wait; sent into the page. */
function whereItStands(): string {
  const { content, sessionContext } =
    (globalThis as Any).jupyterapp.shell.currentWidget;
  const waiting = content.widgets.filter((cell: Any) =>
    cell.promptNode?.textContent.includes("*")
  ).map((cell: Any) => cell.model.id);
  const { status, connectionStatus } = sessionContext.session?.kernel ?? {};
  return `Its kernel is ${status} and ${connectionStatus}; these cells wait: ${waiting}`;
}

/** Ends the notebook's kernel, so that the next one has the machine. */
export async function endKernel(page: Page): Promise<void> {
  await page.evaluate(() =>
    (globalThis as Any).jupyterapp.shell.currentWidget.sessionContext.shutdown()
  );
}

export type Theme = "light" | "dark";

/** Gives the page another theme and width, and waits until it is laid out. */
export async function setLook(page: Page, theme: Theme, width: number) {
  await page.setViewportSize({ width, height: 2000 });
  await page.mouse.move(0, 0); // off the figures, which answer to it
  await page.evaluate(async (theme) => {
    const { commands, shell } = (globalThis as Any).jupyterapp;
    shell.collapseLeft();
    await commands.execute("apputils:change-theme", { theme });
  }, theme === "dark" ? "JupyterLab Dark" : "JupyterLab Light");
  await page.waitForFunction(
    (light) =>
      (globalThis as Any).document.body.dataset.jpThemeLight === String(light),
    theme === "light",
  );
  await page.waitForTimeout(1000); // figures are laid out anew
}

/** Path of a picture in output/browser/. */
export async function pictureOf(name: string): Promise<string> {
  const folder = join(root, "output", "browser");
  await Deno.mkdir(folder, { recursive: true });
  return join(folder, `${name}.png`);
}

/** Pictures of the whole notebook from top to bottom, in output/browser/. */
export async function photograph(page: Page, name: string): Promise<void> {
  const scroll = (top: number) =>
    page.evaluate((top) => {
      const here = globalThis as Any;
      const panel = here.jupyterapp.shell.currentWidget.content.outerNode;
      panel.scrollTop = top;
      return [panel.scrollTop, panel.clientHeight, panel.scrollHeight];
    }, top);
  for (let part = 1, top = 0;; part++) {
    const [, seen, whole] = await scroll(top);
    await page.waitForTimeout(150);
    await page.screenshot({
      path: await pictureOf(`${name}-${String(part).padStart(2, "0")}`),
    });
    top += seen;
    if (top >= whole) break;
  }
}
