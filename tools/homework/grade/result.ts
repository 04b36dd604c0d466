/**
 * What grading a submission gives: plain data, the same for the same submission.
 */

/** One exercise of one student. */
export interface ExerciseResult {
  readonly id: string;
  readonly title: string;
  readonly points: number;
  readonly maxPoints: number;
  /**
   * "stopped": killed for time, memory or output, or ended by itself.
   * "manual": a person gives the points.
   */
  readonly status: "passed" | "failed" | "stopped" | "missing" | "manual";
  /** In a few words: "flipped kernel". */
  readonly mistake?: string;
  /** What was expected, what was found, and what to do. */
  readonly details?: string;
  /** What the student's code printed meanwhile. */
  readonly printed?: string;
  /** The student's cells of this exercise. */
  readonly answer: string;
}

/** One notebook of one student. */
export interface SubmissionResult {
  readonly student: string;
  readonly notebook: string;
  /** "unreadable" and "missing" notebooks have all exercises with 0 points. */
  readonly status: "graded" | "unreadable" | "missing";
  readonly points: number;
  readonly maxPoints: number;
  readonly exercises: readonly ExerciseResult[];
  /** Odd things about the file or its cells, each a sentence. */
  readonly notes: readonly string[];
  /** Cells of the student's that ran and belong to no exercise; place from 1. */
  readonly otherCells?: readonly {
    readonly place: number;
    readonly source: string;
  }[];
}

/** Sum of points without the noise of floating point: 0.1 + 0.2 is 0.3. */
export function sumPoints(points: readonly number[]): number {
  return Number(points.reduce((sum, value) => sum + value, 0).toFixed(6));
}

/**
 * Code of a submission as a page may show it: whole, with what would hide or turn
 * a part of it written out.
 */
export function shownCode(code: string): string {
  return code.replaceAll(
    // deno-lint-ignore no-control-regex -- these are what is written out
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (mark) => `\\u{${mark.charCodeAt(0).toString(16)}}`,
  ).toWellFormed();
}

/** The longest text from a submission that a report repeats. */
const longestText = 1500;

/**
 * A text from a submission as a report may hold it: cut, and without control
 * characters, the grader's own paths, and marks that turn the reading direction.
 */
export function cleanText(text: string, paths: readonly string[] = []): string {
  let clean = text.slice(0, longestText * 4);
  for (const path of paths) {
    clean = clean.replaceAll(`file://${path}/`, "").replaceAll(`${path}/`, "");
  }
  clean = clean.replaceAll(
    // deno-lint-ignore no-control-regex
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    "",
  ).toWellFormed();
  return clean.length > longestText
    ? `${clean.slice(0, longestText)} ...`.toWellFormed()
    : clean;
}
