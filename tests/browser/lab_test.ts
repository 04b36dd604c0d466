/** JupyterLab of the tests ends when its starter does. */
import { assertEquals } from "@std/assert";
import { setUp } from "../../tools/environment.ts";

Deno.test("lab.py ends with its stdin, also where that does not block", async () => {
  const { python, env } = await setUp();
  const code = `import os, signal, threading, time
import lab
os.set_blocking(0, False)
signal.signal(signal.SIGTERM, lambda *_: os._exit(7))
watching = threading.Thread(target=lab.watch, daemon=True)
watching.start()
watching.join(0.5)
print(watching.is_alive(), flush=True)
time.sleep(60)`;
  const child = new Deno.Command(python, {
    args: ["-c", code],
    cwd: import.meta.dirname,
    env,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  await child.stdin.close();
  assertEquals(new TextDecoder().decode(value).trim(), "True");
  assertEquals((await child.status).code, 7);
  await reader.cancel();
});
