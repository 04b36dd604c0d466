/**
 * Keeps what a student's code prints, up to a limit, instead of printing it.
 */

/** The most text kept between two messages. */
const mostKept = 4000;

/** Replaces the console; `take` returns what was printed since the last time. */
export function captureConsole(): { take(): string } {
  const inspect = Deno.inspect;
  const slice = Function.prototype.call.bind(String.prototype.slice);
  let kept = "";
  let cut = false;
  const print = (...values: unknown[]): void => {
    if (cut) return;
    let line = "";
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      line += (i > 0 ? " " : "") +
        (typeof value === "string"
          ? slice(value, 0, mostKept)
          : inspect(value, { colors: false, iterableLimit: 20, depth: 3 }));
    }
    kept += `${line}\n`;
    if (kept.length > mostKept) {
      kept = `${slice(kept, 0, mostKept)}\n(more was printed)\n`;
      cut = true;
    }
  };
  for (
    const name of ["log", "info", "warn", "error", "debug", "table", "dir"]
  ) {
    Object.defineProperty(console, name, {
      value: print,
      writable: true,
      configurable: true,
    });
  }
  return {
    take() {
      const text = kept;
      kept = "";
      cut = false;
      return text;
    },
  };
}
