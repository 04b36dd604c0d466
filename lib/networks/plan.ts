/**
 * An architecture with every name and shape settled: what the description, the
 * weights, the drawing and both networks are built from.
 *
 * @module
 */
import { shapeText } from "../base/tensor.ts";
import {
  checkNames,
  type Join,
  type Kind,
  type LayerValue,
  type Settled,
  settledOf,
  type Shape,
} from "../layers/define.ts";
import { joins, kindOf, kinds } from "../layers/kinds.ts";
import { flag, found } from "../layers/setting.ts";
import type {
  Architecture,
  Layer,
  ParallelLayer,
  SequenceLayer,
  SingleLayer,
} from "./types.ts";

/** What every part of a plan knows. */
interface Planned {
  readonly name: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
}

/** A single layer in its place. */
export interface PlannedSingle extends Planned {
  readonly type: "single";
  readonly layer: SingleLayer;
  readonly kind: Kind;
  /** Its settings, defaults filled in. */
  readonly settings: Settled<LayerValue>;
}

/** Steps one after the other. */
export interface PlannedSequence extends Planned {
  readonly type: "sequence";
  readonly steps: readonly Plan[];
}

/** Branches and their join. */
export interface PlannedParallel extends Planned {
  readonly type: "parallel";
  readonly join: Join["join"];
  readonly branches: readonly Plan[];
}

/** A part of a network with names and shapes. */
export type Plan = PlannedSingle | PlannedSequence | PlannedParallel;

/** What stands around a layer. */
interface Around {
  /** Put before its name: "" or what ends in "/". */
  readonly prefix: string;
  readonly frozen: boolean;
}

/** Settles names and shapes of one architecture. */
class Planner {
  readonly #names = new Set<string>();
  readonly #numbers = new Map<string, number>();

  constructor(readonly network: string) {}

  /** The plan of a layer whose input has `shape`. */
  plan(layer: Layer, shape: Shape, around: Around): Plan {
    if (layer?.kind === "sequence") return this.#sequence(layer, shape, around);
    if (layer?.kind === "parallel") return this.#parallel(layer, shape, around);
    if (typeof layer !== "object" || layer === null || Array.isArray(layer)) {
      this.#refuse(
        "layers as values with a kind",
        found(layer),
        "make them with layers.conv2d() and its neighbours; layers.sequence() holds several",
      );
    }
    const { kind: word } = layer;
    const short = kinds.get(word)?.short ?? String(word);
    const name = this.#name(layer.name, short, around.prefix);
    return this.#placed(`, ${String(word)} "${name}"`, () => {
      const kind = kindOf(layer);
      const told = settledOf(kind, layer);
      const settings = around.frozen && "trainable" in told
        ? { ...told, trainable: false }
        : told;
      const outputShape = kind.shape(shape, settings);
      const place = { name, inputShape: shape, outputShape };
      return { type: "single", layer, kind, settings, ...place };
    });
  }

  #sequence(layer: SequenceLayer, shape: Shape, around: Around): Plan {
    const inside = this.#inside(layer, ["layers"], around);
    const layers = this.#list(layer.layers, "layers of a sequence");
    let outputShape = shape;
    const steps = layers.map((part) => {
      const step = this.plan(part, outputShape, inside);
      outputShape = step.outputShape;
      return step;
    });
    const name = inside.prefix.slice(0, -1);
    return { type: "sequence", steps, name, inputShape: shape, outputShape };
  }

  #parallel(layer: ParallelLayer, shape: Shape, around: Around): Plan {
    const inside = this.#inside(layer, ["branches", "join"], around);
    const { join } = layer;
    if (!Object.hasOwn(joins, join)) {
      this.#refuse(
        'join "concat" or "add"',
        found(join),
        "say how the branches are joined",
      );
    }
    const branches = this.#list(layer.branches, "branches of a parallel")
      .map((branch) => this.plan(branch, shape, inside));
    const name = this.#name(layer.name && join, join, inside.prefix);
    const outputShape = this.#placed(
      `, "${name}"`,
      () => joinedShape(joins[join], branches),
    );
    const place = { name, inputShape: shape, outputShape };
    return { type: "parallel", join, branches, ...place };
  }

  /** What stands around the layers inside another, whose fields are checked. */
  #inside(
    layer: SequenceLayer | ParallelLayer,
    fields: readonly string[],
    { prefix, frozen }: Around,
  ): Around {
    const { kind, name, trainable = true } = layer;
    const named = typeof name === "string" ? ` "${name}"` : "";
    this.#placed(`, ${kind}${named}`, () => {
      checkNames(layer, [...fields, "trainable", "name"]);
      flag(true).read(trainable, "trainable");
    });
    if (name !== undefined) {
      this.#checkName(name);
      prefix += `${name}/`;
    }
    return { prefix, frozen: frozen || !trainable };
  }

  /** What `check` gives; its errors say in which network, and where in it. */
  #placed<T>(place: string, check: () => T): T {
    try {
      return check();
    } catch (error) {
      const { constructor, message } = error as Error;
      throw new (constructor as ErrorConstructor)(
        `network "${this.network}"${place} ${message}`,
        { cause: error },
      );
    }
  }

  /** Throws in the name of the network. */
  #refuse(expected: string, found: string, remedy: string): never {
    throw new TypeError(
      `network "${this.network}" expects ${expected} but found ${found}: ${remedy}`,
    );
  }

  /** `list` where it is an array, else an error. */
  #list(list: readonly Layer[], what: string): readonly Layer[] {
    if (Array.isArray(list)) return list;
    this.#refuse(
      `the ${what} as an array`,
      found(list),
      "write [layers.relu()]",
    );
  }

  /** Throws on a name that tfjs or a weight file could not carry. */
  #checkName(name: string): void {
    if (typeof name !== "string" || !/^[A-Za-z0-9][\w.\-/]*$/.test(name)) {
      this.#refuse(
        "names of letters, digits and ._-/",
        found(name),
        "rename the layer",
      );
    }
  }

  /** The full name: the one given, or the next free number of its kind. */
  #name(given: string | undefined, short: string, prefix: string): string {
    let name: string;
    if (given === undefined) {
      let number = this.#numbers.get(prefix + short) ?? 0;
      do name = `${prefix}${short}${++number}`; while (this.#names.has(name));
      this.#numbers.set(prefix + short, number);
    } else {
      this.#checkName(given);
      name = prefix + given;
      if (this.#names.has(name)) {
        this.#refuse(
          "every name once",
          `"${name}" twice`,
          "name the layers, or the sequences around them, apart",
        );
      }
    }
    this.#names.add(name);
    return name;
  }
}

/** Shape of joined branches; throws where they do not agree. */
function joinedShape(
  { agreeing, alike, remedy, shape }: Join,
  branches: readonly Plan[],
): Shape {
  if (branches.length === 0) {
    throw new TypeError(
      "expects at least one branch but found none: an empty sequence is the identity",
    );
  }
  const shapes = branches.map(({ outputShape }) => outputShape);
  const texts = shapes.map((one) => shapeText([...agreeing(one), one.length]));
  const odd = texts.findIndex((text) => text !== texts[0]);
  if (odd < 0) return shape(shapes);
  throw new TypeError(
    `expects branches ${alike} but found ${
      shapeText(shapes[0])
    } from branch 1 and ${shapeText(shapes[odd])} from branch ${odd + 1} (${
      lastName(branches[odd])
    }): make strides and padding${remedy} of the branches agree`,
  );
}

/** The last layer of a branch, for messages. */
function lastName(plan: Plan): string {
  if (plan.type !== "sequence") return `"${plan.name}"`;
  return plan.steps.length === 0 ? "identity" : lastName(plan.steps.at(-1)!);
}

/**
 * The image shape [H, W, C]; a leading batch axis of 1, null or -1 is dropped.
 *
 * @param who What messages say expects it.
 * @throws {TypeError} No image shape.
 */
export function imageShape(
  shape: readonly (number | null)[],
  who = "a network",
): [number, number, number] {
  const inner = shape?.length === 4 && [1, -1, null].includes(shape[0])
    ? shape.slice(1)
    : shape;
  if (
    !Array.isArray(inner) || inner.length !== 3 ||
    !inner.every((n) => Number.isInteger(n) && n >= 1)
  ) {
    throw new TypeError(
      `${who} expects an inputShape [H, W, C] of whole numbers of 1 or more but found ${
        found(shape)
      }: write the shape of one image, such as [28, 28, 1]`,
    );
  }
  return inner as [number, number, number];
}

/**
 * Settles the names and shapes of an architecture.
 *
 * @param architecture The network.
 * @param inputShape Another image shape than the architecture's own.
 * @throws {TypeError | RangeError} A network that cannot exist; the message names the layer.
 */
export function plan(
  architecture: Architecture,
  inputShape: readonly (number | null)[] = architecture?.inputShape,
): PlannedSequence {
  const { name, layers } = architecture ?? {};
  if (!Array.isArray(layers)) {
    throw new TypeError(
      `a network expects an architecture { name, inputShape, layers } but found ${
        found(architecture)
      }: make one with network(), or call a maker such as lenet()`,
    );
  }
  if (typeof name !== "string") {
    throw new TypeError(
      `a network expects a name as text but found ${
        found(name)
      }: make one with network("tiny", inputShape, layers)`,
    );
  }
  const whole: SequenceLayer = { kind: "sequence", layers };
  const around = { prefix: "", frozen: false };
  return new Planner(name)
    .plan(whole, imageShape(inputShape), around) as PlannedSequence;
}

/** Every single layer of a plan, in order; branches one after the other. */
export function singles(plan: Plan): PlannedSingle[] {
  if (plan.type === "single") return [plan];
  const parts = plan.type === "sequence" ? plan.steps : plan.branches;
  return parts.flatMap(singles);
}
