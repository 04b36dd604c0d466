/**
 * Trains the LeNet that notebook 00 reads digits with, and writes its weights.
 *
 * deno task train:lenet            all of it: a few minutes on two cores
 * deno task train:lenet --out DIR  writes there instead of data/weights
 *
 * @module
 */
import {
  cosineSchedule,
  evaluate,
  fit,
  lenet,
  loadMnist,
  proportionInterval,
  randomShift,
  readWeights,
  saveWeights,
  tfTrainer,
  toLayersModel,
  useBackend,
} from "cnn";

const SEED = 1, EPOCHS = 6, BATCH = 128, LEARNING_RATE = 0.003, SHIFT = 2;
/** Below this the weights are not written. */
const REQUIRED = 0.99;

const folder = outputFolder(Deno.args);
const train = await loadMnist({ split: "train" });
const test = await loadMnist({ split: "test" });
const backend = await useBackend();
console.log(`${train.labels.length} digits on ${backend.name}`);

const model = toLayersModel(lenet(), { seed: SEED });
const trainer = tfTrainer(model, {
  optimizer: "adam",
  learningRate: LEARNING_RATE,
});
const history = await fit(trainer, train, {
  epochs: EPOCHS,
  batchSize: BATCH,
  seed: SEED,
  augment: randomShift(SHIFT),
  schedule: cosineSchedule(),
  onProgress({ step, steps, epoch, loss, accuracy, imagesPerSecond }) {
    if (step % 100 !== 0 && step !== steps) return;
    console.log(
      `epoch ${epoch}  step ${step} of ${steps}  loss ${loss.toFixed(3)}  ` +
        `batch ${(100 * accuracy).toFixed(0)} %  ` +
        `${imagesPerSecond.toFixed(0)} images/s`,
    );
  },
});

const { accuracy, loss } = await evaluate(trainer, test);
const right = Math.round(accuracy * test.labels.length);
const { low, high } = proportionInterval(right, test.labels.length);
const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
const measured =
  `${right} of ${test.labels.length} test digits read rightly: ` +
  `${percent(accuracy)} (95 % interval ${percent(low)} to ${percent(high)}), ` +
  `loss ${loss.toFixed(4)}`;
console.log(measured);
if (accuracy < REQUIRED) {
  console.error(
    `train_lenet expects ${percent(REQUIRED)} but found ${
      percent(accuracy)
    }: the weights are not written; train for more epochs`,
  );
  Deno.exit(1);
}

await Deno.mkdir(folder, { recursive: true });
const weights = await readWeights(model, lenet());
await saveWeights(`${folder}/lenet-mnist.safetensors`, weights);
await Deno.writeTextFile(`${folder}/SOURCE.md`, source());
console.log(`written to ${folder}`);

/** Where to write: data/weights of the repository, or what --out says. */
function outputFolder(args: readonly string[]): string {
  if (args.length === 0) {
    return new URL("../data/weights", import.meta.url).pathname;
  }
  if (args.length === 2 && args[0] === "--out") return args[1];
  console.error(
    `train_lenet expects no argument or --out DIR but found ${args.join(" ")}`,
  );
  Deno.exit(2);
}

/** How the weights were made, for the folder's SOURCE.md. */
function source(): string {
  return `# Weights

\`lenet-mnist.safetensors\` holds the weights of \`lenet()\`, float32, trained on the
60,000 training digits of MNIST (\`data/mnist\`). The file is made by
\`deno task train:lenet\`, which also writes this page; the licence is that of this
repository.

- Recipe: Adam, learning rate ${LEARNING_RATE} falling along a cosine to 0, ${EPOCHS} epochs,
  batch ${BATCH}, seed ${SEED}, every digit moved at random by up to ${SHIFT} pixels.
- Measured by the same run: ${measured}.
- Trained on the ${backend.name} backend of TensorFlow.js ${backend.tf.version.tfjs} in ${
    history.seconds.toFixed(0)
  } s (${history.imagesPerSecond.toFixed(0)} images/s).
`;
}
