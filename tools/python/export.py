"""Turns executed notebooks into HTML pages that draw their figures offline.

    python export.py FOLDER NOTEBOOK ...

plotly.js is written into each page once; it is the file that JupyterLab's own
extension was built from. MathJax, for formulas, is the one thing a page fetches.
"""

import sys
from pathlib import Path

import nbformat
from jinja2 import DictLoader
from nbconvert import HTMLExporter
from plotly.offline import get_plotlyjs

PAGE = """{% extends 'lab/index.html.j2' %}
{% block html_head_js_requirejs %}<script>{{ resources.plotly }}</script>{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}
"""


def export(path, folder):
    exporter = HTMLExporter(
        template_file="page.html.j2", extra_loaders=[DictLoader({"page.html.j2": PAGE})]
    )
    notebook = nbformat.read(path, as_version=4)
    html, _ = exporter.from_notebook_node(
        notebook,
        resources={"metadata": {"name": path.stem}, "plotly": get_plotlyjs()},
    )
    (folder / f"{path.stem}.html").write_text(html, encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[2:]:
        export(Path(name), Path(sys.argv[1]))
