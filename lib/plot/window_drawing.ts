/** The picture of the window explorer: drawn here once, and in the browser again. */
import type { Padding } from "../layers/window.ts";

/** What the explorer's sliders say; the same for rows and columns. */
export interface WindowSettings {
  /** Pixels of the square input, along one side. */
  length: number;
  kernelSize: number;
  strides: number;
  padding: Padding;
  dilations: number;
  /** The output pixel whose window is outlined, row by row from 0. */
  place: number;
}

/** What is to be seen of one setting. */
export interface WindowDrawing {
  svg: string;
  /** The arithmetic, a sentence a line. */
  lines: string[];
  /** Places along one side; 0 where the window does not fit. */
  places: number;
  /** For each input pixel, row by row, how many windows it is in. */
  counts: number[];
}

/**
 * Input with padding at the left, output at the right, as SVG, and the sizes in
 * words.
 *
 * It runs in the reader's browser too, where it is sent as text: so it uses
 * nothing from outside itself, and works the sizes out from their definition.
 */
export function windowDrawing(settings: WindowSettings): WindowDrawing {
  const { length, kernelSize, strides, padding, dilations } = settings;
  const span = (kernelSize - 1) * dilations + 1;
  const wanted = Math.ceil(length / strides); // of padding "same"
  const total = padding === "same"
    ? Math.max((wanted - 1) * strides + span - length, 0)
    : 0;
  const before = Math.floor(total / 2), after = total - before;
  const places = Math.max(
    Math.floor((length + total - span) / strides) + 1,
    0,
  );
  const place = Math.min(settings.place, Math.max(places * places - 1, 0));
  const [placeRow, placeColumn] = [Math.floor(place / places), place % places];

  // How many windows each pixel of one axis is in.
  const along: number[] = Array(length).fill(0);
  for (let p = 0; p < places; p++) {
    for (let tap = 0; tap < kernelSize; tap++) {
      const at = p * strides + tap * dilations - before;
      if (at >= 0 && at < length) along[at]++;
    }
  }
  const counts = along.flatMap((a) => along.map((b) => a * b));
  const least = Math.min(...counts), most = Math.max(...counts, 1);

  const whole = length + total, room = 400, head = 26;
  const cell = Math.min(40, room / whole), outCell = 22;
  const outLeft = 430;
  const shapes: string[] = [];
  const square = (
    x: number,
    y: number,
    side: number,
    fill: string,
    edge: string,
    width: number,
  ) =>
    shapes.push(
      `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${
        side.toFixed(1)
      }" height="${
        side.toFixed(1)
      }" fill="${fill}" stroke="${edge}" stroke-width="${width}"/>`,
    );
  const write = (x: number, y: number, text: string, size: number) =>
    shapes.push(
      `<text x="${x.toFixed(1)}" y="${
        y.toFixed(1)
      }" font-size="${size}" text-anchor="middle" dominant-baseline="central">${text}</text>`,
    );
  write(whole * cell / 2, 10, total ? "input, with zeros around" : "input", 13);
  write(outLeft + 110, 10, "output", 13);
  for (let row = 0; row < whole; row++) {
    for (let column = 0; column < whole; column++) {
      const [r, c] = [row - before, column - before];
      const inside = r >= 0 && r < length && c >= 0 && c < length;
      const count = inside ? counts[r * length + c] : 0;
      const paler = Math.round(255 - 110 * count / most);
      const fill = inside ? `rgb(${paler},${paler + 15},255)` : "#D9D9D9";
      const [x, y] = [column * cell + 1, head + row * cell];
      square(x, y, cell, inside && !count ? "#FFF" : fill, "#8C8C8C", 1);
      if (inside) write(x + cell / 2, y + cell / 2, String(count), cell / 2.4);
    }
  }
  const orange = "#D55E00";
  for (let i = 0; places && i < kernelSize * kernelSize; i++) {
    const row = placeRow * strides + Math.floor(i / kernelSize) * dilations;
    const column = placeColumn * strides + i % kernelSize * dilations;
    const [x, y] = [column * cell + 3, head + row * cell + 2];
    square(x, y, cell - 4, "none", orange, 3);
  }
  for (let i = 0; i < places * places; i++) {
    const [x, y] = [
      outLeft + i % places * outCell,
      head + Math.floor(i / places) * outCell,
    ];
    square(x, y, outCell, "#FFF", "#8C8C8C", 1);
    if (i === place) square(x + 2, y + 2, outCell - 4, "none", orange, 3);
  }

  const never = counts.filter((count) => count === 0).length;
  const fraction = `(${length}${
    total ? ` + ${total}` : ""
  } − ${span}) / ${strides}`;
  const lines = places
    ? [
      `The kernel spans (${kernelSize} − 1) · ${dilations} + 1 = ${span} pixels.`,
      total
        ? `Padding: ${before} in front, ${after} behind${
          before === after ? "." : ": the odd one stands at the end."
        }`
        : "No padding.",
      `Output length: ${fraction}, rounded down, + 1 = ${places}.`,
      `${places * places} places, ${kernelSize * kernelSize} weights: ${
        places * places * kernelSize * kernelSize
      } multiply-adds.`,
      never
        ? `${never} of ${length * length} pixels are in no window.`
        : `Every pixel is in ${
          least === most ? least : `${least} to ${most}`
        } windows.`,
    ]
    : [
      `The kernel spans (${kernelSize} − 1) · ${dilations} + 1 = ${span} pixels, the input has ${length}: it fits nowhere.`,
    ];
  const label =
    `A window over ${length} x ${length} pixels, output ${places} x ${places}`;
  const svg =
    `<svg viewBox="0 0 660 432" role="img" aria-label="${label}" style="display:block;width:100%;height:auto" font-family="Arial,Helvetica,sans-serif" fill="#222">${
      shapes.join("")
    }</svg>`;
  return { svg, lines, places, counts };
}
