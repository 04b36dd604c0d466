/**
 * Homework: the students' versions, and grading what they hand in.
 *
 * @module
 */
export {
  type Cell,
  formatNotebook,
  type Notebook,
  NotebookError,
  parseNotebook,
} from "./notebook.ts";
export {
  checksumOf,
  markOf,
  type NbgraderMark,
  stampNotebook,
} from "./nbgrader.ts";
export { type Exercise, exercisesOf } from "./exercises.ts";
export { replaceRegion, studentVersion } from "./strip.ts";
export type { CellCode } from "./share_names.ts";
export { transpileCell } from "./transpile.ts";
export { decode, encode } from "./wire/mod.ts";
export { type Assignment, prepareAssignment } from "./assignment.ts";
export { gradeSubmission } from "./grade_submission.ts";
export { CheckProcess } from "./check_process.ts";
export { defaultLimits, type Limits } from "./limits.ts";
export { prepareSandbox } from "./sandbox_files.ts";
export type { ExerciseResult, SubmissionResult } from "./result.ts";
export { safeFileName } from "./file_names.ts";
export { csvField } from "./class_report.ts";
