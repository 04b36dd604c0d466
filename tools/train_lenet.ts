/**
 * Trains the LeNet that notebook 00 reads digits with, and writes its weights.
 *
 * deno task train:lenet            all of it: a few minutes on two cores
 * deno task train:lenet --out DIR  writes there instead of data/weights
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  cosineSchedule,
  dataFolder,
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

const SEED = 1, EPOCHS = 10, BATCH = 128, LEARNING_RATE = 0.003, SHIFT = 2;
/** Below this the weights are not written. */
const REQUIRED = 0.99;

const ownFolder = new URL("weights/", dataFolder);
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
await saveWeights(new URL("lenet-mnist.safetensors", folder), weights);
await Deno.writeTextFile(new URL("SOURCE.md", folder), source());
if (folder.href === ownFolder.href) await renewChecksums();
console.log(`written to ${fileURLToPath(folder)}`);

/** Where to write: data/weights of the repository, or what --out says. */
function outputFolder(args: readonly string[]): URL {
  if (args.length === 0) return ownFolder;
  if (args.length === 2 && args[0] === "--out") {
    return pathToFileURL(`${resolve(args[1])}/`);
  }
  console.error(
    `train_lenet expects no argument or --out DIR but found ${args.join(" ")}`,
  );
  Deno.exit(2);
}

/** Puts the new files' checksums into data/CHECKSUMS. */
async function renewChecksums(): Promise<void> {
  const list = new URL("CHECKSUMS", dataFolder);
  const lines = (await Deno.readTextFile(list)).trimEnd().split("\n");
  const kept = lines.filter((line) => !line.slice(66).startsWith("weights/"));
  for (const name of ["SOURCE.md", "lenet-mnist.safetensors"]) {
    const bytes = await Deno.readFile(new URL(name, folder));
    const hash = await crypto.subtle.digest("SHA-256", bytes);
    const hex = [...new Uint8Array(hash)]
      .map((byte) => byte.toString(16).padStart(2, "0")).join("");
    kept.push(`${hex}  weights/${name}`);
  }
  const sorted = kept.sort((a, b) => a.slice(66) < b.slice(66) ? -1 : 1);
  await Deno.writeTextFile(list, `${sorted.join("\n")}\n`);
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
