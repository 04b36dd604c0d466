/** HTML forms of figures and tables, safe to embed. */

/**
 * Text with HTML's special characters replaced.
 *
 * @example
 * ```ts
 * import { escapeHtml } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(escapeHtml("1 < 2"), "1 &lt; 2");
 * ```
 */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/**
 * JSON that can stand inside a `<script>`: no value can close the tag or open a
 * comment, since every "<" is written as an escape.
 *
 * @example
 * ```ts
 * import { scriptJson } from "cnn";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(scriptJson("</script>"), '"\\u003c/script>"');
 * ```
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

/**
 * The HTML form of a figure: a box, the figure as JSON, and a script that draws
 * it as soon as the page has Plotly. Plotly itself is not in it: the page that
 * shows it loads it once, as `deno task export` does.
 */
export function figureHtml(
  plot: {
    data: unknown;
    layout: { width?: number; height?: number };
    config: unknown;
    frames?: unknown;
  },
  summary: string,
): string {
  const { width = 720 } = plot.layout;
  return `<div class="cnn-figure" style="max-width:${width}px">` +
    `<div role="img" aria-label="${escapeHtml(summary)}"></div>` +
    `<p>${escapeHtml(summary)}. ` +
    `To see it drawn, run <code>deno task export</code>.</p>` +
    `<script type="application/json">${scriptJson(plot)}</script>` +
    `<script>(${drawScript})(document.currentScript.parentElement)</script>` +
    `</div>`;
}

/** Runs in the reader's browser: draws now, or once the page has loaded. */
const drawScript = `function (box) {
  const draw = function () {
    const Plotly = window.Plotly;
    if (!Plotly || box.dataset.drawn) return;
    box.dataset.drawn = "yes";
    const plot = JSON.parse(box.querySelector("script").textContent);
    box.querySelector("p").remove();
    box.firstElementChild.style.height = plot.layout.height + "px";
    Plotly.newPlot(box.firstElementChild, plot.data, plot.layout, plot.config)
      .then(function (drawn) {
        if (plot.frames) return Plotly.addFrames(drawn, plot.frames);
      });
  };
  draw();
  window.addEventListener("load", draw);
}`.replaceAll(/\n\s*/g, " ");
