/**
 * The table of all kinds of layers: each is named here, and what there is to
 * know of it stands in its file.
 *
 * @module
 */
import { addJoin } from "./add.ts";
import { attentionLayer } from "./attention.ts";
import { avgPool2dLayer } from "./avg_pool2d.ts";
import { batchNormLayer } from "./batch_norm.ts";
import { classTokenLayer } from "./class_token.ts";
import { concatJoin } from "./concat.ts";
import { conv2dLayer } from "./conv2d.ts";
import { denseLayer } from "./dense.ts";
import { dropoutLayer } from "./dropout.ts";
import { firstTokenLayer } from "./first_token.ts";
import { flattenLayer } from "./flatten.ts";
import { geluLayer } from "./gelu.ts";
import { globalAvgPool2dLayer } from "./global_avg_pool2d.ts";
import { l2NormalizeLayer } from "./l2_normalize.ts";
import { layerNormLayer } from "./layer_norm.ts";
import { maxPool2dLayer } from "./max_pool2d.ts";
import { maxoutLayer } from "./maxout.ts";
import { padShortcutLayer } from "./pad_shortcut.ts";
import { patchifyLayer } from "./patchify.ts";
import { positionLayer } from "./position.ts";
import { reluLayer } from "./relu.ts";
import { relu6Layer } from "./relu6.ts";
import { softmaxLayer } from "./softmax.ts";
import { tokenMeanLayer } from "./token_mean.ts";
import type { Join, Kind, LayerValue } from "./define.ts";
import { found } from "./setting.ts";

const table = [
  attentionLayer,
  avgPool2dLayer,
  batchNormLayer,
  classTokenLayer,
  conv2dLayer,
  denseLayer,
  dropoutLayer,
  firstTokenLayer,
  flattenLayer,
  geluLayer,
  globalAvgPool2dLayer,
  l2NormalizeLayer,
  layerNormLayer,
  maxPool2dLayer,
  maxoutLayer,
  padShortcutLayer,
  patchifyLayer,
  positionLayer,
  relu6Layer,
  reluLayer,
  softmaxLayer,
  tokenMeanLayer,
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
