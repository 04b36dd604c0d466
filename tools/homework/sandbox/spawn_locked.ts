/**
 * Starting a Deno process that may do nothing but compute.
 *
 * @module
 */
import type { Limits } from "./limits.ts";
import type { SandboxFiles } from "./sandbox_files.ts";

/** Options of `deno run`: no right but to read the library and the data. */
export function lockedArguments(
  files: SandboxFiles,
  main: string,
  limits: Limits,
): string[] {
  return [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-check",
    "--no-lock",
    "--no-remote",
    "--cached-only",
    `--config=${files.config}`,
    `--allow-read=${files.readable.join(",")}`,
    "--deny-write",
    "--deny-net",
    "--deny-env",
    "--deny-run",
    "--deny-ffi",
    "--deny-sys",
    "--deny-import",
    `--v8-flags=--max-old-space-size=${Math.ceil(limits.memory / 2)}`,
    main,
  ];
}

/** Starts the process, with limits that the system itself keeps. */
export function spawnLocked(
  files: SandboxFiles,
  main: string,
  limits: Limits,
): Deno.ChildProcess {
  const args = lockedArguments(files, main, limits);
  const windows = Deno.build.os === "windows";
  // Processor time ends what outlives a killed grader; no file may grow.
  const cpu = Math.ceil(limits.cpuSeconds ?? limits.seconds * 10 + 60);
  const shell = `ulimit -t ${cpu}; ulimit -f 0; ulimit -c 0; exec "$0" "$@"`;
  return new Deno.Command(windows ? Deno.execPath() : "/bin/sh", {
    args: windows ? args : ["-c", shell, Deno.execPath(), ...args],
    cwd: files.folder,
    clearEnv: true,
    // A folder that cannot exist: caches and localStorage have no place.
    env: {
      DENO_DIR: "/dev/null/none",
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
