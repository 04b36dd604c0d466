import { inNotebook } from "./kernel.ts";
import { onInterrupt } from "./platform.ts";

/** What long work asks about the notebook's stop button. */
export interface StopButton {
  /** Whether it was pressed, where the kernel leaves the rest to the work. */
  readonly pressed: boolean;
  /** Runs what computes without a pause, the part that the kernel may end. */
  compute<T>(work: () => T): T;
}

/** Milliseconds between two looks at the work. */
const LOOK = 100;

/**
 * Runs work that the notebook's stop button can end, and leaves the kernel alive.
 *
 * A kernel is stopped in one of two ways. A message, which the course's kernel asks
 * for, ends the JavaScript that computes: no `finally` runs and the promise waits
 * for ever, so a timer that finds computing unfinished rejects in its place. A
 * signal SIGINT ends the kernel itself, unless somebody listens: then the work asks
 * `pressed` where it may end. Outside a notebook Ctrl+C ends a program as ever.
 *
 * @param stopped Makes the error for work that was ended while it computed.
 */
export async function stoppable<T>(
  work: (stop: StopButton) => Promise<T>,
  stopped: () => Error,
): Promise<T> {
  if (!inNotebook()) {
    return await work({ pressed: false, compute: (part) => part() });
  }
  let pressed = false, computing = false;
  const note = () => {
    pressed = true;
  };
  const button: StopButton = {
    get pressed() {
      return pressed;
    },
    compute(part) {
      computing = true;
      try {
        return part();
      } finally {
        computing = false;
      }
    },
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  const ended = new Promise<never>((_, reject) => {
    timer = setInterval(() => computing && reject(stopped()), LOOK);
  });
  const off = onInterrupt(note);
  try {
    return await Promise.race([work(button), ended]);
  } finally {
    clearInterval(timer);
    off();
  }
}
