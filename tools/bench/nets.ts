import {
  type Architecture,
  cifarResnet,
  efficientNetLite0,
  lenet,
  smallVgg,
  smallVit,
} from "cnn";

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
  /** Is not trained here. */
  readonly frozen?: boolean;
  /** Also written with tf.layers and trained by model.fit(). */
  readonly fit?: boolean;
}

const lite0 = {
  title: "EfficientNet-Lite0, 224x224x3",
  architecture: efficientNetLite0({ batchNorm: false }),
  slowBatch: 1,
  mnist: false,
  frozen: true,
};

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
  vit: {
    title: "small ViT, 28x28x1",
    architecture: smallVit({ heads: 1 }),
    batch: 32,
    slowBatch: 32,
    mnist: true,
  },
  lite0: { ...lite0, batch: 1 },
  lite0x8: { ...lite0, batch: 8 },
};
