/**
 * Runs inside the sandbox process: a student's cells, then calls from outside.
 *
 * The student's code shares this realm and may overwrite anything in it. That
 * harms only the student: nothing here decides about points. What this file
 * uses is taken before the student's code runs, so that an honest accident
 * (a global named `JSON`) does not break the conversation.
 */
import { setOwn } from "../wire/kinds.ts";
import { pack, unpack } from "../wire/mod.ts";
import { captureConsole } from "./console.ts";
import { takeControl, watchKernels } from "./forbidden.ts";
import { openChannel } from "./channel.ts";
import type {
  CellReport,
  Progress,
  Reply,
  Request,
  Start,
} from "./messages.ts";

const channel = openChannel();
const printed = captureConsole();
const NewFunction = Function;
const forbid = takeControl();
watchKernels();
const { stringify } = JSON;
const text = String;
const slice = Function.prototype.call.bind(String.prototype.slice);

/** Characters of a message that cross: the grader keeps no more. */
const longest = 5000;

// A grader runs many students at a time: each computes on one thread.
Object.defineProperty(globalThis, Symbol.for("cnn.threadLimit"), { value: 1 });

// A rejected promise that nobody awaits must not end the process.
for (const kind of ["unhandledrejection", "error"]) {
  globalThis.addEventListener(kind, (event) => event.preventDefault());
}

/** An error as plain strings, whatever was thrown. */
function describe(error: unknown): { name: string; message: string } {
  try {
    if (typeof error === "object" && error !== null) {
      const { name, message } = error as Record<string, unknown>;
      if (typeof message === "string") {
        return {
          name: typeof name === "string" ? slice(name, 0, longest) : "Error",
          message: slice(message, 0, longest),
        };
      }
    }
    return { name: "thrown value", message: slice(text(error), 0, longest) };
  } catch {
    // Reading the error ran the student's code, and that threw too.
    return { name: "thrown value", message: "a value that cannot be read" };
  }
}

/** Runs the cells one by one and reports each; returns the reader of names. */
async function load(start: Start): Promise<(name: string) => unknown> {
  const program = new NewFunction(start.program)();
  for (let i = 0; i < start.cells.length; i++) {
    const index = start.cells[i];
    send({ event: "begin", index });
    forbid(start.forbids[i] ?? undefined);
    try {
      await program.cells[i]();
      send({ event: "end", index, printed: printed.take() });
    } catch (error) {
      const report = { event: "end", index, error: describe(error) } as const;
      send({ ...report, printed: printed.take() });
    }
  }
  forbid();
  return program.read;
}

/** Cells that V8 accepts one by one; the others are reported. */
function compile(start: Start): boolean {
  let fine = true;
  for (let i = 0; i < start.single.length; i++) {
    try {
      new NewFunction(start.single[i]);
    } catch (error) {
      fine = false;
      const index = start.cells[i];
      send({ event: "refused", index, error: describe(error), printed: "" });
    }
  }
  return fine;
}

function send(message: CellReport | Reply | Progress) {
  channel.send(stringify(message));
}

/** Waits for what a call returns, or for what a name holds. */
async function answer(
  read: (name: string) => unknown,
  request: Request,
): Promise<Reply> {
  const id = request.id;
  forbid(request.forbids);
  try {
    const value = read(request.name);
    if (request.args === undefined) {
      if (typeof value === "function") return { id, kind: "function" };
      return { id, kind: "value", value: pack(await value) };
    }
    const args: unknown[] = [];
    for (let i = 0; i < request.args.length; i++) {
      setOwn(args, i, unpack(request.args[i]));
    }
    const result = await (value as (...args: unknown[]) => unknown)(...args);
    const reply = { id, kind: "value", value: pack(result) } as const;
    const after: unknown[] = [];
    for (let i = 0; i < args.length; i++) {
      setOwn(after, i, pack(args[i]));
    }
    // What the function wrote into its arguments, the caller must see too.
    if (stringify(after) === stringify(request.args)) return reply;
    return { ...reply, args: after };
  } catch (error) {
    return { id, kind: "error", error: describe(error) };
  }
}

channel.hello();
send({ event: "hello" });
const start = channel.receive() as Start;
if (compile(start)) {
  const read = await load(start);
  send({ event: "ready" });
  for (;;) {
    const request = channel.receive() as Request | undefined;
    if (request === undefined) break;
    const reply = await answer(read, request);
    send({ ...reply, printed: printed.take() });
  }
} else send({ event: "refused-some" });
channel.exit();
