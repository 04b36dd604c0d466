"""Turns executed notebooks into HTML pages that need nothing but themselves.

    python export.py PLOTLY FOLDER NOTEBOOK ...

PLOTLY is plotly.js with cartesian charts alone, which is written into each page
once. A page with another kind of figure gets the whole of plotly.js, from the
package that JupyterLab's extension comes with. Formulas become MathML here, so no
page fetches a program that draws them.
"""

import html
import re
import sys
from pathlib import Path

import nbconvert.exporters.html as html_exporter
import nbformat
from jinja2 import DictLoader
from latex2mathml.converter import convert
from plotly.offline import get_plotlyjs

PAGE = """{% extends 'lab/index.html.j2' %}
{% block html_head_js_requirejs %}<script>{{ resources.plotly }}</script>{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}
{% block notebook_css %}{{ super() }}
{{ resources.include_css("static/theme-dark.css")
   | replace("<style", '<style media="(prefers-color-scheme: dark)"', 1) }}
<style>.cnn-figure { overflow-x: auto } math[display=block] { overflow-x: auto }</style>
{% endblock %}
{% block data_latex %}<div class="jp-RenderedLatex jp-OutputArea-output">
{{- output.data['text/latex'] | formula }}</div>{% endblock %}
"""

PLOTLY_MIME = "application/vnd.plotly.v1+json"


def formula(source, display="inline"):
    """TeX as MathML; what cannot be read stays as TeX, where it can be seen."""
    try:
        return convert(source, display=display)
    except Exception as error:
        print(f"Warning: formula left as TeX ({error!r}): {source}", file=sys.stderr)
        return f"<code>{html.escape(source)}</code>"


def latex(source):
    """A text/latex output: one formula, with or without its dollars."""
    source = source.strip()
    for start, end in (("$$", "$$"), ("\\[", "\\]"), ("$", "$"), ("\\(", "\\)")):
        if source.startswith(start) and source.endswith(end):
            source = source[len(start) : -len(end)]
            break
    return formula(source, "block")


class Renderer(html_exporter.IPythonRenderer):
    """Markdown with its formulas as MathML."""

    def block_math(self, body):
        return formula(body, "block")

    def inline_math(self, body):
        return formula(body)

    def latex_environment(self, name, body):
        return formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")


# nbconvert has no other way to choose the renderer of its Markdown.
html_exporter.IPythonRenderer = Renderer


def plotly_for(notebook, cartesian):
    """The smaller plotly.js where it draws all figures, else the whole."""
    known = set(re.findall(r'moduleType:"trace",name:"(\w+)"', cartesian))
    used = {
        trace.get("type", "scatter")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        for figure in [output.get("data", {}).get(PLOTLY_MIME)]
        if figure
        for trace in figure["data"]
    }
    return cartesian if used <= known else get_plotlyjs()


def export(path, folder, cartesian):
    exporter = html_exporter.HTMLExporter(
        template_file="page.html.j2", extra_loaders=[DictLoader({"page.html.j2": PAGE})]
    )
    exporter.register_filter("formula", latex)
    notebook = nbformat.read(path, as_version=4)
    page, _ = exporter.from_notebook_node(
        notebook,
        resources={
            "metadata": {"name": path.stem},
            "plotly": plotly_for(notebook, cartesian),
        },
    )
    (folder / f"{path.stem}.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    plotly, folder, *names = map(Path, sys.argv[1:])
    for name in names:
        export(name, folder, plotly.read_text(encoding="utf-8"))
