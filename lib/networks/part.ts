import type { Tensor } from "../base/tensor.ts";
import type { Weights } from "./weights.ts";

/** A part of a network that runs in both directions. */
export interface Part {
  /** Output of the part; it remembers what backward needs. */
  forward(x: Tensor, training: boolean): Tensor;
  /** Gradient of the input; gradients of the part's weights go into `gradients`. */
  backward(dy: Tensor, gradients: Weights): Tensor;
  /** As backward, but the gradient of the input is computed when it is asked for. */
  backwardLater?(dy: Tensor, gradients: Weights): () => Tensor;
}
