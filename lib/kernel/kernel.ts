/** The one door to the notebook: what the Deno kernel offers to show things. */
import type { MimeBundle } from "./displayable.ts";
import { jupyter } from "./platform.ts";

/**
 * Whether this code runs in a notebook.
 */
export function inNotebook(): boolean {
  return jupyter() !== undefined;
}

/**
 * Shows a bundle in the cell; outside a notebook prints its text form.
 *
 * An output with an `id` can be replaced later by `update: true`. What is
 * `quiet`, because it will be replaced, prints nothing outside a notebook.
 */
export async function display(
  bundle: MimeBundle,
  options: { id?: string; update?: boolean; quiet?: boolean } = {},
): Promise<void> {
  const { id, update = false, quiet = false } = options;
  const kernel = jupyter();
  if (kernel) {
    await kernel.display(bundle, { raw: true, display_id: id, update });
    // The message leaves on another path than "cell finished" and must not be
    // overtaken: 2 of 150 outputs got lost without this pause, 0 of 450 with one.
    // What will be replaced may get lost; a stop in the pause would end the kernel.
    if (!quiet) await new Promise((resolve) => setTimeout(resolve, 10));
  } else if (!quiet) {
    console.log(bundle["text/plain"]);
  }
}

let displays = 0;

/** A name that no other live output of this kernel has. */
function displayId(): string {
  displays += 1;
  return `cnn-${Date.now().toString(36)}-${displays}`;
}

/**
 * One output that is replaced again and again while a cell works.
 *
 * Calls that are not awaited keep their order, so that an early picture never
 * covers a later one.
 *
 * @returns A function that shows a bundle in the output's place; what is `quiet`
 * prints nothing outside a notebook.
 */
export function liveOutput(): (
  bundle: MimeBundle,
  options?: { quiet?: boolean },
) => Promise<void> {
  const id = displayId();
  let shown = false;
  let before: Promise<unknown> = Promise.resolve();
  return (bundle, { quiet = false } = {}) => {
    const update = shown;
    shown = true;
    const turn = before.then(() => display(bundle, { id, update, quiet }));
    before = turn.catch(() => {}); // told to who waits for this turn, not to the next
    return turn;
  };
}
