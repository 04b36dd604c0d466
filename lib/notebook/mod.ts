/** What notebooks show and record. @module */
export { html, type Markup, md, show } from "./show.ts";
export {
  type Claim,
  claim,
  ClaimError,
  type ClaimOptions,
  type ClaimValues,
} from "./claim.ts";
import "./late_failures.ts";
export { ledger, type LedgerRow } from "./ledger.ts";
export { type Track, trackProgress } from "./track.ts";
export { type Progress, progress } from "./progress.ts";
export {
  type CurveProgress,
  type TrainingCurves,
  trainingCurves,
  type TrainingCurvesOptions,
} from "./training_curves.ts";
export { checkSetup, type SetupFacts, type SetupRow } from "./setup_check.ts";
