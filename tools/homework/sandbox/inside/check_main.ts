/**
 * Runs the instructor's checks, in a process of their own.
 *
 * The student's functions are not here: a call goes out as data and the answer
 * comes back as data. So nothing that a student's code overwrites, prints or
 * ends can reach the check or its hidden tests.
 */
import { pack, unpack } from "../wire/mod.ts";
import { captureConsole } from "./console.ts";
import { copyInto } from "./copy_into.ts";
import type { CheckAnswer, CheckOutcome, CheckTask } from "./messages.ts";

const printed = captureConsole();
const waiting = new Map<
  number,
  PromiseWithResolvers<unknown> & { name: string; args: unknown[] }
>();
let nonce = "";
let calls = 0;

/** What a check did not wait for and what then failed: promises and timers. */
let unawaited: unknown[] = [];
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault(); // it must not end the process in another student's check
  unawaited.push(event.reason);
});
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  unawaited.push(event.error);
});

function send(message: unknown): void {
  const bytes = new TextEncoder().encode(
    `\n${nonce}${JSON.stringify(message)}\n`,
  );
  let written = 0;
  while (written < bytes.length) {
    written += Deno.stdout.writeSync(bytes.subarray(written));
  }
}

/** A function that asks the student's process. */
function remote(name: string): (...args: unknown[]) => Promise<unknown> {
  return (...args) => {
    const call = calls++;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(call, { ...answer, name, args });
    send({ call, name, args: args.map((value) => pack(value)) });
    return answer.promise;
  };
}

function receiveAnswer(message: CheckAnswer): void {
  const answer = waiting.get(message.answer);
  waiting.delete(message.answer);
  if (!answer) return;
  if (message.error) return answer.reject(rebuild(message.error));
  try {
    if (message.args) copyInto(answer.args, unpack({ array: message.args }));
    answer.resolve(unpack(message.value));
  } catch (error) {
    answer.reject(error);
  }
}

/** An error of the student's code, of the same kind where that is a plain one. */
function rebuild({ name, message }: { name: string; message: string }): Error {
  const kinds = { Error, TypeError, RangeError, SyntaxError, ReferenceError };
  const Kind = Object.hasOwn(kinds, name)
    ? kinds[name as keyof typeof kinds]
    : Error;
  const error = new Kind(message);
  error.name = name;
  return Object.assign(error, { fromStudent: true });
}

/**
 * Fails where the check went on without waiting: a check whose promise nobody
 * awaits would pass whatever the student's function gives.
 */
async function checkAwaited(): Promise<void> {
  const open = [...waiting.values()].map(({ name }) => name);
  const before = calls;
  await new Promise((done) => setTimeout(done, 0)); // what failed is told now
  if (unawaited.length > 0) throw unawaited[0];
  if (open.length === 0 && calls === before) return;
  const name = open[0] ?? waiting.values().next().value?.name ?? "a function";
  throw new Error(
    `The check does not wait for ${name}(): write await before the check in the instructor's notebook`,
  );
}

async function check(task: CheckTask): Promise<CheckOutcome> {
  const names = [...task.functions, ...Object.keys(task.values)];
  try {
    const values = [
      ...task.functions.map(remote),
      ...Object.values(task.values).map((value) => unpack(value)),
    ];
    const program = new Function(...names, task.program)(...values);
    unawaited = [];
    for (const cell of program.cells) await cell();
    await checkAwaited();
    return { done: true, printed: printed.take() };
  } catch (error) {
    const { name, message, mistake, fromStudent } = Object(error);
    return {
      done: true,
      printed: printed.take(),
      error: {
        name: String(name ?? "Error"),
        message: String(message ?? error),
        ...(typeof mistake === "string" ? { mistake } : {}),
        ...(fromStudent === true ? { fromStudent } : {}),
      },
    };
  } finally {
    waiting.clear();
  }
}

/** Lines of stdin: the nonce, then one JSON text each. */
async function* lines(): AsyncGenerator<string> {
  let parts: string[] = []; // of a line that has not ended: it may be long
  for await (
    const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  ) {
    const [first, ...more] = chunk.split("\n");
    parts.push(first);
    for (const part of more) {
      yield parts.join("");
      parts = [part];
    }
  }
}

for await (const line of lines()) {
  if (nonce === "") {
    nonce = line;
    continue;
  }
  const message = JSON.parse(line);
  if (message.answer !== undefined) receiveAnswer(message);
  else check(message).then(send);
}
