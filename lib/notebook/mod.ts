/** What notebooks show and record. @module */
export { html, type Markup, md, show } from "./show.ts";
export {
  claim,
  ClaimError,
  type ClaimOptions,
  type ExperimentResult,
  type Finding,
} from "./claim.ts";
export {
  type Experiment,
  experiment,
  type ExperimentOptions,
} from "./experiment.ts";
export type { ClaimValues } from "./record.ts";
export { drawSeeds } from "./replication.ts";
import "./late_failures.ts";
export {
  ledger,
  type LedgerRow,
  type OtherRow,
  type PostRow,
} from "./ledger.ts";
export { type Track, trackProgress } from "./track.ts";
export { type Progress, progress } from "./progress.ts";
export {
  type CurveProgress,
  type TrainingCurves,
  trainingCurves,
  type TrainingCurvesOptions,
} from "./training_curves.ts";
export { checkSetup, type SetupFacts, type SetupRow } from "./setup_check.ts";
