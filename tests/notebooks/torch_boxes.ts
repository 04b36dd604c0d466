/** The folded boxes "The same in PyTorch": finding, running and comparing them. */
import * as cnn from "cnn";
import { fileURLToPath } from "node:url";
import type { Notebook } from "../../tools/homework/notebook/notebook.ts";

const script = fileURLToPath(new URL("torch_boxes.py", import.meta.url));

/** A box: the cell that it stands in, and its blocks as one program. */
export interface Box {
  readonly cell: string;
  readonly source: string;
}

/** A tensor as it crosses from Python. */
interface Plain {
  readonly shape: number[];
  readonly data: number[];
}

/** A call in a box, with the course's own name for it. */
interface Call {
  readonly line: number;
  readonly cnn: string;
  readonly names: Record<string, Plain>;
  readonly x?: Plain;
  readonly weights?: Plain[];
  readonly training?: boolean;
  readonly y: Plain;
}

/** The boxes of a notebook. */
export function boxesOf({ cells }: Pick<Notebook, "cells">): Box[] {
  return cells.filter(({ type }) => type === "markdown").flatMap((cell) =>
    [...cell.source.matchAll(/<details>(.*?)<\/details>/gs)]
      .filter(([, inside]) => inside.includes("The same in PyTorch"))
      .map(([, inside]) => ({
        cell: cell.id ?? "",
        source: [...inside.matchAll(/^```python\n(.*?)^```/gms)]
          .map(([, block]) => block).join(""),
      }))
  );
}

/** Runs boxes in PyTorch and says what is wrong with each; nothing where all is well. */
export async function complaintsOf(
  python: string,
  sources: readonly string[],
): Promise<string[][]> {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(file, JSON.stringify(sources));
    const { success, stdout, stderr } = await new Deno.Command(python, {
      args: ["-W", "ignore", script, file],
    }).output();
    const text = new TextDecoder();
    if (!success) throw new Error(`PyTorch failed:\n${text.decode(stderr)}`);
    const answers = JSON.parse(text.decode(stdout)) as {
      problems: string[];
      calls: Call[];
    }[];
    return answers.map(({ problems, calls }) => [
      ...problems,
      ...calls.flatMap(difference),
    ]);
  } finally {
    await Deno.remove(file);
  }
}

/** What the course gives otherwise than PyTorch did. */
function difference(call: Call): string[] {
  const where = `line ${call.line}, ${call.cnn}:`;
  let found: cnn.Tensor;
  try {
    found = courseAnswer(call);
  } catch (error) {
    return [`${where} ${(error as Error).message}`];
  }
  const { shape, data } = call.y;
  if (`${found.shape}` !== `${shape}`) {
    return [`${where} gives [${found.shape}], and PyTorch [${shape}]`];
  }
  const most = Math.max(1, ...data.map(Math.abs));
  const off = Math.max(0, ...data.map((v, i) => Math.abs(v - found.data[i])));
  return off < 1e-4 * most ? [] : [`${where} differs from PyTorch by ${off}`];
}

/** What the course's own name for a call gives, from the same input and weights. */
function courseAnswer({ cnn: text, names, x, weights, training }: Call) {
  const values = Object.values(names).map(valueOf);
  const named = new Function("cnn", ...Object.keys(names), `return ${text}`)(
    cnn,
    ...values,
  );
  if (typeof named === "number") return cnn.tensor(named, []);
  if (named.data) return named as cnn.Tensor;
  if (x === undefined) throw new Error("no tensor goes into the call");
  const input = valueOf(x) as cnn.Tensor;
  const [n, ...one] = input.shape;
  const images = one.length === 3
    ? input
    : cnn.reshape(input, [n, 1, 1, input.data.length / n]);
  const whole: cnn.Architecture = named.layers && named.inputShape
    ? named
    : cnn.network("box", images.shape.slice(1) as [number, number, number], [
      ...(one.length === 3 ? [] : [cnn.layers.flatten()]),
      named,
    ]);
  const drawn = cnn.buildNetwork(whole, { seed: 1 }).weights;
  if (drawn.size !== weights!.length) {
    throw new Error(
      `it has ${drawn.size} weights, and PyTorch's ${weights!.length}`,
    );
  }
  const given = new Map(
    [...drawn.keys()].map((name, i) => [name, tensorOf(weights![i])]),
  );
  return cnn.buildNetwork(whole, { weights: given })
    .forward(images, { training });
}

const tensorOf = ({ data, shape }: Plain) => cnn.tensor(data, shape);

/** A tensor, or a plain list where it holds labels. */
function valueOf(plain: Plain) {
  const labels = plain.shape.length === 1 && plain.data.every(Number.isInteger);
  return labels ? plain.data : tensorOf(plain);
}
