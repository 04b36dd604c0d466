import { readOptions } from "../options.ts";
import { SetupError } from "../process.ts";
import { type Effort, type EngineName, engineNames } from "./measure.ts";
import { nets } from "./nets.ts";

/** What the command line asks for. */
export interface BenchOptions extends Effort {
  readonly nets: readonly string[];
  readonly engines: readonly EngineName[];
  /** Install PyTorch where it is missing. */
  readonly torch: boolean;
  /** Also start-up, loading and memory. */
  readonly singles: boolean;
  /** What a training step is spent on, instead of all else. */
  readonly profile: boolean;
  /** Where the JSON goes; output/bench.json unless told. */
  readonly out?: string;
  readonly help: boolean;
}

/** What `--help` prints. */
export const helpText = `deno task bench [options]

  --nets=...     ${Object.keys(nets).join(",")}, or none
  --engines=...  ${engineNames.map(dashed).join(",")}
  --torch        install PyTorch in .cache/torch where it is missing
  --avx2         PyTorch without AVX-512, as on many laptops
  --quick        two short rounds, and no start-up, loading and memory
  --profile      what a training step is spent on, kernel by kernel, and nothing else
  --out=FILE     a new file for the JSON; output/bench.json unless told`;

/**
 * Reads the command line of the bench.
 *
 * @throws {SetupError} An option, a network or an engine that there is not.
 */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { nets: netList, engines, out, quick, torch, avx2, profile, help } =
    parsed(
      args,
    );
  const none = netList.trim() === "none";
  if (none && quick) {
    throw new SetupError(
      "deno task bench expects something to measure but found --nets=none with --quick: leave one of them out",
    );
  }
  return {
    ...(quick ? { rounds: 2, seconds: 0.3 } : { rounds: 7, seconds: 0.7 }),
    singles: !quick,
    torch,
    avx2,
    profile,
    help,
    nets: none ? [] : chosen("nets", netList, Object.keys(nets)),
    engines: chosen("engines", engines, engineNames),
    out,
  };
}

function parsed(args: readonly string[]) {
  return readOptions(
    "deno task bench",
    args,
    {
      quick: { type: "boolean", default: false },
      avx2: { type: "boolean", default: false },
      torch: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      nets: { type: "string", default: Object.keys(nets).join(",") },
      engines: { type: "string", default: engineNames.join(",") },
      out: { type: "string" },
    },
    (why) => `deno task bench: ${why}\n${helpText}`,
    false,
  ).values;
}

/** A list on the command line; every name must be known. */
function chosen<Name extends string>(
  option: string,
  list: string,
  known: readonly Name[],
): Name[] {
  const names = list.split(",").map((text) => {
    const name = known.find((one) => dashed(one) === dashed(text.trim()));
    if (name === undefined) {
      throw new SetupError(
        `deno task bench: --${option} expects names from ${
          known.map(dashed).join(", ")
        } but found "${text.trim()}": separate several by commas`,
      );
    }
    return name;
  });
  return [...new Set(names)];
}

/** An engine's name without the spaces that a shell would split at. */
function dashed(name: string): string {
  return name.replaceAll(" ", "-");
}
