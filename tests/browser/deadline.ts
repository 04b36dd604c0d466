/** A bound for whatever could wait for ever: a page, a kernel, a process that ends. */

import { output } from "../../tools/process.ts";

/** Something took longer than it may. */
class Late extends Error {}

/** What `work` gives; an error that names it where that takes more than `seconds`. */
export async function within<T>(
  seconds: number,
  what: string,
  work: Promise<T>,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(
      () => fail(new Late(`${what} did not end in ${seconds} seconds`)),
      seconds * 1000,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What `work` gives. Where that takes more than `seconds`, `end` is called, which must
 * tear it out of what it waits for; the error says what the machine was at and where
 * the work stood.
 */
export async function endedAfter<T>(
  seconds: number,
  work: Promise<T>,
  end: () => Promise<unknown>,
): Promise<T> {
  const told = work.then(
    () => "it ended just then",
    (error) => `it waited here: ${error?.stack ?? error}`,
  );
  try {
    return await within(seconds, "the test", work);
  } catch (error) {
    if (!(error instanceof Late)) throw error;
  }
  const machine = await busiest();
  await within(60, "closing the browser", end()).catch((error) =>
    console.error(error.message)
  );
  const stood = await within(120, "the test, torn out,", told).catch(String);
  throw new Error(
    `The test did not end in ${seconds} seconds; ${stood}\nThe machine's busiest:\n${machine}`,
  );
}

/** The processes that have used most time, and what they wait for. */
async function busiest(): Promise<string> {
  if (Deno.build.os !== "linux") return "(only Linux tells)";
  const columns = "pid,ppid,stat,etimes,time,nlwp,wchan:20,args";
  const told = await output(["ps", "-eo", columns, "--sort=-time"]);
  return (told.stdout || told.stderr).split("\n").slice(0, 16)
    .map((line) => line.slice(0, 180)).join("\n");
}
