/**
 * Homework: the students' versions, and grading what they hand in.
 *
 * @module
 */
export { formatNotebook } from "./notebook/format.ts";
export {
  type Cell,
  type Notebook,
  NotebookError,
  parseNotebook,
} from "./notebook/notebook.ts";
export {
  checksumOf,
  markOf,
  type NbgraderMark,
  stampNotebook,
} from "./notebook/nbgrader.ts";
export { type Exercise, exercisesOf } from "./notebook/exercises.ts";
export { replaceRegion, studentVersion } from "./notebook/strip.ts";
export type { CellCode } from "./sandbox/share_names.ts";
export { transpileCell } from "./sandbox/transpile.ts";
export { decode, encode } from "./sandbox/wire/mod.ts";
export { type Assignment, prepareAssignment } from "./notebook/assignment.ts";
export { gradeSubmission } from "./grade/grade_submission.ts";
export {
  CheckProcess,
  type Grader,
  withGrader,
} from "./grade/check_process.ts";
export { defaultLimits, type Limits } from "./sandbox/limits.ts";
export { prepareSandbox } from "./sandbox/sandbox_files.ts";
export type { ExerciseResult, SubmissionResult } from "./grade/result.ts";
export { safeFileName } from "./file_names.ts";
export { csvField } from "./report/class_report.ts";
