/** The explorer in the reader's browser. @module */
import { sizeOf, type Tensor } from "../../base/tensor.ts";
import { openGraph, weightShapes } from "../graph.ts";
import { fromBase64, fromHalf } from "../half.ts";
import type { Sent } from "../sent.ts";
import { el } from "./dom.ts";
import { NetView, type Shared } from "./net.ts";
import { makePad } from "./pad.ts";
import { around, style } from "./style.ts";
import { followTheme } from "./theme.ts";

/**
 * Makes a box alive: reads what was sent in its JSON, and draws into a shadow of
 * its own, where no style of the page around reaches.
 */
export function mount(host: HTMLElement): void {
  if (host.shadowRoot) return; // a notebook may run its scripts twice
  const json = host.querySelector("script[type='application/json']")!;
  const sent = JSON.parse(json.textContent!) as Sent;
  const shape = sent.networks[0].graph.inputShape;
  const live = el("div", { class: "live", role: "status" });
  const shared: Shared = {
    labels: sent.labels,
    shape,
    range: sent.range,
    mark: (box) => pad?.mark(box),
    say: (text) => live.textContent = text,
    alone: (view) => views.forEach((other) => other !== view && other.close()),
  };
  const views = sent.networks.map(({ graph, weights }) => {
    const numbers = fromHalf(fromBase64(weights));
    const named = new Map<string, Tensor>();
    let at = 0;
    for (const [name, shape] of weightShapes(graph)) {
      const data = numbers.slice(at, at += sizeOf(shape));
      named.set(name, { shape: [...shape], data });
    }
    return new NetView(graph.name, openGraph(graph, named), shared);
  });
  const images = sent.images.map(({ bytes, halves }) =>
    bytes === undefined
      ? fromHalf(fromBase64(halves!))
      : Float32Array.from(fromBase64(bytes), (byte) => byte / 255)
  );

  // Pointers move faster than screens: one run a frame.
  let next: Parameters<NetView["update"]> | undefined;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const update = () => {
    const [seen, bare] = next!;
    next = undefined;
    for (const view of views) view.update(seen, bare);
    for (const says of [pad.says, saysAgain]) {
      says.replaceChildren(
        ...views.map((view) => el("div", {}, view.summary())),
      );
    }
    // For a page around that wants to know: the pixels, and what came out.
    const outputs = views.map((view) => view.output);
    const detail = { pixels: seen, outputs };
    host.dispatchEvent(new CustomEvent("cnn-explorer", { detail }));
  };
  const pad = makePad({ shape, range: sent.range, images }, (...now) => {
    if (!next) requestAnimationFrame(update);
    next = now;
    clearTimeout(quiet);
    quiet = setTimeout(
      () => shared.say(views.map((view) => view.summary()).join(" ")),
      600,
    );
  });
  // Where there is no room beside the maps, a strip above them keeps picture and
  // answer in view.
  const saysAgain = el("div");
  const strip = el(
    "div",
    { class: "peek", "aria-hidden": true },
    pad.small,
    saysAgain,
  );
  const all = el(
    "div",
    { class: "all" },
    pad.element,
    el(
      "div",
      { class: "beside" },
      el(
        "div",
        { class: `nets ${views.length > 1 ? "two" : "one"}` },
        ...views.map(({ element }) => element),
      ),
      strip,
    ),
    live,
  );
  new IntersectionObserver((entries) => {
    const { isIntersecting, boundingClientRect } = entries[entries.length - 1];
    const above = boundingClientRect.bottom < innerHeight / 2;
    strip.classList.toggle("shown", !isIntersecting && above);
  }).observe(pad.element);
  all.addEventListener("keydown", (event) => event.stopPropagation());
  host.append(el("style", {}, around));
  host.attachShadow({ mode: "open" }).append(el("style", {}, style), all);
  followTheme(all);
}
