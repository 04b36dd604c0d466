/** Runs of `deno test` in a tree, with a limit of time. */

/** How a run ended: with the name of the first test that failed, where one did. */
export interface TestRun {
  readonly result: "passed" | "failed" | "timeout";
  readonly seconds: number;
  readonly by?: string;
}

/**
 * Runs tests up to the first that fails.
 *
 * @param tree Folder to run them in.
 * @param args What follows `deno test`: files, and options.
 * @param limit Seconds after which the run is stopped; none unless told.
 */
export async function denoTest(
  tree: string,
  args: readonly string[],
  limit?: number,
): Promise<TestRun> {
  const begin = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--fail-fast", ...args],
    cwd: tree,
    env: { NO_COLOR: "1", DENO_WEBGPU_BACKEND: "none" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let stopped = false;
  const timer = limit === undefined ? undefined : setTimeout(() => {
    stopped = true;
    child.kill("SIGKILL");
  }, 1000 * limit);
  const { success, stdout } = await child.output();
  clearTimeout(timer);
  const seconds = (performance.now() - begin) / 1000;
  if (success) return { result: "passed", seconds };
  if (stopped) return { result: "timeout", seconds };
  const text = new TextDecoder().decode(stdout);
  return { result: "failed", seconds, by: firstFailure(text) };
}

/** The first test that failed, as "tests/a_test.ts: its name". */
function firstFailure(text: string): string {
  const [, name, file] = /^(.+?) => (?:\.\/)?(.+?):\d+:\d+$/m.exec(text) ?? [];
  if (name !== undefined) return `${file}: ${name}`;
  const [, loading] = /^(?:\.\/)?(\S+) \(uncaught error\)/m.exec(text) ?? [];
  return loading === undefined ? "a run that broke" : `${loading}: its loading`;
}
