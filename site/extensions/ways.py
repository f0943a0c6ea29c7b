"""The ways out of a page: to download it, to run it, to its source; and what it is about, for others.

What needs the address of the repository is left out where `repository` is not set.
"""

import re
from urllib.parse import urlsplit

from docutils import nodes

from mnist_kmeans.course import claims


def setup(app):
    """Add the ways out to each page, under its title."""
    app.add_config_value("repository", "", "env")
    app.connect("config-inited", set_address)
    app.connect("builder-inited", lose_nobody)
    app.connect("html-page-context", describe)


def set_address(app, config):
    """Derive where the site is published, as a picture to share and a lost page need, from its repository."""
    parts = urlsplit(config.repository)
    if parts.netloc == "github.com":
        owner, name = parts.path.strip("/").split("/")
        config.html_baseurl = f"https://{owner}.github.io/{name}/"


def lose_nobody(app):
    """Leave the page for lost addresses out of a book, which has no addresses."""
    if app.builder.name == "epub":
        app.config.html_additional_pages = {}


def describe(app, page, template, context, tree):
    """Say in the head of a page what it is about, and below its title how to take it along."""
    paragraphs = tree.findall(nodes.paragraph) if tree else ()
    own = (each for each in paragraphs if not isinstance(each.parent, nodes.block_quote))
    texts = (" ".join(claims.remove(each.astext()).split()) for each in own)
    first = next((text for text in texts if text.endswith(".")), app.config.project)
    context["description"] = re.split(r"(?<=[.?!]) ", first)[0]
    context["address"] = app.config.html_baseurl
    if tree and page != app.config.root_doc and app.builder.name == "html":  # a book has none
        path = app.env.doc2path(page)
        context["ways"] = ways_out(page, path.suffix == ".ipynb", app.config.repository)
        ways = app.builder.templates.render("ways.html", context)
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{ways}", 1)


def ways_out(page, is_notebook, repository):
    """Return the ways out of a page: each an address, relative to the first page, and a text."""
    ways = []
    if is_notebook:
        ways.append((f"_sources/{page}.ipynb", "Notebook"))
        if "/" not in page:
            ways.append((f"scripts/{page}.py", "Script"))
            ways.append((f"slides/{page}.slides.html", "Slides"))
    if not repository:
        return ways
    owner_and_name = urlsplit(repository).path.strip("/")
    source = f"site/{page}.md"
    if is_notebook:
        source = f"notebooks/{page.replace('exercises/', 'solutions/')}.py"
        notebook = f"notebooks/{page}.ipynb"
        binder = f"https://mybinder.org/v2/gh/{owner_and_name}/main?urlpath=lab/tree/{notebook}"
        # the one of the site: its first cell installs the package there
        site = f"{owner_and_name}/blob/gh-pages/_sources/{page}.ipynb"
        colab = f"https://colab.research.google.com/github/{site}"
        ways += [(binder, "Binder"), (colab, "Colab")]
    ways.append((f"{repository}/blob/main/{source}", "Source"))
    ways.append((f"{repository}/edit/main/{source}", "Edit"))
    ways.append((f"{repository}/issues/new?title={page}", "Report a mistake"))
    return ways
