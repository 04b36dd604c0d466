/** A student's feedback as one HTML page without scripts. */
import { escapeHtml } from "../../../lib/base/html.ts";
import type { ExerciseResult, SubmissionResult } from "../grade/result.ts";
import { sumPoints } from "../grade/result.ts";

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.3rem; margin-top: 2.5rem; }
article { border: 1px solid #d0d7de; border-left-width: 6px; border-radius: 6px; padding: .4rem 1rem; margin: 1rem 0; }
article.passed { border-left-color: #1a7f37; } article.manual { border-left-color: #9a6700; }
article.failed, article.stopped, article.missing { border-left-color: #cf222e; }
h3 { font-size: 1.05rem; margin: .4rem 0; } .points { float: right; font-variant-numeric: tabular-nums; }
pre { background: #f6f8fa; padding: .6rem; overflow-x: auto; font-size: 14px; white-space: pre-wrap; overflow-wrap: anywhere; }
.mistake { font-weight: 600; } summary { cursor: pointer; }
@media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117; } pre { background: #161b22; } article { border-color: #30363d; } }
`;

const verdicts: Record<ExerciseResult["status"], string> = {
  passed: "Passed",
  failed: "Not passed",
  stopped: "Stopped",
  missing: "Missing",
  manual: "Graded by a person",
};

/** The page for all notebooks of one student. */
export function feedbackPage(results: readonly SubmissionResult[]): string {
  const student = escapeHtml(results[0].student);
  const points = sumPoints(results.map((r) => r.points));
  const most = sumPoints(results.map((r) => r.maxPoints));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Feedback: ${student}</title>
<style>${style}</style>
</head>
<body>
<h1>Feedback for ${student}</h1>
<p>${points} of ${most} points.</p>
${results.map(notebookPart).join("\n")}
</body>
</html>
`;
}

function notebookPart(result: SubmissionResult): string {
  const notes = result.notes.map((note) => `<li>${escapeHtml(note)}</li>`);
  return `<h2>${
    escapeHtml(result.notebook)
  }: ${result.points} of ${result.maxPoints} points</h2>
${notes.length > 0 ? `<ul>${notes.join("")}</ul>` : ""}
${result.exercises.map(exercisePart).join("\n")}
${(result.otherCells ?? []).map(otherCell).join("\n")}`;
}

/** A cell that ran beside the exercises: what it defines may count in them. */
function otherCell({ place, source }: { place: number; source: string }) {
  return `<details><summary>Cell ${place}, which ran too</summary><pre>${
    escapeHtml(source)
  }</pre></details>`;
}

function exercisePart(exercise: ExerciseResult): string {
  const { id, title, status, mistake, details, printed, answer } = exercise;
  const points = status === "manual"
    ? `of ${exercise.maxPoints}`
    : `${exercise.points} of ${exercise.maxPoints}`;
  const mistakeText = mistake === undefined
    ? ""
    : `: <span class="mistake">${escapeHtml(mistake)}</span>`;
  return `<article class="${status}">
<h3><span class="points">${points}</span>${
    escapeHtml(title || `Exercise ${id}`)
  }</h3>
<p>${verdicts[status]}${mistakeText}</p>
${details === undefined ? "" : `<pre>${escapeHtml(details)}</pre>`}
${
    printed === undefined
      ? ""
      : `<details><summary>What your code printed</summary><pre>${
        escapeHtml(printed)
      }</pre></details>`
  }
${
    answer === ""
      ? ""
      : `<details><summary>What you handed in</summary><pre>${
        escapeHtml(answer)
      }</pre></details>`
  }
</article>`;
}
