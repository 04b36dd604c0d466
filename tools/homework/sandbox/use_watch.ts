/**
 * Watches what a process uses, where the system tells: memory, processor time, threads.
 *
 * V8's own limit holds for its heap only; the numbers of a typed array lie
 * outside it. And a clock on the wall counts what others do to a busy machine.
 */

/** What a process uses. */
export interface Use {
  readonly megabytes: number;
  /** Processor time of all its threads so far. */
  readonly seconds: number;
  readonly threads: number;
  /** Seconds in which its main thread could have run, and others had the processor. */
  readonly delayed: number;
}

/** Milliseconds between two looks. */
const interval = 40;

/** Clock ticks a second in /proc, on every Linux that Deno runs on. */
const ticks = 100;

/**
 * Calls `onLook` again and again: with nothing where the system does not tell.
 *
 * @returns A function that ends the watch.
 */
export function watchUse(
  pid: number,
  onLook: (use: Use | undefined) => void,
): () => void {
  const { os } = Deno.build;
  const slow = os !== "linux" && os !== "windows"; // a program each time
  const timer = setInterval(async () => {
    if (os === "linux") onLook(useOf(pid));
    else onLook(slow ? await askPs(pid) : undefined);
  }, slow ? interval * 10 : interval);
  return () => clearInterval(timer);
}

/** What a process of Linux uses; undefined for one that has ended. */
export function useOf(pid: number): Use | undefined {
  const status = readProc(`${pid}/status`);
  const stat = readProc(`${pid}/stat`);
  return status === "" || stat === "" ? undefined : {
    megabytes: residentKilobytes(status) / 1024,
    seconds: processorSeconds(stat),
    threads: Number(/^Threads:\s*(\d+)$/m.exec(status)?.[1] ?? 0),
    // Nanoseconds: on a processor, and waiting for one.
    delayed: Number(readProc(`${pid}/schedstat`).split(" ")[1] ?? 0) / 1e9,
  };
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

/** The processor time of a process, from the text of /proc/PID/stat. */
export function processorSeconds(stat: string): number {
  // The name in parentheses may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

/** A text of /proc; "" for a process that has ended. */
function readProc(path: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${path}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    // ESRCH: the process ended between opening and reading.
    if ((error as { code?: string }).code === "ESRCH") return "";
    throw error;
  }
}

/** macOS has no /proc. */
async function askPs(pid: number): Promise<Use | undefined> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-o", "rss=,time=", "-p", String(pid)],
  }).output();
  return useFromPs(new TextDecoder().decode(stdout));
}

/** From "  20480   1:02.50": kilobytes, then hours, minutes and seconds. */
export function useFromPs(line: string): Use | undefined {
  const [kilobytes, time] = line.trim().split(/\s+/);
  if (time === undefined) return undefined;
  const seconds = time.split(/[:-]/).reduce(
    (sum, part) => sum * 60 + Number(part),
    0,
  );
  return {
    megabytes: Number(kilobytes) / 1024,
    seconds,
    threads: 0,
    delayed: 0,
  };
}
