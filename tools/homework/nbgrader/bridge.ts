/** Calls of nbgrader's own Python, which keeps the gradebook. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NotebookError } from "../notebook/notebook.ts";
import { output, SetupError } from "../../process.ts";
import { root } from "../../paths.ts";

const script = fileURLToPath(new URL("bridge.py", import.meta.url));

/** The version that the bridge was written for and is tested with. */
const version = "0.9.6";

/** Where a course keeps its files, and which of its cells give points. */
export interface Course {
  readonly version: string;
  readonly structure: string;
  /** Folder of the instructor's notebooks of this assignment. */
  readonly source: string;
  /** Folder that holds `<student>/<assignment>`. */
  readonly submitted: string;
  /** Points by notebook and grade_id; null where nothing was generated. */
  readonly notebooks: Record<string, Record<string, number>> | null;
}

/** What nbgrader gets for a cell that gives points. */
export interface CellResult {
  readonly points: number;
  readonly maxPoints: number;
  readonly mistake: string;
  readonly details: string;
  readonly printed: string;
}

/** What is to be recorded. */
export interface Recording {
  /** Folder that holds `<student>/<assignment>/<notebook>.ipynb`, made by us. */
  readonly staged: string;
  /** By student, notebook and grade_id. */
  readonly results: Record<string, Record<string, Record<string, CellResult>>>;
}

/** What the gradebook holds for a student afterwards. */
export interface Recorded {
  readonly score: number;
  readonly secondsLate: number;
  readonly penalty: number;
  readonly notebooks: Record<
    string,
    Record<
      string,
      { auto: number | null; manual: number | null; needsManual: boolean }
    >
  >;
}

/** nbgrader in a course's folder. */
export class Bridge {
  readonly #python: string;
  readonly #course: string;

  private constructor(python: string, course: string) {
    this.#python = python;
    this.#course = course;
  }

  /**
   * Finds a Python that has nbgrader.
   *
   * @param named The one that the user named.
   * @throws {SetupError} None has it, or it has another version.
   */
  static async open(course: string, named?: string): Promise<Bridge> {
    const candidates = named === undefined
      ? ["python3", "python", join(root, ".cache/nbgrader/bin/python")]
      : [named];
    const probe = "import nbgrader; print(nbgrader.__version__)";
    const seen: string[] = [];
    for (const python of candidates) {
      const { success, stdout } = await output([python, "-c", probe]);
      const found = stdout.trim();
      if (success && found === version) return new Bridge(python, course);
      if (success) seen.push(`${found} in ${python}`);
    }
    throw new SetupError(
      `grade --nbgrader expects a Python with nbgrader ${version} but found ${
        seen.join(", ") || `none in ${candidates.join(", ")}`
      }: pip install nbgrader==${version}, or name another one with --python`,
    );
  }

  /** What nbgrader knows of an assignment. */
  async describe(assignment: string): Promise<Course> {
    return await this.#ask({ task: "describe", assignment }) as Course;
  }

  /** Records results; a student who is not in the answer could not be recorded. */
  async record(
    assignment: string,
    recording: Recording,
  ): Promise<{ students: Record<string, Recorded>; log: string }> {
    const log: string[] = [];
    const answer = await this.#ask(
      { task: "record", assignment, ...recording },
      log,
    );
    const { students } = answer as { students: Record<string, Recorded> };
    return { students, log: log.join("") };
  }

  async #ask(request: unknown, log: string[] = []): Promise<unknown> {
    const bin = dirname(this.#python);
    const path = Deno.env.get("PATH") ?? "";
    const child = new Deno.Command(this.#python, {
      args: [script],
      cwd: this.#course,
      // nbgrader starts "alembic" by its name.
      env: {
        PATH: bin === "." ? path : `${bin}:${path}`,
        PYTHONNOUSERSITE: "1",
        PYTHONDONTWRITEBYTECODE: "1",
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    const sent = writer.write(new TextEncoder().encode(JSON.stringify(request)))
      .then(() => writer.close());
    const [{ success, stdout, stderr }] = await Promise.all([
      child.output(),
      sent.catch(() => {}), // it ended before it read all: its status tells
    ]);
    const decoder = new TextDecoder();
    log.push(decoder.decode(stderr));
    if (success) return JSON.parse(decoder.decode(stdout));
    throw new NotebookError(
      `nbgrader stopped in ${this.#course}:\n${
        log.at(-1)!.trimEnd().slice(-4000)
      }`,
    );
  }
}
