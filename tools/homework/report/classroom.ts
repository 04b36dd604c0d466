/**
 * Results in the form that GitHub Classroom's reporter reads.
 *
 * Source: github.com/classroom-resources/autograding-grading-reporter.
 */
import type { SubmissionResult } from "../grade/result.ts";
import { sumPoints } from "../grade/result.ts";

/** The value for `HOMEWORK_RESULTS`: JSON in base64. */
export function classroomResult(results: readonly SubmissionResult[]): string {
  const tests = results.flatMap(({ notebook, exercises }) =>
    exercises.filter(({ status }) => status !== "manual").map((e) => ({
      name: `${notebook} ${e.title || e.id}`,
      status: e.status === "passed" ? "pass" : "fail",
      score: e.points,
      message: e.mistake === undefined
        ? null
        : [e.mistake, e.details].filter(Boolean).join(": "),
    }))
  );
  const most = results.flatMap(({ exercises }) => exercises)
    .filter(({ status }) => status !== "manual").map((e) => e.maxPoints);
  const report = {
    version: 1,
    status: tests.every(({ status }) => status === "pass") ? "pass" : "fail",
    max_score: sumPoints(most),
    tests,
  };
  return new TextEncoder().encode(JSON.stringify(report)).toBase64();
}
