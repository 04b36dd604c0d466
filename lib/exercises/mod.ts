/**
 * Checks of exercises: each failure names the mistake.
 *
 * @module
 */
export type { Check } from "./check.ts";
export { CheckError, type CheckOptions } from "./check_error.ts";
export { type AccuracySolution, checkAccuracy } from "./accuracy.ts";
export { type Budget, budgetConditions } from "./budget.ts";
export { checkConditions, type Condition } from "./conditions.ts";
export { pixelOrderConditions } from "./pixel_order.ts";
export { checkPixelOrder } from "./pixel_order_check.ts";
export { checkDrawnDigit, type DrawnDigit } from "./drawn_digit.ts";
export { pixelOrderLoss } from "./pixel_order_loss.ts";
export {
  checkConv2d,
  type Conv2dCheckOptions,
  type Conv2dFeature,
  type Conv2dSolution,
} from "./conv2d.ts";
export {
  checkConv2dBackward,
  type Conv2dBackwardCheckOptions,
  type Conv2dBackwardSolution,
} from "./conv2d_backward.ts";
export {
  checkOutputLength,
  type OutputLengthCheckOptions,
  type OutputLengthFeature,
  type OutputLengthSolution,
  type WindowCase,
} from "./output_length.ts";
export {
  type AnswerCheckOptions,
  checkNumber,
  checkTensor,
  type Hint,
} from "./number.ts";
export {
  checkMaxPool,
  type MaxPoolCheckOptions,
  type MaxPoolSolution,
  type MaxPoolSolutionOptions,
} from "./max_pool.ts";
export {
  checkMaxPoolBackward,
  type MaxPoolBackwardSolution,
} from "./max_pool_backward.ts";
export { checkFlatten } from "./flatten.ts";
export { checkFlattenChannelsFirst } from "./flatten_channels_first.ts";
export { checkConcat } from "./concat.ts";
export {
  checkDense,
  checkDenseBackward,
  type DenseBackwardSolution,
  type DenseGradients,
  type DenseSolution,
} from "./dense.ts";
export { checkUnshuffled, type UnshuffledSolution } from "./unshuffled.ts";
export {
  type AverageKernelSolution,
  checkAverageKernel,
} from "./average_kernel.ts";
export { checkRelu, checkReluBackward } from "./relu.ts";
export {
  type BatchNormSolution,
  type BatchNormSolutionOptions,
  checkBatchNorm,
} from "./batch_norm.ts";
export {
  type BatchNormBackwardSolution,
  type BatchNormGradients,
  checkBatchNormBackward,
} from "./batch_norm_backward.ts";
export { type BlockCase, blockConditions } from "./residual_block.ts";
export { layerConditions, type LayerRules } from "./layer_rules.ts";
export { type Learning, learningConditions } from "./learning.ts";
export {
  levelGradientConditions,
  type LevelGradients,
} from "./level_gradients.ts";
export {
  checkReceptiveField,
  type ReceptiveFieldSolution,
  type WindowLayer,
} from "./receptive_field.ts";
export {
  checkConv2dParameters,
  checkDenseParameters,
  type Conv2dParametersCase,
  type DenseParametersCase,
} from "./parameters.ts";
export {
  checkCrossEntropyGradient,
  type CrossEntropyGradientSolution,
} from "./cross_entropy_gradient.ts";
export {
  checkMomentum,
  type MomentumSolution,
  type MomentumSolutionOptions,
  type MomentumStep,
} from "./momentum.ts";
export {
  checkRateSweep,
  type RateSweep,
  type RateSweepSolution,
} from "./rate_sweep.ts";
export {
  checkHonestReport,
  type HonestReportSolution,
  type SweepRun,
} from "./honest_report.ts";
export {
  answerDigest,
  checkChoice,
  type ChoiceCheckOptions,
} from "./choice.ts";
export { personalSeed } from "./personal_seed.ts";
export { checkPrediction, type PredictionCheckOptions } from "./prediction.ts";
export { checkFlaw, type Flaw, flaws } from "./flaw.ts";
export {
  checkShapeTable,
  type ShapeRow,
  type ShapeTableCheckOptions,
} from "./shape_table.ts";
export { checkOwnClaim, type OwnClaim, type OwnRun } from "./own_claim.ts";
export {
  type Patient,
  patient,
  type PatientChanges,
  type Sickness,
  sicknesses,
  trainPatient,
} from "./patient.ts";
export { checkDiagnosis } from "./diagnosis.ts";
export { checkPatchify, type PatchifySolution } from "./patchify.ts";
export { type AttentionSolution, checkAttention } from "./attention.ts";
export {
  checkLayerNorm,
  checkLayerNormBackward,
  type LayerNormBackwardSolution,
  type LayerNormSolution,
  type LayerNormSolutionOptions,
} from "./layer_norm.ts";
export { checkInfoNce, type InfoNceSolution } from "./info_nce.ts";
export { checkRecallAt, type RecallAtSolution } from "./recall_at.ts";
export { checkGradCam, type GradCamSolution } from "./grad_cam.ts";
