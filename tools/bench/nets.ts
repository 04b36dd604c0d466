import { type Architecture, cifarResnet, lenet, smallVgg } from "cnn";

/** A network that is measured. */
export interface BenchNet {
  readonly title: string;
  readonly architecture: Architecture;
  /** Images a step. */
  readonly batch: number;
  /** Images a step on stock tfjs cpu, where a whole batch would take minutes. */
  readonly slowBatch: number;
  /** Trains on digits; on random pixels otherwise. */
  readonly mnist: boolean;
  /** Also written with tf.layers and trained by model.fit(). */
  readonly fit?: boolean;
}

/** The networks by the name that --nets takes; torch_engine.py has the same. */
export const nets: Readonly<Record<string, BenchNet>> = {
  lenet: {
    title: "LeNet, 28x28x1",
    architecture: lenet(),
    batch: 64,
    slowBatch: 64,
    mnist: true,
    fit: true,
  },
  resnet20: {
    title: "ResNet-20, 32x32x3",
    architecture: cifarResnet(20),
    batch: 32,
    slowBatch: 1,
    mnist: false,
  },
  vgg: {
    title: "small VGG, 28x28x1",
    architecture: smallVgg(),
    batch: 32,
    slowBatch: 8,
    mnist: true,
  },
};
