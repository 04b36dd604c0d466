import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "node:path";
import { root } from "../../tools/environment.ts";
import { labArguments } from "../../tools/lab.ts";
import { SetupError } from "../../tools/process.ts";
import { chooseNotebooks } from "../../tools/run.ts";
import { fixtureFolder } from "./fixture.ts";

/** Runs the set-up of a copy of the tools with programs of our own on PATH. */
async function setUpWith(programs: Record<string, string>) {
  const copy = await Deno.makeTempDir({ prefix: "setup-" });
  try {
    await Deno.mkdir(join(copy, "bin"));
    await Deno.mkdir(join(copy, "tools", "python"), { recursive: true });
    for await (const { name, isFile } of Deno.readDir(join(root, "tools"))) {
      if (!isFile) continue;
      await Deno.copyFile(join(root, "tools", name), join(copy, "tools", name));
    }
    await Deno.writeTextFile(
      join(copy, "tools", "python", "requirements.txt"),
      "",
    );
    for (const [name, script] of Object.entries(programs)) {
      const path = join(copy, "bin", name);
      await Deno.writeTextFile(path, script, { mode: 0o755 });
    }
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--no-config", "tools/setup.ts"],
      cwd: copy,
      env: { PATH: join(copy, "bin"), NO_COLOR: "1" },
    }).output();
    const made = await Array.fromAsync(Deno.readDir(copy));
    return {
      success,
      stderr: new TextDecoder().decode(stderr),
      venv: made.some(({ name }) => name === ".venv"),
    };
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

// The programs are shell scripts, which Windows does not run.
const ignore = Deno.build.os === "windows";

Deno.test({
  name: "set-up without Python says in one line what to install",
  ignore,
  fn: async () => {
    const { success, stderr, venv } = await setUpWith({});
    assertEquals(success, false);
    assertEquals(venv, false);
    assertMatch(stderr, /^Python 3\.10 or newer is missing: install it .*\n$/);
  },
});

Deno.test({
  name: "set-up without venv says in one line what to install",
  ignore,
  fn: async () => {
    // A Python that knows its version but not the modules of the probe.
    const python =
      '#!/bin/sh\ncase "$2" in *ensurepip*) exit 4;; esac\nexit 0\n';
    const { success, stderr } = await setUpWith({ python3: python });
    assertEquals(success, false);
    assertMatch(
      stderr,
      /^Python's venv module is missing: .*python3-venv.*\n$/,
    );
  },
});

Deno.test("labArguments() stays on this machine and passes options on", () => {
  const args = labArguments("/course", ["--no-browser", "--port=9999"], false);
  assertEquals(args.includes("--ServerApp.ip=127.0.0.1"), true);
  assertEquals(args.includes("--allow-root"), false);
  assertEquals(args.slice(-2), ["--no-browser", "--port=9999"]);
});

Deno.test("chooseNotebooks() takes files and folders, in order", async () => {
  const folder = await fixtureFolder({ b: ["1"], a: ["1"] });
  try {
    const names = (paths: string[]) => paths.map((path) => path.slice(-7));
    assertEquals(
      names(await chooseNotebooks([folder], "/")),
      [
        "a.ipynb",
        "b.ipynb",
      ].map((name) => `/${name}`.slice(-7)),
    );
    assertEquals(
      await chooseNotebooks(["b.ipynb"], folder),
      [join(folder, "b.ipynb")],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("chooseNotebooks() names the path of a notebook that is not there", async () => {
  await assertRejects(
    () => chooseNotebooks(["no.ipynb"], root),
    SetupError,
    join(root, "no.ipynb"),
  );
});
