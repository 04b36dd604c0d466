/**
 * What a notebook page really shows. Each function runs inside the page: it is
 * sent there as text and can use nothing from outside itself.
 */
import type { Page } from "playwright-core";

/** What stands in a page, measured on what is drawn. */
export interface Sight {
  /** Outputs by the cell's id: how many the notebook holds, and how many are drawn. */
  outputs: { cell: string; held: number; drawn: number }[];
  /** Last values of cells that nobody asked to see. */
  stray: string[];
  /** Error outputs, and what was written to stderr, with their text. */
  errors: string[];
  /** Points of each line of each Plotly figure, and whether anything is painted. */
  figures: { title: string; points: number[]; marks: number; width: number }[];
  /** Signs of the claims. */
  signs: string[];
  /** Rows of the ledgers' bodies. */
  ledgerRows: number;
  tables: number;
  /** Text that is hard to read: contrast below 4.5 with what is behind it. */
  faint: string[];
  /** What is wider than its column and does not fit, and by how much. */
  cut: string[];
  /** Figures and tables that are wider than their column, which scrolls sideways. */
  scrolled: string[];
}

/** Looks at the whole page. */
export async function look(page: Page): Promise<Sight> {
  return await page.evaluate(lookInPage);
}

// deno-lint-ignore no-explicit-any -- JupyterLab's and Plotly's own objects
type Any = any;

function lookInPage(): Sight {
  const here = globalThis as Any;
  const doc = here.document;
  const all = (selector: string, from: Any = doc): Any[] => [
    ...from.querySelectorAll(selector),
  ];
  const nameOf = (node: Any) =>
    `${node.tagName.toLowerCase()} "${
      (node.textContent ?? "").trim().slice(0, 50)
    }"`;

  type Colour = [number, number, number, number];
  const colourOf = (text: string): Colour => {
    const numbers = text.match(/-?[\d.]+(e-?\d+)?%?/g)?.map(parseFloat) ?? [];
    const unit = text.startsWith("color(") ? 255 : 1;
    const [r, g, b, a = 1] = numbers;
    return [r * unit, g * unit, b * unit, a];
  };
  const over = (top: Colour, below: Colour): Colour => {
    const mix = (i: number) => top[i] * top[3] + below[i] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const behind = (node: Any): Colour => {
    const layers: Colour[] = [];
    for (let at = node; at; at = at.parentElement) {
      layers.push(colourOf(here.getComputedStyle(at).backgroundColor));
      if (layers.at(-1)![3] === 1) break;
    }
    return layers.reduceRight(
      (below, layer) => over(layer, below),
      [255, 255, 255, 1] as Colour,
    );
  };
  const luminance = (colour: Colour) => {
    const [r, g, b] = colour.map((v) =>
      v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrastOf = (node: Any) => {
    const style = here.getComputedStyle(node);
    const ink = colourOf(node.ownerSVGElement ? style.fill : style.color);
    for (let at = node; at; at = at.parentElement) {
      ink[3] *= Number(here.getComputedStyle(at).opacity);
    }
    const paper = behind(node);
    const [a, b] = [luminance(over(ink, paper)), luminance(paper)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };

  const faint: string[] = [], cut: string[] = [], scrolled: string[] = [];
  for (const output of all(".jp-OutputArea-output")) {
    const walker = doc.createTreeWalker(output, 4 /* text */);
    while (walker.nextNode()) {
      const node = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim()) continue;
      if (node.closest(".js-plotly-plot, script, style")) continue;
      if (node.getClientRects().length === 0) continue;
      const contrast = contrastOf(node);
      if (contrast < 4.5) faint.push(`${nameOf(node)} ${contrast.toFixed(2)}`);
    }
    if (output.scrollWidth > output.clientWidth + 1) {
      const scrolls = ["auto", "scroll"].includes(
        here.getComputedStyle(output).overflowX,
      );
      // A figure or a wide table cannot be broken into lines; all else can.
      const stiff = output.matches(".js-plotly-plot, :has(table)");
      (stiff && scrolls ? scrolled : cut).push(
        `${nameOf(output)} ${output.scrollWidth} > ${output.clientWidth}`,
      );
    }
  }
  for (const paper of all(".js-plotly-plot .main-svg:first-of-type")) {
    const colour = here.getComputedStyle(paper).backgroundColor;
    if (colour !== "rgb(255, 255, 255)") {
      faint.push(`a figure on ${colour}: its ink is made for white`);
    }
  }

  // An exported page has no application that could say what it holds.
  const cells = here.jupyterapp?.shell.currentWidget.content.widgets ?? [];
  const held: { cell: string; type: string; data: Any }[] = cells
    .filter((cell: Any) => cell.outputArea).flatMap((cell: Any) =>
      Array.from({ length: cell.model.outputs.length }, (_, i) => {
        const { type, data } = cell.model.outputs.get(i);
        return { cell: cell.model.id, type, data };
      })
    );
  return {
    outputs: cells.filter((cell: Any) => cell.outputArea).map((cell: Any) => ({
      cell: cell.model.id,
      held: cell.model.outputs.length,
      drawn: all(".jp-OutputArea-output", cell.node)
        .filter((o) => o.textContent.trim() || o.querySelector("svg,img"))
        .length,
    })),
    stray: held.filter(({ type }) => type === "execute_result").map((
      { cell, data },
    ) => `cell ${cell}: ${data["text/plain"]}`),
    errors: held.filter(({ type, data }) =>
      type === "error" || "application/vnd.jupyter.stderr" in data
    ).map(({ cell, data }) =>
      `cell ${cell}: ${data["application/vnd.jupyter.stderr"]}`
    ),
    figures: all(".js-plotly-plot").map((plot) => ({
      title: plot.layout.title?.text ?? "without a title",
      points: plot.data.map((trace: Any) => trace.x?.length ?? 0),
      marks: all(
        ".cartesianlayer :is(path.js-line, .point, .bars path, image, .js-fill), .shapelayer path",
        plot,
      ).length,
      width: plot.querySelector(".main-svg").getBoundingClientRect().width,
    })),
    signs: all(".cnn-claim .cnn-sign").map((node) => node.textContent),
    ledgerRows: all("table.cnn-ledger tbody tr").length,
    tables: all(".jp-OutputArea-output table:not(.cnn-ledger)").length,
    faint,
    cut,
    scrolled,
  };
}

/**
 * From now on notes how many points the live curves have, each time they change.
 * `seen` gives the numbers of one output of a cell, as they came.
 */
export async function watchCurves(page: Page) {
  await page.evaluate(() => {
    const here = globalThis as Any;
    const seen: Record<string, { live: number[]; plot: number[] }> = {};
    here.cnnSeen = seen;
    const note = () => {
      for (const cell of here.jupyterapp.shell.currentWidget.content.widgets) {
        const outputs = cell.node.querySelectorAll(".jp-OutputArea-child");
        [...outputs].forEach((output: Any, i) => {
          const line = output.querySelector(".cnn-live polyline.cnn-loss");
          const plot = output.querySelector(".js-plotly-plot");
          const points = line?.getAttribute("points").split(" ").length ??
            plot?.data?.[0]?.x?.length;
          const both = seen[`${cell.model.id}/${i}`] ??= { live: [], plot: [] };
          const list = line ? both.live : both.plot;
          if (points && list.at(-1) !== points) list.push(points);
        });
      }
    };
    new here.MutationObserver(note).observe(here.document.body, {
      childList: true,
      subtree: true,
      attributes: true,
    });
  });
  return {
    seen: async (cell: string, output = 0): Promise<number[]> =>
      await page.evaluate(
        (key) => {
          // A finished figure draws means of neighbours: fewer points may follow.
          const { live, plot } = (globalThis as Any).cnnSeen[key] ??
            { live: [], plot: [] };
          return live.length > 0 ? live : plot;
        },
        `${cell}/${output}`,
      ),
  };
}

/**
 * Whether a curve moved while it was drawn: several pictures, each with more points.
 * Three are enough, since a frozen curve has one, and a training that a fast machine
 * ends within two seconds is not drawn more often.
 */
export function grew(points: readonly number[]): boolean {
  return points.length >= 3 &&
    points.every((count, i) => i === 0 || count > points[i - 1]);
}

/** The film's place and picture: moving the slider must change both. */
export async function filmOf(page: Page, film: number) {
  return await page.evaluate((index) => {
    const plots = [
      ...(globalThis as Any).document.querySelectorAll(".js-plotly-plot"),
    ].filter((plot) => plot._fullLayout?.sliders?.length);
    const plot = plots[index];
    if (!plot) return undefined;
    const parts = plot.querySelectorAll(
      ".cartesianlayer, .shapelayer, .imagelayer, .annotation",
    );
    const rail = plot.querySelector(".slider-rail-touch-rect");
    rail.scrollIntoView({ block: "center" });
    const { left, top, width, height } = rail.getBoundingClientRect();
    return {
      films: plots.length,
      active: plot._fullLayout.sliders[0].active as number,
      picture: [...parts].map((part) => part.outerHTML).join(""),
      rail: { left, top, width, height },
    };
  }, film);
}
