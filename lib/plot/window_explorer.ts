import { checkRange } from "../base/range.ts";
import { checkWord, settle } from "../base/options.ts";
import {
  type Displayable,
  jupyterDisplay,
  type MimeBundle,
} from "../kernel/displayable.ts";
import type { Padding } from "../layers/window.ts";
import { windowDrawing, type WindowSettings } from "./window_drawing.ts";

/** Where the explorer's sliders stand at first. */
export interface WindowExplorerOptions {
  /** Pixels of the square input along one side, 4 to 10; 8 unless told. */
  length?: number;
  /** 1 to 5; 3 unless told. */
  kernelSize?: number;
  /** 1 to 3; 1 unless told. */
  strides?: number;
  /** "valid" unless told. */
  padding?: Padding;
  /** 1 to 3; 1 unless told. */
  dilations?: number;
}

/** An explorer as a value; `summary` says its first picture in words. */
export interface WindowExplorer extends Displayable {
  readonly summary: string;
}

/** The sliders: name of the setting, of the label, least and most. */
const sliders = [
  ["length", "input length", 4, 10],
  ["kernelSize", "kernel size", 1, 5],
  ["strides", "stride", 1, 3],
  ["dilations", "dilation", 1, 3],
] as const;

/**
 * A window to play with: sliders for its size, stride, padding and dilation.
 *
 * The picture shows the input with its padding, the output, and one window; each
 * input pixel says how many windows it is in, and below stands the arithmetic of
 * the output length. The sliders run in the reader's browser, without the kernel
 * and without a network, by mouse or by keyboard. Where scripts do not run, the
 * first picture stays.
 *
 * @param options Where the sliders stand at first: `length` 8, `kernelSize` 3,
 * `strides` 1, `padding` "valid", `dilations` 1.
 * @throws {TypeError} Another padding, a setting that is no number, an unknown option.
 * @throws {RangeError} A setting that its slider does not have.
 *
 * @example
 * ```ts
 * import { windowExplorer } from "cnn";
 * import { assertMatch } from "@std/assert";
 *
 * const explorer = windowExplorer({ length: 7, strides: 2 });
 * assertMatch(explorer.summary, /\(7 − 3\) \/ 2, rounded down, \+ 1 = 3/);
 * ```
 */
export function windowExplorer(
  options: WindowExplorerOptions = {},
): WindowExplorer {
  const fn = "windowExplorer";
  const given = settle(fn, options, {
    length: 8,
    kernelSize: 3,
    strides: 1,
    padding: "valid",
    dilations: 1,
  });
  checkWord(fn, "padding", given.padding, ["valid", "same"]);
  for (const [name, , from, to] of sliders) {
    checkRange(fn, `a whole ${name}`, given[name], {
      from,
      to,
      whole: true,
      remedy: "the slider has no other",
    });
  }
  const first: WindowSettings = { ...given, place: 0 };
  const { svg, lines } = windowDrawing(first);
  const summary = `Window explorer. ${lines.join(" ")}`;
  const bundle: MimeBundle = {
    "text/html": explorerHtml(first, svg, lines),
    "text/plain": summary,
  };
  return { summary, [jupyterDisplay]: () => bundle };
}

function explorerHtml(
  first: WindowSettings,
  svg: string,
  lines: readonly string[],
): string {
  const id = `cnn-window-${crypto.randomUUID()}`;
  const label = (content: string) =>
    `<label style="display:inline-block;margin:0 18px 6px 0">${content}</label>`;
  const slider = (name: string, text: string, from: number, to: number) =>
    label(
      `${text} <input type="range" name="${name}" min="${from}" max="${to}" value="${
        first[name as keyof WindowSettings]
      }" style="width:90px;height:24px;vertical-align:middle"> <b style="display:inline-block;min-width:1.2em;font-weight:400"></b>`,
    );
  const choice = (["valid", "same"] as const).map((word) =>
    `<option${word === first.padding ? " selected" : ""}>${word}</option>`
  );
  // JupyterLab takes arrow keys for its own outside of what it may not look into.
  return `<div class="cnn-window" id="${id}" data-lm-suppress-shortcuts="true" style="max-width:660px;box-sizing:border-box;padding:8px;background:#fff;color:#222;font:13px Arial,Helvetica,sans-serif">` +
    `<form hidden>${
      sliders.map(([name, text, from, to]) => slider(name, text, from, to))
        .join("")
    }${
      label(
        `padding <select name="padding" style="min-height:24px;color:#222;background:#fff">${
          choice.join("")
        }</select>`,
      )
    }${slider("place", "output pixel", 0, 0)}</form>` +
    `<div>${svg}</div><p aria-live="polite" style="margin:8px 0 0;line-height:1.5">${
      lines.join("<br>")
    }</p>` +
    // By its id: in VS Code a script's parent is another box.
    `<script>(${liveScript})(document.getElementById("${id}"),${windowDrawing})</script></div>`;
}

/** Runs in the reader's browser: draws again whenever a slider moves. */
const liveScript = `function (box, drawing) {
  const form = box.querySelector("form");
  const draw = function () {
    const settings = { padding: form.elements.padding.value };
    for (const slider of form.querySelectorAll("input")) settings[slider.name] = Number(slider.value);
    const found = drawing(settings);
    const place = form.elements.place;
    place.max = Math.max(found.places * found.places - 1, 0);
    for (const slider of form.querySelectorAll("input")) {
      slider.parentElement.querySelector("b").textContent = slider.value;
    }
    box.querySelector("div").innerHTML = found.svg;
    box.querySelector("p").innerHTML = found.lines.join("<br>");
  };
  form.hidden = false;
  form.addEventListener("input", draw);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  box.addEventListener("keydown", function (event) { event.stopPropagation(); });
  draw();
}`.replaceAll(/\n\s*/g, " ");
