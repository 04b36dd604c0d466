/** The TensorFlow.js module. */
export type Tf = typeof import("@tensorflow/tfjs");
