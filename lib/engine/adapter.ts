/**
 * Is there a graphics processor worth computing on?
 *
 * A software adapter (llvmpipe, SwiftShader, ...) emulates one on the CPU and
 * is slower there than WebAssembly, so it does not count.
 *
 * @module
 */

/** What we read of `navigator.gpu`, and of the adapter that it gives. */
interface GpuLike {
  requestAdapter(): Promise<
    | {
      readonly isFallbackAdapter?: boolean;
      readonly info?: Record<string, unknown>;
    }
    | null
  >;
}

/** Kind ("software" is slower than WebAssembly); its name, or why there is none. */
interface FoundAdapter {
  kind: "none" | "software" | "hardware";
  description: string;
}

const SOFTWARE =
  /llvmpipe|lavapipe|swiftshader|softpipe|basic render|software|\bcpu\b/i;

/** Asks WebGPU for an adapter and tells hardware from software. */
export async function findAdapter(
  gpu: GpuLike | undefined = (globalThis.navigator as { gpu?: GpuLike })?.gpu,
): Promise<FoundAdapter> {
  if (gpu === undefined) {
    return { kind: "none", description: "this JavaScript has no WebGPU" };
  }
  const adapter = await gpu.requestAdapter();
  if (adapter === null) {
    return { kind: "none", description: "no graphics adapter was found" };
  }
  const info = adapter.info ?? {};
  const description = [info.description, info.vendor, info.architecture]
    .filter((part) => part).join(", ") || "an adapter without a name";
  const software = adapter.isFallbackAdapter === true ||
    info.isFallbackAdapter === true ||
    SOFTWARE.test(`${description} ${info.device ?? ""}`);
  return { kind: software ? "software" : "hardware", description };
}

/** Throws unless there is an adapter, of whichever kind. */
export function requireAdapter(adapter: FoundAdapter): void {
  if (adapter.kind === "none") {
    throw new Error(
      `useBackend("webgpu") expects a graphics adapter but found none (${adapter.description}): leave the name out, or ask for "wasm"`,
    );
  }
}
