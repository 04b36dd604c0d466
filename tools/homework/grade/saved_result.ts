/** Results of an earlier run: when they still hold. */
import type { Assignment } from "../notebook/assignment.ts";
import type { FoundSubmission } from "./find_submissions.ts";
import type { Grader } from "./check_process.ts";
import { formatNotebook } from "../notebook/format.ts";
import { isRecord } from "../notebook/notebook.ts";
import { sha256 } from "../../files.ts";
import type { SubmissionResult } from "./result.ts";

/** Raised whenever results of an older version must not be taken over. */
const version = "3";

/** What a result depends on, as one number. */
export function keyOf(
  assignment: Assignment,
  found: FoundSubmission,
  bytes: Uint8Array,
  { files, limits }: Pick<Grader, "files" | "limits">,
): string {
  const parts = [
    version,
    files.version,
    JSON.stringify(limits),
    assignment.name,
    formatNotebook(assignment.notebook),
    found.student,
    JSON.stringify(found.notes),
  ];
  return sha256(...parts.map((part) => `${part.length}:${part}`), bytes);
}

/** A finished result, if it is whole and for the same submission and notebook. */
export function takeOver(
  text: string | undefined,
  key: string,
): SubmissionResult | undefined {
  if (text === undefined) return undefined;
  try {
    const saved = JSON.parse(text);
    if (!isRecord(saved) || saved.key !== key) return undefined;
    return saved.result as SubmissionResult;
  } catch {
    return undefined; // damaged: it is graded again
  }
}
