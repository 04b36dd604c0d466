/**
 * `deno task check:staged`: the form of the notebooks that the next commit
 * holds, as they are staged; .hooks/pre-commit calls it.
 */
import { complaints } from "./hygiene.ts";
import { checkRunnable, readBytes } from "./homework/notebook/load.ts";
import { output, SetupError, withPlainErrors } from "./process.ts";

/** What is wrong with the staged notebooks of `notebooks/`, one line each. */
export async function stagedComplaints(folder: string): Promise<string[]> {
  const listed = await git(folder, [
    ...["diff", "--cached", "--name-only", "--diff-filter=d", "-z"],
    ...["--", ":(top,glob)notebooks/*.ipynb"],
  ]);
  const found: string[] = [];
  for (const path of listed.split("\0").filter(Boolean)) {
    const text = await git(folder, ["show", `:${path}`]);
    try {
      const notebook = readBytes(path, new TextEncoder().encode(text));
      checkRunnable(notebook);
      found.push(...complaints(notebook));
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      found.push(error.message);
    }
  }
  return found;
}

async function git(folder: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await output(["git", ...args], {
    cwd: folder,
  });
  if (success) return stdout;
  throw new SetupError(
    `check:staged expects a repository of git's but found: ${stderr.trim()}`,
  );
}

if (import.meta.main) {
  await withPlainErrors(async () => {
    const found = await stagedComplaints(Deno.cwd());
    if (found.length === 0) return 0;
    console.error(found.join("\n"));
    console.error(
      "\nNot committed: deno task clean takes outputs out; then git add, and commit again.",
    );
    return 1;
  });
}
