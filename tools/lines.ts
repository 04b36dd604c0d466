/** The lines that another program prints. */
import { TextLineStream } from "@std/streams";

/** Whole lines without their ends; the last one need not have an end. */
export function linesOf(
  stream: ReadableStream<Uint8Array>,
): ReadableStream<string> {
  const cut: TransformStream<string, string> = new TextLineStream();
  return stream.pipeThrough(new TextDecoderStream()).pipeThrough(cut);
}
