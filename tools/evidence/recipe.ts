/** What a training of `deno task evidence` is: told before it runs, and kept in its log. */
import {
  type Architecture,
  type Augment,
  augmentations,
  cifarResnet,
  layers,
  lenet,
  mlp,
  network,
  randomFlip,
  randomShift,
  smallHybrid,
  smallInception,
  smallVgg,
  smallVit,
} from "cnn";

/** One of the networks or recipes that are compared. */
export interface Condition {
  readonly name: string;
  readonly network: Architecture;
  /** In words, for the log, and the function. */
  readonly augment?: readonly [words: string, change: Augment];
  /** Where they differ from the recipe's: nets that learn at other rates, or at another speed. */
  readonly epochs?: number;
  readonly learningRate?: number;
}

/** A comparison: conditions that differ in one thing, each trained with every seed. */
export interface Recipe {
  readonly name: string;
  /** What is asked, and what would be an answer; written before the first run. */
  readonly asks: string;
  /** Pictures to learn from; the seed draws them. */
  readonly training: number;
  /** Pictures of the training file that nothing is learned from. */
  readonly validation: number;
  /** Height and width that they are shrunk to. */
  readonly size: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Epochs between two measurements. */
  readonly every: number;
  /** Pixels by which validation pictures are moved, once the training is over. */
  readonly shifts?: readonly number[];
  readonly conditions: readonly Condition[];
}

/** Three stages of `count` convolutions; each has twice the filters of the last. */
function vggLike(
  count: number,
  filters: number,
  kernelSize = 3,
  name = `${3 * count} convolutions`,
): Architecture {
  const stage = (wide: number) =>
    Array.from({ length: count }, () => [
      layers.conv2d({ filters: wide, kernelSize, padding: "same" }),
      layers.relu(),
    ]).flat();
  return network(name, [28, 28, 1], [
    ...stage(filters),
    layers.maxPool2d(),
    ...stage(2 * filters),
    layers.maxPool2d(),
    ...stage(4 * filters),
    layers.globalAvgPool2d(),
    layers.dense({ units: 10 }),
  ]);
}

/** Three stages of 3x3 convolutions with batch normalisation. */
function plain3(name: string, stages: readonly number[][]): Architecture {
  const convs = stages.map((stage) =>
    stage.flatMap((filters) => [
      layers.conv2d({ filters, kernelSize: 3, padding: "same" }),
      layers.batchNorm(),
      layers.relu(),
    ])
  );
  return network(name, [28, 28, 1], [
    ...convs[0],
    layers.maxPool2d(),
    ...convs[1],
    layers.maxPool2d(),
    ...convs[2],
    layers.globalAvgPool2d(),
    layers.dense({ units: 10 }),
  ]);
}

const named = (net: Architecture): Condition => ({
  name: net.name,
  network: net,
});
const residual = (depth: number, plain: boolean) =>
  named(cifarResnet(depth, { plain, width: 0.5, inputShape: [14, 14, 1] }));
const moved = randomShift(2), mirrored = randomFlip();
const small = [16, 16, 1] as const;
const inceptionNet = smallInception({ batchNorm: true });

/** Every comparison, the most important one first. */
export const recipes: readonly Recipe[] = [
  {
    name: "depth",
    asks:
      "Three stages of 3x3 convolutions and a global average; 1, 2 or 4 convolutions a stage, the parameters equal within 5 %. Depth helps if 2 a stage get more validation pictures right than 1, and 4 more than 2, the 95 % interval of the difference over the seeds above 0.",
    training: 30_000,
    validation: 10_000,
    size: 28,
    ...{ epochs: 3, batchSize: 64, learningRate: 0.003, every: 1 },
    conditions: [vggLike(1, 16), vggLike(2, 9), vggLike(4, 6)].map(named),
  },
  {
    name: "shortcuts",
    asks:
      "Networks of 8 and of 44 layers, plain and with shortcuts, all with batch normalisation. Plain depth does harm if Plain-44 fits its training pictures worse than Plain-8; shortcuts let depth help if ResNet-44 fits better than Plain-44, and gets more validation pictures right than ResNet-8: 95 % intervals of the differences over the seeds beyond 0.",
    training: 5000,
    validation: 5000,
    size: 14,
    ...{ epochs: 6, batchSize: 64, learningRate: 0.003, every: 1 },
    conditions: [8, 44].flatMap((depth) => [
      residual(depth, true),
      residual(depth, false),
    ]),
  },
  {
    name: "augmentation",
    asks:
      "A small VGG trained long on 1,000 pictures, as they are, and with changed copies. It overfits if it gets all training pictures right and its validation loss rises again; changed copies help if the validation accuracy is higher with them: 95 % interval of the difference over the seeds above 0.",
    training: 1000,
    validation: 5000,
    size: 28,
    ...{ epochs: 60, batchSize: 64, learningRate: 0.003, every: 10 },
    conditions: [
      { name: "as they are", network: smallVgg() },
      {
        name: "moved",
        network: smallVgg(),
        augment: ["randomShift(2)", moved],
      },
      {
        name: "mirrored",
        network: smallVgg(),
        augment: ["randomFlip()", mirrored],
      },
      {
        name: "moved and mirrored",
        network: smallVgg(),
        augment: [
          "randomShift(2), then randomFlip()",
          augmentations(moved, mirrored),
        ],
      },
    ],
  },
  {
    name: "inception",
    asks:
      "A small Inception network, a plain one of 3x3 convolutions, and a plain one of as many layers, all three with the same multiply-adds within 1 % and batch normalisation. Several kernel sizes pay at equal work if the Inception network gets more validation pictures right than both: 95 % intervals of the differences over the seeds above 0.",
    training: 20_000,
    validation: 10_000,
    size: 28,
    ...{ epochs: 3, batchSize: 64, learningRate: 0.005, every: 1 },
    conditions: [
      inceptionNet,
      plain3("plain 3x3", [[16], [20], [45]]),
      plain3("plain 3x3, as deep", [[16], [13, 12], [22, 21]]),
    ].map(named),
  },
  {
    name: "kernels",
    asks:
      "Three stages, each of two 3x3 convolutions or of one 5x5, which sees as far, has as many filters, and a tenth fewer parameters. Small kernels pay if the network of 3x3 gets more validation pictures right: 95 % interval of the difference over the seeds above 0.",
    training: 30_000,
    validation: 10_000,
    size: 28,
    ...{ epochs: 3, batchSize: 64, learningRate: 0.003, every: 1 },
    conditions: [
      vggLike(1, 9, 5, "one 5x5 a stage"),
      vggLike(2, 9, 3, "two 3x3 a stage"),
    ].map(named),
  },
  {
    name: "backbones",
    asks:
      "Six networks and a hybrid of about 19,500 parameters, each with as many steps as took about three seconds on one thread. CNNs are ahead of the Transformer if each of the four gets more validation pictures right than the ViT, and so is the hybrid; the cheapest network wins on centred pictures if the MLP gets more right than each of the four; moving turns this round if VGG gets more right of the pictures moved by 2 pixels than the MLP: 95 % intervals of the differences over the seeds beyond 0.",
    training: 3200,
    validation: 5000,
    size: 16,
    ...{ epochs: 3, batchSize: 32, learningRate: 0.006, every: 1000 },
    shifts: [0, 1, 2],
    conditions: [
      {
        name: "MLP",
        network: mlp({ hidden: [72], inputShape: small }),
        ...{ epochs: 40, learningRate: 0.003 },
      },
      {
        name: "LeNet",
        network: lenet({ inputShape: small, width: 0.95 }),
        ...{ epochs: 10, learningRate: 0.003 },
      },
      {
        name: "VGG",
        network: smallVgg({ inputShape: small, width: 1.875 }),
        learningRate: 0.003,
      },
      {
        name: "GoogLeNet",
        network: smallInception({
          ...{ inputShape: small, width: 1.2, batchNorm: true },
        }),
        epochs: 2,
      },
      {
        name: "ResNet",
        network: cifarResnet(8, { inputShape: small, width: 0.5 }),
        learningRate: 0.01,
      },
      { name: "ViT", network: smallVit({ inputShape: small, patch: 4 }) },
      {
        name: "hybrid",
        network: smallHybrid({ inputShape: small }),
        epochs: 4,
      },
    ],
  },
];
