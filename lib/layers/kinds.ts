/**
 * The table of all kinds of layers: whatever mod.ts exports that define() made.
 *
 * @module
 */
import type { Join, Kind, LayerValue } from "./define.ts";
import * as exported from "./mod.ts";
import { found } from "./setting.ts";

type Exported = typeof exported;

/** A layer that computes something by itself: the value of any kind in the table. */
export type SingleLayer = {
  [Name in keyof Exported]: Exported[Name] extends
    { kind: string; make: (settings: never) => infer Layer } ? Layer : never;
}[keyof Exported];

/** The kind of a layer that computes something by itself. */
export type LayerKind = SingleLayer["kind"];

const isKind = (value: unknown): value is Kind =>
  typeof value === "object" && value !== null && "make" in value;

/** Every kind of layer by its name. */
export const kinds: ReadonlyMap<string, Kind> = new Map(
  Object.values<unknown>(exported).filter(isKind)
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
export type Makers = {
  readonly [
    Name in keyof Exported as Exported[Name] extends
      { kind: infer K extends string; make: unknown } ? K : never
  ]: Exported[Name] extends { make: infer Make } ? Make : never;
};

/** Makes each kind of layer. */
export const makers = Object.fromEntries(
  [...kinds].map(([name, { make }]) => [name, make]),
) as unknown as Makers;

/** The ways to join branches. */
export const joins: Readonly<Record<Join["join"], Join>> = {
  add: exported.addJoin,
  concat: exported.concatJoin,
};
