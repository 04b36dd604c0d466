/**
 * Layers with a kernel, and perhaps a bias, in a network.
 *
 * @module
 */
import {
  conv2d,
  conv2dBackward,
  conv2dKernelBackward,
  type Conv2dOptions,
  dense,
  denseBackward,
} from "../layers/mod.ts";
import type { Tensor } from "../base/tensor.ts";
import type { Part } from "./part.ts";
import type { ConvLayer } from "./types.ts";
import type { Weights } from "./weights.ts";

/** The weights of one layer, and where their gradients go. */
class KernelWeights {
  readonly kernel: Tensor;
  readonly bias?: Tensor;

  constructor(readonly name: string, weights: Weights) {
    this.kernel = weights.get(`${name}/kernel`)!;
    this.bias = weights.get(`${name}/bias`);
  }

  put(gradients: Weights, found: { dKernel: Tensor; dBias: Tensor }): void {
    gradients.set(`${this.name}/kernel`, found.dKernel);
    if (this.bias) gradients.set(`${this.name}/bias`, found.dBias);
  }
}

/** A convolution. */
export class ConvPart implements Part {
  readonly #own: KernelWeights;
  readonly #options: Conv2dOptions;
  #seen?: Tensor;

  constructor(name: string, layer: ConvLayer, weights: Weights) {
    const { strides, padding, dilations, groups } = layer;
    this.#own = new KernelWeights(name, weights);
    this.#options = { strides, padding, dilations, groups };
  }

  forward(x: Tensor): Tensor {
    this.#seen = x;
    const { kernel, bias } = this.#own;
    return conv2d(x, kernel, { ...this.#options, bias });
  }

  backward(dy: Tensor, gradients: Weights): Tensor {
    const { kernel } = this.#own;
    const found = conv2dBackward(this.#seen!, kernel, dy, this.#options);
    this.#own.put(gradients, found);
    return found.dx;
  }

  backwardLater(dy: Tensor, gradients: Weights): () => Tensor {
    const x = this.#seen!;
    const { kernel } = this.#own;
    this.#own.put(
      gradients,
      conv2dKernelBackward(x, kernel, dy, this.#options),
    );
    // Training may change the kernel before anyone asks.
    const then = { shape: kernel.shape, data: kernel.data.slice() };
    return () => conv2dBackward(x, then, dy, this.#options).dx;
  }
}

/** A dense layer. */
export class DensePart implements Part {
  readonly #own: KernelWeights;
  #seen?: Tensor;

  constructor(name: string, weights: Weights) {
    this.#own = new KernelWeights(name, weights);
  }

  forward(x: Tensor): Tensor {
    this.#seen = x;
    const { kernel, bias } = this.#own;
    return dense(x, kernel, { bias });
  }

  backward(dy: Tensor, gradients: Weights): Tensor {
    const found = denseBackward(this.#seen!, this.#own.kernel, dy);
    this.#own.put(gradients, found);
    return found.dx;
  }
}
