"""Fonts cut down to what the pages show."""

import logging
import unicodedata

from fontTools import subset

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells each table


def cut(path, characters):
    """Leave out of a font (woff2) all but some characters and their forms in mathematics, such as italics."""
    options = subset.Options(flavor="woff2", layout_features=["*"])
    font = subset.load_font(path, options)
    forms = [c for c in font.getBestCmap() if unicodedata.normalize("NFKC", chr(c)) in characters]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=forms)
    subsetter.subset(font)
    subset.save_font(font, path, options)
