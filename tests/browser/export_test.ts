/** `deno task export`: pages that draw all by themselves. */
import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setUp } from "../../tools/environment.ts";
import { root } from "../../tools/paths.ts";
import { fixtureFolder } from "../tools/fixture.ts";
import { browserTest } from "./browser_test_case.ts";
import { openPage } from "./lab.ts";
import { look } from "./look.ts";
import { pictureOf } from "./notebook_page.ts";

async function task(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(text(stdout) + text(stderr));
  return text(stderr);
}

/** Runs and exports a notebook; gives the page's file and what was warned of. */
async function exported(
  name: string,
  cells: Parameters<typeof fixtureFolder>[0][string],
) {
  await setUp();
  const folder = await fixtureFolder({ [name]: cells });
  const copy = join(root, "output", `${name}.ipynb`);
  try {
    await task("run", join(folder, `${name}.ipynb`));
    const warned = await task("export", copy);
    return { file: join(root, "output", `${name}.html`), warned };
  } finally {
    await Deno.remove(folder, { recursive: true });
    await Deno.remove(copy).catch(() => {});
  }
}

browserTest(
  "an exported page draws figures and formulas and asks no machine for anything",
  async (browser) => {
    const { file, warned } = await exported("browser-export", [
      {
        type: "markdown",
        source:
          "# A page\n\nInline $y = \\frac{1}{1 + e^{-x}}$, and on its own line:\n\n" +
          "$$\\sum_{i=1}^{n} w_i x_i$$\n\n\\begin{equation} a^2 \\end{equation}\n\n" +
          "Prices of 5\\$ stay. **Bold** stays.",
      },
      `import { claim, heatMap, lineChart, show, slidingWindow, table, tensor, trainingCurves } from "cnn";
const curves = trainingCurves({ title: "Live" });
for (let step = 1; step <= 30; step++) {
  await curves.update({ step, steps: 30, loss: 1 / step, accuracy: 0.5 });
  await new Promise((done) => setTimeout(done, 20));
}
const plot = await curves.finish();`,
      `await show(slidingWindow(tensor([[1, 2, 3], [5, 6, 7], [9, 8, 7]]), tensor([[1, 0], [0, -1]])));
await show(tensor([[1, 2], [3, 4]]));
await show(table([{ net: "a", accuracy: 0.9 }]));
await show("A result of $x^2$");
await claim("Two is more than one", { id: "two", holds: true, values: { two: 2 } });`,
    ]);
    try {
      assertEquals(warned, "");
      const page = await Deno.readTextFile(file);
      assert(page.length < 2_500_000, `${page.length} characters`);
      assertEquals(
        page.match(
          /<(script|link|img|iframe)\b[^>]*(src|href)=.?(https?:)?\/\//gi,
        ),
        null,
      );

      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1400, 700]) {
          const { page, context, left, errors } = await openPage(browser, {
            width,
          });
          await page.emulateMedia({ colorScheme });
          await page.goto(pathToFileURL(file).href);
          await page.waitForFunction(() =>
            // deno-lint-ignore no-explicit-any -- the page's own objects
            (globalThis as any).document.querySelectorAll(".main-svg").length >=
              9
          );
          const where = `${colorScheme}, ${width} pixels`;
          const sight = await look(page);
          assertEquals(sight.figures.length, 3, where);
          assertEquals(sight.figures[0].points, [30, 30]);
          for (const { marks } of sight.figures) assertGreater(marks, 0);
          assertEquals(
            [sight.faint, sight.cut, sight.scrolled],
            [[], [], []],
            where,
          );
          const formulas = await page.locator("math").all();
          assertEquals(formulas.length, 4);
          for (const formula of formulas) {
            const { width = 0, height = 0 } = await formula.boundingBox() ?? {};
            assert(width > 8 && height > 8, `${where}: ${width} x ${height}`);
          }
          const background = await page.evaluate(() => {
            // deno-lint-ignore no-explicit-any -- the page's own objects
            const here = globalThis as any;
            return here.getComputedStyle(here.document.body).backgroundColor;
          });
          assertMatch(background, colorScheme === "dark" ? /17/ : /255/);
          assertEquals([left, errors], [[], []], where);
          await page.screenshot({
            path: await pictureOf(`export-${colorScheme}-${width}`),
            fullPage: true,
          });
          await context.close();
        }
      }
    } finally {
      await Deno.remove(file);
    }
  },
);

browserTest(
  "an exported page draws a figure that cartesian plotly.js cannot",
  async (browser) => {
    const { file, warned } = await exported("browser-export-3d", [
      `import { figure, show } from "cnn";
await show(figure({ data: [{ type: "scatterpolar", r: [1, 2, 3], theta: [0, 90, 180] }], layout: {} }));`,
      { type: "markdown", source: "No formula: $\\frac{1}{$" },
    ]);
    try {
      assertMatch(warned, /Warning: formula left as TeX .*\\frac\{1\}\{/);
      const { page, left, errors } = await openPage(browser);
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector(
        ".scatterpolar .lines path, .polarlayer .trace path",
      );
      assertEquals([left, errors], [[], []]);
    } finally {
      await Deno.remove(file);
    }
  },
);

Deno.test("the exported page's plotly.js has the version of JupyterLab's", async () => {
  const { python, env } = await setUp();
  const { stdout } = await new Deno.Command(python, {
    args: [
      "-c",
      "from plotly.offline import get_plotlyjs_version as v; print(v())",
    ],
    env,
  }).output();
  const installed = JSON.parse(
    await Deno.readTextFile(
      join(
        root,
        "node_modules",
        "plotly.js-cartesian-dist-min",
        "package.json",
      ),
    ),
  );
  assertEquals(installed.version, new TextDecoder().decode(stdout).trim());
});
