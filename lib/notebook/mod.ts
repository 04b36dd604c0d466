/** What notebooks show and record. @module */
export { bundleOf, html, type Markup, md, show, tensorText } from "./show.ts";
export {
  type Claim,
  claim,
  ClaimError,
  type ClaimOptions,
  claims,
  type ClaimValues,
  resetClaims,
} from "./claim.ts";
import "./late_failures.ts";
export { ledger, type LedgerRow } from "./ledger.ts";
export * from "./track.ts";
export { duration, type Progress, progress } from "./progress.ts";
export {
  type CurveProgress,
  type TrainingCurves,
  trainingCurves,
  type TrainingCurvesOptions,
} from "./training_curves.ts";
export {
  checkSetup,
  judgeSetup,
  oldestDeno,
  samplePlot,
  type SetupFacts,
  type SetupRow,
} from "./setup_check.ts";
