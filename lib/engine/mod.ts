/**
 * TensorFlow.js: the choice of its engine, tensors to it and back, networks as its models.
 *
 * @module
 */
export { loadTf, type Tf, tfjs } from "./load.ts";
export * from "./backend.ts";
export * from "./convert.ts";
export {
  type LayersModelOptions,
  readWeights,
  toLayersModel,
} from "./layers_model.ts";
