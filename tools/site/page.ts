/** A page of the book from a notebook and what its cells put out. */
import { figureHtml } from "../../lib/plot/figure_html.ts";
import { isRecord } from "../homework/notebook/notebook.ts";
import { markOf } from "../homework/notebook/nbgrader.ts";
import type { Lesson } from "./course.ts";
import { takes } from "./measured.ts";
import type { Output } from "./executed.ts";

/** A figure as Plotly takes it; a page draws its HTML form. */
const PLOTLY = "application/vnd.plotly.v1+json";
/** Pixels below which a figure scrolls: narrower, its labels lie over each other. */
const narrowest = 580;

/** Where a notebook runs in the browser, and where its file lies, from the book's root. */
export const addressOf = (name: string): { lite: string; file: string } => ({
  lite: `lite/lab/index.html?path=notebooks/${name}.ipynb`,
  file: `notebooks/${name}.ipynb`,
});

/**
 * The .ipynb that Sphinx reads: the students' cells with the outputs of the
 * lecture. Cells of exercises stand there without any: theirs would be the solution's.
 */
export function pageOf(
  { name, student }: Lesson,
  outputs: ReadonlyMap<string, Output[]>,
): string {
  const cells = student.cells.map((cell, i) => {
    const source = i === 0 ? withLinks(cell.source, name) : cell.source;
    if (cell.type !== "code") {
      return { cell_type: cell.type, id: cell.id, metadata: {}, source };
    }
    const lecture = markOf(cell) === undefined;
    return {
      cell_type: "code",
      id: cell.id,
      execution_count: null,
      metadata: { tags: isImport(source) ? ["hide-input"] : [] },
      source,
      outputs: (lecture && outputs.get(cell.id ?? "") || []).map(lean),
    };
  });
  const { metadata } = student;
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
}

/** Cells that only load the library: folded. */
function isImport(source: string): boolean {
  return /^import .* from "cnn/m.test(source) ||
    source.includes('await import("cnn")');
}

function lean(output: Output): Output {
  if (!isRecord(output.data)) return output;
  const { [PLOTLY]: plot, ...data } = output.data;
  const html = [data["text/html"] ?? ""].flat().join("");
  if (html) data["text/html"] = withWidth(drawn(html, plot), plot);
  return { ...output, data };
}

/** The set-up check's figure has a sentence as its HTML: here it is drawn. */
function drawn(html: string, plot: unknown): string {
  if (html.includes('class="cnn-figure"') || !isRecord(plot)) return html;
  const { data, layout, config = {} } = plot;
  if (!isRecord(layout)) return html;
  return figureHtml({ data, layout, config }, "A sample plot");
}

/** Names in the legend that a narrow figure has a line for. */
const mostNames = 5;

/** More names would stand over the title: such a figure keeps its width and scrolls. */
function withWidth(html: string, plot: unknown): string {
  const traces = isRecord(plot) && Array.isArray(plot.data) ? plot.data : [];
  const names = traces.filter(({ name, showlegend }) =>
    name && showlegend !== false
  );
  const least = names.length > mostNames ? Infinity : narrowest;
  return html.replaceAll(
    /(?<=class="cnn-figure" style=")max-width:(\d+)px/g,
    (all, width) => `${all};min-width:${Math.min(Number(width), least)}px`,
  );
}

/** The first cell with a line of links below its heading. */
function withLinks(source: string, name: string): string {
  const { lite, file } = addressOf(name);
  const [heading, ...rest] = source.split("\n");
  return [
    heading,
    "",
    `<div class="cnn-links"><a href="${lite}">Open in the browser</a>` +
    `<a href="${file}" download>Download the notebook</a>` +
    `<small>${takes(name)}</small></div>`,
    ...rest,
  ].join("\n");
}
