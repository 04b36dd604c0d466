import type { Case } from "./case.ts";
import { check, type Failure } from "./compare.ts";
import { type Engine, engines } from "./engines.ts";
import { randomCase } from "./generate.ts";
import { shrink } from "./shrink.ts";

/** What came of a run. */
export interface Run {
  readonly cases: number;
  /** The first case that failed, made as small as it gets. */
  readonly failure?: Failure;
}

/**
 * Checks the cases of `count` seeds from `seed` on, until one fails.
 *
 * @param onCase Told after each case.
 */
export async function fuzz(
  { seed, count, against = engines, onCase }: {
    seed: number;
    count: number;
    against?: Readonly<Record<string, Engine>>;
    onCase?: (done: number) => void;
  },
): Promise<Run> {
  for (let i = 0; i < count; i++) {
    const failure = await check(randomCase(seed + i), against);
    if (failure) {
      const again = (value: Case) => check(value, against);
      return { cases: i + 1, failure: await shrink(failure, again) };
    }
    onCase?.(i + 1);
  }
  return { cases: count };
}

/** A failure with the network to read and the line that runs it again. */
export function failureText({ case: value, engine, message }: Failure): string {
  const { seed, architecture, batch, training, numbers } = value;
  const { inputShape, layers } = architecture;
  return [
    `seed ${seed} fails on ${engine}: ${message}`,
    `smallest case: ${batch} of [${
      inputShape.join(", ")
    }], training ${training}, numbers "${numbers}"`,
    ...layers.map((layer) => `  ${JSON.stringify(layer)}`),
    `again: deno task fuzz --seed ${seed} --count 1`,
  ].join("\n");
}
