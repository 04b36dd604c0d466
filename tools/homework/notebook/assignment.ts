/** The instructor's notebook made ready for grading many submissions. */
import { settle } from "../../../lib/base/options.ts";
import { type Exercise, exercisesOf, isSetup } from "./exercises.ts";
import { type Notebook, NotebookError } from "./notebook.ts";
import { markOf } from "./nbgrader.ts";
import { withoutHiddenTests } from "./strip.ts";
import { programText } from "../sandbox/program.ts";
import type { CellCode } from "../sandbox/share_names.ts";
import { namesUsed, transpileCell } from "../sandbox/transpile.ts";

/** An exercise with its check as a program. */
export interface CheckedExercise extends Exercise {
  /** The student's names that the check uses. */
  readonly needs: readonly string[];
  /** Body of a function of `needs`; undefined where a person grades. */
  readonly program?: string;
  /** The same without the hidden tests, where there are some. */
  readonly visible?: string;
}

/** A notebook that can be graded. */
export interface Assignment {
  readonly name: string;
  readonly notebook: Notebook;
  readonly exercises: readonly CheckedExercise[];
}

/**
 * Prepares a notebook for grading.
 *
 * @param name Name of the file without ".ipynb".
 * @param options `broken`: solution cells that do not parse are borne, as in a
 *   student's own copy.
 * @throws {NotebookError} No exercises, or a cell that does not parse.
 */
export function prepareAssignment(
  name: string,
  notebook: Notebook,
  options: { broken?: boolean } = {},
): Assignment {
  const { broken } = settle("prepareAssignment", options, { broken: false });
  const exercises = exercisesOf(notebook);
  if (exercises.length === 0) {
    throw new NotebookError(
      `${name}.ipynb has no exercises: it needs cells with nbgrader metadata and points`,
    );
  }
  const setup = notebook.cells.filter(isSetup).map(({ source }) =>
    transpile(source, name, "setup")
  );
  const solved = new Set(exercises.flatMap(({ solutions }) => solutions));
  const names = new Set<string>();
  for (const cell of notebook.cells) {
    const id = markOf(cell)?.grade_id;
    if (cell.type !== "code" || id === undefined || !solved.has(id)) continue;
    const found = broken
      ? namesOrGuess(cell.source)
      : transpile(cell.source, name, id).names;
    for (const name of found) names.add(name);
  }
  return {
    name,
    notebook,
    exercises: exercises.map((exercise) => {
      if (exercise.check === undefined) return { ...exercise, needs: [] };
      const used = namesUsed(exercise.check);
      const needs = [...names].filter((name) => used.has(name)).sort();
      const programOf = (source: string) =>
        programText([
          ...setup,
          transpile(source, name, exercise.gradeId),
        ], needs);
      const visible = withoutHiddenTests(exercise.check);
      return {
        ...exercise,
        needs,
        program: programOf(exercise.check),
        ...(visible === exercise.check ? {} : { visible: programOf(visible) }),
      };
    }),
  };
}

/** Names that a cell declares, guessed where it does not parse. */
function namesOrGuess(source: string): readonly string[] {
  try {
    return transpileCell(source).names;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const declared = /^(?:async )?(?:function\*?|const|let|class) +([\w$]+)/gm;
    return [...source.matchAll(declared)].map((match) => match[1]);
  }
}

function transpile(source: string, notebook: string, cell: string): CellCode {
  try {
    return transpileCell(source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new NotebookError(
      `${notebook}.ipynb: the cell "${cell}" does not parse: ${error.message}`,
      { cause: error },
    );
  }
}
