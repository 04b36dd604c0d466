/** Light or dark: the theme of the page around, read from what it draws. @module */

/** What themes change: JupyterLab, VS Code, the book's theme. */
const told = [
  "data-jp-theme-light",
  "data-theme",
  "data-vscode-theme-kind",
  "class",
];

/** Follows the theme of the page: classes `alone`, `told-dark`, `dark` of `all`. */
export function followTheme(all: HTMLElement): void {
  const read = () => {
    const root = document.documentElement;
    const style = getComputedStyle(all);
    const named = [
      "--jp-layout-color0",
      "--vscode-editor-background",
      "--pst-color-background",
    ]
      .some((name) => style.getPropertyValue(name).trim());
    const word = named ? undefined : root.dataset.theme;
    all.classList.toggle("told-dark", word === "dark");
    all.classList.toggle("told-light", word === "light");
    all.classList.toggle(
      "alone",
      !named && word !== "dark" && word !== "light",
    );
    const [r, g, b] = getComputedStyle(all).backgroundColor
      .match(/[\d.]+/g)?.map(Number) ?? [255, 255, 255];
    all.classList.toggle("dark", 0.3 * r + 0.59 * g + 0.11 * b < 128);
  };
  const observer = new MutationObserver(() => requestAnimationFrame(read));
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, { attributes: true, attributeFilter: told });
  }
  // A theme's style sheet may come after the word that says so.
  addEventListener("load", read);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", read);
  const later = new IntersectionObserver(read);
  later.observe(all);
  read();
}
