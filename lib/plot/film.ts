/** The frame that the animations of convolution and pooling share. */
import type { Layout } from "plotly.js";
import { titled } from "./figure.ts";
import { figureWidth } from "./width.ts";

/** Screen pixels above the panels, and below for the slider. */
const titleRoom = 54, noTitleRoom = 14, playerRoom = 92;
const sides = 40; // screen pixels left and right of the panels
const least = 26; // screen pixels of a cell whose number is easy to read
const column = 584; // JupyterLab's in a window of 700 pixels

/**
 * Screen pixels of a cell, so that `width` of them fit into a figure, and into a
 * narrow column where that leaves them easy to read: a film is one picture, and a
 * panel out of sight is missed.
 */
export function cellSize(width: number): number {
  const within = (pixels: number) =>
    Math.min(44, Math.floor((pixels - sides) / (width + 0.2)));
  return within(column) >= least ? within(column) : within(figureWidth);
}

/** Whether so many cells side by side are easy to read. */
export function isReadable(width: number): boolean {
  return cellSize(width) >= least;
}

/**
 * The layout around panels of cells: no axes, room for title and player.
 *
 * @param scene `width` and `height` in cells; `cell`: screen pixels of a cell.
 * @returns The layout, and the panels' `width` and `height` in screen pixels.
 */
export function film(
  scene: { width: number; height: number; cell: number },
  title: string | undefined,
): { layout: Partial<Layout>; width: number; height: number } {
  const width = Math.round((scene.width + 0.2) * scene.cell);
  const height = Math.round(scene.height * scene.cell);
  const top = title ? titleRoom : noTitleRoom;
  const layout: Partial<Layout> = {
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
  };
  return { layout, width, height };
}
