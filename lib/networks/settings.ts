/**
 * Which settings each kind of layer knows, so that a misspelt one is not lost.
 *
 * @module
 */
import { shown } from "../base/options.ts";
import { found } from "./found.ts";
import type { Layer, LayerKind, SingleLayer } from "./types.ts";

const SLIDING = ["strides", "padding"];

const KNOWN: Record<LayerKind, readonly string[]> = {
  conv2d: [
    ...["filters", "kernelSize", ...SLIDING],
    ...["dilations", "groups", "useBias"],
  ],
  dense: ["units", "useBias"],
  maxPool2d: ["poolSize", ...SLIDING],
  avgPool2d: ["poolSize", ...SLIDING],
  globalAvgPool2d: [],
  flatten: [],
  relu: [],
  softmax: [],
  batchNorm: ["epsilon", "momentum"],
  dropout: ["rate"],
  padShortcut: ["filters", "strides"],
};

/** The kinds of layers that hold no others. */
export const layerKinds = Object.keys(KNOWN) as readonly LayerKind[];

/**
 * Checks the kind and the names of the settings, and those settings that no
 * shape depends on.
 *
 * @throws {TypeError} An unknown kind or setting.
 * @throws {RangeError} A rate, epsilon or momentum out of range.
 */
export function checkSettings(layer: SingleLayer): void {
  if (!Object.hasOwn(KNOWN, layer.kind)) {
    throw new TypeError(
      `expects a known kind but found ${found(layer.kind)}: ${
        Object.keys(KNOWN).join(", ")
      }, sequence or parallel`,
    );
  }
  checkNames(layer, settingsOf(layer.kind));
  if ("useBias" in layer) {
    const { useBias = true } = layer;
    if (typeof useBias !== "boolean") {
      throw new TypeError(
        `expects useBias true or false but found ${
          found(useBias)
        }: write one of the two, without quotes`,
      );
    }
  }
  if (layer.kind === "dropout") {
    share("rate", layer.rate, "of the values is set to zero");
  }
  if (layer.kind !== "batchNorm") return;
  const { epsilon = 0, momentum = 0 } = layer;
  share("momentum", momentum, "of the old average is kept");
  if (!(Number.isFinite(epsilon) && epsilon >= 0)) {
    throw new RangeError(
      `expects an epsilon of 0 or more but found ${
        shown(epsilon)
      }: pass a small number such as 0.001`,
    );
  }
}

/** Names of the settings of a kind of layer. */
export function settingsOf(kind: LayerKind): readonly string[] {
  return [...KNOWN[kind], "name"];
}

/** Throws on a field besides `kind` that is none of the settings `known`. */
export function checkNames(layer: Layer, known: readonly string[]): void {
  for (const field of Object.keys(layer)) {
    if (field !== "kind" && !known.includes(field)) {
      throw new TypeError(
        `expects only the settings ${known.join(", ")} but found ${
          JSON.stringify(field)
        }: check the spelling`,
      );
    }
  }
}

/** Throws where `value` is no share from 0 to below 1. */
function share(field: string, value: number, meaning: string): void {
  if (!(typeof value === "number" && value >= 0 && value < 1)) {
    throw new RangeError(
      `expects a ${field} from 0 to below 1 but found ${
        shown(value)
      }: 0.5 says that one half ${meaning}`,
    );
  }
}
