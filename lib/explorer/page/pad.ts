/** The picture: drawn, chosen, or covered in part. @module */
import { sizeOf } from "../../base/tensor.ts";
import { cellBeside, cellUnder, el, rove } from "./dom.ts";
import { paintPicture } from "./paint.ts";
import type { Box } from "../reach.ts";

/** What the pad knows of its pictures. */
export interface PadSettings {
  /** [H, W, C] */
  readonly shape: readonly number[];
  /** The values of paper and of ink. */
  readonly range: readonly [number, number];
  /** Pictures to choose from. */
  readonly images: readonly Float32Array[];
}

/** A pad: its element, and the square that is marked on it. */
export interface Pad {
  readonly element: HTMLElement;
  /** Room for the answer, which stays in view with the picture. */
  readonly says: HTMLElement;
  /** The picture once more, small, where the pad is out of view. */
  readonly small: HTMLElement;
  mark(box: Box | undefined): void;
}

/** Called with the pixels as they are seen, and without the cover where there is one. */
type Changed = (seen: Float32Array, bare: Float32Array | undefined) => void;

/** Makes the pad and calls `changed` at once, and after each change. */
export function makePad(settings: PadSettings, changed: Changed): Pad {
  const { shape, range, images } = settings;
  const [height, width, channels] = shape, [paper, ink] = range;
  const pixels = new Float32Array(sizeOf(shape)).fill(paper);
  let mode = "draw", cover = [0, 0], last: [number, number] | undefined;
  let cursor: [number, number] = [height >> 1, width >> 1];
  let colour = [1, 1, 1];

  const canvas = el("canvas"), marked = el("i", { hidden: true });
  const again = el("canvas"), markedAgain = el("i", { hidden: true });
  const square = el("b", { hidden: true }), here = el("u");
  const pad = el(
    "div",
    {
      class: "pad",
      tabindex: 0,
      role: "application",
      "aria-label":
        `Drawing pad, ${height} by ${width} pixels. Arrow keys move, Space paints, Shift with arrow keys draws a line; with cover chosen, arrow keys move the cover.`,
    },
    canvas,
    marked,
    square,
    here,
  );
  const size = el("input", {
    type: "range",
    min: 1,
    max: Math.max(2, Math.floor(Math.min(height, width) / 2)),
    value: Math.max(1, Math.round(Math.min(height, width) / 4.5)),
    "aria-label": "size of the cover in pixels",
    oninput: () => show(),
  });

  /** Puts an element over rows and columns of the picture. */
  const over = (element: HTMLElement, box: Box) => {
    const percent = (part: number) => `${100 * part}%`;
    element.style.top = percent(box.top / height);
    element.style.left = percent(box.left / width);
    element.style.height = percent((box.bottom - box.top + 1) / height);
    element.style.width = percent((box.right - box.left + 1) / width);
  };

  const covered = () => {
    const side = Number(size.value), seen = pixels.slice();
    const clip = (at: number, length: number) =>
      Math.max(0, Math.min(length - side, Math.round(at - side / 2)));
    const top = clip(cover[0], height), left = clip(cover[1], width);
    for (let row = top; row < top + side; row++) {
      const start = (row * width + left) * channels;
      seen.fill(paper, start, start + side * channels);
    }
    over(square, { top, left, bottom: top + side - 1, right: left + side - 1 });
    return seen;
  };

  const show = () => {
    const covering = mode === "cover";
    square.hidden = !covering;
    const seen = covering ? covered() : pixels;
    for (const one of [canvas, again]) paintPicture(one, seen, shape, range);
    const [row, column] = cursor;
    over(here, { top: row, bottom: row, left: column, right: column });
    changed(seen.slice(), covering ? pixels.slice() : undefined);
  };

  /** One round dot of the pen at a place between the pixels. */
  const dot = (y: number, x: number) => {
    const radius = 1.9 * Math.max(height, width) / 28;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const far = Math.hypot(row + 0.5 - y, column + 0.5 - x);
        const much = Math.max(0, Math.min(1, radius - far));
        if (much === 0) continue;
        for (let c = 0; c < channels; c++) {
          const at = (row * width + column) * channels + c;
          const old = (pixels[at] - paper) / (ink - paper);
          const pen = mode === "erase" ? 0 : colour[c % 3];
          const mixed = old + (pen - old) * much;
          // Grey ink lies on ink: a slow pen is no blacker than a fast one.
          const now = mode === "draw" && channels === 1
            ? Math.max(old, much)
            : mixed;
          pixels[at] = paper + now * (ink - paper);
        }
      }
    }
  };
  const draw = (y: number, x: number) => {
    chosen(undefined); // what is drawn on is none of the pictures
    const [y0, x0] = last ?? [y, x];
    const steps = Math.ceil(2 * Math.hypot(y - y0, x - x0)) + 1;
    for (let i = 1; i <= steps; i++) {
      dot(y0 + (y - y0) * i / steps, x0 + (x - x0) * i / steps);
    }
    last = [y, x];
  };
  const touch = (event: PointerEvent) => {
    const { row, column } = cellUnder(event, canvas, height, width);
    cursor = [Math.floor(row), Math.floor(column)];
    if (mode === "cover") cover = [row, column];
    else draw(row, column);
    show();
  };
  pad.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    pad.setPointerCapture(event.pointerId);
    last = undefined;
    touch(event);
  });
  pad.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) touch(event);
  });
  pad.addEventListener("keydown", (event) => {
    if (mode === "cover") {
      const to = cellBeside(event.key, cover[0], cover[1], height, width);
      if (!to) return;
      cover = to;
    } else {
      const to = cellBeside(event.key, cursor[0], cursor[1], height, width);
      const paints = event.key === " " || event.key === "Enter";
      if (!to && !paints) return;
      if (to) {
        if (event.shiftKey) last = [cursor[0] + 0.5, cursor[1] + 0.5];
        cursor = to;
      }
      if (paints) last = undefined;
      if (paints || event.shiftKey) draw(cursor[0] + 0.5, cursor[1] + 0.5);
    }
    event.preventDefault();
    show();
  });

  const modes = el("div", { class: "row", role: "group", "aria-label": "pen" });
  const choose = (word: string) => {
    mode = word;
    for (const button of modes.querySelectorAll("button")) {
      const chosen = button.textContent === word;
      button.setAttribute("aria-pressed", String(chosen));
    }
    size.parentElement!.hidden = word !== "cover";
    if (word === "cover") cover = [height / 2, width / 2];
    show();
  };
  modes.append(
    ...["draw", "erase", "cover"].map((word) =>
      el("button", { type: "button", onclick: () => choose(word) }, word)
    ),
  );
  rove(modes);

  const number = el("input", {
    type: "number",
    min: 0,
    max: images.length - 1,
    oninput: () => {
      const n = Number(number.value);
      if (images[n] && number.value !== "") take(n);
    },
    onchange: () => chosen(which), // a number that no picture has
  });
  const thumbs = el("div", {
    class: "row thumbs",
    role: "group",
    "aria-label": "pictures to choose from",
  });
  let which: number | undefined;
  /** Shows which of the pictures this is; undefined is none of them. */
  const chosen = (n: number | undefined) => {
    which = n;
    number.value = n === undefined ? "" : String(n);
    thumbs.querySelectorAll("button").forEach((button, i) =>
      button.setAttribute("aria-pressed", String(i === n))
    );
  };
  const take = (n: number | undefined) => {
    if (n === undefined) pixels.fill(paper);
    else pixels.set(images[n]);
    chosen(n);
    show();
  };
  const tools = el(
    "div",
    { class: "row" },
    el("button", { type: "button", onclick: () => take(undefined) }, "clear"),
    channels === 3 && el("input", {
      type: "color",
      value: "#ffffff",
      "aria-label": "colour of the pen",
      oninput: (event: Event) => {
        const { value } = event.target as HTMLInputElement;
        colour = [1, 3, 5].map((at) =>
          parseInt(value.slice(at, at + 2), 16) / 255
        );
      },
    }),
  );
  const says = el("p", { class: "says" });
  const element = el(
    "div",
    { class: "left" },
    el("h3", {}, "The picture"),
    pad,
    says,
    modes,
    el("label", { class: "faint", hidden: true }, "cover ", size),
    tools,
  );
  if (images.length > 0) {
    thumbs.append(...images.map((image, n) => {
      const small = el("canvas", { "aria-hidden": true });
      paintPicture(small, image, shape, range);
      const name = `picture ${n}`, onclick = () => take(n);
      return el(
        "button",
        { type: "button", "aria-label": name, onclick },
        small,
      );
    }));
    rove(thumbs);
    tools.append(el("label", { class: "faint" }, "picture ", number));
    element.append(thumbs);
    pixels.set(images[0]);
    chosen(0);
  }
  choose("draw");
  return {
    element,
    says,
    small: el("div", { class: "view" }, again, markedAgain),
    mark(box) {
      for (const one of [marked, markedAgain]) {
        one.hidden = !box;
        if (box) over(one, box);
      }
    },
  };
}
