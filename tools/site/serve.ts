/** A folder as a web site on this machine alone. */
import { extname, join } from "node:path";

const types: Record<string, string> = {
  ".css": "text/css",
  ".gz": "application/gzip",
  ".html": "text/html; charset=utf-8",
  ".ipynb": "application/json",
  ".js": "text/javascript",
  ".json": "application/json",
  ".md": "text/plain; charset=utf-8",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** A running site; `using` ends it. */
export interface Site extends AsyncDisposable {
  /** Its address, without a slash at the end. */
  readonly address: string;
  /** Bytes that went out, compressed as a host does; paths that were not there. */
  readonly sent: Map<string, number>;
  readonly missing: string[];
}

/**
 * Serves a folder below a path, as GitHub Pages does with a project's site.
 *
 * @param below The path, "/course".
 */
export function serve(folder: string, below = "", port = 0): Site {
  const sent = new Map<string, number>(), missing: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {} },
    async (request) => {
      const path = decodeURIComponent(new URL(request.url).pathname);
      const name = path.slice(below.length).replace(/\/$/, "/index.html");
      if (!path.startsWith(`${below}/`) || name.includes("/../")) {
        return new Response("not here", { status: 404 });
      }
      const bytes = await Deno.readFile(join(folder, name))
        .catch(() => undefined);
      if (bytes === undefined) {
        missing.push(name);
        return new Response("not here", { status: 404 });
      }
      const type = types[extname(name)] ?? "application/octet-stream";
      const packed = /text|json|javascript|svg|wasm/.test(type) &&
        request.headers.get("accept-encoding")?.includes("gzip");
      const body = packed ? await gzip(bytes) : bytes;
      sent.set(name, body.length);
      return new Response(body, {
        headers: {
          "content-type": type,
          "cache-control": "max-age=600",
          ...(packed ? { "content-encoding": "gzip" } : {}),
        },
      });
    },
  );
  return {
    address: `http://127.0.0.1:${server.addr.port}${below}`,
    sent,
    missing,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function gzip(bytes: Uint8Array<ArrayBuffer>) {
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
