/** Plots: data and options in, a figure out. @module */
export {
  type Displayable,
  type Figure,
  figure,
  type FigureSpec,
  type MimeBundle,
} from "./figure.ts";
export { type ColourScale, grey, ink, type Rgb } from "./colours.ts";
export { imageGrid, type ImageGridOptions } from "./image_grid.ts";
export { heatMap, type HeatMapOptions } from "./heat_map.ts";
export type { TileOptions } from "./tiles.ts";
export { kernelGrid } from "./kernel_grid.ts";
export { featureMaps } from "./feature_maps.ts";
export type { ChartOptions } from "./charts.ts";
export { lineChart, type LineSeries } from "./line_chart.ts";
export { barChart, type BarSeries } from "./bar_chart.ts";
export { type PointSeries, scatter } from "./scatter.ts";
export {
  pairedSeeds,
  type PairedSeedsOptions,
  type PairedSeries,
} from "./paired_seeds.ts";
export { confusionMap } from "./confusion_map.ts";
export { type Cell, type Table, table, type TableOptions } from "./table.ts";
export { type MeanAndInterval, percent, points } from "./percent.ts";
export {
  type Sliding,
  type SlidingOptions,
  type SlidingStep,
  slidingSteps,
} from "./sliding_steps.ts";
export { slidingWindow } from "./sliding_window.ts";
export {
  slidingChannels,
  type SlidingChannelsOptions,
} from "./sliding_channels.ts";
export {
  type WindowExplorer,
  windowExplorer,
  type WindowExplorerOptions,
} from "./window_explorer.ts";
export { type Curve, type CurvePoint } from "./training_plot.ts";
export {
  type PoolGradientOptions,
  type PoolStep,
  poolSteps,
} from "./pool_steps.ts";
export { attentionFilm } from "./attention_film.ts";
export { poolGradient } from "./pool_gradient.ts";
