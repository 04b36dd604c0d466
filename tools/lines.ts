/** The lines that another program prints. */
import { TextLineStream } from "@std/streams";

/** Whole lines without their ends; the last one need not have an end. */
export function linesOf(
  stream: ReadableStream<Uint8Array>,
): ReadableStream<string> {
  const cut: TransformStream<string, string> = new TextLineStream();
  // With the types of a page loaded (lib/explorer/page) the decoder takes more than
  // bytes, and TypeScript 5.9 no longer lets bytes through.
  const decoder: { readable: ReadableStream<string>; writable: unknown } =
    new TextDecoderStream();
  return stream.pipeThrough(
    decoder as ReadableWritablePair<string, Uint8Array>,
  ).pipeThrough(cut);
}
