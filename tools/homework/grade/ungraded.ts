/** The result of a submission that cannot be graded. */
import type { Assignment } from "../notebook/assignment.ts";
import type { FoundSubmission } from "./find_submissions.ts";
import { cleanText, type SubmissionResult, sumPoints } from "./result.ts";

/** The result of a notebook that cannot be graded: 0 points, with the reason. */
export function emptyResult(
  assignment: Assignment,
  { student, notebook, notes }: FoundSubmission,
  status: "missing" | "unreadable",
  text: string,
): SubmissionResult {
  const maxPoints = sumPoints(assignment.exercises.map((e) => e.points));
  return {
    student,
    notebook,
    status,
    points: 0,
    maxPoints,
    exercises: assignment.exercises.map(({ id, title, points }) => ({
      id,
      title,
      points: 0,
      maxPoints: points,
      status: "missing",
      answer: "",
    })),
    notes: [`${text}.`, ...notes].map((note) => cleanText(note)),
  };
}
