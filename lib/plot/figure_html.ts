import { escapeHtml, scriptJson } from "../base/html.ts";

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
  const { width = 700 } = plot.layout;
  return `<div class="cnn-figure" style="max-width:${width}px">` +
    `<div role="img" aria-label="${escapeHtml(summary)}"></div>` +
    `<p>${escapeHtml(summary)}. ` +
    `To see it drawn, run <code>deno task export</code>.</p>` +
    `<script type="application/json">${scriptJson(plot)}</script>` +
    `<script>(${drawScript})(document.currentScript.parentElement)</script>` +
    `</div>`;
}

/**
 * Runs in the reader's browser: draws now, or once the page has loaded. A figure
 * wider than its column shrinks with it.
 */
const drawScript = `function (box) {
  const draw = function () {
    const Plotly = window.Plotly;
    if (!Plotly || box.dataset.drawn) return;
    box.dataset.drawn = "yes";
    const plot = JSON.parse(box.querySelector("script").textContent);
    const width = plot.layout.width || 700;
    const place = box.firstElementChild;
    const fitting = function () { return Math.min(width, box.clientWidth || width); };
    box.querySelector("p").remove();
    place.style.height = plot.layout.height + "px";
    plot.layout.width = fitting();
    Plotly.newPlot(place, plot.data, plot.layout, plot.config)
      .then(function (drawn) {
        if (plot.frames) return Plotly.addFrames(drawn, plot.frames);
      });
    window.addEventListener("resize", function () {
      if (place.clientWidth !== place.layout.width) Plotly.relayout(place, { width: fitting() });
    });
  };
  draw();
  window.addEventListener("load", draw);
}`.replaceAll(/\n\s*/g, " ");
