/**
 * What a kind of layer has to say of itself; everything else that is told of a
 * layer (counts, drawing, both networks, messages) comes from it.
 *
 * @module
 */
import type * as tensorflow from "@tensorflow/tfjs";
import type { Pair } from "../base/check.ts";
import { checkOptions } from "../base/options.ts";
import type { Random } from "../base/random.ts";
import { shapeText, type Tensor } from "../base/tensor.ts";
import { flag, type Setting } from "./setting.ts";
import type { Tf } from "./tfjs/class.ts";
import { type OwnLayer, ownLayer } from "./tfjs/own_layer.ts";
import type { Together } from "./tfjs/together.ts";

/** One number for both image axes, or [height, width]. */
export type Axes = Pair;

/** Shape without the batch axis: [H, W, C] or [units]. */
export type Shape = readonly number[];

/** A layer as a plain value: its kind, and the settings that were given. */
export interface LayerValue {
  readonly kind: string;
  readonly name?: string;
  /** Whether training moves its weights; true unless told. Only where it has some. */
  readonly trainable?: boolean;
}

/** A layer that needs no setting. */
export interface SimpleLayer<Kind extends string = string> {
  readonly kind: Kind;
  readonly name?: string;
}

/** The settings of a layer: all its fields but the kind. */
export type Settings<Layer> = Omit<Layer, "kind">;

/** Makes a layer; settings that all have a default may be left out. */
export type Maker<Layer> = Partial<Settings<Layer>> extends Settings<Layer>
  ? (settings?: Settings<Layer>) => Layer
  : (settings: Settings<Layer>) => Layer;

/** The names of a layer's own settings. */
type Names<Layer> = Exclude<keyof Layer, "kind" | "name" | "trainable">;

/** All settings of a layer, defaults filled in and numbers for both axes as pairs. */
export type Settled<Layer> =
  & {
    readonly [Name in Names<Layer>]-?: [Axes] extends [Layer[Name]]
      ? [number, number]
      : Exclude<Layer[Name], undefined>;
  }
  & {
    /** false where training leaves the weights as they are. */
    readonly trainable?: boolean;
  };

/** Where a window slides: its reach and step on both axes. */
export interface Window {
  /** [height, width] that the window covers, dilation included. */
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: "same" | "valid";
}

/** One weight of a layer. */
export interface Weight {
  readonly shape: Shape;
  /** What it starts from: a number, or draws as wide as the kernel's shape or as told. */
  readonly start: number | "drawn" | { readonly deviation: number };
  /** Moved by gradients, and counted as a parameter; true unless told. */
  readonly trainable?: boolean;
}

/** What a layer that runs has to know besides its input. */
export interface Running {
  /** Switches dropout and the batch's own moments on. */
  readonly training: boolean;
  /** Where dropout draws from. */
  readonly stream: Random;
}

/** What flows back through a layer. */
export interface Flow {
  /** Gradient of the input; what costs much is computed when it is called. */
  readonly dx: () => Tensor;
  /** Gradients of the weights, by role. */
  readonly weights?: Readonly<Record<string, Tensor>>;
}

/**
 * What a layer did: its output, and the way back from the output's gradient.
 * `now` says that the input's gradient will be wanted at once.
 */
export type Run = readonly [
  y: Tensor,
  back: (dy: Tensor, now: boolean) => Flow,
];

/** Where a layer of tfjs stands. */
export interface Place {
  readonly name: string;
  readonly inputShape: Shape;
  /** Decides what dropout draws. */
  readonly stream: Random;
}

/** One kind of layer, as its file defines it. */
export interface Definition<Layer extends LayerValue> extends Together {
  readonly kind: Layer["kind"];
  /** Every setting: its default and what it may be. */
  readonly settings: {
    readonly [Name in Names<Layer>]-?: Setting<Settled<Layer>[Name]>;
  };
  /** Layers without a name are called so, and numbered; the kind unless told. */
  readonly short?: string;
  /** The output's shape; throws "expects ..." on an input that does not fit. */
  shape(input: Shape, settings: Settled<Layer>): Shape;
  /** The weights by role, in their order; none unless told. */
  weights?(
    input: Shape,
    settings: Settled<Layer>,
  ): Readonly<Record<string, Weight>>;
  /** Runs forward on a batch; what it returns knows the way back. */
  run(
    x: Tensor,
    weights: Readonly<Record<string, Tensor>>,
    settings: Settled<Layer>,
    running: Running,
  ): Run;
  /** Whether training draws random numbers; in a planned step it is done apart. */
  readonly draws?: boolean;
  /** Products for one image. A layer that has any counts in a network's depth. */
  multiplyAdds?(input: Shape, output: Shape, settings: Settled<Layer>): number;
  /** Numbers between input and output that training keeps, for one image; none unless told. */
  inside?(input: Shape, settings: Settled<Layer>): number;
  /** Whether it is another shape only, of the same numbers in the same memory. */
  readonly reshapes?: boolean;
  /** What one value sees of the input's grid: one place of it unless told. */
  window?(settings: Settled<Layer>, input: Shape): Window | "all" | undefined;
  /** Whether kernels before the last such layer start He normal. */
  readonly rectifies?: boolean;
  /** What the drawing says. */
  label(settings: Settled<Layer>): string;
  /** The colour of its box; white unless told. */
  readonly family?: "convolution" | "dense" | "pooling";
  /** Whether it shares the box of the layer before it. */
  readonly small?: boolean;
  /** The layer of tfjs, or what one that tfjs lacks computes. */
  readonly tfjs:
    | Kind<Layer>["tfjs"]
    | Pick<OwnLayer<Settled<Layer>>, "className" | "compute">;
  /** A class that tfjs lacks; it is known by name before a model is loaded. */
  readonly tfjsClass?: (tf: Tf) => unknown;
}

/** One kind of layer, with its maker. */
export interface Kind<Layer extends LayerValue = LayerValue>
  extends Omit<Definition<Layer>, "tfjs"> {
  /** A tfjs layer of the same name and arithmetic; its weights are set later. */
  tfjs(
    tf: Tf,
    settings: Settled<Layer>,
    place: Place,
  ): tensorflow.layers.Layer;
  /** The plain value of a layer of this kind; a misspelt setting is refused. */
  readonly make: Maker<Layer>;
}

/** A way to join branches, as its file defines it. */
export interface Join extends Together {
  readonly join: "add" | "concat";
  /** What of the branches' shapes must agree, in words and as a shape. */
  readonly alike: string;
  agreeing(shape: Shape): Shape;
  /** What the message adds to the strides and padding that must agree. */
  readonly remedy: string;
  /** Shape of the branches' outputs joined. */
  shape(shapes: readonly Shape[]): Shape;
  /** Joins; the way back gives one gradient for each branch. */
  run(
    xs: readonly Tensor[],
  ): readonly [y: Tensor, back: (dy: Tensor) => readonly Tensor[]];
  /** What the drawing says; `wide` draws a bar over all branches. */
  label(output: Shape): string;
  readonly wide: boolean;
  tfjs(tf: Tf, name: string): tensorflow.layers.Layer;
}

/** Defines a kind of layer. */
export function define<Layer extends LayerValue>(
  definition: Definition<Layer>,
): Kind<Layer> {
  const { kind, weights, tfjs } = definition;
  const settings: Kind<Layer>["settings"] = {
    ...definition.settings,
    ...(weights && { trainable: flag(true) }),
  };
  const all: Readonly<Record<string, Setting>> = settings;
  const names = [...Object.keys(all), "name"];
  const optional = Object.values(all)
    .every(({ standard }) => standard !== undefined);
  const make = (given: object | undefined = optional ? {} : undefined) => {
    const fn = `layers.${kind}`;
    checkOptions(fn, given as object, names);
    const told = Object.entries(given as object)
      .filter(([, value]) => value !== undefined);
    for (const [name, value] of told) all[name]?.early?.(fn, name, value);
    return { kind, ...Object.fromEntries(told) };
  };
  return {
    ...definition,
    settings,
    make: make as unknown as Maker<Layer>,
    ...(typeof tfjs === "function"
      ? { tfjs }
      : ownLayer<Settled<Layer>>({ ...definition, ...tfjs })),
  };
}

/**
 * The settings of a layer, checked, with their defaults filled in.
 *
 * @throws {TypeError | RangeError} A setting that the kind does not have, or one
 * that is none of its values.
 */
export function settledOf(
  kind: Kind,
  layer: LayerValue,
): Settled<LayerValue> {
  checkNames(layer, [...Object.keys(kind.settings), "name"]);
  const given = layer as unknown as Record<string, unknown>;
  const settled: Record<string, unknown> = {};
  const all = Object.entries<Setting>(kind.settings);
  for (const [name, { standard, read }] of all) {
    const value = given[name];
    if (value !== undefined) settled[name] = read(value, name);
    else if (typeof standard === "function") settled[name] = standard(settled);
    else settled[name] = read(standard, name);
  }
  return settled;
}

/** Throws on a field besides `kind` that is none of the settings `known`. */
export function checkNames(layer: LayerValue, known: readonly string[]): void {
  for (const field of Object.keys(layer)) {
    if (field !== "kind" && !known.includes(field)) {
      throw new TypeError(
        `expects only the settings ${known.join(", ")} but found ${
          JSON.stringify(field)
        }: check the spelling`,
      );
    }
  }
}

/** The run of a layer without weights, from its function and the gradient's. */
export function plainRun<Layer extends LayerValue>(
  forward: (x: Tensor, settings: Settled<Layer>) => Tensor,
  backward: (x: Tensor, dy: Tensor, settings: Settled<Layer>) => Tensor,
): Definition<Layer>["run"] {
  return (x, _weights, settings) => [
    forward(x, settings),
    (dy) => flow(backward(x, dy, settings)),
  ];
}

/** A gradient of the input that is there already, and those of the weights. */
export const flow = (
  dx: Tensor,
  weights?: Readonly<Record<string, Tensor>>,
): Flow => ({ dx: () => dx, weights });

/** The shape of an image [H, W, C], which the layer needs. */
export function imageShape(shape: Shape): [number, number, number] {
  if (shape.length !== 3) {
    throw new TypeError(
      `expects an image [H, W, C] but found ${
        shapeText(shape)
      }: put it before flatten and globalAvgPool2d`,
    );
  }
  return shape as [number, number, number];
}

/** Throws unless the window fits into the image; returns its shape as a batch of one. */
export function fitting(
  image: Shape,
  { size, padding }: Window,
): [number, number, number, number] {
  const [height, width, channels] = imageShape(image);
  if (padding === "valid" && (size[0] > height || size[1] > width)) {
    throw new RangeError(
      `expects a window that fits into the image but found a window ${
        shapeText(size)
      } on an image ${
        shapeText(image)
      }: take a larger inputShape, a smaller window, padding "same", or fewer strides and poolings before it`,
    );
  }
  return [1, height, width, channels];
}

/** A window as the drawing shows it: 3×3. */
export const windowLabel = (size: readonly [number, number]): string =>
  size.join("×");

/** Strides behind a window, where they are more than 1. */
export function strideLabel(strides: readonly [number, number]): string {
  if (Math.max(...strides) === 1) return "";
  return ` /${strides[0] === strides[1] ? strides[0] : strides.join("×")}`;
}
