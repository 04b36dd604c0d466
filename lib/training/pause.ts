/** Milliseconds of work after which the event loop gets a turn. */
const TURN = 50;

/**
 * Lets timers and displays run, if the last pause is long ago.
 *
 * @param last Time of the last pause, in the milliseconds of performance.now().
 * @returns Time of the last pause, this one included.
 */
export async function pause(last: number): Promise<number> {
  if (performance.now() - last < TURN) return last;
  await new Promise((resolve) => setTimeout(resolve, 0));
  return performance.now();
}
