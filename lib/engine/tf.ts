export type { Tf } from "../layers/tfjs/class.ts";
