/**
 * Notebooks in a zip file that a student handed in. Nothing is unpacked onto the
 * disk: a name in the archive is only compared, and one entry is read at a time.
 *
 * Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
 */
import { inflateSync } from "fflate";
import { largestNotebook } from "../notebook/notebook.ts";

/** A file in an archive. */
export interface ZipEntry {
  /** Path in the archive, with "/" between folders. */
  readonly name: string;
  /** Why it is not read; undefined where it can be. */
  readonly problem?: string;
  /** Place of its local header, and how it is packed. */
  readonly offset: number;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
}

/** Archives of more entries are no homework. */
const mostEntries = 10_000;

/** A text that says why an archive is not read. */
class ZipError extends Error {
  override name = "ZipError";
}

/**
 * The files of an archive, without reading any.
 *
 * @returns A text that says why it cannot be read, completing "an archive that ...".
 */
export function listZip(bytes: Uint8Array): ZipEntry[] | string {
  try {
    return entriesOf(bytes);
  } catch (error) {
    if (error instanceof ZipError) return error.message;
    if (error instanceof RangeError) return "is damaged or cut off";
    throw error;
  }
}

function entriesOf(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  if (count === 0xffff || count > mostEntries) {
    throw new ZipError(`holds more than ${mostEntries} files`);
  }
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (view.getUint32(at, true) !== 0x02014b50) {
      throw new ZipError("is damaged or cut off");
    }
    const length = view.getUint16(at + 28, true);
    const more = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const raw = new Uint8Array(view.buffer, view.byteOffset + at + 46, length);
    const name = new TextDecoder().decode(raw).replaceAll("\\", "/");
    const entry = {
      name,
      offset: view.getUint32(at + 42, true),
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
    };
    const mode = view.getUint16(at + 40, true);
    const locked = (view.getUint16(at + 8, true) & 1) === 1;
    const problem = problemOf(entry, mode, locked);
    if (!name.endsWith("/")) {
      entries.push(problem === undefined ? entry : { ...entry, problem });
    }
    at += 46 + length + more;
  }
  return entries;
}

/** Place of the record that ends an archive. */
function endOf(view: DataView): number {
  const first = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= first; at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  throw new ZipError("is damaged or cut off");
}

function problemOf(
  { name, method, size }: Omit<ZipEntry, "problem">,
  mode: number,
  locked: boolean,
): string | undefined {
  if (/^\/|^[a-z]:|(^|\/)\.\.(\/|$)|\0/i.test(name)) {
    return "its name leads out of the archive";
  }
  if ((mode & 0xf000) === 0xa000) return "a symbolic link";
  if (locked) return "packed with a password";
  if (method !== 0 && method !== 8) return "packed in a way that is not read";
  if (size > largestNotebook) return "too large to be read";
  return undefined;
}

/**
 * What one entry holds: no more bytes than it says, whatever it unpacks to.
 *
 * @returns A text where it cannot be read.
 */
export function readZip(
  bytes: Uint8Array,
  { offset, method, packed, size, problem }: ZipEntry,
): Uint8Array | string {
  if (problem !== undefined) return `The file in the archive is ${problem}`;
  const damaged = "The file in the archive is damaged";
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (view.getUint32(offset, true) !== 0x04034b50) return damaged;
    const start = offset + 30 + view.getUint16(offset + 26, true) +
      view.getUint16(offset + 28, true);
    const data = bytes.subarray(start, start + packed);
    if (data.length !== packed) return damaged;
    if (method === 0) return packed === size ? data.slice() : damaged;
    // A place of the told size: fflate does not write beyond it.
    const out = inflateSync(data, { out: new Uint8Array(size) });
    return out.length === size ? out : damaged;
  } catch {
    return damaged; // fflate throws errors of its own, RangeError beyond the end
  }
}
