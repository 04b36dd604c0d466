/**
 * Lines of JSON over stdin and stdout, from inside the sandbox.
 *
 * @module
 */

/** The two directions, with everything they need taken beforehand. */
export interface Channel {
  /** Reads the first message, which holds the nonce; before foreign code runs. */
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
  const subarray = call.bind(U8.prototype.subarray);
  const set = call.bind(U8.prototype.set);
  const readSync = Deno.stdin.readSync.bind(Deno.stdin);
  const writeSync = Deno.stdout.writeSync.bind(Deno.stdout);
  const leave = Deno.exit.bind(Deno);
  let nonce = "";
  let pending = new U8(1 << 16); // bytes read beyond the last message
  let used = 0;

  const receive = (): unknown => {
    let searched = 0;
    for (;;) {
      const held = subarray(pending, 0, used);
      const end = indexOf(held, 10, searched);
      if (end >= 0) {
        const message = parse(decode(subarray(pending, 0, end)));
        set(pending, subarray(pending, end + 1, used), 0);
        used -= end + 1;
        return message;
      }
      searched = used;
      if (used === pending.length) {
        const larger = new U8(pending.length * 2);
        set(larger, pending, 0);
        pending = larger;
      }
      const read = readSync(subarray(pending, used));
      if (read === null) return undefined;
      used += read;
    }
  };

  const send = (json: string): void => {
    const bytes = encode(`\n${nonce}${json}\n`);
    let written = 0;
    while (written < bytes.length) {
      written += writeSync(subarray(bytes, written));
    }
  };

  return {
    hello() {
      nonce = (receive() as { nonce: string }).nonce;
    },
    receive,
    send,
    exit: () => leave(0),
  };
}
