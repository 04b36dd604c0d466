/** What describe() tells of a network. */
interface Described {
  /** Trainable weights. */
  readonly parameters: number;
  readonly rows: readonly { readonly outputShape: readonly number[] }[];
}

/**
 * Bytes that training with Adam cannot do without, beside the data: weights,
 * their gradients and Adam's two means; each layer's output and its gradient.
 */
export function memoryNeed(
  { parameters, rows }: Described,
  batchSize: number,
): number {
  const outputs = rows
    .map(({ outputShape }) => outputShape.reduce((a, b) => a * b, 1))
    .reduce((a, b) => a + b, 0);
  return Float32Array.BYTES_PER_ELEMENT *
    (4 * parameters + 2 * batchSize * outputs);
}
