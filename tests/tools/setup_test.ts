import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { root } from "../../tools/paths.ts";
import { labArguments } from "../../tools/lab.ts";

interface SetUp {
  success: boolean;
  stderr: string;
}

/** A copy of the tools in a folder of its own, where only our programs are on PATH. */
async function withCopy(
  programs: Record<string, string>,
  test: (setUp: () => Promise<SetUp>, copy: string) => Promise<void>,
): Promise<void> {
  const copy = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "setup-" }),
  );
  const setUp = async () => {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "tools/setup.ts"],
      cwd: copy,
      env: { PATH: join(copy, "bin"), NO_COLOR: "1" },
    }).output();
    return { success, stderr: new TextDecoder().decode(stderr) };
  };
  try {
    await Deno.mkdir(join(copy, "bin"));
    await Deno.mkdir(join(copy, "tools", "python"), { recursive: true });
    for await (const { name, isFile } of Deno.readDir(join(root, "tools"))) {
      if (!isFile) continue;
      await Deno.copyFile(join(root, "tools", name), join(copy, "tools", name));
    }
    await Deno.writeTextFile(join(copy, "deno.json"), "{}");
    await Deno.writeTextFile(
      join(copy, "tools", "python", "requirements.txt"),
      "nothing==1.0",
    );
    for (const [name, script] of Object.entries(programs)) {
      const path = join(copy, "bin", name);
      await Deno.writeTextFile(path, script, { mode: 0o755 });
    }
    await test(setUp, copy);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

async function exists(...path: string[]): Promise<boolean> {
  const names = await Array.fromAsync(Deno.readDir(join(...path.slice(0, -1))));
  return names.some(({ name }) => name === path.at(-1));
}

/** Plays Python: makes an environment, and writes down what pip is asked; fails where told. */
const fakePython = `#!/bin/sh
case "$*" in
  *ensurepip*) echo python-works ;;
  *"-m venv"*) /bin/mkdir -p "$3/bin" && /bin/cp "$0" "$3/bin/python" ;;
  *"-m pip"*) [ ! -e pip-fails ] && echo "$*" >> pip-asked ;;
esac
`;

// The programs are shell scripts, which Windows does not run.
const ignore = Deno.build.os === "windows";

Deno.test({
  name: "setUp() without Python says in one line what to install",
  ignore,
  fn: () =>
    withCopy({}, async (setUp, copy) => {
      const { success, stderr } = await setUp();
      assertEquals(success, false);
      assertEquals(await exists(copy, ".venv"), false);
      assertMatch(
        stderr,
        /^Python 3\.10 or newer is missing: install it .*\n$/,
      );
    }),
});

Deno.test({
  name: "setUp() without venv says in one line what to install",
  ignore,
  fn: () => {
    // A Python that is new enough but fails the probe for its modules.
    const python3 =
      '#!/bin/sh\ncase "$2" in *ensurepip*) exit 4;; esac\nexit 0\n';
    return withCopy({ python3 }, async (setUp) => {
      const { success, stderr } = await setUp();
      assertEquals(success, false);
      assertMatch(
        stderr,
        /^Python's venv module is missing: .*python3-venv.*\n$/,
      );
    });
  },
});

Deno.test({
  name: "setUp() registers this Deno, and the second time installs nothing",
  ignore,
  fn: () =>
    withCopy({ python3: fakePython }, async (setUp, copy) => {
      for (let time = 0; time < 2; time++) {
        const { success, stderr } = await setUp();
        assertEquals(success, true, stderr);
      }
      const asked = await Deno.readTextFile(join(copy, "pip-asked"));
      assertEquals(asked.trim().split("\n").length, 1);
      const kernel = JSON.parse(
        await Deno.readTextFile(
          join(copy, ".venv/share/jupyter/kernels/deno/kernel.json"),
        ),
      );
      assertEquals(kernel.argv[0], Deno.execPath());
      assertEquals(kernel.env, { NO_COLOR: "1" });
    }),
});

Deno.test({
  name: "setUp() that broke off is not taken for complete",
  ignore,
  fn: () =>
    withCopy({ python3: fakePython }, async (setUp, copy) => {
      await Deno.writeTextFile(join(copy, "pip-fails"), "");
      const broken = await setUp();
      assertEquals(broken.success, false);
      assertMatch(broken.stderr, /this command failed: .* -m pip install/);
      assertEquals(await exists(copy, ".venv", "complete.txt"), false);
      await Deno.writeTextFile(join(copy, ".venv", "leftover"), "");
      await Deno.remove(join(copy, "pip-fails"));

      const { success, stderr } = await setUp();
      assertEquals(success, true, stderr);
      assertEquals(await exists(copy, ".venv", "complete.txt"), true);
      assertEquals(await exists(copy, ".venv", "leftover"), false);
    }),
});

Deno.test("labArguments() stays on this machine and passes options on", () => {
  const args = labArguments("/course", ["--no-browser", "--port=9999"], false);
  assertEquals(args.includes("--ServerApp.ip=127.0.0.1"), true);
  assertEquals(args.includes("--allow-root"), false);
  assertEquals(args.slice(-2), ["--no-browser", "--port=9999"]);
});
