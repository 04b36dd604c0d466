/** Telling the reader of a notebook what the kernel keeps to itself. */
import { inNotebook } from "../kernel/kernel.ts";

/**
 * Prints rejected promises that nobody awaits, and timers that threw.
 *
 * The kernel passes over both in silence: a claim without `await` could fail,
 * and the reader would see nothing but a missing row.
 */
export function tellLateFailures(target: EventTarget = globalThis): void {
  const tell = (what: string, error: unknown) =>
    console.error(`${what}: ${text(error)}`);
  target.addEventListener("unhandledrejection", (event) => {
    const { reason } = event as PromiseRejectionEvent;
    tell("Failed, and nobody awaits it (put await before the call)", reason);
  });
  target.addEventListener("error", (event) => {
    const { error, message } = event as ErrorEvent;
    tell("Failed outside a cell's own run", error ?? message);
  });
}

function text(error: unknown): string {
  return error instanceof Error
    ? `${error.name}: ${error.message}`
    : String(error);
}

if (inNotebook()) tellLateFailures();
