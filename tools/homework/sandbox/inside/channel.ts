/**
 * Lines of JSON over stdin and stdout, from inside the sandbox.
 *
 * The nonce stays bytes: a text would show in a heap snapshot. And no view is
 * made with `subarray`, which calls whatever stands at `Symbol.species`.
 */

/** The two directions, with everything they need taken beforehand. */
export interface Channel {
  /** Reads the first line, which is the nonce; before foreign code runs. */
  hello(): void;
  /** The next message; undefined when the grader has gone. */
  receive(): unknown;
  send(json: string): void;
  exit(): never;
}

/** Takes the primitives and returns the channel; call before foreign code runs. */
export function openChannel(): Channel {
  const { parse } = JSON;
  const U8 = Uint8Array;
  const call = Function.prototype.call;
  const encode = call.bind(TextEncoder.prototype.encode, new TextEncoder());
  const decode = call.bind(TextDecoder.prototype.decode, new TextDecoder());
  const indexOf = call.bind(U8.prototype.indexOf);
  const set = call.bind(U8.prototype.set);
  const readSync = Deno.stdin.readSync.bind(Deno.stdin);
  const writeSync = Deno.stdout.writeSync.bind(Deno.stdout);
  const leave = Deno.exit.bind(Deno);
  let nonce = new U8(0);
  let pending = new ArrayBuffer(1 << 16); // bytes read beyond the last message
  let size = 1 << 16;
  let used = 0;

  /** The bytes of the next line, or undefined at the end. */
  const receiveLine = (): Uint8Array<ArrayBuffer> | undefined => {
    let searched = 0;
    for (;;) {
      const held = new U8(pending, 0, used);
      const end = indexOf(held, 10, searched);
      if (end >= 0) {
        const line = new U8(end);
        set(line, new U8(pending, 0, end));
        set(held, new U8(pending, end + 1, used - end - 1));
        used -= end + 1;
        return line;
      }
      searched = used;
      if (used === size) {
        const larger = new ArrayBuffer(size * 2);
        set(new U8(larger), held);
        pending = larger;
        size *= 2;
      }
      const read = readSync(new U8(pending, used, size - used));
      if (read === null) return undefined;
      used += read;
    }
  };

  const receive = (): unknown => {
    const line = receiveLine();
    return line === undefined ? undefined : parse(decode(line));
  };

  const send = (json: string): void => {
    const text = encode(json);
    const start = 1 + nonce.length;
    const whole = start + text.length + 1;
    const buffer = new ArrayBuffer(whole);
    const bytes = new U8(buffer);
    bytes[0] = bytes[whole - 1] = 10;
    set(bytes, nonce, 1);
    set(bytes, text, start);
    let written = 0;
    while (written < whole) {
      written += writeSync(new U8(buffer, written, whole - written));
    }
  };

  return {
    hello() {
      nonce = receiveLine()!;
      // No copy of it is left behind the text of later messages.
      new U8(pending, used, nonce.length).fill(0);
    },
    receive,
    send,
    exit: () => leave(0),
  };
}
