/**
 * What JupyterLite gets from the course: a kernel named "deno", which runs the
 * notebooks as they are; figures; and buttons to reset and to download one's work.
 *
 * JupyterLite loads it as it loads any extension, as a container of module
 * federation. It needs no bundler of its own for that: such a container is an
 * object with `init` and `get`.
 */
import type { Answer, Request } from "../kernel/messages.ts";
import { takes, takesShortly } from "../measured.ts";

// deno-lint-ignore no-explicit-any -- JupyterLite's own objects, whose types are not here
type Any = any;

const page = globalThis as Any;
/** Name and module of the container, as package.json has them. */
const NAME = "@cnn/course";
const site = new URL("../../../../", page.document.currentScript.src).href;

let scope: Record<string, Record<string, { get(): Promise<() => Any> }>>;

/** A module that JupyterLite shares with its extensions. */
async function shared(name: string): Promise<Any> {
  const [version] = Object.values(scope[name] ?? {});
  if (version) return (await version.get())();
  throw new Error(
    `The course's extension expects JupyterLite to share ${name} but found that it does not: use the version that tools/python/site.txt pins`,
  );
}

/** Loads plotly.js when the first figure is there. */
let plotly: Promise<Any> | undefined;
const loadPlotly = () =>
  plotly ??= new Promise((done, fail) => {
    const script = page.document.createElement("script");
    script.src = `${site}course/plotly.min.js`;
    script.onload = () => done(page.Plotly);
    script.onerror = () => fail(new Error("plotly.js was not found"));
    page.document.head.append(script);
  });

async function plugins(): Promise<Any[]> {
  const [services, lumino, rendermime] = await Promise.all(
    ["@jupyterlite/services", "@lumino/widgets", "@jupyterlab/rendermime"]
      .map(shared),
  );

  /** One notebook's kernel: a worker, and what it says as messages of Jupyter. */
  class CourseKernel extends services.BaseKernel {
    worker: Worker;
    asked = 0;
    waiting = new Map<number, (answer: Any) => void>();
    parents = new Map<number, Any>();

    constructor(options: Any, modules: Record<string, string>) {
      super(options);
      this.worker = new Worker(`${site}course/worker.js`, { type: "module" });
      this.worker.onmessage = ({ data }) => this.take(data);
      this.worker.onerror = (event) => {
        for (const done of this.waiting.values()) {
          done({
            error: {
              ename: "KernelError",
              evalue: event.message || "the worker stopped",
              traceback: [
                `The kernel stopped: ${event.message}. Restart it in the menu Kernel.`,
              ],
            },
          });
        }
      };
      this.say({ type: "start", modules });
    }

    say(request: Request): void {
      this.worker.postMessage(request);
    }

    ask(request: { type: string; [key: string]: unknown }): Promise<Any> {
      const id = ++this.asked;
      return new Promise((done) => {
        this.waiting.set(id, done);
        this.parents.set(id, this.parentHeader);
        this.say({ ...request, id } as Any);
      });
    }

    take(answer: Answer): void {
      if (answer.type === "done" || answer.type === "completions") {
        this.waiting.get(answer.id)?.(answer);
        this.waiting.delete(answer.id);
        return;
      }
      const parent = this.parents.get(answer.cell);
      if (answer.type === "stream") {
        this.stream({ name: answer.name, text: answer.text }, parent);
      } else if (answer.type === "result") {
        this.publishExecuteResult({
          data: answer.data,
          metadata: {},
          execution_count: this.executionCount,
        }, parent);
      } else {
        const content = {
          data: answer.data,
          metadata: {},
          transient: answer.id ? { display_id: answer.id } : {},
        };
        if (answer.update) this.updateDisplayData(content, parent);
        else this.displayData(content, parent);
      }
    }

    dispose(): void {
      if (this.isDisposed) return;
      this.worker.terminate();
      super.dispose();
    }

    // deno-lint-ignore require-await -- as the base class has it
    async kernelInfoRequest() {
      return {
        status: "ok",
        protocol_version: "5.3",
        implementation: "cnn",
        implementation_version: "1",
        banner: "TypeScript in the browser, with the course's library",
        help_links: [],
        language_info: {
          name: "typescript",
          version: "6.0.3",
          mimetype: "text/x.typescript",
          file_extension: ".ts",
          codemirror_mode: "typescript",
          pygments_lexer: "typescript",
          nbconvert_exporter: "script",
        },
      };
    }

    async executeRequest({ code }: { code: string }) {
      const { error } = await this.ask({ type: "execute", code });
      const execution_count = this.executionCount;
      if (!error) {
        return { status: "ok", execution_count, user_expressions: {} };
      }
      this.publishExecuteError(error);
      return { status: "error", execution_count, ...error };
    }

    async completeRequest(
      { code, cursor_pos }: { code: string; cursor_pos: number },
    ) {
      const { names, start } = await this.ask(
        { type: "complete", code, cursor: cursor_pos },
      );
      return {
        status: "ok",
        matches: names,
        cursor_start: start,
        cursor_end: cursor_pos,
        metadata: {},
      };
    }

    inspectRequest() {
      return Promise.resolve({
        status: "ok",
        found: false,
        data: {},
        metadata: {},
      });
    }

    isCompleteRequest() {
      return Promise.resolve({ status: "unknown" });
    }

    commInfoRequest() {
      return Promise.resolve({ status: "ok", comms: {} });
    }

    inputReply() {}
    commOpen() {}
    commMsg() {}
    commClose() {}
  }

  /** A figure that Plotly draws; an update draws it anew. */
  class FigureWidget extends lumino.Widget {
    constructor(readonly type: string) {
      super();
      this.addClass("cnn-plotly");
      this.node.style.overflowX = "auto";
    }

    async renderModel(model: Any): Promise<void> {
      const { data, layout, config, frames } = structuredClone(
        model.data[this.type],
      );
      const Plotly = await loadPlotly();
      await Plotly.newPlot(this.node, data, layout, config);
      if (frames) await Plotly.addFrames(this.node, frames);
    }
  }

  return [
    {
      id: `${NAME}:kernel`,
      autoStart: true,
      requires: [services.IKernelSpecs],
      activate: async (_: Any, specs: Any) => {
        const reply = await fetch(`${site}course/modules.json`);
        const names: Record<string, string> = await reply.json();
        const modules = Object.fromEntries(
          Object.entries(names).map(([name, file]) => [
            name,
            `${site}course/${file}`,
          ]),
        );
        specs.register({
          spec: {
            name: "deno",
            display_name: "Deno",
            language: "typescript",
            argv: [],
            resources: {},
          },
          create: (options: Any) =>
            Promise.resolve(new CourseKernel(options, modules)),
        });
      },
    },
    {
      id: `${NAME}:figures`,
      autoStart: true,
      requires: [rendermime.IRenderMimeRegistry],
      activate: (_: Any, registry: Any) => {
        registry.addFactory({
          safe: true,
          mimeTypes: ["application/vnd.plotly.v1+json"],
          createRenderer: ({ mimeType }: Any) => new FigureWidget(mimeType),
        }, 0);
      },
    },
    {
      id: `${NAME}:buttons`,
      autoStart: true,
      activate: (app: Any) => {
        const bar = new lumino.Widget();
        bar.id = "cnn-buttons";
        const { document } = page;
        const button = (label: string, hint: string, work: () => unknown) => {
          const node = document.createElement("button");
          node.textContent = label;
          node.title = hint;
          node.style.cssText =
            "font: inherit; margin: 3px 4px; padding: 1px 8px; cursor: pointer; border: 1px solid var(--jp-border-color1); border-radius: 3px; background: var(--jp-layout-color1); color: var(--jp-ui-font-color1)";
          node.onclick = work;
          bar.node.append(node);
        };
        const name = () => app.shell.currentWidget?.context?.path as string;
        button("The book", "Back to the pages of the course", () => {
          page.location.href = `${site}../${
            /(\w+)\.ipynb$/.exec(name() ?? "")?.[1] ?? "index"
          }.html`;
        });
        button(
          "Download",
          "Saves this notebook, with what you wrote, on your machine",
          () => {
            const path = name();
            if (!path) return;
            const { model } = app.shell.currentWidget.context;
            const text = JSON.stringify(model.toJSON(), null, 1) + "\n";
            const link = document.createElement("a");
            link.href = URL.createObjectURL(new Blob([text]));
            link.download = path.split("/").at(-1);
            link.click();
            setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
          },
        );
        button(
          "Reset",
          "Forgets what you changed in this notebook; this browser keeps nothing of it",
          async () => {
            const path = name();
            if (!path) return;
            if (!page.confirm(`Forget your changes in ${path}?`)) return;
            const { context } = app.shell.currentWidget;
            await app.serviceManager.contents.delete(path);
            await context.revert();
          },
        );
        const told = document.createElement("span");
        told.style.cssText =
          "padding: 5px 8px; color: var(--jp-ui-font-color2); white-space: nowrap";
        bar.node.prepend(told);
        bar.node.style.cssText = "display: flex; justify-content: flex-end";
        const tell = () => {
          const notebook = /(\w+)\.ipynb$/.exec(name() ?? "")?.[1] ?? "";
          told.textContent = takesShortly(notebook);
          told.title = takes(notebook);
        };
        app.shell.currentChanged.connect(tell);
        // On a narrow page: a line of their own for the buttons, and no list of files.
        const { innerWidth } = page;
        if (innerWidth < 900) told.style.display = "none";
        if (innerWidth < 690) bar.node.style.minHeight = "30px";
        app.restored.then(tell);
        // Opening a notebook by its address opens the list, sooner or later: it is
        // closed again until the reader takes over.
        if (innerWidth < 900) {
          const { shell } = app;
          const close = () => shell.leftCollapsed || shell.collapseLeft();
          const leave = () => shell.layoutModified.disconnect(close);
          shell.layoutModified.connect(close);
          for (const event of ["pointerdown", "keydown"]) {
            document.addEventListener(event, leave, {
              once: true,
              capture: true,
            });
          }
        }
        const area = innerWidth < 690 ? "header" : "top";
        app.shell.add(bar, area, { rank: 1000 });
      },
    },
  ];
}

// JupyterLite takes every icon for an .ico.
const icon = page.document.querySelector("link[rel=icon]");
if (icon) icon.type = "image/svg+xml";

page._JUPYTERLAB ??= {};
page._JUPYTERLAB[NAME] = {
  init(given: typeof scope) {
    scope = given;
  },
  async get() {
    const found = await plugins();
    return () => ({ __esModule: true, default: found });
  },
};
