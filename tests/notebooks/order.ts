/** The course's order. */
export const order = [
  "00_purpose",
  "A_training",
  "01_dnn_to_cnn",
  "02_convolution",
  "03_pooling",
  "04_fully_connected",
  "B_inside",
  "05_vgg",
  "06_googlenet",
  "07_resnet",
  "08_backbones",
  "C_clinic",
];
