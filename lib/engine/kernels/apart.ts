/**
 * Layers of which nobody knows that each step of theirs is the one before on other
 * numbers, such as those that draw. In a recording TensorFlow.js does them, apart and
 * with a tape of their own, while everything around them is done again as recorded.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { apart, isSteady } from "../planned.ts";
import {
  allFloat,
  type Info,
  runKernel,
  sizeOf,
  type Tensor,
} from "../stock.ts";
import type { Engine } from "./engine.ts";
import { recording } from "./recorder.ts";
import { register } from "./register.ts";

/** Ours: inputs and weights of a layer to what it puts out, and back. */
const LAYER = "LayerApart", GRADIENT = "LayerApartGradient";

type Layer = tf.layers.Layer;
type Apply = Layer["apply"];

/** What we use of tfjs's engine. */
interface Tape {
  readonly state: {
    kernelDepth: number;
    gradientDepth: number;
    activeTape: Node[] | null;
  };
  readonly registeredVariables: Record<string, tf.Variable>;
  startTape(): void;
  endTape(): void;
  gradients(
    f: () => Tensor,
    xs: Tensor[],
    dy: Tensor,
    allowNoGradients: boolean,
  ): { grads: (Tensor | undefined)[] };
}

interface Node {
  readonly inputs: Record<string, Tensor>;
  readonly outputs: readonly Tensor[];
  readonly saved: readonly Tensor[];
}

const tape = () => tf.engine() as unknown as Tape;

/** A tensor's numbers, out of the engine's memory. */
interface Copy {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  readonly numbers: Float32Array | Int32Array | Uint8Array;
}

const copyOf = (x: Tensor): Copy => ({
  shape: x.shape,
  dtype: x.dtype,
  numbers: x.dataSync<"float32">(),
});

/** Lets layers that are not known be done apart where somebody records. */
export function teachApart(): void {
  const { prototype } = tf.layers.Layer;
  const stock = prototype.apply;
  prototype.apply = function (this: Layer, inputs, kwargs) {
    const plainly = () => stock.call(this, inputs, kwargs);
    if (recording.by === undefined || isSteady(this)) return plainly();
    const given = (Array.isArray(inputs) ? inputs : [inputs]) as Tensor[];
    const { inboundNodes } = this as unknown as Noted;
    if (inboundNodes[0]?.outputTensors.length !== 1 || !allFloat(...given)) {
      recording.by.refuse("a layer that cannot be done apart");
      return plainly();
    }
    return new Apart(this, stock, given, kwargs).run();
  };
  register(LAYER, (engine, inputs, { layer }) => {
    const given = Object.values(inputs).slice(0, (layer as Apart).count);
    return layer.forward(engine, given);
  });
  register(
    GRADIENT,
    (engine, { dy }, { layer }) => (layer as Apart).backward(engine, dy),
  );
  tf.registerGradient({
    kernelName: LAYER,
    gradFunc: (dy, _saved, attrs) => {
      const { wanted } = attrs.layer as unknown as Apart;
      const found = tf.engine()
        .runKernel(GRADIENT, { dy: dy as Tensor }, attrs) as Tensor[];
      return Object.fromEntries(
        wanted.map((name, i) => [name, () => found[i]]),
      );
    },
  });
}

/** What we read of a layer. */
interface Noted {
  readonly inboundNodes: readonly { readonly outputTensors: unknown[] }[];
}

/** One layer in one recording. */
class Apart {
  /** The inputs whose gradient is asked for, by their names in the kernel. */
  readonly wanted: string[];
  readonly #inputs: Record<string, Tensor>;
  #out?: Info; // where what it puts out lies
  #back = false; // does anybody come back?
  #held?: { xs: Tensor[]; y: Tensor; nodes: Node[] };
  #gave?: Copy; // last
  #gaveBack?: Copy[];

  constructor(
    readonly layer: Layer,
    readonly stock: Apply,
    readonly given: readonly Tensor[],
    readonly kwargs: Parameters<Apply>[1],
  ) {
    const weights = layer.trainableWeights.map((weight) =>
      weight.read() as tf.Variable
    );
    const inputs = [...given, ...weights];
    const name = (i: number) => `x${i}`;
    this.#inputs = Object.fromEntries(inputs.map((x, i) => [name(i), x]));
    const learned = learnedOnes();
    this.wanted = inputs.flatMap((x, i) => learned.has(x.id) ? [name(i)] : []);
  }

  get count(): number {
    return this.given.length;
  }

  run(): Tensor {
    return runKernel(LAYER, this.#inputs, { layer: this });
  }

  forward(engine: Engine, given: readonly Info[]): Info {
    engine.apart(() => {
      const copies = given.map((x) => ({ ...x, numbers: numbers(engine, x) }));
      const again = recording.rehearsing;
      const gave = again ? this.#gave! : this.#compute(copies);
      if (this.#out) write(engine, this.#out, gave);
      this.#gave = again || !this.#out ? gave : undefined;
    }, () => this.#clear());
    const { shape, dtype } = this.#gave!;
    if (dtype !== "float32") recording.by?.refuse("a layer of other numbers");
    this.#out = engine.backend.makeOutput(shape, dtype);
    write(engine, this.#out, this.#gave!);
    return this.#out;
  }

  #compute(copies: readonly Copy[]): Copy {
    this.#clear();
    // nobody knows, while it is recorded, whether anybody will come back
    const first = this.#out === undefined;
    return besides(() => {
      const engine = tape(), { state } = engine;
      const xs = copies.map(({ numbers, shape, dtype }) =>
        tf.keep(tf.tensor(numbers, [...shape], dtype))
      );
      const held = { xs, y: xs[0], nodes: [] as Node[] };
      this.#held = held;
      if (first || this.#back) engine.startTape();
      try {
        held.y = tf.keep(tf.tidy(() =>
          this.stock.call(
            this.layer,
            xs.length === 1 ? xs[0] : xs,
            this.kwargs,
          ) as Tensor
        ));
      } finally {
        if (first || this.#back) engine.endTape();
        held.nodes = state.activeTape ?? [];
      }
      const gave = copyOf(held.y);
      if (!first && !this.#back) this.#clear();
      return gave;
    });
  }

  backward(engine: Engine, dy: Info): Info[] {
    this.#back = true;
    const outputs = this.wanted.map((name) =>
      engine.output(this.#inputs[name].shape)
    );
    let first = true;
    engine.apart(() => {
      const copy = { ...dy, numbers: numbers(engine, dy) };
      const again = recording.rehearsing;
      const gave = again ? this.#gaveBack! : this.#differentiate(copy);
      gave.forEach((one, i) => write(engine, outputs[i], one));
      this.#gaveBack = again || first ? gave : undefined;
    }, () => {});
    first = false;
    const none = this.#gaveBack!.some(({ numbers }) => numbers.length === 0);
    if (none) recording.by?.refuse("a layer without a gradient");
    return outputs;
  }

  /** The gradients of what is wanted; without numbers where there is none. */
  #differentiate({ numbers, shape, dtype }: Copy): Copy[] {
    const { y, nodes, xs } = this.#held!;
    return besides(() => {
      const engine = tape();
      let found: Copy[] = [];
      tf.tidy(() => {
        const inputs = this.wanted.map((name) =>
          xs[Number(name.slice(1))] ?? this.#inputs[name]
        );
        const given = tf.tensor(numbers, [...shape], dtype);
        found = engine.gradients(
          () => {
            engine.state.activeTape = nodes;
            return y;
          },
          inputs,
          given,
          true,
        ).grads.map((grad) =>
          grad ? copyOf(grad) : { shape, dtype, numbers: new Float32Array(0) }
        );
      });
      this.#clear();
      return found;
    });
  }

  /** Gives back what it holds of a step. */
  #clear(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    for (const { saved } of held.nodes) tf.dispose([...saved]);
    tf.dispose([...held.xs, held.y]);
  }
}

/** The tensors on the tape at work that move with a weight, and the weights, by id. */
function learnedOnes(): Set<number> {
  const { registeredVariables, state } = tape();
  const found = new Set<number>();
  for (const { id, trainable } of Object.values(registeredVariables)) {
    if (trainable) found.add(id);
  }
  for (const { inputs, outputs } of state.activeTape ?? []) {
    if (!Object.values(inputs).some((x) => found.has(x?.id))) continue;
    for (const { id } of outputs) found.add(id);
  }
  return found;
}

/** Work of TensorFlow.js inside one of its kernels, as if it were outside. */
function besides<Found>(work: () => Found): Found {
  const { state } = tape();
  const { kernelDepth, gradientDepth, activeTape } = state;
  apart.now = true;
  Object.assign(state, { kernelDepth: 0, gradientDepth: 0, activeTape: null });
  try {
    return work();
  } finally {
    Object.assign(state, { kernelDepth, gradientDepth, activeTape });
    apart.now = false;
  }
}

const numbers = (engine: Engine, x: Info) =>
  engine.view(engine.address(x), sizeOf(x.shape)).slice();

function write(engine: Engine, to: Info, { numbers }: Copy): void {
  const { buffer } = engine.backend.wasm.HEAPU8;
  const bytes = new Uint8Array(
    numbers.buffer,
    numbers.byteOffset,
    numbers.byteLength,
  );
  new Uint8Array(buffer, engine.address(to), bytes.length).set(bytes);
}
