/**
 * What the pages for contributors promise is there: tasks, files, commands.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "@std/yaml";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (path: string) => Deno.readTextFileSync(join(root, path));
const { tasks, version } = JSON.parse(read("deno.json"));

const pages = [
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...["CHANGELOG.md", "docs/homework.md", "docs/benchmarks.md"],
  ...["docs/engine.md", "docs/building-blocks.md", "docs/glossary.md"],
];

/** Files of other repositories that a page tells of. */
const elsewhere = [
  ".github/workflows/classroom.yml",
  ".github/workflows/grade.yml",
];

/** True for a file or folder; `*` stands for any end of a name. */
function isThere(path: string): boolean {
  const [start, star] = path.split("*");
  const full = join(root, start);
  try {
    if (star === undefined) return Deno.statSync(full) !== undefined;
    const names = [...Deno.readDirSync(dirname(full))];
    return names.some(({ name }) => join(dirname(full), name).startsWith(full));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

for (const page of pages) {
  Deno.test(`${page} names tasks that deno.json has`, () => {
    const named = read(page).matchAll(
      /\bdeno(?:@[\d.]+)? task ([a-z][a-z:]*)/g,
    );
    const unknown = [...new Set([...named].map(([, name]) => name))]
      .filter((name) => !Object.hasOwn(tasks, name));
    assertEquals(unknown, []);
  });

  Deno.test(`${page} names files that are there`, () => {
    const text = read(page);
    const quoted = [...text.matchAll(/`([^`\s]+)`/g)].map(([, name]) => name)
      .filter((name) =>
        /^\.?(lib|tests|tools|docs|notebooks|data|github|hooks|ci)\//.test(name)
      );
    const linked = [...text.matchAll(/\]\(([^)#\s]+)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => join(dirname(page), target));
    const commands = [...text.matchAll(/deno (?:test|run) .*?(t[\w/]+\.ts)/g)]
      .map(([, path]) => path);
    const missing = [...quoted, ...linked, ...commands]
      .filter((path) => !elsewhere.includes(path) && !isThere(path));
    assertEquals(missing, []);
  });
}

Deno.test("the README's table of tasks has each task of deno.json once, and no other", () => {
  const rows = [...read("README.md").matchAll(/^\| `deno task ([\w:]+)/gm)]
    .map(([, task]) => task);
  assertEquals(rows.sort(), Object.keys(tasks).sort());
});

Deno.test("deno task fmt and fmt:check look at the same files", async () => {
  const { fmt, "fmt:check": check } = tasks;
  assertEquals(
    check.command,
    fmt.command.replaceAll("deno fmt", "deno fmt --check"),
  );
  assert(!fmt.command.includes("--ignore"), "one list: fmt.exclude");
  // What must not be formatted, named as it is, is left out by that list.
  const left = [
    "notebooks",
    "data",
    "tests/fixtures",
    "tests/reference",
    "lib/engine/assembly",
  ];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--check", ...left],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  assertMatch(new TextDecoder().decode(stderr), /No target files found/);
  assertEquals(code, 1);
});

interface Workflow {
  on: Record<string, unknown>;
  jobs: Record<string, {
    "runs-on": string;
    strategy: { matrix: { os: string[] } };
    steps: { name?: string; run?: string; uses?: string }[];
  }>;
}

Deno.test("the workflow calls the README's test command on three systems", () => {
  const [, command] = /^(npx -y deno@\S+ task test)\b/m.exec(
    read("README.md"),
  )!;
  const { jobs } = parse(read(".github/workflows/ci.yml")) as Workflow;
  const { test } = jobs;
  assert(test.steps.some(({ run }) => run?.trim() === command), command);
  assertEquals(
    test.strategy.matrix.os.map((os) => os.split("-")[0]).sort(),
    ["macos", "ubuntu", "windows"],
  );
  assertEquals(test["runs-on"], "${{ matrix.os }}");
});

Deno.test("a workflow replicates the notebooks by the calendar, with the README's Deno", () => {
  const [deno] = /npx -y deno@\S+/.exec(read("README.md"))!;
  const { on, jobs } = parse(
    read(".github/workflows/replicate.yml"),
  ) as Workflow;
  assert(on.schedule, "schedule");
  assert(
    jobs.replicate.steps.some(({ run }) =>
      run?.startsWith(`${deno} task replicate --seeds=`)
    ),
    deno,
  );
});

Deno.test("a workflow publishes what the README links to, with its Deno", () => {
  const [deno, version] = /npx -y deno@(\S+)/.exec(read("README.md"))!;
  const { jobs } = parse(read(".github/workflows/pages.yml")) as Workflow;
  const runs = jobs.build.steps.map(({ run }) => run?.trim());
  assert(runs.includes(`${deno} task site`));
  assert(runs.includes(`${deno} task book --check`));
  const container = JSON.parse(read(".devcontainer/devcontainer.json"));
  const { postCreateCommand } = container;
  assert(postCreateCommand.includes(`deno@${version} `), postCreateCommand);
  assertEquals(read(".binder/requirements.txt"), `deno==${version}\n`);
  if (Deno.build.os === "windows") return; // no modes
  for (const file of ["postBuild", "start"]) {
    assert(Deno.statSync(join(root, ".binder", file)).mode! & 0o100, file);
  }
});

for (const name of ["bug", "unclear", "config"]) {
  Deno.test(`the issue form ${name} can be read`, () => {
    const form = parse(read(`.github/ISSUE_TEMPLATE/${name}.yml`)) as Record<
      string,
      unknown
    >;
    if (name === "config") return assertEquals(Object.keys(form).length, 1);
    for (const key of ["name", "description", "body"]) assert(form[key], key);
    const ids = (form.body as { id: string }[]).map(({ id }) => id);
    assertEquals(new Set(ids).size, ids.length);
  });
}

Deno.test("CITATION.cff has what a citation needs", () => {
  const citation = parse(read("CITATION.cff")) as Record<string, unknown>;
  for (const key of ["cff-version", "message", "title", "authors"]) {
    assert(citation[key], key);
  }
  assertEquals(citation.version, version);
});

Deno.test("the newest version of CHANGELOG.md is that of deno.json", () => {
  const [, newest] = /^## \[(\d[^\]]*)\]/m.exec(read("CHANGELOG.md"))!;
  assertEquals(newest, version);
});
