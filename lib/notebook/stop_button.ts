import { inNotebook } from "./kernel.ts";

/** Whether the reader pressed the notebook's stop button. */
export interface StopButton extends Disposable {
  readonly pressed: boolean;
}

/**
 * Listens to the notebook's stop button, which sends SIGINT: without a listener it
 * ends the kernel while a cell awaits, and all that was learned with it.
 *
 * Outside a notebook nothing listens, so that Ctrl+C ends a program as ever.
 */
export function stopButton(): StopButton {
  if (!inNotebook()) return { pressed: false, [Symbol.dispose]() {} };
  let pressed = false;
  const note = () => {
    pressed = true;
  };
  Deno.addSignalListener("SIGINT", note);
  return {
    get pressed() {
      return pressed;
    },
    [Symbol.dispose]: () => Deno.removeSignalListener("SIGINT", note),
  };
}
