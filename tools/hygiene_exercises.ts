/**
 * Whether a notebook's exercises are marked so that nbgrader and the course's
 * own grader understand them, and no solution can reach a student.
 */
import { delimiters } from "./homework/notebook/exercises.ts";
import { cellName, type NotebookFile } from "./homework/notebook/load.ts";
import type { Cell } from "./homework/notebook/notebook.ts";

const flags = ["grade", "solution", "locked", "task"] as const;
const solution = delimiters.solution.map((text) => `// ${text}`);
const hidden = delimiters.hidden.map((text) => `// ${text}`);

/** All that is wrong with a notebook's exercise cells, one line each. */
export function exerciseComplaints(notebook: NotebookFile): string[] {
  const ids = new Set<unknown>();
  const found = notebook.cells.flatMap((cell, index) => {
    const name = cellName(notebook, index);
    const data = cell.metadata.nbgrader as Record<string, unknown> | undefined;
    const wrong = markerComplaints(cell, data ?? {});
    if (data) {
      wrong.push(...metadataComplaints(cell, data));
      if (ids.has(data.grade_id)) {
        wrong.push(`grade_id "${data.grade_id}" is taken by an earlier cell`);
      }
      ids.add(data.grade_id);
    }
    return wrong.map((text) => `${name}: ${text}`);
  });
  return ids.size ? [...found, ...setupComplaints(notebook)] : found;
}

function metadataComplaints(
  cell: Cell,
  data: Record<string, unknown>,
): string[] {
  const wrong: string[] = [];
  if (data.schema_version !== 3) {
    wrong.push(
      `nbgrader.schema_version expects 3 but found ${data.schema_version}`,
    );
  }
  for (const flag of flags) {
    if (typeof data[flag] !== "boolean") {
      wrong.push(
        `nbgrader.${flag} expects true or false but found ${data[flag]}`,
      );
    }
  }
  if (!/^[\w-]+$/.test(String(data.grade_id ?? ""))) {
    wrong.push("nbgrader.grade_id expects letters, digits, - and _");
  }
  if (data.cell_type !== undefined && data.cell_type !== cell.type) {
    wrong.push(
      `nbgrader.cell_type expects ${cell.type} but found ${data.cell_type}`,
    );
  }
  const graded = data.grade === true;
  if (graded && !(typeof data.points === "number" && data.points > 0)) {
    wrong.push("a graded cell needs nbgrader.points above 0");
  }
  if (!graded && data.points !== undefined) {
    wrong.push("nbgrader.points without grade: true counts nowhere");
  }
  if (graded && data.solution === false && data.locked !== true) {
    wrong.push(
      "a check must be locked: true, or a student's edits stay in force",
    );
  }
  if (data.solution === true && data.locked === true) {
    wrong.push("a solution cell must not be locked: students write in it");
  }
  return wrong;
}

function markerComplaints(cell: Cell, data: Record<string, unknown>): string[] {
  const wrong: string[] = [];
  const lines = cell.source.split("\n").map((line) => line.trim());
  for (const [begin, end] of [solution, hidden]) {
    const order = lines.filter((line) => line === begin || line === end);
    const paired = order.length % 2 === 0 &&
      order.every((line, i) => line === (i % 2 ? end : begin));
    if (!paired) {
      wrong.push(
        `"${begin}" and "${end}" must come in pairs, each on its line`,
      );
    }
  }
  if (cell.type !== "code") return wrong;
  const hasSolution = lines.includes(solution[0]);
  if (hasSolution && data.solution !== true) {
    wrong.push("a solution outside a solution cell would reach the students");
  }
  if (!hasSolution && data.solution === true) {
    wrong.push(`a solution cell needs "${solution[0]}" and "${solution[1]}"`);
  }
  const plain = lines.find((line) =>
    /^expected: (-?[\d._]+|"[^"]*"|true|false),?$/.test(line)
  );
  if (data.grade === true && plain) {
    wrong.push(
      `"${plain}" says the answer to the students: let the check compute it, or give answerDigest() of it`,
    );
  }
  if (lines.includes(hidden[0]) && data.grade !== true) {
    wrong.push("hidden tests outside a graded cell would reach the students");
  }
  return wrong;
}

/** Lines of imports: a reader wants to see the notebook, not a wall of names. */
const mostImports = 3;

/** Exercises start from the cell tagged "setup", which must hold imports alone. */
function setupComplaints(notebook: NotebookFile): string[] {
  const setups = notebook.cells.flatMap((cell, index) =>
    (cell.metadata.tags as string[] | undefined)?.includes("setup")
      ? [index]
      : []
  );
  if (setups.length !== 1) {
    return [
      `${notebook.path}: exercises need one cell tagged "setup" but found ${setups.length}`,
    ];
  }
  const { source } = notebook.cells[setups[0]];
  const name = cellName(notebook, setups[0]);
  const lines = source.replaceAll(/^\/\/.*\n?/gm, "").trim();
  const rest = lines
    .replaceAll(/^import\s[^"']*?from "cnn(?:\/\w+)?";$/gm, "");
  if (rest.trim() !== "") {
    return [`${name}: the setup cell holds imports from "cnn" alone`];
  }
  const count = lines.split("\n").length;
  return count <= mostImports ? [] : [
    `${name}: imports in ${count} lines, more than ${mostImports}: ` +
    `take a prefix, import * as cnn from "cnn"`,
  ];
}
