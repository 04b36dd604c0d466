import { random } from "../../lib/base/random.ts";
import { shapeText } from "../../lib/base/shape.ts";
import { type Case, numbersOf, type Numeric } from "./case.ts";
import {
  type Engine,
  type Found,
  numericSlopes,
  reference,
  rounded,
  slopes,
} from "./engines.ts";

/** A case in which an engine disagrees with the reference. */
export interface Failure {
  readonly case: Case;
  readonly engine: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
}

/** What float32 may be off, as a share of the largest value. */
const SHARE = 1e-4;

/** The first disagreement on a case, if there is one. */
export async function check(
  value: Case,
  engines: Readonly<Record<string, Engine>>,
): Promise<Failure | undefined> {
  const numeric = numbersOf(value);
  const fail = (engine: string, message: string) => ({
    case: value,
    engine,
    message,
  });
  let right: Found | undefined;
  try {
    right = await rightOf(value, numeric);
  } catch (error) {
    return fail("float64", `it throws ${(error as Error).message}`);
  }
  if (right === undefined) return undefined;
  for (const [name, engine] of Object.entries(engines)) {
    try {
      const found = await engine(value, numeric);
      const message = typeof found === "string"
        ? found
        : found && difference(value, numeric, right, found);
      if (message) return fail(name, message);
    } catch (error) {
      return fail(name, `it throws ${(error as Error).message}`);
    }
  }
  const message = slopeDifference(value, numeric, right);
  return message === undefined ? undefined : fail("float64", message);
}

/**
 * What the reference finds; undefined where it refuses NaN by name, as batch
 * normalisation does in training: nothing is lost then.
 */
export async function rightOf(
  value: Case,
  numeric: Numeric,
): Promise<Found | undefined> {
  try {
    return await reference(value, numeric) as Found;
  } catch (error) {
    const named = (error as Error).message.includes("but found NaN");
    if (value.numbers === "nan" && named) return undefined;
    throw error;
  }
}

/** The first part that is wrong, in words. */
export function difference(
  value: Case,
  numeric: Numeric,
  right: Found,
  found: Found,
): string | undefined {
  // Inside a batch normalisation that trains, gradients may be 0 but for rounding: there
  // the largest of all is the measure, that of the output among them.
  const cancels = value.training &&
    JSON.stringify(value.architecture).includes("batchNorm");
  let most = largest(numeric.dy.data);
  for (const [name, { data }] of right) {
    if (name.startsWith("d")) most = Math.max(most, largest(data));
  }
  // Where NaN went further, as it does in a transformed tile, a ReLU behind it passes
  // other gradients.
  const spread = found.get("y")?.data.some((v, i) =>
    Number.isNaN(v) && !Number.isNaN(right.get("y")!.data[i])
  );
  for (const [name, { shape, data }] of found) {
    const own = right.get(name.replace(" while differentiating", ""));
    if (own === undefined) return `${name} is not in the reference`;
    if (shapeText(shape) !== shapeText(own.shape)) {
      return `${name} has the shape ${shapeText(shape)} but ${
        shapeText(own.shape)
      } is right`;
    }
    if (spread && name.startsWith("d")) continue;
    const allowed = SHARE * largest(own.data) +
      (cancels && name.startsWith("d") ? 1e-3 : 1e-6) * most;
    let slack: number | undefined;
    for (let i = 0; i < data.length; i++) {
      const expected = own.data[i];
      // NaN may spread (zero times NaN, a transformed tile) but not vanish from
      // the output; a gradient may know of it or not.
      const either = Number.isNaN(data[i]) ||
        (!name.startsWith("y") && Number.isNaN(expected));
      if (either && value.numbers === "nan") continue;
      if (Math.abs(data[i] - expected) <= allowed) continue;
      slack ??= sensitivity(value, numeric, right, name);
      if (Math.abs(data[i] - expected) <= allowed + slack) continue;
      return `${name}[${i}] is ${data[i]} but ${expected} is right`;
    }
  }
}

function largest(data: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) most = Math.max(most, Math.abs(data[i]));
  }
  return most;
}

/**
 * How far a part moves when all numbers, those between the layers too, move by about
 * a rounding of float32: near a tie or a corner of ReLU, and where the terms of a sum
 * cancel, two engines may rightly differ. Exact sums round nowhere, so there nothing
 * is excused.
 */
function sensitivity(
  value: Case,
  numeric: Numeric,
  right: Found,
  name: string,
): number {
  if (value.numbers === "ties") return 0;
  const stream = random(99), part = name.replace(" while differentiating", "");
  const own = right.get(part)!.data;
  let most = 0;
  for (let i = 0; i < 5; i++) {
    const other = rounded(value, numeric, stream).get(part)!.data;
    most = Math.max(most, largest(own.map((v, k) => other[k] - v)));
  }
  return 10 * most;
}

/** The reference's own gradients against the slope of the definitions. */
function slopeDifference(
  value: Case,
  numeric: Numeric,
  right: Found,
): string | undefined {
  if (value.numbers !== "normal") return undefined; // no slope at ties and NaN
  const found = slopes(numeric, right);
  // A step across a corner misleads: a shorter one then decides.
  for (const [h, share] of [[1e-5, 1e-5], [1e-7, 1e-4], [1e-6, 1e-4]]) {
    const expected = numericSlopes(value, numeric, h);
    const scale = Math.max(1, largest(expected));
    const wrong = found.findIndex((slope, i) =>
      !(Math.abs(slope - expected[i]) <= share * scale)
    );
    if (wrong < 0) return undefined;
    if (h === 1e-6) {
      return `its gradients give the slope ${found[wrong]} but ${
        expected[wrong]
      } is right`;
    }
  }
}
