/** The workflows of docs/github-classroom, run step by step, and the platforms' files. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { parse } from "@std/yaml";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadNotebook } from "../../../tools/homework/notebook/load.ts";
import { release } from "../../../tools/homework/release/release.ts";
import { fillRoster } from "../../../tools/homework/report/roster.ts";
import { root } from "../../../tools/paths.ts";
import { formatNotebook, type SubmissionResult } from "cnn/homework";
import {
  edited,
  fixturePath,
  handIn,
  instructor,
  withFolder,
} from "./fixture.ts";

interface Step {
  name?: string;
  uses?: string;
  id?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, string>;
}

async function stepsOf(workflow: string): Promise<Step[]> {
  const path = join(root, "docs/github-classroom", workflow);
  // deno-lint-ignore no-explicit-any -- the form is what the test is about
  const { on, permissions, jobs } = parse(await Deno.readTextFile(path)) as any;
  assert(on !== undefined && permissions.contents === "read");
  const [job] = Object.values(jobs) as { steps: Step[] }[];
  return job.steps;
}

/** Fills `${{ ... }}` in; one that is not known is an error. */
function expand(text: string, known: Record<string, string>): string {
  return text.replaceAll(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, name) => {
    if (!(name in known)) throw new Error(`No value for ${name}`);
    return known[name];
  });
}

/**
 * Programs that stand for what a runner has: `npx` gives this Deno where it is the
 * version asked for, `gh` copies a class instead of cloning it.
 */
async function programs(folder: string, classFolder: string): Promise<string> {
  const bin = join(folder, "bin");
  await handIn(bin, {
    npx: `#!/bin/sh
[ "$1 $2" = "-y deno@${Deno.version.deno}" ] || { echo "npx $*" >&2; exit 9; }
shift 2
exec "${Deno.execPath()}" "$@"
`,
    gh: `#!/bin/sh
case "$*" in
"extension install github/gh-classroom") ;;
"classroom clone student-repos -a 4711 -d "*)
  mkdir -p "$7" && cp -r "${classFolder}" "$7/homework-submissions" ;;
*) echo "gh $*" >&2; exit 9 ;;
esac
`,
  });
  for (const name of ["npx", "gh"]) await Deno.chmod(join(bin, name), 0o755);
  return bin;
}

/** Runs a step's command as a runner does. */
async function run(
  step: Step,
  { cwd, bin, env, known, status = 0 }: {
    cwd: string;
    bin: string;
    env: Record<string, string>;
    known: Record<string, string>;
    /** With which the step ends. */
    status?: number;
  },
) {
  const own = Object.entries(step.env ?? {}).map(([name, value]) =>
    [name, expand(value, known)] as const
  );
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-e", "-o", "pipefail", "-c", expand(step.run!, known)],
    cwd,
    env: {
      ...env,
      ...Object.fromEntries(own),
      PATH: `${bin}:${Deno.env.get("PATH")}`,
      INIT_CWD: cwd, // as npx sets it, and not where these tests were started
    },
  }).output();
  const text = [stdout, stderr].map((b) => new TextDecoder().decode(b)).join(
    "",
  );
  assertEquals(code, status, text);
  return text;
}

const unixOnly = { ignore: Deno.build.os === "windows" };

Deno.test(
  "check.yml reports the visible checks of a student's repository",
  unixOnly,
  async () => {
    await withFolder(async (folder) => {
      const repository = join(folder, "repository");
      const notebook = await loadNotebook(fileURLToPath(fixturePath));
      await release([notebook], { out: repository, data: "none" });
      const half = edited({ "exercise-90-2": "const nothing = 1;" });
      await Deno.writeTextFile(
        join(repository, "notebooks/90_fixture.ipynb"),
        formatNotebook(half),
      );
      const steps = await stepsOf("check.yml");
      const bin = await programs(folder, folder);
      const output = join(folder, "output");
      const check = steps.find(({ id }) => id === "homework")!;
      await run(check, {
        cwd: repository,
        bin,
        env: { GITHUB_OUTPUT: output },
        known: {},
      });
      const [, result] = /^result=(\S+)\n$/.exec(
        await Deno.readTextFile(output),
      )!;
      const reporter = steps.at(-1)!;
      assertEquals(
        expand(reporter.env!.HOMEWORK_RESULTS, {
          "steps.homework.outputs.result": result,
        }),
        result,
      );
      assertEquals(reporter.with, { runners: check.id });
      const report = JSON.parse(
        new TextDecoder().decode(Uint8Array.fromBase64(result)),
      );
      assertEquals(report.max_score, 8);
      assertEquals(
        report.tests.map((test: { score: number }) => test.score),
        [1, 0, 2, 2],
      );

      // What the grader cannot do is no exercise that is not solved.
      const failures: Record<string, () => Promise<unknown>> = {
        "found no file": () =>
          Deno.rename(
            join(repository, "notebooks/90_fixture.ipynb"),
            join(folder, "90_fixture.ipynb"),
          ),
        "is no JSON": () =>
          Deno.writeTextFile(join(repository, "notebooks/a.ipynb"), "{"),
        "npx failed": () =>
          Deno.writeTextFile(
            join(bin, "npx"),
            "#!/bin/sh\necho npx failed; exit 1",
          ),
      };
      for (const [reason, fail] of Object.entries(failures)) {
        await Deno.remove(output);
        await Deno.writeTextFile(output, "");
        await fail();
        const text = await run(check, {
          cwd: repository,
          bin,
          env: { GITHUB_OUTPUT: output },
          known: {},
          status: 1,
        });
        assertStringIncludes(text, reason);
        assertEquals(await Deno.readTextFile(output), "");
      }
    });
  },
);

Deno.test(
  "grade.yml grades what gh clones, and keeps the reports",
  unixOnly,
  async () => {
    await withFolder(async (folder) => {
      // The instructor's copy of the course, with one notebook more.
      const course = join(folder, "course");
      await Deno.mkdir(join(course, "notebooks"), { recursive: true });
      for (
        const name of ["deno.json", "deno.lock", "lib", "tools", "node_modules"]
      ) {
        await Deno.symlink(join(root, name), join(course, name));
      }
      await Deno.copyFile(
        fixturePath,
        join(course, "notebooks/90_fixture.ipynb"),
      );
      await handIn(join(folder, "class"), {
        "homework-ann/notebooks/90_fixture.ipynb": instructor,
        "homework-ben/README.md": "nothing yet",
      });
      const temp = join(folder, "temp");
      await Deno.mkdir(temp);
      const known = {
        "secrets.CLASSROOM_TOKEN": "token",
        "inputs.assignment": "4711",
        "inputs.notebook": "90_fixture",
        "runner.temp": temp,
      };
      const steps = await stepsOf("grade.yml");
      const bin = await programs(folder, join(folder, "class"));
      for (const step of steps.filter(({ run }) => run !== undefined)) {
        await run(step, {
          cwd: course,
          bin,
          env: { RUNNER_TEMP: temp },
          known,
        });
      }
      const upload = steps.at(-1)!.with!;
      const paths = expand(upload.path, known).trim().split("\n");
      assertEquals(paths.map((path) => basename(path)), [
        "grades.*",
        "feedback",
      ]);
      const csv = await Deno.readTextFile(paths[0].replace("*", "csv"));
      assertStringIncludes(csv, "\nhomework-ann,90_fixture,graded,8,8");
      assertStringIncludes(csv, "\nhomework-ben,90_fixture,missing,0,8");
      const pages = await Array.fromAsync(Deno.readDir(paths[1]));
      assertEquals(pages.length, 2);
    });
  },
);

const result = (student: string, points: number, notebook = "hw2") =>
  ({
    student,
    notebook,
    status: "graded",
    points,
    maxPoints: 8,
    notes: [],
    exercises: [],
  }) satisfies SubmissionResult;

Deno.test("fillRoster() fills Canvas's gradebook and leaves the rest", async () => {
  // As "Export Entire Gradebook" writes it.
  const exported =
    `Student,ID,SIS User ID,SIS Login ID,Section,hw1 (88),hw2 (99)
"    Points Possible",,,,,10,8
"Kim, Ada",4711,s-1,ada@uni.example,"CNN, 1",9,
"Li, Ben",4712,s-2,ben@uni.example,"CNN, 1",-1,
"Student, Test",4713,,,"CNN, 1",,
`;
  const { platform, csv, unknown } = await fillRoster(exported, [
    result("ben@uni.example", 6.5),
    result("ben@uni.example", 2, "hw3"),
    result("kimada_LATE_4711_1234_hw2", 8),
    result("nobody", 1),
  ]);
  assertEquals(platform, "Canvas");
  assertEquals(unknown, ["nobody"]);
  assertEquals(
    csv,
    `Student,ID,SIS User ID,SIS Login ID,Section,hw1 (88),hw2 (99),hw3
    Points Possible,,,,,10,8,8
"Kim, Ada",4711,s-1,ada@uni.example,"CNN, 1",9,8,
"Li, Ben",4712,s-2,ben@uni.example,"CNN, 1",-1,6.5,2
"Student, Test",4713,,,"CNN, 1",,,
`,
  );
});

Deno.test("fillRoster() fills Moodle's grading worksheet", async () => {
  // As "Download grading worksheet" writes it.
  const worksheet =
    `\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 123456","Ada Kim",ada@uni.example,"Submitted for grading - ",,8.00,Yes,"Sunday, 1 March 2026, 10:00 AM",-,
"Participant 123457","Ben Li",ben@uni.example,"No submission",,8.00,Yes,-,-,
`;
  const { platform, csv, unknown } = await fillRoster(worksheet, [
    result("Ada Kim_123456_assignsubmission_file", 7.5),
    result("BEN@uni.example", 3),
  ]);
  assertEquals([platform, unknown], ["Moodle", []]);
  const rows = csv.trim().split("\n");
  assertStringIncludes(
    rows[1],
    `"Submitted for grading - ",7.5,8.00,Yes`.replaceAll('"', ""),
  );
  assertStringIncludes(rows[2], "No submission,3,8.00");
  assertEquals(rows.length, 3);
});

Deno.test("fillRoster() gives nobody another's points", async () => {
  const two = `Student,ID,Section\n"Kim, Ada",1,A\n"Kim, Ada",2,A\n`;
  const { csv, unknown } = await fillRoster(two, [result("Kim, Ada", 8)]);
  assertEquals(unknown, ["Kim, Ada"]);
  assertEquals(csv.includes("8"), false);
  await assertRejects(() => fillRoster("a,b\n", []), Error, "the columns a, b");
});
