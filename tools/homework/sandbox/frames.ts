/** Lines with a secret prefix out of a stream that may hold anything. */

/** What to look for, and how much to bear. */
export interface FrameOptions {
  /** Stands at the start of every line that counts. */
  readonly prefix: string;
  /** Bytes of other lines that are thrown away before it is too much. */
  readonly mostNoise: number;
  /** Bytes of the longest line that counts. */
  readonly longest: number;
  readonly onFrame: (text: string) => void;
}

/**
 * Reads to the end of the stream, or until a limit is passed.
 *
 * @returns Undefined at the end; else what was too much, as in "The code ...".
 */
export async function readFrames(
  stream: ReadableStream<Uint8Array>,
  { prefix, mostNoise, longest, onFrame }: FrameOptions,
): Promise<string | undefined> {
  const start = new TextEncoder().encode(prefix);
  let parts: Uint8Array[] = [];
  let size = 0;
  let noise = 0;
  let isNoise = false;
  const matches = (line: Uint8Array) =>
    line.length >= start.length && start.every((byte, i) => byte === line[i]);

  const add = (bytes: Uint8Array): void => {
    if (isNoise) {
      noise += bytes.length;
      return;
    }
    parts.push(bytes);
    size += bytes.length;
    if (size < start.length) return;
    if (parts.length > 1 && parts[0].length < start.length) {
      parts = [concat(parts, size)];
    }
    if (!matches(parts[0])) {
      isNoise = true;
      noise += size;
      parts = [];
      size = 0;
    }
  };
  const finish = (): void => {
    const line = isNoise ? undefined : concat(parts, size);
    if (line && matches(line)) {
      onFrame(new TextDecoder().decode(line.subarray(start.length)));
    } else noise += size;
    parts = [];
    size = 0;
    isNoise = false;
  };

  for await (const chunk of stream) {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(10, from);
      if (end < 0) break;
      add(chunk.subarray(from, end));
      finish();
      from = end + 1;
    }
    if (from < chunk.length) add(chunk.slice(from));
    if (noise > mostNoise) {
      return `was stopped after printing more than ${mostNoise / 1048576} MB`;
    }
    if (size > longest) {
      return `was stopped: its answer is longer than ${longest / 1048576} MB`;
    }
  }
  return undefined;
}

function concat(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
