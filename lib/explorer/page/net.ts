/** One network: its answer, the maps of all layers, and the unit that is opened. @module */
import { softmax } from "../../layers/softmax.ts";
import type { Tensor } from "../../base/tensor.ts";
import { IMAGE, type OpenNode, runGraph } from "../graph.ts";
import { type Around, softmaxTable, unitBody, unitName } from "./detail.ts";
import { num, share } from "../written.ts";
import { cellBeside, cellUnder, el, keepTop, rove } from "./dom.ts";
import {
  largestOf,
  paint,
  paintPicture,
  type Sheet,
  sheetsOf,
  strongestOf,
  unitAt,
} from "./paint.ts";
import { type Box, reachOf } from "../reach.ts";

/** What all networks of a page share. */
export interface Shared {
  readonly labels: readonly string[];
  readonly shape: readonly number[];
  readonly range: readonly [number, number];
  /** Marks pixels of the picture. */
  mark(box: Box | undefined): void;
  /** Says a sentence to a screen reader. */
  say(text: string): void;
  /** Closes the units of the other networks. */
  alone(view: NetView): void;
}

/** Classes whose shares are listed; of more the largest. */
const most = 12;

/** Layers that stand below each other; of more some scroll. */
const mostRows = 16;

/** A network in the page. */
export class NetView {
  readonly element: HTMLElement;
  readonly #answer = el("ul", { class: "answer" });
  readonly #opened = el("div");
  readonly #time = el("small");
  readonly #rows: {
    node: OpenNode;
    row: HTMLElement;
    canvases: HTMLCanvasElement[];
    sheets: Sheet[];
  }[];
  #values = new Map<string, Tensor>();
  #open: { index: number; at: number; plane?: number } | undefined;
  readonly #detail: HTMLElement;
  readonly #head = el("h4");
  readonly #big = el("canvas");
  readonly #crop = el("canvas");
  readonly #reachText = el("p", { class: "faint" });
  readonly #body = el("div");

  constructor(
    readonly name: string,
    readonly nodes: readonly OpenNode[],
    readonly shared: Shared,
  ) {
    this.#rows = nodes
      .filter(({ kind }) => kind !== "dropout")
      .map((node) => this.#row(node));
    this.#big.tabIndex = 0;
    this.#big.setAttribute("role", "application");
    this.#big.addEventListener("click", (event) => {
      const { sheet } = this.#here();
      const { row, column } = cellUnder(
        event,
        this.#big,
        sheet.height,
        sheet.width,
      );
      this.#to(unitAt(sheet, row, column));
    });
    this.#big.addEventListener("keydown", (event) => {
      const { sheet, at } = this.#here();
      const place = (at - sheet.first) / sheet.step;
      const { height, width } = sheet;
      const to = cellBeside(
        event.key,
        Math.floor(place / width),
        place % width,
        height,
        width,
      );
      if (!to) return;
      event.preventDefault();
      this.#to(unitAt(sheet, ...to));
    });
    this.#detail = el(
      "section",
      {
        class: "detail",
        "aria-label": "the opened unit",
        onkeydown: (event: KeyboardEvent) => {
          if (event.key === "Escape") this.close(true);
        },
      },
      el(
        "div",
        { class: "head" },
        this.#head,
        el("button", {
          type: "button",
          "aria-label": "close",
          onclick: () => this.close(true),
        }, "×"),
      ),
      el(
        "div",
        { class: "parts" },
        el("div", { class: "big" }, this.#big),
        el("div", { class: "crop" }, this.#crop, this.#reachText),
      ),
      this.#body,
    );
    this.element = el(
      "section",
      { class: "net", "aria-label": name },
      el(
        "div",
        {},
        el("h3", {}, `${name} `, this.#time),
        this.#answer,
        this.#isClassifier() && el(
          "details",
          { ontoggle: () => this.#softmax() },
          el("summary", {}, "How softmax makes these shares"),
          this.#opened,
        ),
      ),
      el(
        "div",
        this.#rows.length > mostRows
          ? {
            class: "layers deep",
            tabindex: 0,
            role: "group",
            "aria-label": `layers of ${name}`,
          }
          : { class: "layers" },
        el(
          "p",
          { class: "faint" },
          "Orange is positive, blue negative, white 0; each layer has a scale of its own. A pixel of a map is a unit: click one to open it. Maps, rows and columns are counted from 0.",
        ),
        ...this.#rows.map(({ row }) => row),
      ),
    );
  }

  get #last(): OpenNode {
    return this.nodes[this.nodes.length - 1];
  }

  /** What came out last. */
  get output(): Tensor["data"] {
    return this.#values.get(this.#last.name)!.data;
  }

  #isClassifier(): boolean {
    return this.#last.shape.length === 1;
  }

  /** The shares of the classes for the values of the last layer. */
  #shares(values: ReadonlyMap<string, Tensor>): ArrayLike<number> {
    const y = values.get(this.#last.name)!;
    return this.#last.kind === "softmax" ? y.data : softmax(y).data;
  }

  #row(node: OpenNode) {
    const sheets = sheetsOf(node.shape);
    const maps = el("div", {
      class: "maps",
      role: "group",
      "aria-label": `maps of ${node.name}`,
    });
    const strip = node.shape.length !== 3;
    // Many maps are shown smaller; a small map is not blown up.
    const side = sheets.length > 24 ? 34 : 52;
    const canvases = sheets.map((sheet, n) => {
      const canvas = el("canvas", { "aria-hidden": true });
      const wide = strip ? Math.max(20, Math.min(400, sheet.width * 10)) : side;
      const tile = el(
        "button",
        {
          type: "button",
          class: strip ? "tile wide" : "tile",
          style: `--w:${wide}px;${strip ? `width:${wide + 2}px` : ""}`,
          "aria-label": strip
            ? `values of ${node.name}`
            : `map ${n} of ${node.name}`,
          onclick: (event: MouseEvent) => {
            // A key has no place: it opens the unit that answers most.
            if (event.detail === 0) {
              const { data } = this.#values.get(node.name)!;
              return this.open(node.name, strongestOf(sheet, data), true);
            }
            const { row, column } = cellUnder(
              event,
              canvas,
              sheet.height,
              sheet.width,
            );
            this.open(node.name, unitAt(sheet, row, column));
          },
        },
        canvas,
        el("i"),
      );
      maps.append(tile);
      return canvas;
    });
    rove(maps);
    const row = el(
      "div",
      { class: "layer", "data-layer": node.name },
      el(
        "h4",
        {},
        `${node.name} `,
        el("small", {}, `${node.label} → ${node.shape.join(" × ")}`),
      ),
      maps,
    );
    return { node, row, canvases, sheets };
  }

  /** Runs the network on a picture and shows all of it again. */
  update(seen: Float32Array, bare: Float32Array | undefined): void {
    const run = (data: Float32Array) =>
      runGraph(
        this.nodes,
        { shape: [1, ...this.shared.shape], data } as Tensor,
      );
    const before = bare && this.#isClassifier()
      ? this.#shares(run(bare))
      : undefined;
    const first = this.#values.size === 0, start = performance.now();
    this.#values = run(seen);
    const time = performance.now() - start;
    // In the first run the browser still compiles: of two networks one would seem slow.
    if (!first) this.#time.textContent = `ran in ${time.toFixed(1)} ms`;
    for (const { node, canvases, sheets } of this.#rows) {
      const { data } = this.#values.get(node.name)!;
      const size = largestOf(data);
      canvases.forEach((canvas, n) => paint(canvas, data, sheets[n], size));
    }
    if (this.#isClassifier()) this.#tell(this.#shares(this.#values), before);
    this.#softmax();
    this.#show();
  }

  /** One sentence with the answer. */
  summary(): string {
    if (!this.#isClassifier()) return `${this.name} has run.`;
    const shares = Array.from(this.#shares(this.#values));
    const best = shares.indexOf(Math.max(...shares));
    return `${this.name} says ${this.#label(best)}, ${share(shares[best])}.`;
  }

  #label(index: number): string {
    return this.shared.labels[index] ?? String(index);
  }

  #tell(shares: ArrayLike<number>, before: ArrayLike<number> | undefined) {
    const all = Array.from(shares, (value, i) => ({ value, i }));
    const [top] = [...all].sort((a, b) => b.value - a.value);
    const shown = all.length > most
      ? all.sort((a, b) => b.value - a.value).slice(0, 10)
      : all;
    this.#answer.classList.toggle("compared", before !== undefined);
    this.#answer.replaceChildren(...shown.map(({ value, i }) =>
      el(
        "li",
        {
          class: i === top.i ? "top" : undefined,
          "data-class": i,
          "data-share": value,
        },
        el("span", { title: this.#label(i) }, this.#label(i)),
        el(
          "div",
          { class: "bar", "aria-hidden": true },
          el("i", { style: `width:${100 * value}%` }),
          before && el("b", { style: `left:${100 * before[i]}%` }),
        ),
        // no <output>, which a screen reader would read at each change
        el("span", { class: "share" }, share(value)),
        before && el("span", { class: "was" }, `was ${share(before[i])}`),
      )
    ));
  }

  #softmax(): void {
    const details = this.#opened.parentElement as HTMLDetailsElement | null;
    if (!details?.open) return;
    const last = this.#last;
    const from = last.kind === "softmax" ? last.inputs[0] : last.name;
    const logits = Array.from(this.#values.get(from)!.data);
    this.#opened.replaceChildren(softmaxTable(logits, this.shared.labels));
  }

  /** Opens a unit below its layer; what the reader clicked in stays where it is. */
  open(name: string, at: number, focus = false, clicked?: HTMLElement): void {
    const index = this.#rows.findIndex(({ node }) => node.name === name);
    if (index < 0) return; // a pixel, or a layer that is not shown
    const row = this.#rows[index].row, still = clicked ?? row;
    const { top } = still.getBoundingClientRect();
    this.shared.alone(this);
    if (this.#detail.parentElement !== row) row.append(this.#detail);
    this.#open = { index, at };
    this.#show();
    keepTop(still, top);
    if (focus) this.#big.focus({ preventScroll: true });
    still.scrollIntoView({ block: "nearest" });
    this.#say();
  }

  /** Closes the unit; `back` puts the focus on its layer. */
  close(back = false): void {
    if (!this.#open) return;
    const { row } = this.#rows[this.#open.index];
    this.#open = undefined;
    this.#detail.remove();
    for (const { row } of this.#rows) row.classList.remove("seen");
    this.shared.mark(undefined);
    if (back) row.querySelector<HTMLElement>("button[tabindex='0']")?.focus();
  }

  #here() {
    const { index, at } = this.#open!;
    const { node, sheets } = this.#rows[index];
    const sheet = sheets.length > 1 ? sheets[at % sheets.length] : sheets[0];
    return { node, sheet, at };
  }

  #to(at: number): void {
    this.#open = { ...this.#open!, at };
    this.#show();
    this.#say();
  }

  #say(): void {
    const { node, at } = this.#here();
    const value = this.#values.get(node.name)!.data[at];
    this.shared.say(`${node.name}, ${unitName(node.shape, at)}: ${num(value)}`);
  }

  /** Shows the opened unit with the numbers of now. */
  #show(): void {
    if (!this.#open) return;
    const { node, sheet, at } = this.#here();
    const { data } = this.#values.get(node.name)!;
    this.#head.textContent = `${node.name}, ${unitName(node.shape, at)}`;
    paint(this.#big, data, sheet, largestOf(data));
    this.#ring(sheet, at);
    this.#big.parentElement!.classList.toggle("strip", node.shape.length !== 3);
    this.#big.setAttribute(
      "aria-label",
      `${node.name}: arrow keys go from unit to unit, Escape closes`,
    );
    this.#reach(reachOf(this.nodes, node.name, at));
    const open = this.#open;
    const around: Around = {
      nodes: this.nodes,
      values: this.#values,
      labels: this.shared.labels,
      go: (name, at) => this.open(name, at, true, this.#detail),
      plane: open.plane,
      choosePlane: (plane) => {
        this.#open = { ...open, plane };
        this.#show();
      },
    };
    const root = this.element.getRootNode() as ShadowRoot;
    const key = (root.activeElement as HTMLElement | null)?.dataset?.key;
    this.#body.replaceChildren(unitBody(node, at, around));
    if (key) {
      this.#body.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus();
    }
  }

  /** Marks the unit in the large map. */
  #ring(sheet: Sheet, at: number): void {
    const place = (at - sheet.first) / sheet.step;
    const row = Math.floor(place / sheet.width), column = place % sheet.width;
    const box = this.#big.parentElement!;
    box.style.position = "relative";
    let ring = box.querySelector<HTMLElement>("i");
    if (!ring) {
      ring = el("i", {
        style:
          // around it: a border would cover a small unit
          "position:absolute;pointer-events:none;outline:2px solid var(--mark)",
      });
      box.append(ring);
    }
    ring.style.left = `${100 * column / sheet.width}%`;
    ring.style.top = `${100 * row / sheet.height}%`;
    ring.style.width = `${100 / sheet.width}%`;
    ring.style.height = `${100 / sheet.height}%`;
  }

  /** Marks what the unit sees: in the maps before it, and in the picture. */
  #reach(seen: ReadonlyMap<string, Box>): void {
    for (const { node, row } of this.#rows) {
      const box = seen.get(node.name);
      row.classList.toggle("seen", box !== undefined);
      if (!box) continue;
      const [height, width] = node.shape;
      const set = (name: string, part: number) =>
        row.style.setProperty(name, String(part));
      set("--x", box.left / width);
      set("--y", box.top / height);
      set("--dx", (box.right - box.left + 1) / width);
      set("--dy", (box.bottom - box.top + 1) / height);
    }
    const box = seen.get(IMAGE);
    this.shared.mark(box);
    if (!box) return;
    const { shape, range } = this.shared;
    const channels = shape[2], rows = box.bottom - box.top + 1;
    const columns = box.right - box.left + 1;
    const { data } = this.#values.get(IMAGE)!;
    const part = new Float32Array(rows * columns * channels);
    for (let row = 0; row < rows; row++) {
      const start = ((box.top + row) * shape[1] + box.left) * channels;
      part.set(
        data.subarray(start, start + columns * channels),
        row * columns * channels,
      );
    }
    paintPicture(this.#crop, part, [rows, columns, channels], range);
    this.#crop.style.width = `${Math.min(168, 112 * columns / rows)}px`;
    this.#reachText.textContent =
      `sees ${rows} × ${columns} pixels: rows ${box.top} to ${box.bottom}, columns ${box.left} to ${box.right}`;
  }
}
