import { layerKinds } from "../layers/kinds.ts";
import { checkArray } from "../base/arguments.ts";
import { checkCount } from "../base/check.ts";
import { checkFlag, checkWord, settle } from "../base/options.ts";
import { checkArchitecture } from "../networks/check_architecture.ts";
import type { Architecture, LayerKind } from "../networks/mod.ts";
import { type Plan, plan, singles } from "../networks/plan.ts";
import type { Condition } from "./conditions.ts";

/** What the layers of an open exercise's network must be. */
export interface LayerRules {
  /** The only kinds that are allowed; all unless told. */
  kinds?: readonly LayerKind[];
  /** Longest side of a kernel or of a pooling window, in values. */
  window?: number;
  /** Least number of convolutions. */
  convolutions?: number;
  /** Branches of one module, joined by "concat", each with a convolution. */
  branches?: number;
  /** Whether every layer with weights must learn; false unless told. */
  learns?: boolean;
}

/**
 * The conditions on the layers of a student's network, for checkConditions(). They
 * look into sequences and branches: a layer counts wherever it stands.
 *
 * @param architecture The student's network.
 * @param rules Those that the exercise tells.
 * @returns One condition for each rule.
 * @throws {TypeError | RangeError} A rule or a kind of layer that there is not; a
 * network that cannot exist.
 *
 * @example
 * ```ts
 * import { checkConditions, layerConditions, layers, network } from "cnn";
 *
 * const net = network("deep", [28, 28, 1], [
 *   layers.sequence([layers.conv2d({ filters: 2, kernelSize: 3 })]),
 * ]);
 * const rules = { kinds: ["conv2d", "relu"], window: 3 } as const;
 * await checkConditions(layerConditions(net, rules), { exercise: "5.4" });
 * ```
 */
export function layerConditions(
  architecture: Architecture,
  rules: LayerRules,
): Condition[] {
  const fn = "layerConditions";
  const { kinds, learns, ...counts } = settle(fn, rules, {
    kinds: undefined,
    window: undefined,
    convolutions: undefined,
    branches: undefined,
    learns: false,
  });
  checkArchitecture(fn, architecture);
  checkFlag(fn, "learns", learns);
  if (kinds !== undefined) {
    checkArray(fn, "kinds", kinds, 'pass such as ["conv2d", "relu"]');
    for (const kind of kinds) checkWord(fn, "kind of layer", kind, layerKinds);
  }
  for (const [name, count] of Object.entries(counts)) {
    if (count !== undefined) checkCount(fn, name, count);
  }
  const whole = plan(architecture);
  const all = singles(whole).map((single) => {
    const { name, layer: { kind }, settings } = single;
    const { kernelSize, poolSize }: Readonly<Record<string, unknown>> =
      settings;
    const sides = [kernelSize, poolSize].flat()
      .filter((side) => typeof side === "number");
    return { name, kind, sides, frozen: settings.trainable === false };
  });
  const conditions: Condition[] = [];
  const condition = (
    holds: boolean,
    mistake: string,
    details: string,
  ) => conditions.push({ holds, mistake, details });
  if (kinds !== undefined) {
    const other = all.find(({ kind }) => !kinds.includes(kind));
    condition(
      other === undefined,
      "a layer that is not allowed",
      `expected ${kinds.join(", ")} alone but found ${other?.kind} "${
        other?.name ?? ""
      }": do without it`,
    );
  }
  const { window, convolutions, branches } = counts;
  if (window !== undefined) {
    const large = all.find(({ sides }) => sides.some((side) => side > window));
    condition(
      large === undefined,
      "a large window",
      `expected at most ${window}x${window} but found ${
        large?.sides.join("x")
      } in "${large?.name ?? ""}": use several small ones`,
    );
  }
  if (convolutions !== undefined) {
    const found = all.filter(({ kind }) => kind === "conv2d").length;
    condition(
      found >= convolutions,
      "too few convolutions",
      `expected ${convolutions} or more but found ${found}: add layers.conv2d`,
    );
  }
  if (branches !== undefined) {
    const most = Math.max(0, ...modules(whole));
    condition(
      most >= branches,
      `no module of ${branches} branches`,
      `expected ${branches} branches with a convolution each, joined by "concat", found ${most}: see layers.parallel`,
    );
  }
  if (learns) {
    const still = all.find(({ frozen }) => frozen);
    condition(
      still === undefined,
      "a layer that does not learn",
      `expected every layer to learn but found trainable: false in "${
        still?.name ?? ""
      }": leave it out`,
    );
  }
  return conditions;
}

/** Of each module that joins by "concat" the branches with a convolution. */
function modules(part: Plan): number[] {
  if (part.type === "single") return [];
  const parts = part.type === "sequence" ? part.steps : part.branches;
  const inner = parts.flatMap(modules);
  if (part.type !== "parallel" || part.join !== "concat") return inner;
  const working = part.branches.filter((branch) =>
    singles(branch).some(({ layer }) => layer.kind === "conv2d")
  );
  return [working.length, ...inner];
}
