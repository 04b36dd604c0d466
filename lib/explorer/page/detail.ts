/** A unit opened: the numbers it reads, what it does with them, its value. @module */
import type { Tensor } from "../../base/tensor.ts";
import { type OpenNode, placeOf } from "../graph.ts";
import { column, num, share } from "../written.ts";
import { cellUnder, el, rove } from "./dom.ts";
import {
  cellStyle,
  largestOf,
  paint,
  sheetsOf,
  strongestOf,
  unitAt,
} from "./paint.ts";
import { type Plane, type Term, type Unit, unitOf } from "../unit.ts";

/** What a unit's page needs of the network around it. */
export interface Around {
  readonly nodes: readonly OpenNode[];
  readonly values: ReadonlyMap<string, Tensor>;
  readonly labels: readonly string[];
  /** Opens another unit; that of the image opens nothing. */
  go(name: string, at: number): void;
  /** The channel to look at, where somebody chose one. */
  readonly plane: number | undefined;
  choosePlane(index: number): void;
}

/** "map 3, row 4, column 5", or "value 7". */
export function unitName(shape: readonly number[], at: number): string {
  if (shape.length === 2) {
    return `token ${Math.floor(at / shape[1])}, value ${at % shape[1]}`;
  }
  if (shape.length !== 3) return `value ${at}`;
  const [row, column, map] = placeOf(shape, at);
  return `map ${map}, row ${row}, column ${column}`;
}

/** The numbers of a window as a table of coloured cells. */
function grid(
  caption: string,
  numbers: readonly number[],
  width: number,
  options: {
    most: number;
    terms?: readonly Term[];
    marked?: number;
    go?: (at: number) => void;
  },
): HTMLElement {
  const { most, terms, marked, go } = options;
  const table = el(
    "table",
    {
      class: width > 3 ? "grid many" : "grid",
      role: go && "grid",
      "aria-description": go && "Enter opens a unit",
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        (event.target as HTMLElement).click();
      },
    },
    el("caption", {}, caption),
  );
  for (let start = 0; start < numbers.length; start += width) {
    const row = el("tr");
    for (let i = start; i < start + width; i++) {
      const from = terms?.[i].from, outside = from === -1;
      row.append(el("td", {
        style: outside ? undefined : cellStyle(numbers[i], most),
        class: outside ? "out" : i === marked ? "most" : undefined,
        title: outside ? "in the padding" : undefined,
        "data-at": go && !outside ? from : undefined,
        onclick: go && !outside ? () => go(from!) : undefined,
      }, short(numbers[i])));
    }
    table.append(row);
  }
  if (go) rove(table, { of: "td", columns: width });
  return el("div", { class: "scroll" }, table);
}

/** Opens a unit that a window reads; pixels of the picture have nothing to open. */
const goTo = ({ inputs: [name] }: OpenNode, around: Around) =>
  name ? (at: number) => around.go(name, at) : undefined;

/** A number that fits into a cell. */
const short = (value: number) => {
  const size = Math.abs(value);
  if (value === 0) return "0";
  const text = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  return Number(text) === 0 ? "0.00" : text.replace("-", "−");
};

const sign = (text: string) => el("b", { "aria-hidden": true }, text);

/** A line with the result, which tests and screen readers find. */
const result = (text: string, value: number) =>
  el("p", { class: "value", "data-value": value }, text);

/** A list with a head; the numbers of a column line up. */
function list(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
) {
  const isNumber = (cell: string | number) => typeof cell === "number";
  const written = head.map((_, i) =>
    column(rows.map((row) => row[i]).filter(isNumber))
  );
  return el(
    "div",
    { class: "scroll" },
    el(
      "table",
      { class: "list" },
      el("tr", {}, ...head.map((text) => el("th", {}, text))),
      ...rows.map((row) =>
        el(
          "tr",
          {},
          ...row.map((cell, i) =>
            el("td", {}, isNumber(cell) ? written[i].shift() : cell)
          ),
        )
      ),
    ),
  );
}

/** How softmax makes shares of logits: the ten largest, and what is left. */
export function softmaxTable(
  logits: readonly number[],
  labels: readonly string[],
): HTMLElement {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const order = logits.map((_, i) => i);
  const shown = logits.length > 12
    ? order.sort((a, b) => logits[b] - logits[a]).slice(0, 10)
    : order;
  const rest = logits.length - shown.length;
  return el(
    "div",
    {},
    el(
      "p",
      {},
      `A logit is a class's value before softmax. Softmax takes the largest, ${
        num(most)
      }, away from each, raises e to what is left, and divides by the sum of these powers, ${
        num(total)
      }.`,
    ),
    list(
      ["class", "logit", "less the largest", "power of e", "share"],
      shown.map((i) => [
        labels[i] ?? String(i),
        logits[i],
        logits[i] - most,
        powers[i],
        share(powers[i] / total),
      ]),
    ),
    rest > 0 && el("p", { class: "faint" }, `and ${rest} smaller ones`),
  );
}

/** The body of an opened unit. */
export function unitBody(
  node: OpenNode,
  at: number,
  around: Around,
): HTMLElement {
  const unit = unitOf(node, at, around.values);
  const body = el("div", { class: "body" });
  body.style.display = "grid";
  body.style.gap = "8px";
  body.append(
    ...howParts(node, at, unit, around),
    links(node, at, unit, around),
  );
  return body;
}

function howParts(
  node: OpenNode,
  at: number,
  unit: Unit,
  around: Around,
): (HTMLElement)[] {
  const from = node.inputs[0] || "the picture";
  const { value } = unit;
  switch (unit.how) {
    case "window":
      return windowParts(node, unit, around);
    case "dense":
      return denseParts(node, unit, around);
    case "pool": {
      const xs = unit.terms.map(({ x }) => x);
      const inside = unit.terms.filter(({ from }) => from >= 0);
      const total = inside.reduce((sum, { x }) => sum + x, 0);
      return [
        grid(
          `the window on map ${placeOf(node.shape, at)[2]} of ${from}`,
          xs,
          unit.size[1],
          {
            most: largestOf(xs),
            terms: unit.terms,
            marked: unit.mean ? undefined : unit.most,
            go: goTo(node, around),
          },
        ),
        unit.mean
          ? result(
            `mean of ${inside.length}: ${num(total)} / ${inside.length} = ${
              num(value)
            }`,
            value,
          )
          : result(`the largest of ${inside.length}: ${num(value)}`, value),
      ];
    }
    case "each": {
      const word = {
        relu: `max(0, ${num(unit.x)})`,
        relu6: `min(6, max(0, ${num(unit.x)}))`,
        gelu: `${num(unit.x)} times the share of a normal curve below it`,
      }[node.kind];
      return [result(`${word} = ${num(value)}`, value)];
    }
    case "copy": {
      const [{ name, at: source }] = unit.sources;
      const shape = shapeOf(around, name);
      const note = node.kind === "flatten" && shape.length === 3
        ? renumbered(shape, source)
        : node.kind === "dropout"
        ? "Dropout drops only in training. "
        : "";
      return [
        result(
          `${note}The value is that of ${unitName(shape, source)} of ${
            name || "the picture"
          }: ${num(value)}`,
          value,
        ),
      ];
    }
    case "average":
      return [result(
        `mean of the ${unit.count} places of map ${at} of ${from}: ${
          num(unit.sum)
        } / ${unit.count} = ${num(value)}`,
        value,
      )];
    case "norm":
      return [result(
        `(${num(unit.x)} − mean ${num(unit.mean)}) / √(variance ${
          num(unit.variance)
        } + ${num(unit.epsilon)}) · scale ${num(unit.gamma)} + shift ${
          num(unit.beta)
        } = ${num(value)}`,
        value,
      )];
    case "add":
      return [result(`${unit.xs.map(num).join(" + ")} = ${num(value)}`, value)];
    case "softmax":
      return [
        softmaxTable(unit.logits, around.labels),
        result(`share of ${around.labels[at] ?? at}: ${num(value)}`, value),
      ];
    default:
      return [result(`${node.label}: ${num(value)}`, value)];
  }
}

function windowParts(
  node: OpenNode,
  unit: Unit & { how: "window" },
  around: Around,
): HTMLElement[] {
  const { planes, size: [, width], sum, bias, value } = unit;
  const strongest = planes.reduce(
    (best, { sum }, i) => Math.abs(sum) > Math.abs(planes[best].sum) ? i : best,
    0,
  );
  const index = Math.min(around.plane ?? strongest, planes.length - 1);
  const plane = planes[index], count = planes.length * plane.terms.length;
  const products = plane.terms.map(({ x, weight }) => x * weight);
  const most = (of: (plane: Plane) => number[]) =>
    largestOf(planes.flatMap((plane) => of(plane)));
  const xs = (plane: Plane) => plane.terms.map(({ x }) => x);
  const weights = (plane: Plane) => plane.terms.map(({ weight }) => weight);
  const from = node.inputs[0]
    ? `map ${plane.channel} of ${node.inputs[0]}`
    : `the picture${planes.length > 1 ? `, channel ${plane.channel}` : ""}`;
  const parts: HTMLElement[] = [el(
    "div",
    { class: "sum" },
    grid(`patch of ${from}`, xs(plane), width, {
      most: most(xs),
      terms: plane.terms,
      go: goTo(node, around),
    }),
    sign("×"),
    grid("kernel", weights(plane), width, { most: most(weights) }),
    sign("="),
    grid("products", products, width, { most: largestOf(products) }),
    el("span", {}, `sum ${num(plane.sum)}`),
  )];
  if (planes.length > 1) {
    const buttons = el("div", {
      class: "row planes",
      role: "group",
      "aria-label": "channels of the kernel, each with its sum",
    });
    buttons.append(...planes.map((other, i) =>
      el("button", {
        type: "button",
        "aria-pressed": i === index,
        "data-key": `plane ${i}`,
        style: cellStyle(other.sum, largestOf(planes.map(({ sum }) => sum))),
        onclick: () => around.choosePlane(i),
      }, `${other.channel}: ${num(other.sum)}`)
    ));
    rove(buttons);
    parts.push(
      el("p", {}, `Its ${planes.length} channels, each with its sum:`),
      buttons,
    );
  }
  parts.push(result(
    `sum of all ${count} products ${num(sum)}${biasOf(node, bias)} = ${
      num(value)
    }`,
    value,
  ));
  return parts;
}

function denseParts(
  node: OpenNode,
  unit: Unit & { how: "dense" },
  around: Around,
): HTMLElement[] {
  const { terms, sum, bias, value } = unit;
  const products = terms.map(({ x, weight }) => x * weight);
  const order = terms.map((_, i) => i)
    .sort((a, b) => Math.abs(products[b]) - Math.abs(products[a]));
  const shown = order.slice(0, 8);
  const rest = order.slice(8).reduce((sum, i) => sum + products[i], 0);
  const maps = mapsBefore(node, around);
  const name = (i: number) =>
    maps ? unitName(maps.shape, terms[i].from) : `value ${terms[i].from}`;
  const parts: HTMLElement[] = [
    el("p", {}, `The strongest of its ${terms.length} products:`),
    list(["input", "value", "× weight", "= product"], [
      ...shown.map((i) => [
        name(i),
        terms[i].x,
        terms[i].weight,
        products[i],
      ]),
      ...(rest !== 0 || order.length > 8
        ? [[`the other ${order.length - shown.length}`, "", "", rest]]
        : []),
    ]),
  ];
  if (maps) {
    const most = largestOf(products);
    const tiles = el("div", { class: "maps" });
    sheetsOf(maps.shape).forEach((sheet, map) => {
      const canvas = el("canvas");
      paint(canvas, products, sheet, most);
      tiles.append(el("button", {
        type: "button",
        class: "tile",
        "aria-label": `products with map ${map} of ${maps.name}`,
        onclick: (event: MouseEvent) => {
          // A key has no place: it opens the unit with the strongest product.
          if (event.detail === 0) {
            return around.go(maps.name, strongestOf(sheet, products));
          }
          const { row, column } = cellUnder(
            event,
            canvas,
            sheet.height,
            sheet.width,
          );
          around.go(maps.name, unitAt(sheet, row, column));
        },
      }, canvas));
    });
    rove(tiles);
    parts.push(
      el(
        "p",
        {},
        `Unflattened: its products laid back on the ${
          maps.shape[2]
        } maps of ${maps.name}.`,
      ),
      tiles,
    );
  }
  parts.push(result(
    `sum of ${terms.length} products ${num(sum)}${biasOf(node, bias)} = ${
      num(value)
    }`,
    value,
  ));
  return parts;
}

/** How flatten comes to the number of a value. */
function renumbered(shape: readonly number[], at: number): string {
  const [row, column, map] = placeOf(shape, at), [, width, maps] = shape;
  return `Flatten only renumbers: (row ${row} · width ${width} + column ${column}) · ${maps} maps + map ${map} = ${at}. `;
}

/** What the bias adds, where a layer has one. */
const biasOf = ({ weights }: OpenNode, bias: number) =>
  weights.bias ? ` + bias ${num(bias)}` : "";

/** The maps that were flattened just before a dense layer. */
function mapsBefore(node: OpenNode, around: Around) {
  let before = around.nodes.find(({ name }) => name === node.inputs[0]);
  while (before?.kind === "dropout") {
    before = around.nodes.find(({ name }) => name === before!.inputs[0]);
  }
  if (before?.kind !== "flatten") return undefined;
  return { name: before.inputs[0], shape: before.inputShapes[0] };
}

const shapeOf = ({ values }: Around, name: string) =>
  values.get(name)!.shape.slice(1);

/** Kinds whose unit of the same number reads this one. */
const samePlace: ReadonlySet<string> = new Set(
  ["relu", "relu6", "gelu", "batchNorm", "add", "softmax"],
);

/** Buttons to the units before and behind. */
function links(
  node: OpenNode,
  at: number,
  unit: Unit,
  around: Around,
): HTMLElement {
  const row = el("div", { class: "row" });
  const link = (words: string, name: string, to: number) =>
    row.append(el("button", {
      type: "button",
      "data-key": `${words} ${name}`,
      onclick: () => around.go(name, to),
    }, `${words} ${name}: ${unitName(shapeOf(around, name), to)}`));
  for (const { name, at } of unit.sources) {
    if (name) {
      link(
        unit.how === "window" || unit.how === "dense"
          ? "← strongest input,"
          : "←",
        name,
        at,
      );
    }
  }
  const next = around.nodes.filter(({ inputs }) => inputs.includes(node.name));
  for (const { name, kind } of next) {
    if (!samePlace.has(kind)) continue;
    if (kind === "relu") {
      const value = around.values.get(name)!.data[at];
      row.append(
        el("span", {}, `then ReLU: max(0, ${num(unit.value)}) = ${num(value)}`),
      );
    }
    link("→", name, at);
  }
  return row;
}
