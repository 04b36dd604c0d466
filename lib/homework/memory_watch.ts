/**
 * Watches how much memory a process takes, where the system tells.
 *
 * V8's own limit holds for its heap only; the numbers of a typed array lie
 * outside it.
 *
 * @module
 */

/** Milliseconds between two looks. */
const interval = 40;

/**
 * Calls `onTooMuch` once when the process `pid` holds more than `megabytes`.
 *
 * @returns A function that ends the watch.
 */
export function watchMemory(
  pid: number,
  megabytes: number,
  onTooMuch: () => void,
): () => void {
  if (Deno.build.os !== "linux") return watchWithPs(pid, megabytes, onTooMuch);
  const timer = setInterval(() => {
    const resident = residentPages(pid);
    if (resident * 4096 <= megabytes * 1048576) return;
    clearInterval(timer);
    onTooMuch();
  }, interval);
  return () => clearInterval(timer);
}

/** Second number of /proc/PID/statm; 0 for a process that has ended. */
function residentPages(pid: number): number {
  try {
    return Number(Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    // ESRCH: the process ended between opening and reading.
    if ((error as { code?: string }).code === "ESRCH") return 0;
    throw error;
  }
}

/** macOS has no /proc: `ps`, less often. Windows keeps V8's limit alone. */
function watchWithPs(
  pid: number,
  megabytes: number,
  onTooMuch: () => void,
): () => void {
  if (Deno.build.os === "windows") return () => {};
  const timer = setInterval(async () => {
    const { stdout } = await new Deno.Command("ps", {
      args: ["-o", "rss=", "-p", String(pid)],
    }).output();
    if (Number(new TextDecoder().decode(stdout)) <= megabytes * 1024) return;
    clearInterval(timer);
    onTooMuch();
  }, interval * 10);
  return () => clearInterval(timer);
}
