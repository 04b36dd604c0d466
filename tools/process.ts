/**
 * Starting other programs, and the one kind of error that a user reads as one line.
 */

/** A problem of the user's with its remedy, shown without a stack trace. */
export class SetupError extends Error {
  override name = "SetupError";
  /** Exit status: 2 for a wrong call, 1 for anything else. */
  readonly status: 1 | 2;

  constructor(
    message: string,
    options: ErrorOptions & { status?: 1 | 2 } = {},
  ) {
    super(message, options);
    this.status = options.status ?? 1;
  }
}

/** What a finished program left behind. */
export interface Output {
  success: boolean;
  stdout: string;
  stderr: string;
}

/** Options of {@linkcode output} and {@linkcode runOrThrow}. */
export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs a program to its end; a program that does not exist has not succeeded. */
export async function output(
  [program, ...args]: string[],
  options: RunOptions = {},
): Promise<Output> {
  try {
    const result = await new Deno.Command(program, {
      args,
      stdin: "null",
      ...options,
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return {
      success: result.success,
      stdout: text(result.stdout),
      stderr: text(result.stderr),
    };
  } catch (error) {
    if (!isMissing(error)) throw error;
    return { success: false, stdout: "", stderr: (error as Error).message };
  }
}

/** Runs a program whose failure ends the whole task. */
export async function runOrThrow(
  command: string[],
  options: RunOptions = {},
): Promise<void> {
  const { success, stdout, stderr } = await output(command, options);
  if (success) return;
  throw new SetupError(
    `Stopped because this command failed: ${command.join(" ")}\n` +
      withoutTraceback(`${stdout}${stderr}`).trim(),
  );
}

/** Ends a program and all that it has started, at once. */
export async function endWithChildren(pid: number): Promise<void> {
  if (Deno.build.os === "windows") {
    await output(["taskkill", "/T", "/F", "/PID", `${pid}`]);
    return;
  }
  const parents = await parentsOfAll();
  const family = [pid];
  for (const parent of family) { // grows while it is walked
    for (const [child, of] of parents) if (of === parent) family.push(child);
  }
  for (const member of family) {
    try {
      Deno.kill(member, "SIGKILL");
    } catch (error) { // it may have ended meanwhile
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Every process with its parent. Linux tells without `ps`, which not each has. */
async function parentsOfAll(): Promise<[child: number, parent: number][]> {
  if (Deno.build.os !== "linux") {
    const { stdout } = await output(["ps", "-A", "-o", "pid=,ppid="]);
    return stdout.trim().split("\n").map((line) => {
      const [child, parent] = line.trim().split(/\s+/).map(Number);
      return [child, parent];
    });
  }
  const found: [number, number][] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const status = await Deno.readTextFile(`/proc/${name}/status`)
      .catch(() => ""); // it has ended meanwhile
    const parent = /^PPid:\s+(\d+)/m.exec(status);
    if (parent) found.push([Number(name), Number(parent[1])]);
  }
  return found;
}

/** What Python says without its tracebacks: of each, the line with the reason stays. */
export function withoutTraceback(text: string): string {
  return text
    .replace(
      /\n*(?:During handling of|The above exception was).* exception.*:\r?\n+/g,
      "\n",
    )
    .replace(
      /^Traceback \(most recent call last\):\r?\n(?:[ \t].*\r?\n|\r?\n)*/gm,
      "",
    );
}

/** Shows a problem of the user's as its message alone; anything else is thrown on. */
export async function withPlainErrors(
  main: () => Promise<number>,
): Promise<never> {
  try {
    Deno.exit(await main());
  } catch (error) {
    if (isSystemError(error)) {
      console.error(
        `The system stopped this: ${error.message}; check the path, its permissions and the space that is left.`,
      );
    } else if (error instanceof SetupError) {
      console.error(error.message);
    } else throw error;
    Deno.exit(1);
  }
}

/** A file that may not be read, a full disk: nothing that a stack would explain. */
export function isSystemError(error: unknown): error is Error {
  return Object.values(Deno.errors).some((Kind) => error instanceof Kind) ||
    (error instanceof Error && "code" in error &&
      /^E[A-Z]+$/.test(String(error.code)));
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotCapable;
}
