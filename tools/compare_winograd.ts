/**
 * Trains whole networks with Winograd's 4x4 tiles and with his 2x2 tiles and
 * compares where they end, seed by seed: does the coarser rounding of F(4x4, 3x3)
 * show in what a network learns?
 */
import {
  type Architecture,
  cifarResnet,
  cosineSchedule,
  evaluate,
  fit,
  type ImageSet,
  lenet,
  loadFashionMnist,
  loadMnist,
  meanInterval,
  resizeImages,
  smallResnet,
  smallVgg,
  tfTrainer,
  toLayersModel,
  useBackend,
} from "cnn";
import { winograd } from "../lib/engine/kernels/winograd.ts";
import { readOptions, UsageError } from "./options.ts";
import { withPlainErrors } from "./process.ts";
import { textTable } from "./table.ts";

const helpText = `deno task compare:winograd [word ...]

  every training, an hour on two cores; with words, those whose name holds one:`;

/** A training as one of the course's notebooks does it. */
interface Recipe {
  readonly name: string;
  readonly net: Architecture;
  readonly data: () => Promise<{ train: ImageSet; test: ImageSet }>;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly cosine?: boolean;
  readonly seeds: number;
}

/** How one training ended. */
interface End {
  readonly accuracy: number;
  readonly loss: number;
}

const mnist = async () => ({
  train: await loadMnist(),
  test: await loadMnist({ split: "test" }),
});
const fashion = async (limit: number, size = 28) => {
  const sets = {
    train: await loadFashionMnist({ limit, seed: 1 }),
    test: await loadFashionMnist({ split: "test", limit: 2000, seed: 1 }),
  };
  if (size === 28) return sets;
  const shrink = (set: ImageSet) => ({
    ...set,
    images: resizeImages(set.images, size, size),
  });
  return { train: shrink(sets.train), test: shrink(sets.test) };
};
const tiny = { width: 0.5, inputShape: [14, 14, 1] } as const;

const recipes: readonly Recipe[] = [
  {
    name: "05: small VGG, Fashion-MNIST, 3000 images, 2 epochs",
    net: smallVgg(),
    data: () => fashion(3000),
    ...{ epochs: 2, batchSize: 32, learningRate: 0.003, seeds: 20 },
  },
  {
    name: "07: ResNet-20 of 8, 16, 32 channels, 14x14, 4000 images, 2 epochs",
    net: smallResnet({ depth: 20, ...tiny }),
    data: () => fashion(4000, 14),
    ...{ epochs: 2, batchSize: 32, learningRate: 0.005, seeds: 20 },
    cosine: true,
  },
  {
    name: "small VGG to 99 % of MNIST, 60,000 images, 3 epochs",
    net: smallVgg(),
    data: mnist,
    ...{ epochs: 3, batchSize: 64, learningRate: 0.003, seeds: 6 },
    cosine: true,
  },
  {
    name: "ResNet-20 of 16, 32, 64 channels, 28x28, 6000 images, 3 epochs",
    net: cifarResnet(20, { inputShape: [28, 28, 1] }),
    data: () => fashion(6000),
    ...{ epochs: 3, batchSize: 32, learningRate: 0.003, seeds: 6 },
    cosine: true,
  },
  {
    name: "LeNet to 99 % of MNIST (5x5 kernels: no Winograd), 4 epochs",
    net: lenet(),
    data: mnist,
    ...{ epochs: 4, batchSize: 128, learningRate: 0.003, seeds: 2 },
    cosine: true,
  },
];

/**
 * The trainings that the command line names, or all; undefined to print help.
 *
 * @throws {UsageError} An option that there is not, or a word in no name.
 */
export function chosen(args: readonly string[]): Recipe[] | undefined {
  const command = "deno task compare:winograd";
  const { values, positionals } = readOptions(
    command,
    args,
    { help: { type: "boolean", short: "h", default: false } },
    (why) => `${command}: ${why}\n${textOfHelp()}`,
  );
  if (values.help) return undefined;
  const holds = ({ name }: Recipe, word: string) =>
    name.toLowerCase().includes(word.toLowerCase());
  for (const word of positionals) {
    if (recipes.some((recipe) => holds(recipe, word))) continue;
    throw new UsageError(
      `${command} expects a word from a training's name but found "${word}"\n${textOfHelp()}`,
    );
  }
  return recipes.filter((recipe) =>
    positionals.length === 0 || positionals.some((word) => holds(recipe, word))
  );
}

const textOfHelp = () =>
  [helpText, ...recipes.map(({ name }) => `  - ${name}`)].join("\n");

if (import.meta.main) await withPlainErrors(main);

async function main(): Promise<number> {
  const some = chosen(Deno.args);
  if (some === undefined) {
    console.log(textOfHelp());
    return 0;
  }
  await useBackend("wasm", { threads: 1 });
  const rows: (string | number)[][] = [];
  for (const recipe of some) {
    rows.push(await compare(recipe));
    console.error(rows.at(-1)!.join("  "));
  }
  console.log(
    textTable(
      [
        ...["training", "seeds", "F(2x2) %", "F(4x4) %", "spread over seeds"],
        ...["F(4x4) - F(2x2), 95 %", "verdict"],
      ],
      rows,
    ),
  );
  return 0;
}

/** One row of the table. */
async function compare(recipe: Recipe): Promise<(string | number)[]> {
  const { train, test } = await recipe.data();
  const ends: Record<2 | 4, End[]> = { 2: [], 4: [] };
  for (let seed = 1; seed <= recipe.seeds; seed++) {
    for (const tile of [2, 4] as const) {
      ends[tile].push(await learn(recipe, train, test, tile, seed));
    }
    const last = [2, 4].map((tile) =>
      (100 * ends[tile as 2 | 4].at(-1)!.accuracy).toFixed(2)
    );
    console.error(`${recipe.name}, seed ${seed}: ${last.join(" and ")} %`);
  }
  const percents = (tile: 2 | 4) => ends[tile].map((end) => 100 * end.accuracy);
  const [two, four] = [percents(2), percents(4)];
  const differences = four.map((value, i) => value - two[i]);
  const spread = deviation(two);
  const { mean, low, high } = meanInterval(differences);
  const same = differences.every((value) => value === 0);
  return [
    ...[recipe.name, recipe.seeds, meanText(two), meanText(four)],
    spread.toFixed(2),
    same
      ? "0, bit for bit"
      : `${mean.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
    // As good as: the whole interval lies inside the margin, the spread.
    same || (low > -spread && high < spread)
      ? "inside the spread"
      : "OUTSIDE the spread",
  ];
}

/** Trains and measures one network. */
async function learn(
  { net, epochs, batchSize, learningRate, cosine }: Recipe,
  train: ImageSet,
  test: ImageSet,
  tile: 2 | 4,
  seed: number,
): Promise<End> {
  const usual = winograd.largestTile;
  winograd.largestTile = tile;
  try {
    const model = toLayersModel(net, { seed });
    const trainer = tfTrainer(model, { learningRate });
    const schedule = cosine ? cosineSchedule() : undefined;
    await fit(trainer, train, { epochs, batchSize, seed, schedule });
    const { accuracy, loss } = await evaluate(trainer, test);
    trainer.dispose();
    model.dispose();
    return { accuracy, loss };
  } finally {
    winograd.largestTile = usual;
  }
}

/** Standard deviation over the seeds. */
function deviation(values: readonly number[]): number {
  const mean = average(values);
  const squares = values.map((value) => (value - mean) ** 2);
  return Math.sqrt(average(squares) * values.length / (values.length - 1));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanText(values: readonly number[]): string {
  return average(values).toFixed(2);
}
