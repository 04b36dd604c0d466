/** Layers that a user makes, in planned steps: the bits of the tape's, and of fit(). */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type {
  LayersModel,
  LayerVariable,
  Shape,
  SymbolicTensor,
  Tensor,
  Tensor4D,
} from "@tensorflow/tfjs";
import {
  evaluate,
  fit,
  randomUniform,
  tfTrainer,
  type TrainerOptions,
  useBackend,
} from "cnn";
import { planning } from "../../lib/train/planned_steps.ts";
import { bits, tearOut } from "./bits.ts";
import { columnSet } from "./tiny.ts";

const { tf } = await useBackend("wasm", { threads: 1 });
type Given = Tensor | Tensor[];
const one = (inputs: Given) => Array.isArray(inputs) ? inputs[0] : inputs;

/** Noise of its own numbering, an average that it moves, a scale that it learns. */
class Noisy extends tf.layers.Layer {
  static className = "Noisy";
  #scale?: LayerVariable;
  #mean?: LayerVariable;
  #calls = 0;

  override build(shape: Shape) {
    const ones = tf.initializers.ones();
    this.#scale = this.addWeight("scale", [shape.at(-1)!], "float32", ones);
    this.#mean = this.addWeight("mean", [], "float32", ones, undefined, false);
    super.build(shape);
  }

  override computeOutputShape = (shape: Shape | Shape[]) => shape;

  override call(inputs: Given, { training }: { training?: boolean }) {
    return tf.tidy(() => {
      const x = one(inputs), mean = this.#mean!;
      if (!training) return tf.mul(x, this.#scale!.read());
      mean.write(tf.add(tf.mul(mean.read(), 0.9), tf.mean(x)));
      const noise = tf.randomNormal(x.shape, 0, 1, "float32", ++this.#calls);
      const known = x.dataSync()[0] > 0 ? 1 : 0.5; // looks at numbers
      return tf.mul(tf.add(x, tf.mul(noise, known)), this.#scale!.read());
    });
  }
}

/** A dense layer by name, but one that draws. */
class Drawing extends (Object.getPrototypeOf(
  tf.layers.dense({ name: "example", units: 1 }),
).constructor as new (
  config: { units: number; name: string },
) => ReturnType<typeof tf.layers.dense>) {
  #calls = 0;
  override call(inputs: Given, kwargs: object) {
    const y = super.call(inputs, kwargs) as Tensor;
    return tf.dropout(y, 0.3, undefined, ++this.#calls);
  }
}

/** The share of a picture's values above one half beside the picture's sum. */
class Above extends tf.layers.Layer {
  static className = "Above";
  override computeOutputShape = ([n]: number[]) => [n, 2];
  override call(inputs: Given) {
    return tf.tidy(() => {
      const x = one(inputs);
      const above = tf.cast(tf.greater(x, 0.5), "float32"); // has no gradient
      return tf.stack([tf.mean(above, [1, 2, 3]), tf.sum(x, [1, 2, 3])], 1);
    });
  }
}

/** Reads its one input out of the list in which tfjs hands it over. */
class Listed extends tf.layers.Layer {
  static className = "Listed";
  override computeOutputShape = (shape: Shape | Shape[]) => shape;
  override call(inputs: Given) {
    return tf.mul((inputs as Tensor[])[0], 2);
  }
}

/** A product of two. */
class Product extends tf.layers.Layer {
  static className = "Product";
  override computeOutputShape = ([shape]: Shape[]) => shape;
  override call([a, b]: Tensor[]) {
    return tf.mul(a, b);
  }
}

/** The same tensor twice. */
class Twice extends tf.layers.Layer {
  static className = "Twice";
  override computeOutputShape = (shape: Shape) => [shape, shape];
  override call(inputs: Given) {
    return [tf.mul(one(inputs), 2), tf.mul(one(inputs), 3)];
  }
}

type Symbol = SymbolicTensor;
type Body = (x: Symbol) => Symbol;

/** A model whose weights are the same each time. */
function modelOf(body: Body): LayersModel {
  const x = tf.input({ shape: [4, 4, 1] });
  const rows = body(x);
  const logits = tf.layers.dense({ units: 4 }).apply(rows) as Symbol;
  const model = tf.model({ inputs: x, outputs: logits });
  tf.tidy(() =>
    model.setWeights(
      model.getWeights().map((weight, seed) =>
        weight.rank < 2
          ? weight
          : tf.randomNormal(weight.shape, 0, 0.3, "float32", seed + 1)
      ),
    )
  );
  return model;
}

const flat: Body = (x) => tf.layers.flatten().apply(x) as Symbol;
const convolved: Body = (x) =>
  tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu" })
    .apply(x) as Symbol;
const bodies: Record<string, [Body, number]> = {
  "stock layers only": [(x) => flat(convolved(x)), 4],
  "one that draws, looks and moves an average": [
    (x) => flat(new Noisy({}).apply(convolved(x)) as Symbol),
    4,
  ],
  "two of them, and the first of all": [
    (x) =>
      new Noisy({}).apply(
        flat(convolved(new Noisy({}).apply(x) as Symbol)),
      ) as Symbol,
    4,
  ],
  "a dense layer that is another": [
    (x) => new Drawing({ units: 5, name: "own" }).apply(flat(x)) as Symbol,
    4,
  ],
  "tfjs's own dropout, of a seed": [
    (x) =>
      tf.layers.dropout({ rate: 0.5, seed: 3 }).apply(
        flat(convolved(x)),
      ) as Symbol,
    4,
  ],
  "one without a gradient": [(x) => new Above({}).apply(x) as Symbol, 4],
  "one that reads the first of its inputs": [
    (x) => new Listed({}).apply(flat(convolved(x))) as Symbol,
    4,
  ],
  "two inputs": [
    (x) => {
      const y = flat(convolved(x));
      const dense = tf.layers.dense({ units: 16 }).apply(y);
      return new Product({}).apply([y, dense] as Symbol[]) as Symbol;
    },
    4,
  ],
  "a model inside": [
    (x) => {
      const inner = tf.sequential();
      inner.add(
        tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [4, 4, 1] }),
      );
      inner.add(new Noisy({}));
      inner.add(tf.layers.batchNormalization());
      return flat(inner.apply(x) as Symbol);
    },
    4,
  ],
  "two outputs, which go with the tape": [
    (x) => {
      const [a, b] = new Twice({}).apply(flat(x)) as Symbol[];
      return tf.layers.add().apply([a, b]) as Symbol;
    },
    0,
  ],
};

/** Losses and weights of a training of six steps. */
async function trained(body: Body, recipe: TrainerOptions, on: boolean) {
  planning.on = on;
  planning.steps = 0;
  const model = modelOf(body);
  const trainer = tfTrainer(model, { learningRate: 0.01, ...recipe });
  const losses: number[] = [];
  const labels = Uint8Array.of(0, 1, 2, 3, 1, 0);
  try {
    for (let seed = 0; seed < 6; seed++) {
      const images = randomUniform([6, 4, 4, 1], seed);
      losses.push((await trainer.step(images, labels)).loss);
    }
    const logits = await trainer.logits(randomUniform([3, 4, 4, 1], 7));
    const weights = model.getWeights().map((weight) => bits(weight.dataSync()));
    return {
      all: [bits(losses), bits(logits.data), ...weights],
      steps: planning.steps,
    };
  } finally {
    planning.on = true;
    trainer.dispose();
    model.dispose();
  }
}

const recipes: TrainerOptions[] = [
  { weightDecay: 0.1 },
  { optimizer: "sgd" },
  { optimizer: "sgd", momentum: 0.9, weightDecay: 0.1 },
];

for (const [name, [body, steps]] of Object.entries(bodies)) {
  Deno.test(`a user's model trains with the bits of the tape, planned or not: ${name}`, async () => {
    const memory = () => [tf.memory().numTensors, tf.memory().numDataBuffers];
    await trained(body, {}, true);
    const before = memory();
    for (const recipe of recipes) {
      const taped = await trained(body, recipe, false);
      const planned = await trained(body, recipe, true);
      assertEquals(planned.all, taped.all);
      assertEquals(planned.steps, steps);
    }
    assertEquals(memory(), before, "tensors leak");
    const onOne = await trained(body, {}, true);
    for (const threads of [2, 4]) {
      await useBackend("wasm", { threads });
      assertEquals((await trained(body, {}, true)).all, onOne.all);
    }
    await useBackend("wasm", { threads: 1 });
  });
}

Deno.test("fit() and evaluate() take a user's layer, frozen meanwhile and free again", async () => {
  const course = async (on: boolean) => {
    planning.on = on;
    const [body] = bodies["one that draws, looks and moves an average"];
    const model = modelOf(body), trainer = tfTrainer(model);
    const own = model.layers.find((layer) => layer instanceof Noisy)!;
    const found: number[] = [], set = columnSet(36);
    const ways = [];
    for (const trainable of [true, false, true]) {
      own.trainable = trainable;
      const history = await fit(trainer, set, {
        ...{ epochs: 2, batchSize: 8, seed: 1, validation: set },
        schedule: (done) => 1 - done / 2,
      });
      ways.push(history.stepping);
      found.push(...history.steps.map(({ loss }) => loss));
      found.push((await evaluate(trainer, set)).loss);
    }
    const weights = model.getWeights().map((weight) => bits(weight.dataSync()));
    trainer.dispose();
    model.dispose();
    planning.on = true;
    return { found: [bits(found), ...weights], ways };
  };
  const [planned, taped] = [await course(true), await course(false)];
  assertEquals(planned.found, taped.found);
  assertEquals(planned.ways, Array(3).fill("planned"));
  assertEquals(taped.ways, Array(3).fill("taped"));
});

Deno.test("threads may come and go between planned steps: a layer that is done apart may take more scratch than all others", async () => {
  /** Takes a wide convolution's scratch, and then memory that has to last. */
  class Wide extends tf.layers.Layer {
    static className = "Wide";
    #scale?: LayerVariable;
    override build(shape: Shape) {
      const ones = tf.initializers.ones();
      this.#scale = this.addWeight("scale", [], "float32", ones);
      super.build(shape);
    }
    override computeOutputShape = (shape: Shape | Shape[]) => shape;
    override call(inputs: Given) {
      return tf.tidy(() => {
        const x = one(inputs), wide = tf.fill([1, 6, 6, 64], 0.1);
        tf.conv2d(wide as Tensor4D, tf.fill([3, 3, 64, 64], 0.1), 1, "same");
        const held = tf.fill([50_000], 0.5);
        return tf.add(x, tf.mean(tf.mul(this.#scale!.read(), held)));
      });
    }
  }
  const same = (x: Symbol) =>
    tf.layers.conv2d({ filters: 8, kernelSize: 3, padding: "same" })
      .apply(x) as Symbol;
  const course = async (on: boolean) => {
    Object.assign(planning, { on, steps: 0 });
    const model = modelOf((x) =>
      flat(same(new Wide({}).apply(same(x)) as Symbol))
    );
    const trainer = tfTrainer(model), losses: number[] = [];
    for (const threads of [1, 1, 1, 2, 1, 2, 1]) {
      await useBackend("wasm", { threads });
      const images = randomUniform([16, 4, 4, 1], losses.length);
      losses.push((await trainer.step(images, new Uint8Array(16))).loss);
    }
    trainer.dispose();
    model.dispose();
    planning.on = true;
    return bits(losses);
  };
  const taped = await course(false);
  assertEquals(await course(true), taped);
  assertEquals(planning.steps, 5);
});

Deno.test("a recurrent layer that is frozen meanwhile stays, and learns when it is free again", async () => {
  const course = async (on: boolean) => {
    planning.on = on;
    const model = modelOf((x) => {
      const rows = tf.layers.reshape({ targetShape: [4, 4] }).apply(x);
      return tf.layers.gru({ units: 3 }).apply(rows) as Symbol;
    });
    const trainer = tfTrainer(model), [, , gru] = model.layers;
    const losses: number[] = [], labels = new Uint8Array(6);
    const own = () => gru.getWeights().map((one) => bits(one.dataSync()));
    for (const trainable of [true, false, true]) {
      gru.trainable = trainable;
      const before = own();
      for (let seed = 0; seed < 4; seed++) {
        const images = randomUniform([6, 4, 4, 1], seed);
        losses.push((await trainer.step(images, labels)).loss);
      }
      assertEquals(`${own()}` === `${before}`, !trainable);
    }
    model.trainable = false;
    await assertRejects(
      () => trainer.step(randomUniform([6, 4, 4, 1], 1), labels),
      TypeError,
      "none that is not frozen",
    );
    trainer.dispose();
    model.dispose();
    planning.on = true;
    return bits(losses);
  };
  assertEquals(await course(true), await course(false));
});

Deno.test("a layer that somebody listens to, or whose call is another, is asked in each step", async () => {
  const course = async (on: boolean) => {
    Object.assign(planning, { on, patience: 0 });
    const layer = tf.layers;
    const model = modelOf((x) =>
      [
        layer.conv2d({ filters: 4, kernelSize: 3 }),
        layer.batchNormalization(),
        layer.reLU(),
        layer.flatten(),
      ].reduce((x, layer) => layer.apply(x) as Symbol, x)
    );
    const trainer = tfTrainer(model);
    const [, conv, norm, relu, flatten] = model.layers;
    const seen: number[] = [];
    const step = async (seed: number) => {
      const images = randomUniform([6, 4, 4, 1], seed);
      seen.push((await trainer.step(images, new Uint8Array(6))).loss);
      seen.push(...(await trainer.logits(images)).data);
    };
    for (let seed = 0; seed < 4; seed++) await step(seed);
    for (const one of [conv, norm, relu]) {
      one.setCallHook(() => void seen.push(-1));
      for (let seed = 4; seed < 8; seed++) await step(seed);
      one.clearCallHook();
      for (let seed = 4; seed < 6; seed++) await step(seed);
    }
    for (const one of [norm, relu]) { // as it was, but its own
      const { call } = one;
      one.call = (...given) => tf.mul(call.apply(one, given) as Tensor, 0.5);
      for (let seed = 4; seed < 8; seed++) await step(seed);
      one.call = call;
      for (let seed = 4; seed < 6; seed++) await step(seed);
    }
    const call = flatten.call.bind(flatten);
    let turn = 0;
    flatten.call = (inputs, kwargs) =>
      tf.mul(call(inputs, kwargs) as Tensor, ++turn);
    for (let seed = 8; seed < 12; seed++) await step(seed);
    delete (flatten as Partial<typeof flatten>).call;
    for (let seed = 12; seed < 16; seed++) await step(seed);
    trainer.dispose();
    model.dispose();
    Object.assign(planning, { on: true, patience: 16 });
    return bits(seen);
  };
  assertEquals(await course(true), await course(false));
});

Deno.test("an error in a user's layer is told, and the trainer goes on", async () => {
  const errors = { now: false };
  class Failing extends tf.layers.Layer {
    static className = "Failing";
    override computeOutputShape = (shape: Shape | Shape[]) => shape;
    override call(inputs: Given) {
      if (errors.now) throw new Error("of the layer");
      return tf.mul(one(inputs), 2);
    }
  }
  const course = async (on: boolean) => {
    planning.on = on;
    const model = modelOf((x) => flat(new Failing({}).apply(x) as Symbol));
    const trainer = tfTrainer(model), losses = [];
    for (let step = 0; step < 8; step++) {
      errors.now = step === 1 || step === 5;
      const images = randomUniform([6, 4, 4, 1], step);
      const done = trainer.step(images, new Uint8Array(6));
      if (errors.now) await assertRejects(() => done, Error, "of the layer");
      else losses.push((await done).loss);
    }
    trainer.dispose();
    model.dispose();
    planning.on = true;
    return bits(losses);
  };
  assertEquals(await course(true), await course(false));
});

Deno.test("a layer that leaves an input out, in any step, gives it no gradient", async () => {
  class Either extends tf.layers.Layer {
    static className = "Either";
    #steps = 0;
    constructor(readonly out: number) {
      super({});
    }
    override computeOutputShape = ([shape]: Shape[]) => shape;
    override call([a, b]: Tensor[], { training }: { training?: boolean }) {
      if (training && this.#steps++ === this.out) return tf.mul(a, 2);
      return tf.add(a, b);
    }
  }
  for (const out of [0, 1, 2, 4]) {
    const body: Body = (x) => {
      const y = convolved(x);
      const z = tf.layers.conv2d({ filters: 4, kernelSize: 1 }).apply(y);
      return flat(new Either(out).apply([y, z] as Symbol[]) as Symbol);
    };
    for (const recipe of recipes) {
      const taped = await trained(body, recipe, false);
      const planned = await trained(body, recipe, true);
      assertEquals(planned.all, taped.all);
      assertEquals(planned.steps, { 0: 4, 1: 0, 2: 1, 4: 3 }[out]);
    }
  }
});

Deno.test("a layer whose output changes its lengths goes with the tape, or is named", async () => {
  class Crop extends tf.layers.Layer {
    static className = "Crop";
    #steps = 0;
    constructor(readonly known: boolean) {
      super({});
    }
    override computeOutputShape = ([n, h, w, c]: number[]) =>
      this.known ? [n, h, w, c] : [n, null, null, c] as Shape;
    override call(inputs: Given) {
      const x = one(inputs), size = 1 + this.#steps++ % 2;
      return tf.slice(x, [0, 0, 0, 0], [x.shape[0], size, size, x.shape[3]!]);
    }
  }
  const bodyOf = (known: boolean): Body => (x) =>
    tf.layers.globalAveragePooling2d({})
      .apply(new Crop(known).apply(convolved(x)) as Symbol) as Symbol;
  const taped = await trained(bodyOf(false), {}, false);
  const planned = await trained(bodyOf(false), {}, true);
  assertEquals(planned, taped);
  const model = modelOf(bodyOf(true)), trainer = tfTrainer(model);
  const step = () =>
    trainer.step(randomUniform([6, 4, 4, 1], 1), new Uint8Array(6));
  for (let turn = 0; turn < 2; turn++) await step();
  await assertRejects(
    step,
    Error,
    "to put out [6, 2, 2, 4] in each step but found [6, 1, 1, 4]: let",
  );
  for (let turn = 0; turn < 4; turn++) {
    assert(Number.isFinite((await step()).loss));
    assertEquals(trainer.stepping, "taped");
  }
  trainer.dispose();
  model.dispose();
});

Deno.test("an interrupt in a layer that is done apart leaves a trainer that goes on", async () => {
  const [body] = bodies["two of them, and the first of all"];
  const expected = await trained(body, {}, true);
  const labels = new Uint8Array(64), images = randomUniform([64, 4, 4, 1], 1);
  for (let turn = 0; turn < 8; turn++) {
    const model = modelOf(body), trainer = tfTrainer(model);
    for (let step = 0; step < 1 + turn % 3; step++) {
      await trainer.step(images, labels);
    }
    tearOut(() => trainer.step(images, labels), 1 + 2 * turn);
    assert(Number.isFinite((await trainer.step(images, labels)).loss));
    trainer.dispose();
    model.dispose();
    assertEquals((await trained(body, {}, true)).all, expected.all);
  }
});
