/**
 * A network as a plain value: it can be written to JSON and read back, and
 * everything else (counts, drawing, both executable networks) is derived from it.
 *
 * @module
 */

/** One number for both image axes, or [height, width]. */
export type Axes = number | readonly [number, number];

/** What a convolution and a pooling have in common. */
interface Sliding {
  readonly strides?: Axes;
  readonly padding?: "same" | "valid";
}

/** A window that slides over the image: a dot product with each of `filters` kernels. */
export interface ConvLayer extends Sliding {
  readonly kind: "conv2d";
  readonly name?: string;
  readonly filters: number;
  readonly kernelSize: Axes;
  readonly dilations?: Axes;
  readonly groups?: number;
  /** true unless told. */
  readonly useBias?: boolean;
}

/** Every input joined to each of `units` outputs. */
export interface DenseLayer {
  readonly kind: "dense";
  readonly name?: string;
  readonly units: number;
  /** true unless told. */
  readonly useBias?: boolean;
}

/** The largest value, or the mean, of each window; strides are poolSize unless told. */
export interface PoolLayer extends Sliding {
  readonly kind: "maxPool2d" | "avgPool2d";
  readonly name?: string;
  /** 2 unless told. */
  readonly poolSize?: Axes;
}

/** Normalises each channel by the batch, then scales and shifts it. */
export interface BatchNormLayer {
  readonly kind: "batchNorm";
  readonly name?: string;
  /** Added to the variance; 1e-3 unless told. */
  readonly epsilon?: number;
  /** Share of the old moving average that each training step keeps; 0.9 unless told. */
  readonly momentum?: number;
}

/** Sets a random share of the values to zero, in training only. */
export interface DropoutLayer {
  readonly kind: "dropout";
  readonly name?: string;
  /** Share that is set to zero, from 0 to below 1. */
  readonly rate: number;
}

/**
 * The shortcut without parameters of He et al., 2015 ("option A"): keeps every
 * `strides`-th pixel and appends channels of zeros up to `filters`.
 */
export interface PadShortcutLayer {
  readonly kind: "padShortcut";
  readonly name?: string;
  readonly filters: number;
  /** 1 unless told. */
  readonly strides?: Axes;
}

/** Layers that need no setting. */
export interface SimpleLayer {
  readonly kind: "relu" | "softmax" | "flatten" | "globalAvgPool2d";
  readonly name?: string;
}

/** A layer that computes something by itself. */
export type SingleLayer =
  | ConvLayer
  | DenseLayer
  | PoolLayer
  | BatchNormLayer
  | DropoutLayer
  | PadShortcutLayer
  | SimpleLayer;

/** Layers one after the other; a name is put before the names inside, with "/". */
export interface SequenceLayer {
  readonly kind: "sequence";
  readonly name?: string;
  readonly layers: readonly Layer[];
}

/** Branches that read the same input; their outputs are joined. */
export interface ParallelLayer {
  readonly kind: "parallel";
  readonly name?: string;
  /** An empty sequence is the identity. */
  readonly branches: readonly Layer[];
  /** "concat" puts channels side by side, "add" sums equal shapes. */
  readonly join: "concat" | "add";
}

/** Any part of a network. */
export type Layer = SingleLayer | SequenceLayer | ParallelLayer;

/** The kind of a layer that computes something by itself. */
export type LayerKind = SingleLayer["kind"];

/** A whole network: a name, the shape of one image [H, W, C], and its layers. */
export interface Architecture {
  readonly name: string;
  readonly inputShape: readonly [number, number, number];
  readonly layers: readonly Layer[];
}
