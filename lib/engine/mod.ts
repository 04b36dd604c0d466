export { loadTf, tfjs } from "./load.ts";
export type { Tf } from "./tf.ts";
export * from "./backend.ts";
export * from "./convert.ts";
export {
  type LayersModelOptions,
  readWeights,
  toLayersModel,
} from "./layers_model.ts";
