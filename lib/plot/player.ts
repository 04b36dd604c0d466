/** Slider and buttons of an animation: they run in the reader's browser. */
import type { Layout } from "plotly.js";
import { ink } from "./colours.ts";

/**
 * Controls under a plot for frames named "1", "2", ... .
 *
 * @param names What the slider says at each frame.
 * @param options `width` and `height`: pixels of the plot above; `prefix`: before the names.
 */
export function player(
  names: readonly string[],
  options: {
    width: number;
    height: number;
    prefix?: string;
    milliseconds?: number;
  },
): Partial<Layout> {
  const { width, height, prefix = "", milliseconds = 700 } = options;
  const timing = (duration: number) => ({
    mode: "immediate",
    fromcurrent: true,
    frame: { duration, redraw: true },
    transition: { duration: 0 },
  });
  const below = (pixels: number) => -pixels / height;
  return {
    sliders: [{
      active: 0,
      x: 130 / width,
      len: 1 - 130 / width,
      xanchor: "left",
      y: below(8),
      yanchor: "top",
      pad: { t: 14, b: 0 },
      currentvalue: {
        prefix,
        visible: true,
        xanchor: "left",
        font: { size: 13, color: ink },
        offset: 8,
      },
      minorticklen: 0,
      ticklen: names.length > 40 ? 0 : 4,
      font: { size: 11, color: "rgba(0,0,0,0)" },
      transition: { duration: 0 },
      steps: names.map((name, i) => ({
        label: name,
        value: name,
        method: "animate",
        args: [[String(i + 1)], timing(0)],
      })),
    }],
    updatemenus: [{
      type: "buttons",
      direction: "left",
      showactive: false,
      x: 0,
      xanchor: "left",
      y: below(24),
      yanchor: "top",
      pad: { t: 10, r: 0 },
      font: { size: 13 },
      buttons: [
        {
          label: "▶ Play",
          method: "animate",
          args: [null, timing(milliseconds)],
        },
        { label: "❚❚", method: "animate", args: [[null], timing(0)] },
      ],
    }],
  } as unknown as Partial<Layout>;
}
