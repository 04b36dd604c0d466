/**
 * Every kind of layer by its name, and every way to join branches.
 *
 * @module
 */
import { addJoin } from "./add.ts";
import { concatJoin } from "./concat.ts";
import type { Join, Kind, LayerValue } from "./define.ts";
import { found } from "./setting.ts";
import * as table from "./table.ts";

type Table = (typeof table)[keyof typeof table];

/** A layer that computes something by itself: the value of any kind in the table. */
export type SingleLayer = ReturnType<Table["make"]>;

/** The kind of a layer that computes something by itself. */
export type LayerKind = SingleLayer["kind"];

/** Every kind of layer by its name. */
export const kinds: ReadonlyMap<string, Kind> = new Map(
  (Object.values(table) as readonly unknown[] as readonly Kind[])
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
