"""How Sphinx builds the HTML course: `mnist-kmeans site` puts the executed chapters beside this file.

The pages work from disk, without a network: nothing on them is fetched from elsewhere.
"""

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml

project = "k-means on MNIST"
author = "the mnist-kmeans contributors"
copyright = "the mnist-kmeans contributors, CC BY 4.0"

extensions = ["myst_nb"]
myst_enable_extensions = ["dollarmath"]
nb_execution_mode = "off"  # the notebooks bring their outputs
nb_ipywidgets_js = {}  # two scripts from the network that only interactive widgets need
html_math_renderer = "mathml"  # browsers draw it themselves; MathJax would come from the network

html_theme = "sphinx_book_theme"
html_title = project
html_copy_source = False
html_theme_options = {"navbar_persistent": [], "show_navbar_depth": 1}  # search is in the side bar


def setup(app):
    """Teach Sphinx to write formulas as MathML."""
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(lambda page, node: write_formula(page, node, False), None),
        block_renderers=(lambda page, node: write_formula(page, node, True), None),
    )


def write_formula(page, node, as_block):
    """Write a formula of a page; there is nothing left to visit in it."""
    page.body.append(tex2mathml(node.astext(), as_block=as_block))
    raise SkipNode
