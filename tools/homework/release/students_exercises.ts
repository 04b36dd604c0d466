/**
 * The students' copy of `lib/exercises/`: the same checks without what solves the
 * exercises. Of a file that makes a check, its types stay, and in place of its
 * functions stands what they gave.
 */
import { posix } from "node:path";
import ts from "typescript";
import { exerciseOf } from "../../../lib/exercises/check.ts";
import * as room from "../../../lib/exercises/mod.ts";
import { rateSweepAnswer } from "../../../lib/exercises/rate_sweep_answer.ts";
import type { Notebook } from "../notebook/notebook.ts";
import { type CheckCall, checkCalls } from "./check_calls.ts";
import { record } from "./record.ts";

/** Answers that are no functions of a student's: by their file, whose check, and what gives them. */
const answers: Readonly<
  Record<string, readonly [check: string, give: (seed: number) => unknown]>
> = { "rate_sweep_answer.ts": ["checkRateSweep", rateSweepAnswer] };

/** The recorded checks by name. */
const exercises = new Map(
  Object.entries(room).flatMap(([name, check]) => {
    const exercise = exerciseOf(check as never);
    return exercise ? [[name, exercise] as const] : [];
  }),
);

/**
 * The files, by their name in the folder.
 *
 * @param files Those of the repository.
 * @param notebooks As students get them: what their cells check is recorded.
 */
export async function studentsExercises(
  files: ReadonlyMap<string, string>,
  notebooks: readonly Notebook[],
): Promise<Map<string, string>> {
  const known = [...exercises.keys()].concat(
    Object.values(answers).map(([check]) => check),
  );
  const calls = notebooks.flatMap((one) => checkCalls(one, new Set(known)));
  const copies = new Map<string, string>();
  for (const [name, text] of files) {
    const copy = name in answers
      ? await recordedFile(name, text, calls)
      : withoutAnswers(text, calls);
    copies.set(name, withoutExamples(copy));
  }
  return reachable(copies, "mod.ts");
}

/** A file with its types and its checks, which run what was recorded. */
function withoutAnswers(text: string, calls: readonly CheckCall[]): string {
  const file = parse(text);
  const made = file.statements.map((statement) => madeBy(statement, "check"));
  if (!made.some((check) => check !== undefined)) return text;
  const kept = file.statements.flatMap((statement, i) => {
    const full = statement.getFullText();
    const check = made[i];
    if (check !== undefined) {
      const { name, initializer } = check;
      const exercise = exercises.get(name.getText())!;
      const own = calls.filter((call) => call.check === name.getText());
      const data = JSON.stringify(record(exercise, own));
      const start = initializer!.getStart() - statement.getFullStart();
      return [`${full.slice(0, start)}check(recorded(${data}));`];
    }
    return isType(statement) ? [full] : [];
  });
  return `${importsFor(file, kept.join(""))}
import { recorded } from "./recorded.ts";
${kept.join("\n")}
`;
}

/** An answer's file: its types, and what it gave. */
async function recordedFile(
  name: string,
  text: string,
  calls: readonly CheckCall[],
): Promise<string> {
  const [check, give] = answers[name];
  const seeds = calls.filter((call) => call.check === check)
    .map(({ seed = 1 }) => seed);
  const given: Record<number, unknown> = {};
  for (const seed of seeds) given[seed] ??= await give(seed);
  const types = parse(text).statements.filter(isType)
    .map((statement) => statement.getFullText());
  return `import { recordedAnswer } from "./recorded.ts";
${types.join("\n")}

export const ${give.name} = recordedAnswer(${JSON.stringify(check)}, ${
    JSON.stringify(given)
  });
`;
}

/** The variable that a statement makes with a call of `fn`. */
function madeBy(
  statement: ts.Statement,
  fn: string,
): ts.VariableDeclaration | undefined {
  if (!ts.isVariableStatement(statement)) return;
  return statement.declarationList.declarations.find(({ initializer }) =>
    initializer && ts.isCallExpression(initializer) &&
    initializer.expression.getText() === fn
  );
}

function isType(statement: ts.Statement): boolean {
  return ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
}

/** A file's imports, of the names that `text` still has. */
function importsFor(file: ts.SourceFile, text: string): string {
  const used = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) used.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(parse(text));
  return file.statements.filter(ts.isImportDeclaration).flatMap((one) => {
    const bindings = one.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) return [];
    const names = bindings.elements.filter(({ name }) => used.has(name.text));
    if (names.length === 0) return [];
    const type = one.importClause?.phaseModifier ? "type " : "";
    return [
      `import ${type}{ ${
        names.map((n) => n.getText()).join(", ")
      } } from ${one.moduleSpecifier.getText()};`,
    ];
  }).join("\n");
}

/** Without the examples in doc comments: some of them solve an exercise. */
function withoutExamples(text: string): string {
  return text.replaceAll(
    /^( *\*)\n *\* @example\n(?: *\*(?!\/).*\n)*? *\* ```ts\n(?: *\*(?!\/).*\n)*? *\* ```\n/gm,
    "",
  );
}

/** The files that one of them needs, and itself. */
function reachable(
  files: ReadonlyMap<string, string>,
  from: string,
): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (name: string): void => {
    const text = files.get(name);
    if (text === undefined || found.has(name)) return;
    found.set(name, text);
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      walk(posix.normalize(fileName));
    }
  };
  walk(from);
  return found;
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile("m.ts", text, ts.ScriptTarget.ES2022, true);
}
