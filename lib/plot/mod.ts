/** Plots: data and options in, a figure out. @module */
export * from "./figure.ts";
export * from "./round.ts";
export * from "./colours.ts";
export { escapeHtml, scriptJson } from "./html.ts";
export { imageGrid, type ImageGridOptions } from "./image_grid.ts";
export { heatMap, type HeatMapOptions } from "./heat_map.ts";
export type { ChartOptions } from "./charts.ts";
export { lineChart, type LineSeries } from "./line_chart.ts";
export { type Cell, type Table, table, type TableOptions } from "./table.ts";
