/**
 * JupyterLab as `deno task lab` starts it, on notebooks of its own, and a browser
 * that notes what leaves this machine and what goes wrong.
 */
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Page,
} from "playwright-core";
import { join } from "node:path";
import { within } from "./deadline.ts";
import { labArguments } from "../../tools/lab.ts";
import { setUp } from "../../tools/environment.ts";
import { root } from "../../tools/paths.ts";
import { endWithChildren } from "../../tools/process.ts";

/**
 * Settings that make a page as a whole visible: JupyterLab takes cells that are
 * out of view out of the page, where nobody could look at them.
 */
const settings = {
  "@jupyterlab/notebook-extension:tracker": { windowingMode: "none" },
};

/** A running JupyterLab; `using` ends it and removes its folder. */
export interface Lab extends AsyncDisposable {
  /** Address of a page with the notebook of this name. */
  address(notebook: string): string;
  /** Requests that server or kernel sent to another machine. */
  readonly left: string[];
}

/**
 * Starts JupyterLab on a free port, behind a token, in a fresh folder below the
 * repository, where cells find "cnn". Nothing of the user's own set-up counts.
 *
 * @param notebooks Texts of the notebooks by name.
 */
export async function startLab(
  notebooks: Record<string, string>,
): Promise<Lab> {
  const { python, env } = await setUp();
  await Deno.mkdir(join(root, ".cache"), { recursive: true });
  const folder = await Deno.makeTempDir({
    dir: join(root, ".cache"),
    prefix: "browser-",
  });
  const work = join(folder, "notebooks");
  await Deno.mkdir(work);
  for (const [name, text] of Object.entries(notebooks)) {
    await Deno.writeTextFile(join(work, name), text);
  }
  for (const [plugin, values] of Object.entries(settings)) {
    const [extension, name] = plugin.split(":");
    const place = join(folder, "settings", ...extension.split("/"));
    await Deno.mkdir(place, { recursive: true });
    await Deno.writeTextFile(
      join(place, `${name}.jupyterlab-settings`),
      JSON.stringify(values),
    );
  }

  const left: string[] = [];
  const proxy = noteProxy(left);
  const port = freePort();
  const token = crypto.randomUUID();
  const options = labArguments(folder, [
    ...["--no-browser", `--ServerApp.port=${port}`],
    ...["--ServerApp.port_retries=0", "--LabApp.expose_app_in_browser=True"],
  ], Deno.uid() === 0).slice(2); // lab.py stands for "-m jupyterlab"
  const server = new Deno.Command(python, {
    args: [join(import.meta.dirname!, "lab.py"), ...options],
    cwd: folder,
    env: {
      ...env,
      JUPYTER_TOKEN: token,
      JUPYTER_CONFIG_DIR: join(folder, "config"),
      JUPYTER_DATA_DIR: join(folder, "data"),
      JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
      JUPYTERLAB_SETTINGS_DIR: join(folder, "settings"),
      JUPYTERLAB_WORKSPACES_DIR: join(folder, "workspaces"),
      ...proxyVariables(proxy.address),
    },
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log = new Response(server.stderr).text();

  const stop = async () => {
    await server.stdin.close().catch(() => {}); // ends it, and its kernels
    try {
      await within(60, "JupyterLab", server.status);
    } catch (error) {
      await endWithChildren(server.pid); // its kernels would live on
      throw error;
    } finally {
      await proxy.stop();
    }
    // A kernel that outlived the server would keep it open.
    await within(60, "a kernel of JupyterLab", log);
    await Deno.remove(folder, { recursive: true });
  };
  const base = `http://127.0.0.1:${port}`;
  let ended = false;
  server.status.then(() => ended = true);
  for (const start = performance.now();;) {
    const up = await fetch(`${base}/api/status?token=${token}`)
      .then(
        async (reply) => (await reply.body?.cancel(), reply.ok),
        () => false,
      );
    if (up) break;
    if (ended || performance.now() - start > 120_000) {
      await stop();
      throw new Error(`JupyterLab did not start:\n${await log}`);
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  return {
    address: (notebook) =>
      `${base}/lab/tree/notebooks/${notebook}?reset&token=${token}`,
    left,
    [Symbol.asyncDispose]: stop,
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Where server and kernel send what is meant for other machines: it is noted and refused. */
function noteProxy(left: string[]) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const note = async (connection: Deno.TcpConn) => {
    open.add(connection);
    const bytes = new Uint8Array(1000);
    const count = await connection.read(bytes).catch(() => 0) ?? 0;
    left.push(
      new TextDecoder().decode(bytes.subarray(0, count)).split("\r")[0],
    );
    if (open.delete(connection)) connection.close();
  };
  const done = (async () => {
    const noted: Promise<void>[] = [];
    for await (const connection of listener) noted.push(note(connection));
    await Promise.all(noted);
  })();
  return {
    address: `http://127.0.0.1:${listener.addr.port}`,
    stop: async () => {
      listener.close();
      for (const connection of open) { // silent ones would be waited for
        open.delete(connection);
        connection.close();
      }
      await done;
    },
  };
}

function proxyVariables(address: string): Record<string, string> {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
  return {
    ...Object.fromEntries(
      names.flatMap((n) => [[n, address], [n.toLowerCase(), address]]),
    ),
    NO_PROXY: "127.0.0.1,localhost",
    no_proxy: "127.0.0.1,localhost",
  };
}

/** A browser without a window that asks no other machine for anything. */
export async function openBrowser(
  executablePath: string,
  flags: readonly string[] = [],
): Promise<Browser> {
  return await chromium.launch({
    executablePath,
    chromiumSandbox: Deno.uid() !== 0 && Deno.uid() !== null, // root has none
    args: [
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-domain-reliability",
      "--disable-sync",
      "--no-first-run",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
      ...flags,
    ],
  });
}

/** A page, and what it did that it should not. */
export interface Watched {
  page: Page;
  context: BrowserContext;
  /** Requests to other machines; none of them got through. */
  left: string[];
  /** Errors of the console and of scripts. */
  errors: string[];
}

/**
 * Console errors of JupyterLab itself, which no notebook can cause or cure.
 */
const labsOwn: readonly RegExp[] = [];

/** Opens a page of this width that blocks and notes what leaves the machine. */
export async function openPage(
  browser: Browser,
  { width = 1400, height = 1000 } = {},
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width, height } });
  const left: string[] = [];
  const errors: string[] = [];
  const isHere = (address: string) => {
    const { protocol, hostname } = new URL(address);
    return !/^(https?|wss?|ftp):$/.test(protocol) ||
      ["127.0.0.1", "localhost"].includes(hostname);
  };
  context.on("request", (request) => {
    if (!isHere(request.url())) left.push(request.url());
  });
  await context.route((url) => !isHere(url.href), (route) => route.abort());
  const page = await context.newPage();
  page.on("websocket", (socket) => {
    if (!isHere(socket.url())) left.push(socket.url());
  });
  const note = (text: string) => {
    if (!labsOwn.some((known) => known.test(text))) errors.push(text);
  };
  page.on("console", (message) => {
    if (message.type() === "error") {
      note(`${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => note(String(error)));
  return { page, context, left, errors };
}
