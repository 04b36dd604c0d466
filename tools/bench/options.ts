import { parseArgs } from "node:util";
import { SetupError } from "../process.ts";
import { type Effort, type EngineName, engineNames } from "./measure.ts";
import { nets } from "./nets.ts";

/** What the command line asks for. */
export interface BenchOptions extends Effort {
  readonly nets: readonly string[];
  readonly engines: readonly EngineName[];
  /** Install PyTorch where it is missing. */
  readonly torch: boolean;
  /** Only the speeds of networks, not the start-up, loading and memory. */
  readonly quick: boolean;
  readonly out: string;
}

/**
 * Reads the command line of the bench.
 *
 * @throws {SetupError} An option, a network or an engine that there is not.
 */
export function benchOptions(args: readonly string[]): BenchOptions {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean", default: false },
        torch: { type: "boolean", default: false },
        nets: { type: "string", default: Object.keys(nets).join(",") },
        engines: { type: "string", default: engineNames.join(",") },
        out: { type: "string", default: "output/bench.json" },
      },
    }));
  } catch (error) {
    throw new SetupError(
      `deno task bench: ${
        (error as Error).message
      }\nOptions: --quick --torch --nets=lenet,resnet20,vgg --engines="wasm,scratch" --out=FILE`,
    );
  }
  return {
    ...(values.quick ? { rounds: 2, seconds: 0.3 } : { rounds: 7, seconds: 1 }),
    quick: values.quick,
    torch: values.torch,
    nets: chosen("nets", values.nets, Object.keys(nets)),
    engines: chosen("engines", values.engines, engineNames),
    out: values.out,
  };
}

/** A list on the command line; every name must be known. */
function chosen<Name extends string>(
  option: string,
  list: string,
  known: readonly Name[],
): Name[] {
  return list.split(",").map((text) => {
    const name = known.find((one) => one === text.trim());
    if (name === undefined) {
      throw new SetupError(
        `deno task bench: --${option} expects names from ${
          known.join(", ")
        } but found "${text.trim()}"`,
      );
    }
    return name;
  });
}
