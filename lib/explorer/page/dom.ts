/** Small helpers for the page: elements, keys, places. @module */

type Child = Node | string | null | undefined | false;

/** An element with attributes and children; "on..." are listeners. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, unknown> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") {
      made.addEventListener(name.slice(2), value as EventListener);
    } else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child || child === "") as Node[]);
  return made;
}

/**
 * Makes buttons, or the cells of a table with `columns`, one stop of the Tab key:
 * arrow keys, Home and End go from one to the next, up and down in a column.
 */
export function rove(
  box: HTMLElement,
  { of = "button", columns = 1 } = {},
): void {
  const stops = () => [...box.querySelectorAll<HTMLElement>(of)];
  for (const [i, stop] of stops().entries()) stop.tabIndex = i === 0 ? 0 : -1;
  box.addEventListener("focusin", (event) => {
    for (const stop of stops()) stop.tabIndex = stop === event.target ? 0 : -1;
  });
  box.addEventListener("keydown", (event) => {
    const all = stops(), here = all.indexOf(event.target as HTMLElement);
    const to = {
      ArrowRight: here + 1,
      ArrowDown: here + columns < all.length ? here + columns : here,
      ArrowLeft: here - 1,
      ArrowUp: here < columns ? here : here - columns,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (here < 0 || to === undefined) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
  });
}

/** Where on an element of `width` x `height` cells a pointer is. */
export function cellUnder(
  event: MouseEvent,
  target: Element,
  height: number,
  width: number,
): { row: number; column: number } {
  const box = target.getBoundingClientRect();
  const within = (part: number, count: number) =>
    Math.max(0, Math.min(count - 1e-6, part * count));
  return {
    row: within((event.clientY - box.top) / box.height, height),
    column: within((event.clientX - box.left) / box.width, width),
  };
}

/** Where arrow keys lead from a cell; undefined for another key. */
export function cellBeside(
  key: string,
  row: number,
  column: number,
  height: number,
  width: number,
): [row: number, column: number] | undefined {
  const [down, right] = ({
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
  } as Record<string, [number, number]>)[key] ?? [];
  if (down === undefined) return undefined;
  return [
    Math.max(0, Math.min(height - 1, row + down)),
    Math.max(0, Math.min(width - 1, column + right)),
  ];
}

/**
 * Scrolls what is around an element until its top is where it was, so that what was
 * clicked stays under the pointer though something above it came or went.
 */
export function keepTop(element: Element, top: number): void {
  const { scrollingElement } = document;
  for (let at: Node | null = element; at; at = above(at)) {
    if (!(at instanceof Element)) continue;
    const scrolls = at === scrollingElement ||
      /auto|scroll/.test(getComputedStyle(at).overflowY);
    const off = element.getBoundingClientRect().top - top;
    if (scrolls && off !== 0) at.scrollBy({ top: off, behavior: "instant" });
  }
}

const above = (node: Node) =>
  node instanceof ShadowRoot ? node.host : node.parentNode;
