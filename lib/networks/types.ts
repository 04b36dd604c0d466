/**
 * A network as a plain value: it can be written to JSON and read back, and
 * everything else (counts, drawing, both executable networks) is derived from it.
 *
 * @module
 */
import type { SingleLayer } from "../layers/kinds.ts";

export type { LayerKind, SingleLayer } from "../layers/kinds.ts";

/** Layers one after the other; a name is put before the names inside, with "/". */
export interface SequenceLayer {
  readonly kind: "sequence";
  readonly name?: string;
  /** false freezes every layer inside. */
  readonly trainable?: boolean;
  readonly layers: readonly Layer[];
}

/** Branches that read the same input; their outputs are joined. */
export interface ParallelLayer {
  readonly kind: "parallel";
  readonly name?: string;
  /** false freezes every layer inside. */
  readonly trainable?: boolean;
  /** An empty sequence is the identity. */
  readonly branches: readonly Layer[];
  /** "concat" puts channels side by side, "add" sums equal shapes. */
  readonly join: "concat" | "add";
}

/** Any part of a network. */
export type Layer = SingleLayer | SequenceLayer | ParallelLayer;

/** A whole network: a name, the shape of one image [H, W, C], and its layers. */
export interface Architecture {
  readonly name: string;
  readonly inputShape: readonly [number, number, number];
  readonly layers: readonly Layer[];
}
