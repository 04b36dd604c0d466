/** Attempts to reach beyond the sandbox: each is refused. */
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { edited, exercise, fixturePath, grade } from "./fixture.ts";

const secret = fileURLToPath(fixturePath);
const json = JSON.stringify;
const folder = secret.slice(0, secret.lastIndexOf("/"));
const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Expressions that must fail; a value that comes back is a hole. */
const attempts: Record<string, string> = {
  "read the instructor's notebook": `await Deno.readTextFile(${json(secret)})`,
  "read it by node:fs": `(await import("node:fs")).readFileSync(${
    json(secret)
  }, "utf8")`,
  "read it by fetch": `await (await fetch("file://" + ${json(secret)})).text()`,
  "import it as JSON": `await import(${
    json(secret)
  }, { with: { type: "json" } })`,
  "import it as text": `await import(${
    json(secret)
  }, { with: { type: "text" } })`,
  "import a test": `await import(${
    json(`${root}tests/tools/homework/fixture.ts`)
  })`,
  "require it": `(await import("node:module")).createRequire(${json(secret)})(${
    json(`${root}deno.json`)
  })`,
  "import it by a data URL":
    `await import("data:text/javascript," + encodeURIComponent("export { default } from 'file://" + ${
      json(`${root}tests/tools/homework/fixture.ts`)
    } + "'"))`,
  "reach it over the data folder": `await Deno.readTextFile(${
    json(`${root}data/../notebooks`)
  } + "/02_convolution.ipynb")`,
  "list its folder": `[...Deno.readDirSync(${json(folder)})]`,
  "read the grader's source": `await Deno.readTextFile(${
    json(`${root}tools/homework/grade/grade_class.ts`)
  })`,
  "read /etc/passwd": `await Deno.readTextFile("/etc/passwd")`,
  "read another process": `await Deno.readTextFile("/proc/self/environ")`,
  "write a file":
    `Deno.writeTextFileSync("/tmp/homework_attack", "x") ?? "written"`,
  "write beside the library":
    `Deno.writeTextFileSync(new URL("x", "file://" + Deno.cwd() + "/lib/").pathname, "x") ?? "written"`,
  "write by node:fs":
    `(await import("node:fs")).writeFileSync("/tmp/homework_attack", "x") ?? "written"`,
  "make a temporary file": `Deno.makeTempFileSync()`,
  "remove a file": `Deno.removeSync(${json(secret)}) ?? "removed"`,
  "make a link": `Deno.symlinkSync("/etc", "/tmp/homework_attack") ?? "linked"`,
  "keep data in localStorage": `localStorage.setItem("a", "b") ?? "kept"`,
  "keep data in a cache": `await caches.open("a")`,
  "open a database":
    `new (await import("node:sqlite")).DatabaseSync("/tmp/homework_attack.db")`,
  "fetch from the net": `await fetch("http://127.0.0.1:9/")`,
  "connect": `await Deno.connect({ hostname: "127.0.0.1", port: 9 })`,
  "listen": `Deno.listen({ port: 0 })`,
  "connect by node:net":
    `await new Promise(async (ok, no) => { const s = (await import("node:net")).connect(9, "127.0.0.1"); s.on("error", no); s.on("connect", () => ok("connected")); })`,
  "resolve a name": `await Deno.resolveDns("example.com", "A")`,
  "import from the net": `await import("https://deno.land/std/version.ts")`,
  "install a package": `await import("npm:left-pad@1.3.0")`,
  "read the environment": `Deno.env.get("HOME") ?? Deno.env.toObject()`,
  "start a program": `new Deno.Command("id").outputSync()`,
  "start a program by node":
    `(await import("node:child_process")).execSync("id").toString()`,
  "start Deno":
    `new Deno.Command(Deno.execPath(), { args: ["eval", "1"] }).outputSync()`,
  "load a library": `Deno.dlopen("libc.so.6", {})`,
  "kill the grader": `Deno.kill(Deno.ppid, "SIGTERM") ?? "killed"`,
  "kill by node": `(await import("node:process")).kill(Deno.ppid, "SIGTERM")`,
  "ask for more rights":
    `(await Deno.permissions.request({ name: "read", path: "/etc" })).state === "granted" ? "granted" : (() => { throw new Error("denied") })()`,
  "read the host's name": `Deno.hostname()`,
  "compute on a graphics card":
    `await navigator.gpu.requestAdapter({ forceFallbackAdapter: true }) ?? (() => { throw new Error("none") })()`,
  "compute on one in a worker": `await new Promise((ok, no) => {
    const code = "navigator.gpu.requestAdapter().then((a) => postMessage(String(a)), (e) => postMessage('null'))";
    const worker = new Worker("data:text/javascript," + encodeURIComponent(code), { type: "module" });
    worker.onmessage = ({ data }) => { worker.terminate(); data === "null" ? no(new Error("none")) : ok(data); };
    worker.onerror = (e) => { e.preventDefault(); no(new Error(e.message)); };
  })`,
  "do it in a worker": `await new Promise((ok, no) => {
    const code = "try { postMessage(Deno.readTextFileSync('/etc/passwd')) } catch (e) { postMessage({ error: e.message }) }";
    const worker = new Worker("data:text/javascript," + encodeURIComponent(code), { type: "module" });
    worker.onmessage = ({ data }) => { worker.terminate(); data.error ? no(new Error(data.error)) : ok(data); };
    worker.onerror = (e) => { e.preventDefault(); no(new Error(e.message)); };
  })`,
};

Deno.test("the sandbox refuses to reach beyond itself", async (t) => {
  const entries = Object.entries(attempts).map(([name, code]) =>
    `${json(name)}: async () => ${code}`
  );
  const result = await grade(edited({
    "exercise-90-1": `
const attempts = { ${entries.join(",\n")} };
const outcomes = {};
async function myOutputLength() {
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      const value = await attempt();
      outcomes[name] = "HOLE " + String(value).slice(0, 60);
    } catch (error) {
      outcomes[name] = String(error?.name ?? error);
    }
  }
  for (const [name, text] of Object.entries(outcomes)) console.log(name + " => " + text);
  return 1;
}`,
  }));
  const { printed = "", details } = exercise(result, "90.1");
  for (const name of Object.keys(attempts)) {
    await t.step(name, () => {
      const line = printed.split("\n").find((l) => l.startsWith(`${name} => `));
      assert(line, `not tried: ${printed} ${details}`);
      assertEquals(line?.includes("HOLE"), false, line);
    });
  }
  await t.step("and goes on", () => assertEquals(result.points, 7));
});

Deno.test("the sandbox ends when a worker asks for more rights", async () => {
  const result = await grade(edited({
    "exercise-90-1": `function myOutputLength() {
      const code = "data:text/javascript,postMessage(1)";
      new Worker(code, { type: "module", deno: { permissions: { read: true } } });
    }`,
  }));
  assertEquals(exercise(result, "90.1").status, "stopped");
  assertEquals(result.points, 7);
});
