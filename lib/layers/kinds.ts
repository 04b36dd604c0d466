/**
 * The table of all kinds of layers: each is named here, and what there is to
 * know of it stands in its file.
 *
 * @module
 */
import { addJoin } from "./add.ts";
import { avgPool2dLayer } from "./avg_pool2d.ts";
import { batchNormLayer } from "./batch_norm.ts";
import { concatJoin } from "./concat.ts";
import { conv2dLayer } from "./conv2d.ts";
import { denseLayer } from "./dense.ts";
import { dropoutLayer } from "./dropout.ts";
import { flattenLayer } from "./flatten.ts";
import { geluLayer } from "./gelu.ts";
import { globalAvgPool2dLayer } from "./global_avg_pool2d.ts";
import { maxPool2dLayer } from "./max_pool2d.ts";
import { maxoutLayer } from "./maxout.ts";
import { padShortcutLayer } from "./pad_shortcut.ts";
import { reluLayer } from "./relu.ts";
import { softmaxLayer } from "./softmax.ts";
import type { Join, Kind, LayerValue } from "./define.ts";
import { found } from "./setting.ts";

const table = [
  avgPool2dLayer,
  batchNormLayer,
  conv2dLayer,
  denseLayer,
  dropoutLayer,
  flattenLayer,
  geluLayer,
  globalAvgPool2dLayer,
  maxPool2dLayer,
  maxoutLayer,
  padShortcutLayer,
  reluLayer,
  softmaxLayer,
] as const;

type Table = (typeof table)[number];

/** A layer that computes something by itself: the value of any kind in the table. */
export type SingleLayer = ReturnType<Table["make"]>;

/** The kind of a layer that computes something by itself. */
export type LayerKind = SingleLayer["kind"];

/** Every kind of layer by its name. */
export const kinds: ReadonlyMap<string, Kind> = new Map(
  (table as readonly unknown[] as readonly Kind[])
    .map((kind) => [kind.kind, kind]),
);

/** The names of the kinds. */
export const layerKinds = [...kinds.keys()] as readonly LayerKind[];

/** The kind of a layer; throws "expects a known kind ..." where there is none. */
export function kindOf(layer: LayerValue): Kind {
  const kind = kinds.get(layer.kind);
  if (kind !== undefined) return kind;
  throw new TypeError(
    `expects a known kind but found ${found(layer.kind)}: ${
      layerKinds.join(", ")
    }, sequence or parallel`,
  );
}

/** A maker for each kind of layer, by the kind's name. */
export type Makers = { readonly [K in Table as K["kind"]]: K["make"] };

/** Makes each kind of layer. */
export const makers = Object.fromEntries(
  [...kinds].map(([name, { make }]) => [name, make]),
) as unknown as Makers;

/** The ways to join branches. */
export const joins: Readonly<Record<Join["join"], Join>> = {
  add: addJoin,
  concat: concatJoin,
};
