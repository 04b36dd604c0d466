/**
 * What a student wrote, called: whether it is a function, and what it gives.
 *
 * @module
 */
import { CheckError } from "./check_error.ts";

/** Throws unless there is a function; `what` is wanted, `found` there instead. */
export function checkFunction(
  exercise: string,
  fn: unknown,
  what = "a function",
  found: string = typeof fn,
): void {
  if (typeof fn === "function") return;
  throw new CheckError(
    exercise,
    "no function",
    `expected ${what}, found ${found}: pass the function itself, without calling it`,
  );
}

/**
 * What a call of a student's function gives.
 *
 * @param words `call` as messages write it; `stub` for one that does nothing yet, as
 * `call` unless told; `remedy` for one that throws.
 * @throws {CheckError} The function is still the stub, or throws.
 */
export async function resultOf<Result>(
  exercise: string,
  run: () => Result | Promise<Result>,
  { call, stub = call, remedy }: {
    call: string;
    stub?: string;
    remedy: string;
  },
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const missing = message.startsWith("Not implemented");
    throw new CheckError(
      exercise,
      missing ? "not implemented" : "an error",
      missing
        ? `${stub} is still the stub: replace its throw by your solution`
        : `${call} threw "${message}": ${remedy}`,
      { cause: error },
    );
  }
}
