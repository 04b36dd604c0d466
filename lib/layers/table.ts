/**
 * The table of all kinds of layers: each is named here, and what there is to
 * know of it stands in its file.
 *
 * @module
 */
export { attentionLayer } from "./attention.ts";
export { avgPool2dLayer } from "./avg_pool2d.ts";
export { batchNormLayer } from "./batch_norm.ts";
export { classTokenLayer } from "./class_token.ts";
export { conv2dLayer } from "./conv2d.ts";
export { denseLayer } from "./dense.ts";
export { dropoutLayer } from "./dropout.ts";
export { firstTokenLayer } from "./first_token.ts";
export { flattenLayer } from "./flatten.ts";
export { geluLayer } from "./gelu.ts";
export { globalAvgPool2dLayer } from "./global_avg_pool2d.ts";
export { l2NormalizeLayer } from "./l2_normalize.ts";
export { layerNormLayer } from "./layer_norm.ts";
export { maxPool2dLayer } from "./max_pool2d.ts";
export { maxoutLayer } from "./maxout.ts";
export { padShortcutLayer } from "./pad_shortcut.ts";
export { patchifyLayer } from "./patchify.ts";
export { positionLayer } from "./position.ts";
export { reluLayer } from "./relu.ts";
export { relu6Layer } from "./relu6.ts";
export { softmaxLayer } from "./softmax.ts";
export { tokenMeanLayer } from "./token_mean.ts";
