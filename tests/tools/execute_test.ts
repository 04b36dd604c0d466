import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { executeNotebook } from "../../tools/execute.ts";

// The program is a shell script, which Windows does not run.
Deno.test({
  name:
    "a broken Python is told by its reason and the remedy, without a traceback",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    const python = join(folder, "python");
    await Deno.writeTextFile(
      python,
      "#!/bin/sh\ncat >&2 <<'END'\nTraceback (most recent call last):\n" +
        '  File "execute.py", line 18, in <module>\n    import nbformat\n' +
        "ModuleNotFoundError: No module named 'nbformat'\nEND\nexit 1\n",
      { mode: 0o755 },
    );
    try {
      const { broken, done } = await executeNotebook(
        "x.ipynb",
        { python, env: {} },
        { copy: join(folder, "copy.ipynb"), timeout: 5 },
      );
      assertEquals(done, 0);
      assertEquals(
        broken?.split("\n")[0],
        "ModuleNotFoundError: No module named 'nbformat'",
      );
      assertStringIncludes(broken!, "delete the folder .venv");
      assertEquals(broken!.includes("Traceback"), false);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
