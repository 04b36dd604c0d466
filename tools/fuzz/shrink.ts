import { plan } from "../../lib/networks/plan.ts";
import type { Architecture, Layer } from "../../lib/networks/types.ts";
import type { Case } from "./case.ts";
import type { Failure } from "./compare.ts";

/**
 * The smallest failing case that dropping layers, shrinking sizes and leaving
 * out options leads to.
 *
 * @param failure A case that fails.
 * @param check Runs a case again; the failure may be another one.
 */
export async function shrink(
  failure: Failure,
  check: (value: Case) => Promise<Failure | undefined>,
): Promise<Failure> {
  let smallest = failure;
  for (;;) {
    let found: Failure | undefined;
    for (const value of smaller(smallest.case)) {
      if (!exists(value.architecture)) continue;
      found = await check(value);
      if (found?.engine === failure.engine) break;
      found = undefined;
    }
    if (found === undefined) return smallest;
    smallest = found;
  }
}

function exists(architecture: Architecture): boolean {
  try {
    plan(architecture);
    return true;
  } catch {
    return false; // nothing fits any more
  }
}

/** Cases that are one step smaller, the largest steps first. */
function* smaller(value: Case): Generator<Case> {
  const { architecture } = value;
  const { layers, inputShape } = architecture;
  const having = (change: Partial<Architecture>): Case => ({
    ...value,
    architecture: { ...architecture, ...change },
  });
  // The layers behind the first ones, on an input as those put it out.
  for (let i = layers.length - 1; i > 0; i--) {
    const before = { ...architecture, layers: layers.slice(0, i) };
    const shape = plan(before).outputShape;
    if (shape.length !== 3) continue;
    yield having({
      inputShape: shape as readonly number[] as [number, number, number],
      layers: layers.slice(i),
    });
  }
  for (const list of shorter(layers)) {
    if (list.length > 0) yield having({ layers: list });
  }
  if (value.batch > 1) yield { ...value, batch: 1 };
  if (value.training) yield { ...value, training: false };
  if (value.numbers !== "normal") yield { ...value, numbers: "normal" };
  for (const axis of [0, 1, 2]) {
    const length = inputShape[axis];
    for (const less of new Set([1, 2, Math.ceil(length / 2), length - 1])) {
      if (less < 1 || less >= length) continue;
      const shape: [number, number, number] = [...inputShape];
      shape[axis] = less;
      yield having({ inputShape: shape });
      if (axis === 2) {
        yield having({
          inputShape: shape,
          layers: layers.map((one) => fewer(one, less)),
        });
      }
    }
  }
  for (const list of simpler(layers)) yield having({ layers: list });
}

/** A convolution with `channels` groups and filters, for a depthwise one. */
function fewer(layer: Layer, channels: number): Layer {
  return layer.kind === "conv2d" && layer.groups !== undefined
    ? { ...layer, groups: channels, filters: channels }
    : layer;
}

/** Lists of layers with one layer less, or a block replaced by its inside. */
function* shorter(layers: readonly Layer[]): Generator<Layer[]> {
  for (const [i, layer] of layers.entries()) {
    const others = (...inside: readonly Layer[]) =>
      layers.toSpliced(i, 1, ...inside);
    if (layers.length > 1) {
      yield [layer];
      yield others();
    }
    if (layer.kind === "sequence") {
      yield others(...layer.layers);
      for (const inside of shorter(layer.layers)) {
        yield others({ ...layer, layers: inside });
      }
    }
    if (layer.kind === "parallel") {
      for (const [k, branch] of layer.branches.entries()) {
        yield others(branch);
        if (layer.branches.length > 1) {
          yield others({ ...layer, branches: layer.branches.toSpliced(k, 1) });
        }
        for (const [inside] of shorter([branch])) {
          yield others({ ...layer, branches: layer.branches.with(k, inside) });
        }
      }
    }
  }
}

/** Lists of layers with one option left out or one number smaller. */
function* simpler(layers: readonly Layer[]): Generator<Layer[]> {
  for (const [i, layer] of layers.entries()) {
    if (layer.kind === "parallel") {
      for (const branches of simpler(layer.branches)) {
        yield layers.with(i, { ...layer, branches });
      }
      continue;
    }
    if (layer.kind === "sequence") {
      for (const inside of simpler(layer.layers)) {
        yield layers.with(i, { ...layer, layers: inside });
      }
      continue;
    }
    for (const [name, setting] of Object.entries(layer)) {
      if (name === "kind") continue;
      const changed = (to: unknown) =>
        layers.with(i, { ...layer, [name]: to } as Layer);
      const { [name]: _, ...without } = layer as unknown as Record<
        string,
        unknown
      >;
      if (!["filters", "kernelSize", "units", "rate"].includes(name)) {
        yield layers.with(i, without as unknown as Layer);
      }
      if (typeof setting === "number" && setting > 1) {
        yield changed(1);
        yield changed(setting - 1);
      }
      if (Array.isArray(setting)) {
        if (setting[0] === setting[1]) yield changed(setting[0]);
        for (const axis of [0, 1]) {
          if (setting[axis] > 1) {
            yield changed(setting.with(axis, setting[axis] - 1));
          }
        }
      }
    }
  }
}
