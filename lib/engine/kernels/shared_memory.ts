/**
 * Making the memory of a WebAssembly binary a shared one: threads need that.
 *
 * TensorFlow.js's own build with threads does not start in Deno. Its build without
 * makes a memory that differs from a shared one in a single byte, and its code
 * need not know.
 *
 * @module
 */

/** Sections of a binary that name a memory. */
const IMPORTS = 2, MEMORIES = 5;

/** Limits of a memory: a maximum; a maximum, and shared. */
const LIMITED = 1, SHARED = 3;

/** Pages of a memory at its start and at most, as tfjs's binary has them. */
export const PAGES = { initial: 256, maximum: 65536 };

/** Bytes of a page. */
export const PAGE_BYTES = 65536;

/**
 * A copy of a binary whose memory, imported or its own, is shared.
 *
 * @returns undefined where the memory is not the one that tfjs 4.22 and our
 * binaries have: {@link PAGES}, and no other import or memory before it.
 */
export function withSharedMemory(
  binary: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> | undefined {
  for (const section of sections(binary)) {
    let at = section.start;
    const [count, first] = number(binary, at);
    if (section.id === MEMORIES) at = first;
    else if (section.id === IMPORTS && count === 1) {
      at = first;
      for (let names = 0; names < 2; names++) {
        const [length, start] = number(binary, at);
        at = start + length;
      }
      if (binary[at++] !== 2) continue; // the import is no memory
    } else continue;
    const [initial, next] = number(binary, at + 1);
    const [maximum] = number(binary, next);
    const known = count === 1 && binary[at] === LIMITED &&
      initial === PAGES.initial && maximum === PAGES.maximum;
    if (!known) return undefined;
    const copy = binary.slice();
    copy[at] = SHARED;
    return copy;
  }
  return undefined;
}

/** The sections of a binary: their kinds and where their contents begin. */
function* sections(
  binary: Uint8Array,
): Generator<{ id: number; start: number }> {
  for (let at = 8; at < binary.length;) {
    const [size, start] = number(binary, at + 1);
    yield { id: binary[at], start };
    at = start + size;
  }
}

/** An unsigned number of variable length, and where it ends. */
function number(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0;
  for (let factor = 1;; factor *= 128) {
    const byte = bytes[at++];
    value += (byte & 127) * factor;
    if (byte < 128 || byte === undefined) return [value, at];
  }
}
