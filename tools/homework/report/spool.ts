/**
 * Results of a class in a file, so that a large class takes no memory: a line
 * each, as they come, and read again in the order of the class.
 */
import type { SubmissionResult } from "../grade/result.ts";

/** Where a line lies in the file. */
type Span = readonly [start: number, length: number];

const windows = Deno.build.os === "windows";

/** Takes results in any order and gives them in that of the class. */
export class Spool {
  readonly #file: Deno.FsFile;
  readonly #path: string;
  readonly #spans: Span[] = [];
  #end = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /** A new one in a file of its own. */
  static async open(): Promise<Spool> {
    const path = await Deno.makeTempFile({ prefix: "homework_results_" });
    const file = await Deno.open(path, { read: true, write: true });
    // Names and points stay nowhere, however the run ends; Windows keeps the name.
    if (!windows) await Deno.remove(path);
    return new Spool(path, file);
  }

  /** Takes the result of the submission with this place in the class. */
  async add(place: number, result: SubmissionResult): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(result) + "\n");
    const start = this.#end;
    this.#end += bytes.length;
    this.#spans[place] = [start, bytes.length];
    this.#writing = this.#writing.then(async () => {
      await this.#file.seek(start, Deno.SeekMode.Start);
      for (let done = 0; done < bytes.length;) {
        done += await this.#file.write(bytes.subarray(done));
      }
    });
    await this.#writing;
  }

  /** The results that were taken, in the order of the class. */
  async *[Symbol.asyncIterator](): AsyncGenerator<SubmissionResult> {
    for (const place of this.#spans.keys()) {
      const result = await this.at(place);
      if (result) yield result;
    }
  }

  /** The result at a place. */
  async at(place: number): Promise<SubmissionResult | undefined> {
    const span = this.#spans[place];
    if (span === undefined) return undefined;
    await this.#writing;
    const bytes = new Uint8Array(span[1]);
    await this.#file.seek(span[0], Deno.SeekMode.Start);
    for (let done = 0; done < bytes.length;) {
      const read = await this.#file.read(bytes.subarray(done));
      if (read === null) throw new Error(`${this.#path} was cut`);
      done += read;
    }
    return JSON.parse(new TextDecoder().decode(bytes));
  }

  /** Places of the results that were taken. */
  places(): number[] {
    return [...this.#spans.keys()].filter((place) => place in this.#spans);
  }

  /** Removes the file. */
  async close(): Promise<void> {
    this.#file.close();
    if (windows) await Deno.remove(this.#path);
  }
}
