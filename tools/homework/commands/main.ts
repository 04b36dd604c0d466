/**
 * `deno task homework release | validate | grade | merge | similar | stamp`: see docs/homework.md.
 */
import { gradeCommand } from "./grade.ts";
import { UsageError } from "../../options.ts";
import { releaseCommand } from "./release.ts";
import { stampCommand } from "./stamp.ts";
import { validateCommand } from "./validate.ts";
import { mergeCommand } from "./merge.ts";
import { similarCommand } from "./similar.ts";
import { isSystemError, SetupError } from "../../process.ts";

const usage = `Usage:
  deno task homework release [notebook ...] --out DIR [--data needed|all|none] [--force]
      students' versions without solutions and hidden tests, and a zip to hand out;
      --force replaces what an earlier release wrote, and nothing else
  deno task homework validate NOTEBOOK ... [--seconds 30] [--memory 1024] [--classroom]
      run the visible checks of a notebook as the grader does
  deno task homework grade DIR --out DIR [--notebook FILE ...] [--source DIR]
      [--jobs 2] [--seconds 30] [--memory 1024] [--again STUDENT ...] [--part i/n] [--roster FILE] [--anonymous]
      grade <student>/<notebook>.ipynb; DIR gets grades.csv, grades.json, feedback/;
      --again leaves out what was saved of a student, --part grades a share of the class,
      --roster fills the points into Canvas's or Moodle's file, --anonymous reports ids
  deno task homework grade --nbgrader COURSE ASSIGNMENT [--python PYTHON] [--out DIR]
      grade what nbgrader collected and fill its gradebook
  deno task homework merge PART ... --out DIR
      the reports of a class that was graded in parts
  deno task homework similar DIR --out DIR [--notebook FILE ...] [--source DIR] [--least 50]
      pairs of submissions with code in common, for the instructor: DIR gets similar.html
  deno task homework stamp [notebook ...] [--check]
      write nbgrader's checksums into the instructor's notebooks`;

const commands: Record<string, (args: string[]) => Promise<number>> = {
  release: releaseCommand,
  validate: validateCommand,
  grade: gradeCommand,
  merge: mergeCommand,
  similar: similarCommand,
  stamp: stampCommand,
};

/** Runs one command; returns the exit status. */
export async function homework(args: string[]): Promise<number> {
  const [name = "--help", ...rest] = args;
  if (name === "--help" || name === "-h" || rest.includes("--help")) {
    console.log(usage);
    return 0;
  }
  try {
    if (!Object.hasOwn(commands, name)) {
      throw new UsageError(
        `expects release, validate, grade, merge, similar or stamp but found "${name}"`,
      );
    }
    return await commands[name](rest);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`deno task homework ${error.message}\n\n${usage}`);
      return 2;
    }
    if (error instanceof SetupError) {
      console.error(error.message);
      return error.status;
    }
    if (!isSystemError(error)) throw error;
    console.error(
      `deno task homework ${name} was stopped by the system: ${error.message}; check the path, its permissions and the space that is left`,
    );
    return 1;
  }
}

if (import.meta.main) Deno.exit(await homework(Deno.args));
