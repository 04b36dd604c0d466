import * as tf from "@tensorflow/tfjs";

/** A node of the tape on which tfjs notes what it may have to differentiate. */
interface Node {
  inputs: Record<string, { id: number }>;
  outputs: { id: number }[];
}

/** What we use of tfjs's engine. */
interface Tape {
  state: { activeTape: Node[] };
  addTapeNode(
    name: string,
    inputs: Node["inputs"],
    outputs: Node["outputs"],
    ...rest: unknown[]
  ): void;
}

/**
 * Gradients of gradients through operations that keep their output (tanh,
 * sigmoid, exp, softmax, max).
 *
 * tfjs notes the copy that an operation keeps before the operation itself, and
 * then finds no way from its input to the copy: that share of a second
 * derivative was lost. Here the operation comes first.
 */
export function repairSecondGradients(): void {
  const engine = tf.engine() as unknown as Tape;
  const stock = engine.addTapeNode;
  engine.addTapeNode = function (name, inputs, outputs, ...rest) {
    stock.call(this, name, inputs, outputs, ...rest);
    const { activeTape: tape } = this.state;
    const copies = (node: Node) =>
      Object.values(node.inputs).some((x) =>
        outputs.some(({ id }) => id === x.id)
      );
    let place = tape.length - 1;
    while (place > 0 && copies(tape[place - 1])) place--;
    tape.splice(place, 0, tape.pop()!);
  };
}
