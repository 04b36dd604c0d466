/**
 * Layers of which nobody knows that each step of theirs is the one before on other
 * numbers, such as those that draw. In a recording TensorFlow.js does them, apart and
 * with a tape of their own, while everything around them is done again as recorded.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { apart, isSteady } from "../planned.ts";
import { shapeText } from "../../base/shape.ts";
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

/** Lets layers that are not known be done apart where somebody records. */
export function teachApart(): void {
  const { prototype } = tf.layers.Layer;
  const stock = prototype.apply;
  prototype.apply = function (this: Layer, inputs, kwargs) {
    const plainly = () => stock.call(this, inputs, kwargs);
    const training = (kwargs as { training?: boolean })?.training;
    if (recording.by === undefined || isSteady(this, !!training)) {
      return plainly();
    }
    const given = (Array.isArray(inputs) ? inputs : [inputs]) as Tensor[];
    const { inboundNodes } = this as unknown as Noted;
    const [out, more] = inboundNodes[0]?.outputTensors ?? [];
    // of a length that is unknown before the step, each may be another
    const fits = out && !more && !out.shape.slice(1).includes(null);
    if (!fits || !allFloat(...given)) {
      recording.by.refuse("a layer that cannot be done apart");
      return plainly();
    }
    const listed = Array.isArray(inputs);
    return new Apart(this, stock, given, listed, kwargs).run();
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
  readonly inboundNodes: readonly {
    readonly outputTensors: readonly tf.SymbolicTensor[];
  }[];
}

/** One layer in one recording. */
class Apart {
  /** The inputs whose gradient is asked for, by their names in the kernel. */
  readonly wanted: string[];
  readonly #inputs: Record<string, Tensor>;
  readonly #by = recording.by!;
  #made?: Tensor; // what run() gave
  #out?: Info; // where what it puts out lies
  #back = false; // does anybody come back?
  #held?: { xs: Tensor[]; y: Tensor; nodes: Node[] };
  #gave?: Uint8Array; // bytes of it, until they are no more asked for

  constructor(
    readonly layer: Layer,
    readonly stock: Apply,
    readonly given: readonly Tensor[],
    /** Whether a list of inputs was handed over, of one too: a user's layer may read it so. */
    readonly listed: boolean,
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
    return this.#made = runKernel(LAYER, this.#inputs, { layer: this });
  }

  forward(engine: Engine, given: readonly Info[]): Info {
    engine.apart(() => {
      if (recording.rehearsing) return write(engine, this.#out!, this.#gave!);
      const y = this.#compute(engine, given);
      if (this.#out) {
        this.#checkShape(y.shape, this.#out.shape);
        copy(engine, y, this.#out);
      }
      // for the rehearsal, which must not draw again
      this.#gave = this.#out ? undefined : bytesOf(engine, y).slice();
      // nobody knows, while it is recorded, whether anybody will come back
      if (this.#out && !this.#back) this.#clear();
    }, () => this.#clear());
    const { shape, dtype } = this.#held!.y;
    if (dtype !== "float32") recording.by?.refuse("a layer of other numbers");
    this.#out = engine.backend.makeOutput(shape, dtype);
    write(engine, this.#out, this.#gave!);
    return this.#out;
  }

  #compute(engine: Engine, given: readonly Info[]): Tensor {
    this.#clear();
    const taped = this.#out === undefined || this.#back;
    return besides((tape) => {
      const xs = given.map((x) => tf.keep(copied(engine, x)));
      const held = { xs, y: xs[0], nodes: [] as Node[] };
      this.#held = held;
      if (taped) tape.startTape();
      try {
        const input = this.listed ? xs : xs[0];
        held.y = tf.keep(
          tf.tidy(() =>
            this.stock.call(this.layer, input, this.kwargs) as Tensor
          ),
        );
      } finally {
        if (taped) tape.endTape();
        held.nodes = tape.state.activeTape ?? [];
      }
      return held.y;
    });
  }

  /** Throws where a step puts out another shape than the one that was recorded. */
  #checkShape(found: readonly number[], expected: readonly number[]): void {
    if (found.join() === expected.join()) return;
    this.#by.refuse("a layer of another shape");
    this.#clear();
    throw new Error(
      `tfTrainer() expects the layer "${this.layer.name}" to put out ${
        shapeText(expected)
      } in each step but found ${
        shapeText(found)
      }: let its computeOutputShape() give null for a length that changes; from the next step on it may`,
    );
  }

  backward(engine: Engine, dy: Info): Info[] {
    this.#back = true;
    const outputs = this.wanted.map((name) =>
      engine.output(this.#inputs[name].shape)
    );
    let gave: Uint8Array[] | undefined, first = true;
    engine.apart(() => {
      if (recording.rehearsing) {
        return gave!.forEach((bytes, i) => write(engine, outputs[i], bytes));
      }
      this.#differentiate(engine, dy, (grads) =>
        grads.forEach((grad, i) => {
          if (grad) return copy(engine, grad, outputs[i]);
          bytesOf(engine, outputs[i]).fill(0);
          this.#by.cut(this.#made!, this.#inputs[this.wanted[i]]);
        }));
      gave = first
        ? outputs.map((out) => bytesOf(engine, out).slice())
        : undefined;
    }, () => {});
    first = false;
    return outputs;
  }

  /** Finds the gradients of what is wanted; undefined where there is none. */
  #differentiate(
    engine: Engine,
    dy: Info,
    use: (grads: (Tensor | undefined)[]) => void,
  ): void {
    const { y, nodes, xs } = this.#held!;
    const inputs = this.wanted.map((name) =>
      xs[Number(name.slice(1))] ?? this.#inputs[name]
    );
    besides((tape) =>
      tf.tidy(() => {
        const f = () => {
          tape.state.activeTape = nodes;
          return y;
        };
        use(tape.gradients(f, inputs, copied(engine, dy), true).grads);
      })
    );
    this.#clear();
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
function besides<Found>(work: (tape: Tape) => Found): Found {
  const engine = tape(), { state } = engine;
  const { kernelDepth, gradientDepth, activeTape } = state;
  apart.now = true;
  Object.assign(state, { kernelDepth: 0, gradientDepth: 0, activeTape: null });
  try {
    return work(engine);
  } finally {
    Object.assign(state, { kernelDepth, gradientDepth, activeTape });
    apart.now = false;
  }
}

/** The bytes of a tensor; they hold until memory grows. */
const bytesOf = (engine: Engine, x: Info): Uint8Array =>
  new Uint8Array(
    engine.backend.wasm.HEAPU8.buffer,
    engine.address(x),
    sizeOf(x.shape) * tf.util.bytesPerElement(x.dtype),
  );

const write = (engine: Engine, to: Info, bytes: Uint8Array) =>
  bytesOf(engine, to).set(bytes);

const copy = (engine: Engine, from: Info, to: Info) =>
  write(engine, to, bytesOf(engine, from));

/** A new tensor of the same numbers. */
function copied(engine: Engine, x: Info): Tensor {
  const made = engine.backend.makeOutput(x.shape, x.dtype);
  copy(engine, x, made);
  return tf.engine().makeTensorFromTensorInfo(made);
}
