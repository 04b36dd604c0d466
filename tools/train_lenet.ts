/**
 * Trains the LeNet that notebook 00 reads digits with, and writes its weights.
 *
 * deno task train:lenet            all of it: a few minutes on two cores
 * deno task train:lenet --out DIR  writes there instead of data/weights
 */
import { fileURLToPath } from "node:url";
import { renewChecksums } from "./checksums.ts";
import { infoOf, sha256, writeWhole } from "./files.ts";
import { readOptions } from "./options.ts";
import { OutFolderError } from "./out_place.ts";
import { OwnFolder } from "./own_folder.ts";
import { fromUser } from "./paths.ts";
import { isSystemError, SetupError } from "./process.ts";
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
const names = ["SOURCE.md", "lenet-mnist.safetensors"];
// Before the training: nothing is written over what somebody else wrote.
const own = await placeOf(Deno.args);
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

const weights = await readWeights(model, lenet());
if (own) {
  const draft = await own.draft();
  await saveWeights(draft, weights);
  await own.take(draft, "lenet-mnist.safetensors");
  await own.write("SOURCE.md", source());
  await own.close();
} else {
  await saveWeights(new URL("lenet-mnist.safetensors", ownFolder), weights);
  await writeWhole(pathOf("SOURCE.md"), source());
  await renewChecksums(names.map((name) => `weights/${name}`));
}
console.log(`written to ${own?.path ?? fileURLToPath(ownFolder)}`);

/** The folder of --out; without one, ends unless data/weights is as it was made. */
async function placeOf(
  args: readonly string[],
): Promise<OwnFolder | undefined> {
  try {
    const { values: { out } } = readOptions(
      "train_lenet",
      args,
      { out: { type: "string" } },
      () =>
        `train_lenet expects no argument or --out DIR but found ${
          args.join(" ")
        }`,
      false,
    );
    if (out === undefined) return await checkOwnFolder();
    const own = await OwnFolder.open("train:lenet", fromUser(out));
    await own.checkFree(names);
    // A place that cannot be written is known now and not after the training.
    await Deno.remove(await tried(own));
    return own;
  } catch (error) {
    if (isSystemError(error)) {
      console.error(
        `train:lenet cannot write there: ${error.message}; check the path, its permissions and the space that is left`,
      );
      Deno.exit(1);
    }
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    Deno.exit(error.status);
  }
}

/** An empty draft in the folder. */
async function tried(own: OwnFolder): Promise<string> {
  const draft = await own.draft();
  await Deno.writeTextFile(draft, "");
  return draft;
}

async function checkOwnFolder(): Promise<undefined> {
  const list = await Deno.readTextFile(new URL("CHECKSUMS", dataFolder));
  for (const name of names) {
    if (await infoOf(pathOf(name)) === undefined) continue;
    if (list.includes(`${await sumOf(name)}  weights/${name}\n`)) continue;
    throw new OutFolderError(
      `train:lenet expects data/weights/${name} as data/CHECKSUMS lists it but found it changed: restore it, or write elsewhere with --out DIR`,
    );
  }
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, ownFolder));
}

async function sumOf(name: string): Promise<string> {
  return sha256(await Deno.readFile(pathOf(name)));
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
