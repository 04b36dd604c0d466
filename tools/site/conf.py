"""How Sphinx makes the book; `deno task book` writes the pages that it reads."""

import os
import re

from docutils import nodes
from latex2mathml.converter import convert

project = "Convolutional neural networks, measured"
html_title = "CNNs, measured"
author = "the authors of this course"
copyright = "the authors of this course, MIT licence"
language = "en"

extensions = ["myst_nb", "sphinx_copybutton"]
html_theme = "sphinx_book_theme"
nb_execution_mode = "off"  # the pages come with their outputs
nb_merge_streams = True
nb_render_markdown_format = "myst"
nb_render_image_options = {"alt": "A picture that a cell shows"}
# The figures' other form, for JupyterLab; here their HTML draws itself.
suppress_warnings = ["mystnb.unknown_mime_type", "misc.highlighting_failure"]
myst_enable_extensions = ["dollarmath", "amsmath", "attrs_block"]
myst_heading_anchors = 4
html_static_path = ["_static"]
html_extra_path = ["extra"]
html_js_files = ["plotly.min.js"]
html_css_files = ["book.css"]
html_favicon = "_static/favicon.svg"
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None
html_context = {"default_mode": "auto"}  # as the reader's system has it
html_theme_options = {
    "use_download_button": False,  # each page has a line of links of its own
    "use_fullscreen_button": False,
    "use_sidenotes": False,
    "show_toc_level": 2,
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "announcement": os.environ.get("CNN_BOOK_NOTE", ""),
}
copybutton_selector = "div.cell_input pre, div.highlight-sh pre"


def formula(source, display):
    """TeX as MathML: no page loads a program that draws formulas."""
    return convert(re.sub(r"\\label\{.*?\}", "", source), display=display)


def inline(self, node):
    self.body.append(formula(node.astext(), "inline"))
    raise nodes.SkipNode


def block(self, node):
    source = node.astext()
    if node.get("number"):
        raise ValueError(f"numbered formulas are not drawn yet: {source}")
    self.body.append(f'<div class="math">{formula(source, "block")}</div>')
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
