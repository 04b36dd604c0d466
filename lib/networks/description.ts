/**
 * What describe() tells of a network.
 *
 * @module
 */
import type { LayerKind } from "./types.ts";

/** What is known of one layer before any number is computed. */
export interface LayerRow {
  readonly name: string;
  /** "add" and "concat" are the joins of branches. */
  readonly kind: LayerKind | "add" | "concat";
  /** Without the batch axis: [H, W, C] or [units]. */
  readonly outputShape: readonly number[];
  /** Numbers that training moves: kernels, biases, scales and shifts. */
  readonly parameters: number;
  /** Products of convolutions and dense layers; all other work is not counted. */
  readonly multiplyAdds: number;
  /** Input pixels that one value can see along the longer axis; may pass the edge. */
  readonly receptiveField: number;
  /** Input pixels between two neighbours; null where no grid is left. */
  readonly stride: number | null;
}

/** The totals of a network. */
export interface Totals {
  /**
   * Convolutions and dense layers on the longest way from input to output: the
   * number in the names VGG-16 and ResNet-50.
   */
  readonly layers: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** Of the last layer that still has a grid, before flatten or the global mean. */
  readonly receptiveField: number;
}

/** Rows and totals; shows as a table in a notebook. */
export interface Description extends Totals {
  readonly name: string;
  readonly inputShape: readonly [number, number, number];
  readonly rows: readonly LayerRow[];
  /** The same totals as one value. */
  readonly totals: Totals;
}
