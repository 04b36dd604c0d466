import { layers, network } from "../../lib/networks/makers.ts";
import { plan } from "../../lib/networks/plan.ts";
import type { Layer } from "../../lib/networks/types.ts";
import { type Random, random } from "../../lib/base/random.ts";
import type { Case, Numbers } from "./case.ts";

type Shape = readonly number[];
type Axis = [number, number];

/** Choices from one stream. */
class Choice {
  constructor(readonly stream: Random) {}
  of<T>(list: readonly T[]): T {
    return list[this.stream.integer(list.length)];
  }
  chance(share: number): boolean {
    return this.stream.uniform() < share;
  }
  /** A number for both axes, or one for each. */
  axes(list: readonly number[]): number | Axis {
    return this.chance(0.5) ? this.of(list) : [this.of(list), this.of(list)];
  }
  /** Settings that are left out in half of the cases. */
  maybe<T extends object>(settings: () => T): T | Record<never, never> {
    return this.chance(0.5) ? settings() : {};
  }
}

/** The random case of a seed: a single layer or a small network. */
export function randomCase(seed: number): Case {
  const choice = new Choice(random(seed));
  const numbers = choice.of<Numbers>(
    ["normal", "normal", "normal", "normal", "ties", "nan"],
  );
  const side = () => 1 + choice.stream.integer(choice.chance(0.8) ? 8 : 13);
  const inputShape: [number, number, number] = [
    side(),
    side(),
    choice.of([1, 2, 3, 4, 5, 6, 8, 12]),
  ];
  const parts: Layer[] = [];
  let shape: Shape = inputShape;
  const count = choice.chance(0.5) ? 1 : 2 + choice.stream.integer(5);
  for (let i = 0; i < count; i++) {
    const part = fitting(
      shape,
      () => imageLayer(choice, shape, numbers),
    );
    parts.push(part);
    shape = shapeAfter(part, shape)!;
  }
  if (count > 1 && choice.chance(0.4)) {
    const onTokens = numbers !== "ties" && choice.chance(0.4);
    parts.push(
      ...(onTokens ? tokens(choice, shape) : ending(choice, numbers)),
    );
  }
  return {
    seed,
    architecture: network(`case ${seed}`, inputShape, parts),
    batch: 1 + choice.stream.integer(3),
    training: choice.chance(0.5),
    numbers,
  };
}

/** Shape behind a layer; undefined where it does not fit. */
function shapeAfter(layer: Layer, shape: Shape): Shape | undefined {
  try {
    const [h, w, c] = shape;
    return plan(network("part", [h, w, c], [layer])).outputShape;
  } catch {
    return undefined; // too large a window, or branches of different shapes
  }
}

/** A layer that fits; a ReLU where none is found. */
function fitting(shape: Shape, draw: () => Layer): Layer {
  for (let i = 0; i < 20; i++) {
    const layer = draw();
    const after = shapeAfter(layer, shape);
    if (after && after.reduce((a, b) => a * b) <= 2000) return layer;
  }
  return layers.relu();
}

/** Any layer from images to images. Ties need sums without rounding. */
function imageLayer(choice: Choice, shape: Shape, numbers: Numbers): Layer {
  const channels = shape[2];
  const exact: (() => Layer)[] = [
    () => convolution(choice, channels),
    () => convolution(choice, channels),
    () => layers.relu(),
    () => pooling(choice, "maxPool2d"),
    () => shortcut(choice, channels),
    () => branches(choice, shape, numbers),
  ];
  if (numbers === "ties") return choice.of(exact.slice(2))();
  return choice.of([
    ...exact,
    () => convolution(choice, channels),
    () => convolution(choice, channels),
    () => pooling(choice, "avgPool2d"),
    () => layers.gelu(),
    // ReLU6 of tfjs keeps no gradient of NaN, and one number alone has length 1.
    ...(numbers === "normal" ? [() => layers.relu6()] : []),
    ...(channels > 2 ? [() => layers.l2Normalize()] : []),
    () => layers.layerNorm({ epsilon: choice.of([1e-2, 0.1, 1]) }),
    () => layers.maxout({ pieces: choice.of([1, 2, 3]) }),
    () =>
      layers.batchNorm({
        ...choice.maybe(() => ({ epsilon: choice.of([1e-2, 0.1, 1]) })),
        ...choice.maybe(() => ({ momentum: choice.of([0, 0.5, 0.99]) })),
      }),
    () => layers.dropout({ rate: choice.of([0, 0.1, 0.5]) }),
  ])();
}

/** A convolution; half of those in groups are depthwise. */
function convolution(choice: Choice, channels: number): Layer {
  const groups = choice.chance(0.5)
    ? 1
    : choice.chance(0.5)
    ? channels
    : choice.of(divisors(channels));
  const kernelSize = choice.axes([1, 1, 2, 2, 3, 3, 3, 4, 5]);
  const strided = { strides: choice.axes([1, 2, 2, 3, 4]) };
  const dilated = { dilations: choice.axes([1, 2, 2, 3]) };
  const steps = choice.of([{}, {}, strided, strided, dilated, dilated]);
  return layers.conv2d({
    filters: groups * choice.of(groups > 4 ? [1, 1, 2] : [1, 2, 3, 4, 8]),
    kernelSize,
    ...steps,
    // now and then both, which the tfjs model refuses
    ...(choice.chance(0.05) ? { ...strided, ...dilated } : {}),
    ...(groups > 1 ? { groups } : {}),
    ...choice.of(
      [{}, { padding: "valid" }, { padding: "same" }, {
        padding: "same",
      }] as const,
    ),
    ...(choice.chance(0.3) ? { useBias: choice.chance(0.2) } : {}),
  });
}

function divisors(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
}

function pooling(choice: Choice, kind: "maxPool2d" | "avgPool2d"): Layer {
  return layers[kind]({
    ...choice.maybe(() => ({ poolSize: choice.axes([1, 2, 3, 4]) })),
    ...choice.maybe(() => ({ strides: choice.axes([1, 2, 3, 4]) })),
    ...choice.maybe(() => ({ padding: choice.of(["same", "valid"] as const) })),
  });
}

function shortcut(choice: Choice, channels: number): Layer {
  return layers.padShortcut({
    filters: channels + choice.of([0, 1, 3, 4]),
    ...choice.maybe(() => ({ strides: choice.axes([1, 2, 3]) })),
  });
}

/** Branches that keep the size: of a residual or of an Inception block. */
function branches(choice: Choice, shape: Shape, numbers: Numbers): Layer {
  const keeping = (filters: number): Layer[] => {
    const kernel = layers.conv2d({
      filters,
      kernelSize: choice.axes([1, 2, 3]),
      padding: "same",
    });
    if (numbers === "ties") {
      return filters === shape[2]
        ? [layers.maxPool2d({ poolSize: 3, strides: 1, padding: "same" })]
        : [layers.padShortcut({ filters })];
    }
    return choice.of<Layer[]>([
      [kernel],
      [kernel, layers.batchNorm(), layers.relu()],
      [layers.relu(), kernel],
    ]);
  };
  if (choice.chance(0.5)) {
    const filters = shape[2] + choice.of([0, 0, 2]);
    const other = filters > shape[2]
      ? [layers.padShortcut({ filters })]
      : [] as Layer[];
    return layers.parallel([keeping(filters), other], { join: "add" });
  }
  const count = 1 + choice.stream.integer(3);
  const parts = Array.from(
    { length: count },
    () =>
      choice.of<() => Layer[]>([
        () => [],
        () => keeping(shape[2] + choice.of([0, 1, 4])),
        () => [layers.maxPool2d({ poolSize: 3, strides: 1, padding: "same" })],
        () => [layers.relu()],
      ])(),
  );
  return layers.parallel(parts, { join: "concat" });
}

/** Patches, and what a Vision Transformer does with them. */
function tokens(choice: Choice, [h, w]: Shape): Layer[] {
  const size = choice.of(divisors(h).filter((side) => w % side === 0));
  const heads = choice.of([1, 2, 3]);
  const mix: Layer[] = [
    layers.layerNorm({ epsilon: choice.of([1e-2, 0.1]) }),
    layers.attention({ heads }),
  ];
  return [
    layers.patchify({ size }),
    layers.dense({ units: 2 * heads }),
    ...(choice.chance(0.5) ? [layers.classToken()] : []),
    ...(choice.chance(0.5) ? [layers.position()] : []),
    choice.chance(0.5)
      ? layers.parallel([[], mix], { join: "add" })
      : layers.sequence(mix),
    choice.chance(0.5) ? layers.firstToken() : layers.tokenMean(),
  ];
}

/** What turns images into a row of numbers. */
function ending(choice: Choice, numbers: Numbers): Layer[] {
  if (numbers === "ties") return [layers.flatten()];
  return [
    choice.chance(0.5) ? layers.flatten() : layers.globalAvgPool2d(),
    ...(choice.chance(0.3) ? [layers.dropout({ rate: 0.3 })] : []),
    ...(choice.chance(0.8)
      ? [layers.dense({
        units: choice.of([1, 2, 5, 8, 9]),
        ...choice.maybe(() => ({ useBias: choice.chance(0.5) })),
      })]
      : []),
    ...(choice.chance(0.2) ? [layers.batchNorm()] : []),
    ...(choice.chance(0.3) ? [layers.softmax()] : []),
  ];
}
