/** A JupyterHub with nbgrader on loopback, in a folder that goes away with it. */
import { delimiter, join } from "node:path";
import { setUp } from "../../../tools/environment.ts";
import { installPython } from "../../../tools/install_python.ts";
import { infoOf } from "../../../tools/files.ts";
import { root } from "../../../tools/paths.ts";
import { output, runOrThrow } from "../../../tools/process.ts";

const proxyPackage = "configurable-http-proxy@5.3.0";
const here = import.meta.dirname!;

/** A running hub; `using` ends it and removes its folder. */
export interface Hub extends AsyncDisposable {
  readonly folder: string;
  readonly address: string;
  readonly password: string;
  readonly python: string;
  /** The home folder of a user. */
  home(user: string): string;
  /** Runs a program as in the instructor's terminal on the hub. */
  asInstructor(command: string[]): Promise<string>;
}

/** Installs, once, what only this test needs: below `.cache`, at one version each. */
async function install() {
  const { env } = await setUp();
  const bin = join(root, ".cache", "hub", "bin");
  const python = join(bin, "python");
  await installPython(root, { python, env }, console.error, {
    name: ".cache/hub",
    packages: "hub.txt",
  });
  const folder = join(root, ".cache", "hub_proxy", proxyPackage);
  const proxy = join(folder, "node_modules", ".bin", "configurable-http-proxy");
  if (await infoOf(proxy) === undefined) {
    await Deno.mkdir(folder, { recursive: true });
    await runOrThrow(["npm", "install", "--prefix", folder, proxyPackage]);
  }
  return { bin, python, proxy, env };
}

/** Starts a hub for ann, ben and instructor. */
export async function startHub(): Promise<Hub> {
  const { bin, python, proxy, env } = await install();
  const folder = await Deno.makeTempDir({ prefix: "hub_test_" });
  const home = (user: string) => join(folder, "home", user);
  for (const user of ["ann", "ben", "instructor"]) {
    await Deno.mkdir(home(user), { recursive: true });
  }
  await Deno.mkdir(join(folder, "exchange"));
  await Deno.chmod(join(folder, "exchange"), 0o777); // as nbgrader wants it
  await Deno.mkdir(join(folder, "config"));
  await Deno.copyFile(
    join(here, "nbgrader_config.py"),
    join(folder, "config", "nbgrader_config.py"),
  );
  const [port, own, proxyPort] = freePorts(3);
  const password = crypto.randomUUID();
  const deno = JSON.parse(
    (await output([Deno.execPath(), "info", "--json"])).stdout,
  );
  const shared = {
    ...env,
    PATH: `${bin}${delimiter}${Deno.env.get("PATH")}`,
    JUPYTER_CONFIG_PATH: join(folder, "config"),
    DENO_DIR: deno.denoDir,
    HUB_FOLDER: folder,
  };
  const log = join(folder, "hub.log");
  // Into a file: a pipe would stay open as long as a kernel has it.
  const server = new Deno.Command("sh", {
    args: [
      ...["-c", 'exec "$0" -m jupyterhub --config "$1" >"$2" 2>&1'],
      ...[python, join(here, "jupyterhub_config.py"), log],
    ],
    cwd: folder,
    env: {
      ...shared,
      HUB_PORT: `${port}`,
      HUB_OWN_PORT: `${own}`,
      HUB_PROXY_PORT: `${proxyPort}`,
      HUB_PROXY: proxy,
      HUB_PASSWORD: password,
    },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const stop = async () => {
    server.kill("SIGTERM"); // ends proxy and servers too
    await server.status;
    await Deno.remove(folder, { recursive: true });
  };
  const address = `http://127.0.0.1:${port}`;
  let ended = false;
  server.status.then(() => ended = true);
  for (const start = performance.now();;) {
    const up = await fetch(`${address}/hub/api/`).then(
      async (reply) => (await reply.body?.cancel(), reply.ok),
      () => false,
    );
    if (up) break;
    if (ended || performance.now() - start > 180_000) {
      const text = await Deno.readTextFile(log);
      if (!ended) await stop();
      throw new Error(`JupyterHub did not start:\n${text}`);
    }
    await new Promise((done) => setTimeout(done, 300));
  }
  return {
    folder,
    address,
    password,
    python,
    home,
    asInstructor: async (command) => {
      const result = await output(command, {
        cwd: join(home("instructor"), "cnn"),
        env: {
          ...shared,
          HOME: home("instructor"),
          JUPYTERHUB_USER: "instructor",
        },
      });
      const text = result.stdout + result.stderr;
      if (result.success) return text;
      throw new Error(`${command.join(" ")} failed:\n${text}`);
    },
    [Symbol.asyncDispose]: stop,
  };
}

function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}
