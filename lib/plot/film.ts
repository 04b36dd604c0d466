/**
 * The animations of convolution and pooling: panels of cells, and below them a
 * slider and buttons, which run in the reader's browser.
 *
 * @module
 */
import type { Annotations, Data, Layout } from "plotly.js";
import type { Panel } from "./cell_panels.ts";
import { ink } from "./colours.ts";
import { entitled, type Figure, figure, titled } from "./figure.ts";
import { figureWidth } from "./width.ts";

/** Screen pixels above the panels, and below for the slider. */
const titleRoom = 54, noTitleRoom = 14, playerRoom = 92;
const sides = 40; // screen pixels left and right of the panels
const least = 26; // screen pixels of a cell whose number is easy to read
const column = 584; // JupyterLab's in a window of 700 pixels

/**
 * Screen pixels of a cell, so that `width` of them fit into a figure, and into a
 * narrow column where that leaves them easy to read: a film is one picture, and a
 * panel out of sight is missed. `readable` is the least for that.
 */
export function cellSize(width: number, readable = least): number {
  const within = (pixels: number) =>
    Math.min(44, Math.floor((pixels - sides) / (width + 0.2)));
  return within(column) >= readable ? within(column) : within(figureWidth);
}

/** Whether so many cells side by side are easy to read. */
export function isReadable(width: number): boolean {
  return cellSize(width) >= least;
}

/** What an animation shows. */
export interface Film {
  title: string | undefined;
  summary: string;
  /** Size of the panels together, in cells, and screen pixels of a cell. */
  scene: { width: number; height: number; cell: number };
  panels: readonly Panel[];
  /** What is drawn once, below and above what moves. */
  still: readonly Data[];
  above?: readonly Data[];
  /** What changes from frame to frame, always in the same order. */
  moving: readonly Data[][];
  /** The output cell of each frame, and the number of its map where there are several. */
  steps: readonly { row: number; column: number; map?: number }[];
  /** What the slider says of each frame, where it is not an output cell. */
  names?: readonly string[];
  /** How long a frame is to be seen. */
  milliseconds: number;
}

/** The animation as a figure without axes; its first frame is drawn at once. */
export function filmFigure(film: Film): Figure {
  const { title, summary, scene, still, above = [], moving } = film;
  const traces = moving[0].map((_, i) => still.length + i);
  const width = Math.round((scene.width + 0.2) * scene.cell);
  const height = Math.round(scene.height * scene.cell);
  const top = title ? titleRoom : noTitleRoom;
  return figure({
    data: [...still, ...moving[0], ...above],
    frames: moving.map((data, n) => ({ name: String(n + 1), data, traces })),
    config: { displayModeBar: false },
    layout: {
      ...titled(title),
      width: width + sides,
      height: height + top + playerRoom,
      margin: { l: 20, r: 20, t: top, b: playerRoom },
      showlegend: false,
      hovermode: false,
      dragmode: false,
      xaxis: {
        visible: false,
        range: [-0.1, scene.width + 0.1],
        fixedrange: true,
      },
      yaxis: { visible: false, range: [scene.height, 0], fixedrange: true },
      annotations: film.panels.map(caption),
      ...player(film, width, height),
    },
    summary: entitled(summary, title),
  });
}

/** The name centred above a panel. */
function caption([text, values, { left, top }]: Panel): Partial<Annotations> {
  return {
    text,
    x: left + values[0].length / 2,
    y: top - 0.15,
    xanchor: "center",
    yanchor: "bottom",
    showarrow: false,
    font: { size: 13, color: ink },
  };
}

/** Slider and buttons below panels of so many screen pixels. */
function player(film: Film, width: number, height: number): Partial<Layout> {
  const timing = (duration: number) => ({
    mode: "immediate",
    fromcurrent: true,
    frame: { duration, redraw: true },
    transition: { duration: 0 },
  });
  const button = (label: string, frames: null | [null], duration: number) => ({
    label,
    method: "animate",
    args: [frames, timing(duration)],
  });
  const names = film.names ??
    film.steps.map(({ map, row, column }) =>
      `${map ? `map ${map}, ` : ""}row ${row}, column ${column}`
    );
  return {
    sliders: [{
      active: 0,
      x: 130 / width,
      len: 1 - 130 / width,
      xanchor: "left",
      y: -8 / height,
      yanchor: "top",
      pad: { t: 14, b: 0 },
      currentvalue: {
        prefix: film.names ? "" : "output ",
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
      y: -24 / height,
      yanchor: "top",
      pad: { t: 10, r: 0 },
      font: { size: 13 },
      buttons: [
        button("▶ Play", null, film.milliseconds),
        button("❚❚", [null], 0),
      ],
    }],
  } as unknown as Partial<Layout>;
}
