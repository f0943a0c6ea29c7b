"""A still picture in each element that runs k-means on demand: for pages without scripts, and for paper."""

import functools
import html
import re

from mnist_kmeans.course.playground import stills

EMPTY = re.compile(r'(<div class="live-runs" data-kind="(\w+)"[^>]*>)(?=</div>)')


def setup(app):
    """Add the pictures to the pages of the site."""
    app.connect("html-page-context", add)


def add(app, page, template, context, tree):
    """Put the pictures of a page into its elements."""
    if app.builder.name == "html" and "body" in context:
        show = functools.partial(with_still, app, context["pathto"])
        context["body"] = EMPTY.sub(show, context["body"])


def with_still(app, pathto, element):
    """Return an element with its picture; the file of the picture is beside the scripts."""
    name = f"_static/live/{element[2]}.png"
    picture = pictures()[element[2]]
    (app.outdir / name).parent.mkdir(parents=True, exist_ok=True)
    (app.outdir / name).write_bytes(picture.png())
    about = f'alt="{html.escape(picture.alt)}" width="{picture.shown_width()}" loading="lazy"'
    return f'{element[1]}<figure><img src="{pathto(name, 1)}" {about}></figure>'


pictures = functools.cache(stills)
