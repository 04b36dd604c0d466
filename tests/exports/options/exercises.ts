// deno-lint-ignore-file no-explicit-any
import {
  blockConditions,
  budgetConditions,
  checkAccuracy,
  checkAttention,
  checkAverageKernel,
  checkBatchNorm,
  checkBatchNormBackward,
  checkChoice,
  checkConcat,
  checkConditions,
  checkConv2d,
  checkConv2dBackward,
  checkConv2dParameters,
  checkCrossEntropyGradient,
  checkDense,
  checkDenseBackward,
  checkDenseParameters,
  checkDiagnosis,
  checkDrawnDigit,
  checkFlatten,
  checkFlattenChannelsFirst,
  checkFlaw,
  checkGradCam,
  checkHonestReport,
  checkInfoNce,
  checkLayerNorm,
  checkLayerNormBackward,
  checkMaxPool,
  checkMaxPoolBackward,
  checkMomentum,
  checkNumber,
  checkOutputLength,
  checkOwnClaim,
  checkPatchify,
  checkPixelOrder,
  checkPrediction,
  checkRateSweep,
  checkRecallAt,
  checkReceptiveField,
  checkRelu,
  checkReluBackward,
  checkShapeTable,
  checkTensor,
  checkUnshuffled,
  layerConditions,
  learningConditions,
  lenet,
  levelGradientConditions,
  loadMnist,
  mlp,
  patient,
  pixelOrderConditions,
  pixelOrderLoss,
  residualBlock,
  trainPatient,
} from "cnn";
import type { Table } from "./table.ts";

const exercise = "1.1";
const block = { channels: 4, filters: 4, strides: 1 };

/** A check of a function: what is not reached must not matter. */
const check =
  (of: (fn: any, options: any) => Promise<void>) => (extra: object) =>
    of(() => {
      throw new Error("the check began before it looked at its options");
    }, { exercise, ...extra });

/** A check with a feature that it does not have. */
const feature = (
  of: (fn: any, options: any) => Promise<void>,
): [string, () => unknown][] => [[
  "dilate",
  () => check(of)({ features: ["dilate"] }),
]];

const few = await loadMnist({ limit: 3 });

export const calls: Table["calls"] = {
  checkAccuracy: check(checkAccuracy),
  checkAverageKernel: check(checkAverageKernel),
  checkBatchNorm: check(checkBatchNorm),
  checkBatchNormBackward: check(checkBatchNormBackward),
  checkConcat: check(checkConcat),
  checkConv2d: check(checkConv2d),
  checkConv2dBackward: check(checkConv2dBackward),
  checkConv2dParameters: check(checkConv2dParameters),
  checkCrossEntropyGradient: check(checkCrossEntropyGradient),
  checkDense: check(checkDense),
  checkDenseBackward: check(checkDenseBackward),
  checkDenseParameters: check(checkDenseParameters),
  checkDrawnDigit: check(checkDrawnDigit),
  checkFlatten: check(checkFlatten),
  checkFlattenChannelsFirst: check(checkFlattenChannelsFirst),
  checkGradCam: check(checkGradCam),
  checkHonestReport: check(checkHonestReport),
  checkMaxPool: check(checkMaxPool),
  checkMaxPoolBackward: check(checkMaxPoolBackward),
  checkMomentum: check(checkMomentum),
  checkOutputLength: check(checkOutputLength),
  checkPixelOrder: check(checkPixelOrder),
  checkRateSweep: check(checkRateSweep),
  checkReceptiveField: check(checkReceptiveField),
  checkRelu: check(checkRelu),
  checkReluBackward: check(checkReluBackward),
  checkUnshuffled: check(checkUnshuffled),
  checkPatchify: check(checkPatchify),
  checkAttention: check(checkAttention),
  checkLayerNorm: check(checkLayerNorm),
  checkLayerNormBackward: check(checkLayerNormBackward),
  checkInfoNce: check(checkInfoNce),
  checkRecallAt: check(checkRecallAt),
  checkOwnClaim: (extra) =>
    checkOwnClaim({} as any, () => ({ from: 0, to: 0 }), {
      exercise,
      ...extra,
    }),
  checkChoice: (extra) =>
    checkChoice("a", { exercise, among: { a: "" }, expected: "a", ...extra }),
  checkDiagnosis: (extra) =>
    checkDiagnosis("healthy", { exercise, patient: 1, ...extra }),
  patient: (extra) => patient(1, extra),
  trainPatient: (extra) => trainPatient(1, extra),
  checkFlaw: (extra) =>
    checkFlaw("one seed", { exercise, digest: "", ...extra }),
  checkPrediction: (extra) =>
    checkPrediction(1, { exercise, expected: 1, ...extra }),
  checkShapeTable: (extra) =>
    checkShapeTable([], lenet(), { exercise, ...extra }),
  checkNumber: (extra) => checkNumber(1, { exercise, expected: 1, ...extra }),
  checkTensor: (extra) =>
    checkTensor([1], { exercise, expected: [1], ...extra }),
  checkConditions: (extra) =>
    checkConditions([{ holds: true, mistake: "", details: "" }], {
      exercise,
      ...extra,
    }),
  // A misspelt budget once let every network pass.
  budgetConditions: (extra) => budgetConditions(lenet(), extra),
  blockConditions: (extra) =>
    blockConditions(residualBlock({ name: "block", ...block }), {
      ...block,
      ...extra,
    }),
  layerConditions: (extra) => layerConditions(lenet(), extra),
  learningConditions: (extra) =>
    learningConditions(mlp({ hidden: [2] }), few, {
      ...{ training: 2, least: 0, epochs: 1, seeds: [1] },
      ...extra,
    }),
  levelGradientConditions: (extra) =>
    levelGradientConditions(lenet(), { least: 1e-4, most: 1e4, ...extra }),
  pixelOrderConditions: (extra) =>
    pixelOrderConditions([], { width: 28, far: 10, share: 0.5, ...extra }),
  pixelOrderLoss: (extra) => pixelOrderLoss([], extra),
};

export const words: Table["words"] = {
  checkConv2d: feature(checkConv2d),
  checkConv2dBackward: feature(checkConv2dBackward),
  checkMaxPool: feature(checkMaxPool),
  checkMaxPoolBackward: feature(checkMaxPoolBackward),
  checkOutputLength: feature(checkOutputLength),
  budgetConditions: [[
    "maxPool",
    () => budgetConditions(lenet(), { without: ["maxPool" as any] }),
  ]],
  layerConditions: [[
    "maxPool",
    () => layerConditions(lenet(), { kinds: ["maxPool" as any] }),
  ]],
};
