import { wrap } from "./wrap.ts";

const KERNELS = [
  ...["Conv2D", "FusedConv2D", "Conv2DBackpropFilter", "Conv2DBackpropInput"],
  ...["DepthwiseConv2dNative", "FusedDepthwiseConv2D"],
  ...["DepthwiseConv2dNativeBackpropFilter"],
  ...["DepthwiseConv2dNativeBackpropInput"],
  ...["MaxPool", "MaxPoolGrad", "AvgPool", "AvgPoolGrad"],
];

/**
 * Padding by a number of pixels.
 *
 * tfjs gives both axes the output length of the first one's window and stride,
 * so unequal ones lead to wrong shapes, and on wasm to writing outside. Pads
 * that are written out for each side are counted right.
 */
export function repairPads(backendName: "wasm" | "cpu"): void {
  for (const name of KERNELS) {
    wrap(name, backendName, (call, stock) => {
      const { pad, dataFormat } = call.attrs as Record<string, unknown>;
      if (typeof pad !== "number" || pad === 0) return stock(call);
      const none = [0, 0], both = [pad, pad];
      const pads = dataFormat === "NCHW"
        ? [none, none, both, both]
        : [none, both, both, none];
      return stock({ ...call, attrs: { ...call.attrs, pad: pads } });
    });
  }
}
