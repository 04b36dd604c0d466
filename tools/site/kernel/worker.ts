/**
 * The kernel of the course in the browser: runs cells of TypeScript in a worker,
 * with the library, and tells the page what they show.
 */
import { cellCode, IMPORT } from "./cell.ts";
import { inspect } from "./inspect.ts";
import type { Answer, CellError, Request } from "./messages.ts";

// deno-lint-ignore no-explicit-any -- the worker's global object, of which cells make what they like
const here = globalThis as any;
const post = (answer: Answer) => here.postMessage(answer);

let cell = 0;
let modules: Record<string, string> = {};
let data = "";

const textOf = (values: unknown[]) =>
  values.map((value) => typeof value === "string" ? value : inspect(value))
    .join(" ") + "\n";
for (
  const [names, name] of [
    [["log", "info", "debug"], "stdout"],
    [["warn", "error"], "stderr"],
  ] as const
) {
  for (const method of names) {
    console[method] = (...values: unknown[]) =>
      post({ type: "stream", cell, name, text: textOf(values) });
  }
}

/** Where a file of the course lies on the site. */
function addressOf(path: string | URL): string {
  const name = String(path).replace(/^file:\/\//, "");
  if (name.startsWith("/data/")) return data + name.slice("/data/".length);
  throw new here.Deno.errors.NotFound(
    `A notebook in the browser expects files of the course, below cnn.dataFolder, but found ${name}`,
  );
}

async function read(path: string | URL): Promise<Response> {
  const response = await fetch(addressOf(path));
  if (response.ok) return response;
  throw new here.Deno.errors.NotFound(`No such file: ${path}`);
}

const named = (name: string) =>
  ({
    [name]: class extends Error {
      override name = name;
    },
  })[name];

/** What cells may ask of Deno here. */
here.Deno = {
  cwd: () => "/course/notebooks",
  errors: {
    IsADirectory: named("IsADirectory"),
    NotFound: named("NotFound"),
  },
  inspect: (value: unknown) => inspect(value),
  jupyter: {
    // deno-lint-ignore require-await -- as in Deno
    display: async (
      bundle: Record<string, unknown>,
      { display_id, update = false }: {
        display_id?: string;
        update?: boolean;
      } = {},
    ) => post({ type: "display", cell, data: bundle, id: display_id, update }),
  },
  readFile: async (path: string | URL) =>
    new Uint8Array(await (await read(path)).arrayBuffer()),
  readTextFile: async (path: string | URL) => await (await read(path)).text(),
  version: { deno: "2.9.6+browser" },
};

here[IMPORT] = (name: string) => {
  const address = modules[name];
  if (address) return import(address);
  throw new TypeError(
    `A notebook in the browser can import ${
      Object.keys(modules).map((one) => JSON.stringify(one)).join(", ")
    } but found ${
      JSON.stringify(name)
    }: run the course on your machine to import more`,
  );
};

const AsyncFunction = (async () => {}).constructor as new (
  body: string,
) => () => Promise<unknown>;

async function execute(code: string): Promise<void> {
  const { body, names } = cellCode(code);
  for (const name of names) {
    const old = Object.getOwnPropertyDescriptor(here, name);
    if (old && "value" in old && old.writable) continue;
    // Not the worker's own, such as "name", which would turn values into text.
    Object.defineProperty(here, name, {
      configurable: true,
      enumerable: true,
      writable: true,
      value: undefined,
    });
  }
  const value = await new AsyncFunction(body)();
  if (value === undefined) return;
  const show = (value as Record<symbol, unknown> | null)
    ?.[Symbol.for("Jupyter.display")];
  post({
    type: "result",
    cell,
    data: typeof show === "function"
      ? await show.call(value)
      : { "text/plain": inspect(value) },
  });
}

function cellError(thrown: unknown): CellError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const line = `${error.name}: ${error.message}`;
  return { ename: error.name, evalue: error.message, traceback: [line] };
}

function complete(code: string, cursor: number) {
  const [, path = "", word] = /((?:[\p{L}_$][\w$]*\.)*)([\w$]*)$/u.exec(
    code.slice(0, cursor),
  )!;
  let owner: unknown = here;
  for (const part of path.split(".").filter(Boolean)) {
    owner = (owner as Record<string, unknown> | undefined)?.[part];
  }
  const names = new Set<string>();
  for (let at = owner; at !== null && at !== undefined;) {
    for (const name of Object.getOwnPropertyNames(Object(at))) names.add(name);
    at = Object.getPrototypeOf(at);
    if (at === Object.prototype) break;
  }
  return {
    names: [...names].filter((name) => name.startsWith(word)).sort(),
    start: cursor - word.length,
  };
}

here.addEventListener("unhandledrejection", (event: PromiseRejectionEvent) => {
  event.preventDefault();
  const { traceback } = cellError(event.reason);
  post({
    type: "stream",
    cell,
    name: "stderr",
    text: `A promise that no cell awaits failed. ${traceback[0]}\n`,
  });
});

here.onmessage = async ({ data: request }: MessageEvent<Request>) => {
  if (request.type === "start") ({ modules, data } = request);
  else if (request.type === "complete") {
    const { id, code, cursor } = request;
    post({ type: "completions", id, ...complete(code, cursor) });
  } else {
    cell = request.id;
    let error: CellError | undefined;
    try {
      await execute(request.code);
    } catch (thrown) {
      error = cellError(thrown);
    }
    post({ type: "done", id: request.id, error });
  }
};
