/**
 * The kernel of the course in the browser: runs cells of TypeScript in a worker,
 * with the library, and tells the page what they show.
 */
import { cellCode, IMPORT } from "./cell.ts";
import { notebookFolder, readCourseFile } from "./course_files.ts";
import { inspect } from "./inspect.ts";
import type { Answer, CellError, Request } from "./messages.ts";

// deno-lint-ignore no-explicit-any -- the worker's global object, of which cells make what they like
const here = globalThis as any;
const post = (answer: Answer) => here.postMessage(answer);

let cell = 0;
let modules: Record<string, string> = {};

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

/** Where the library shows things, see tools/site/lite/platform.ts. */
here[Symbol.for("cnn.jupyter")] = {
  // deno-lint-ignore require-await -- as in Deno
  display: async (
    bundle: Record<string, unknown>,
    { display_id, update = false }: {
      display_id?: string;
      update?: boolean;
    } = {},
  ) => post({ type: "display", cell, data: bundle, id: display_id, update }),
};

/** A page shares no memory with threads; no reader need hear of it at each start. */
here[Symbol.for("cnn.threadLimit")] = 1;

/** What a cell finds under names that a browser lacks; nobody else sees them. */
const cellScope = {
  [IMPORT]: (name: string) => {
    const address = modules[name];
    if (address) return import(address);
    throw new TypeError(
      `A notebook in the browser can import ${
        Object.keys(modules).map((one) => JSON.stringify(one)).join(", ")
      } but found ${
        JSON.stringify(name)
      }: run the course on your machine to import more`,
    );
  },
  // Two cells of the first notebook ask Deno itself and not the library: one
  // reads a page of text below cnn.dataFolder, one names the folder in an error.
  Deno: {
    cwd: () => notebookFolder,
    readTextFile: async (path: string | URL) =>
      await (await readCourseFile(path)).text(),
  },
};

const AsyncFunction = (async () => {}).constructor as new (
  ...namesAndBody: string[]
) => (...values: unknown[]) => Promise<unknown>;

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
  const value = await new AsyncFunction(...Object.keys(cellScope), body)(
    ...Object.values(cellScope),
  );
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
  if (request.type === "start") ({ modules } = request);
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
