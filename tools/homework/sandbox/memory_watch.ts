/**
 * Watches how much memory a process takes, where the system tells.
 *
 * V8's own limit holds for its heap only; the numbers of a typed array lie
 * outside it.
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
    if (residentKilobytes(readStatus(pid)) <= megabytes * 1024) return;
    clearInterval(timer);
    onTooMuch();
  }, interval);
  return () => clearInterval(timer);
}

/**
 * The memory that a process holds, from the text of /proc/PID/status.
 *
 * `statm` beside it counts in pages, and a page is 4, 16 or 64 KB by the kernel.
 *
 * @returns 0 for a process that has ended.
 */
export function residentKilobytes(status: string): number {
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0);
}

/** The text of /proc/PID/status; "" for a process that has ended. */
function readStatus(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/status`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    // ESRCH: the process ended between opening and reading.
    if ((error as { code?: string }).code === "ESRCH") return "";
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
