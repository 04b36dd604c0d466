/** Where things lie: the repository, and the user. */
import { join, resolve } from "node:path";

/** Folder of the repository. */
export const root: string = join(import.meta.dirname!, "..");

/** A path as the user means it: from where the user called the task. */
export function fromUser(path: string): string {
  // deno task starts in the repository; INIT_CWD is where the user stands.
  return resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}
