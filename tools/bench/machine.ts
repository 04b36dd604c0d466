import { cpus, totalmem } from "node:os";
import deno from "../../deno.json" with { type: "json" };
import type { Row } from "./measure.ts";

/** What the numbers were measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly system: string;
  readonly versions: readonly string[];
  /** Share of the processor that other programs used in the middle of the rounds. */
  readonly others?: number;
}

/** What other programs use of the processor, from look to look. */
export class Others {
  #shares: number[] = [];
  #last?: { busy: number; all: number; own?: number; of: string };

  /**
   * A look at the processor, to be taken while our engines wait. On Linux it counts
   * all the time since the last one, less what the engines and we have used;
   * elsewhere, where nobody tells us that, a fifth of a second from now on.
   *
   * @param engines The processes that are no others.
   */
  async look(engines: readonly number[]): Promise<void> {
    const of = engines.join();
    let now = { ...processorTimes(), own: ownTime(engines), of };
    if (now.own === undefined) {
      this.#last = now;
      await new Promise((done) => setTimeout(done, 200));
      now = { ...processorTimes(), own: undefined, of };
    }
    const last = this.#last;
    this.#last = now;
    if (last?.of !== of) return; // other engines have begun
    const used = now.busy - last.busy - ((now.own ?? 0) - (last.own ?? 0));
    this.#shares.push(Math.max(0, used) / Math.max(1, now.all - last.all));
  }

  /** The share in the middle of all; undefined without any. */
  get share(): number | undefined {
    const sorted = this.#shares.sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }
}

/** Milliseconds since the machine's start, all processors together. */
function processorTimes(): { busy: number; all: number } {
  let busy = 0, all = 0;
  for (const { times } of cpus()) {
    const total = Object.values(times).reduce((sum, time) => sum + time, 0);
    busy += total - times.idle;
    all += total;
  }
  return { busy, all };
}

/** Milliseconds that we and these processes have used; undefined but on Linux. */
function ownTime(processes: readonly number[]): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  let ticks = 0;
  for (const id of [Deno.pid, ...processes]) {
    // The name, in brackets, may hold blanks; times are the 14th and 15th number.
    const line = Deno.readTextFileSync(`/proc/${id}/stat`);
    const numbers = line.slice(line.lastIndexOf(")") + 2).split(" ");
    ticks += Number(numbers[11]) + Number(numbers[12]);
  }
  return ticks * 10;
}

/** What to think of the numbers where other programs are at work. */
export function busyText(others = 0): string | undefined {
  if (others < 0.1) return undefined;
  return `Other programs were at work (${
    (100 * others).toFixed(0)
  } % of the processor during the rounds): the numbers are low and spread, those of several threads most of all`;
}

/** This machine and the versions that were measured. */
export function thisMachine(
  rows: readonly Row[],
  others?: number,
): Machine {
  const processors = cpus();
  const tfjs = deno.imports["@tensorflow/tfjs"].split("@").at(-1);
  const named = rows.map(({ version }) => version).filter((one) => one);
  return {
    processor: processors[0].model.trim(),
    cores: processors.length,
    memoryGB: Math.round(totalmem() / 1e9),
    system: `${Deno.build.os} ${Deno.build.arch}`,
    versions: [
      `Deno ${Deno.version.deno}`,
      `TensorFlow.js ${tfjs}`,
      ...new Set(named as string[]),
    ],
    others,
  };
}

/** The same in one line. */
export function machineText(machine: Machine): string {
  const { processor, cores, memoryGB, system, versions } = machine;
  const hardware = `${processor}, ${cores} cores, ${memoryGB} GB, ${system}`;
  return [hardware, ...versions].join("; ");
}
