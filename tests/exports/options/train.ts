import {
  bootstrapInterval,
  buildNetwork,
  compareSeeds,
  cosineSchedule,
  explorer,
  fit,
  fitNetTowers,
  fitTowers,
  gradCam,
  gradientNorms,
  layers,
  linearProbe,
  network,
  occlusionMap,
  pairedDifference,
  quickAccuracy,
  scratchTrainer,
  shiftCurve,
  stepSchedule,
  tensor,
  tfTrainer,
  toLayersModel,
  useBackend,
} from "../../../lib/mod.ts";
import type { Table } from "./table.ts";

const architecture = network("tiny", [2, 2, 1], [
  layers.conv2d({ filters: 1, kernelSize: 1, name: "conv1" }),
  layers.flatten(),
  layers.dense({ units: 2 }),
]);
const images = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
const set = { name: "one", images, labels: [0], classNames: ["a", "b"] };
const net = () => buildNetwork(architecture, { seed: 1 });
const trainer = () => scratchTrainer(net());

/** tfTrainer() with these options, on a model that is freed whatever happens. */
async function onTf(options: object): Promise<void> {
  await useBackend("cpu");
  const model = toLayersModel(architecture, { seed: 1 });
  try {
    tfTrainer(model, options).dispose();
  } finally {
    model.dispose();
  }
}

export const calls: Table["calls"] = {
  compareSeeds: (extra) =>
    compareSeeds({ a: Math.abs, b: Math.sqrt }, [1, 2], extra),
  pairedDifference: (extra) => pairedDifference([1, 2], [2, 4], extra),
  cosineSchedule: (extra) => cosineSchedule(extra),
  explorer: (extra) => explorer(net(), extra),
  fit: (extra) => fit(trainer(), set, { epochs: 1, seed: 1, ...extra }),
  gradCam: (extra) => gradCam(net(), images, { layer: "conv1", ...extra }),
  gradientNorms: (extra) => gradientNorms(new Map(), extra),
  linearProbe: (extra) => linearProbe(tensor([1, 2]), tensor([1, 2]), extra),
  occlusionMap: (extra) =>
    occlusionMap(trainer().logits, images, { size: 1, stride: 1, ...extra }),
  quickAccuracy: (extra) =>
    quickAccuracy(architecture, { train: set, validation: set, ...extra }),
  bootstrapInterval: (extra) =>
    bootstrapInterval([1, 2], { seed: 1, ...extra }),
  fitNetTowers: (extra) =>
    fitNetTowers(architecture, images, [[0]], {
      ...{ words: 1, seed: 1 },
      ...extra,
    }),
  fitTowers: (extra) =>
    fitTowers(tensor([[1, 2]]), [[0]], { words: 1, seed: 1, ...extra }),
  scratchTrainer: (extra) => scratchTrainer(net(), extra),
  shiftCurve: (extra) => shiftCurve(trainer(), set, [0], extra),
  stepSchedule: (extra) => stepSchedule(extra),
  tfTrainer: (extra) => onTf(extra),
};

const optimizer = "adamw" as "adam";

export const words: Table["words"] = {
  scratchTrainer: [["adamw", () => scratchTrainer(net(), { optimizer })]],
  tfTrainer: [["adamw", () => onTf({ optimizer })]],
};
