/**
 * The README of the folder that students get.
 *
 * @module
 */
import { exercisesOf } from "../notebook/exercises.ts";
import type { NamedNotebook } from "./release.ts";
import { sumPoints } from "../grade/result.ts";

/** How to open, solve, check and hand in. */
export function studentReadme(notebooks: readonly NamedNotebook[]): string {
  const deno = `npx -y deno@${Deno.version.deno}`;
  const rows = notebooks.map(({ name, notebook }) => {
    const exercises = exercisesOf(notebook);
    const points = sumPoints(exercises.map((e) => e.points));
    return `| \`notebooks/${name}.ipynb\` | ${exercises.length} | ${points} |`;
  });
  const first = `notebooks/${notebooks[0].name}.ipynb`;
  return `# Homework

| notebook | exercises | points |
| --- | --- | --- |
${rows.join("\n")}

You need Node.js and Python 3.10 or newer. Open the notebooks with

\`\`\`
${deno} task lab
\`\`\`

Write your solution where a cell says \`throw new Error("Not implemented ...")\`,
run the cell, then the check below it. You may add cells; keep the names of the
functions, and leave the check cells as they are: grading uses its own copy, with
more cases than you see. Grading runs the first cell with the imports, your
solutions and the cells you add, not the lecture's cells.

Before you hand in, let all checks run as the grader does:

\`\`\`
${deno} task homework validate ${first}
\`\`\`

Hand in the \`.ipynb\` file under its own name.
`;
}
