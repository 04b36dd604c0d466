import { allocate, type Tensor, type TensorData } from "../tensor.ts";
import type { Part } from "./parts.ts";
import { axes } from "./shapes.ts";
import type { PadShortcutLayer } from "./types.ts";

/** Keeps every strides-th pixel and appends channels of zeros. */
export class PadShortcutPart implements Part {
  readonly #strides: readonly [number, number];
  #shape: readonly number[] = [];

  constructor(readonly layer: PadShortcutLayer) {
    this.#strides = axes(layer.strides ?? 1, "strides");
  }

  forward(x: Tensor): Tensor {
    this.#shape = x.shape;
    const [n, h, w] = x.shape;
    const oh = Math.ceil(h / this.#strides[0]);
    const ow = Math.ceil(w / this.#strides[1]);
    const { filters } = this.layer;
    const y = allocate(n * oh * ow * filters, x.data);
    this.#pixels((from, to, channels) =>
      y.set(x.data.subarray(from, from + channels), to)
    );
    return { shape: [n, oh, ow, filters], data: y };
  }

  backward(dy: Tensor): Tensor {
    const length = this.#shape.reduce((product, axis) => product * axis, 1);
    const dx: TensorData = allocate(length, dy.data);
    this.#pixels((from, to, channels) =>
      dx.set(dy.data.subarray(to, to + channels), from)
    );
    return { shape: [...this.#shape], data: dx };
  }

  /** Visits each kept pixel: its offset in the input and in the output. */
  #pixels(visit: (from: number, to: number, channels: number) => void): void {
    const [n, h, w, channels] = this.#shape;
    const [sh, sw] = this.#strides;
    let to = 0;
    for (let image = 0; image < n; image++) {
      for (let row = 0; row < h; row += sh) {
        for (let column = 0; column < w; column += sw) {
          const from = ((image * h + row) * w + column) * channels;
          visit(from, to, channels);
          to += this.layer.filters;
        }
      }
    }
  }
}
