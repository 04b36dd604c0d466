/**
 * nbgrader itself, in an environment of its own below `.cache/`, for the test
 * that takes the course's notebooks through it, and for comparing speeds.
 */
import { delimiter, join } from "node:path";
import { setUp } from "../environment.ts";
import { root } from "../paths.ts";
import { installPython } from "../install_python.ts";
import { output, SetupError } from "../process.ts";
import { findPython } from "../python.ts";

/** Folder of the environment. */
const folder = ".cache/nbgrader";

const bin = join(
  root,
  folder,
  Deno.build.os === "windows" ? "Scripts" : "bin",
);

/** The environment's interpreter. */
export const nbgraderPython = join(bin, "python");

/** Calls nbgrader in a course folder. */
export interface Nbgrader {
  /** Runs a command of nbgrader and returns what it printed. */
  run(course: string, args: string[]): Promise<string>;
}

/** True where Python is new enough for the pinned nbgrader. */
export async function canRunNbgrader(): Promise<boolean> {
  const python = await findPython();
  if (python instanceof SetupError) return false;
  const probe = "import sys; sys.exit(sys.version_info < (3, 11))";
  return (await output([...python, "-c", probe])).success;
}

/** Installs nbgrader once, and the Deno kernel that it needs. */
export async function setUpNbgrader(): Promise<Nbgrader> {
  const { env } = await setUp();
  const python = nbgraderPython;
  await installPython(root, { python, env }, console.error, {
    name: folder,
    packages: "nbgrader.txt",
  });
  return {
    async run(course, args) {
      const command = [python, "-m", "nbgrader", ...args];
      const result = await output(command, {
        cwd: course,
        // nbgrader starts "alembic" by its name.
        env: { ...env, PATH: `${bin}${delimiter}${Deno.env.get("PATH")}` },
      });
      const text = result.stdout + result.stderr;
      if (result.success) return text;
      throw new Error(`nbgrader ${args.join(" ")} failed:\n${text}`);
    },
  };
}

/** Makes a course folder inside the repository, so that the kernel finds deno.json. */
export async function makeCourse(name: string): Promise<string> {
  const dir = join(root, ".cache", "courses");
  await Deno.mkdir(dir, { recursive: true });
  const course = await Deno.makeTempDir({ dir, prefix: `${name}_` });
  await Deno.copyFile(
    join(root, "nbgrader_config.py"),
    join(course, "nbgrader_config.py"),
  );
  return course;
}
