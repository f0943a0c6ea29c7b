"""A small table: HTML in a notebook and on a page, text in a script."""

import html
from numbers import Integral

from mnist_kmeans.basics.errors import InputError


class Table:
    """Columns of equal length under a heading, for `show`.

    `columns` is {name: values}. Whole numbers are written with commas, other numbers with four decimals,
    and text as it is; `formats`, {name: format}, has other ways, as ".1%". Raises InputError unless all
    columns are equally long.
    """

    def __init__(self, columns, *, heading, formats=None):
        columns = {name: list(values) for name, values in columns.items()}
        lengths = {name: len(values) for name, values in columns.items()}
        if len(set(lengths.values())) > 1:
            raise InputError(f"the columns of a table must be equally long; got {lengths}")
        formats = formats or {}
        self.heading = heading
        self.names = list(columns)
        cells = [
            [written(value, formats.get(name)) for value in values]
            for name, values in columns.items()
        ]
        self.rows = list(zip(*cells, strict=True))
        self.is_text = [any(isinstance(v, str) for v in values) for values in columns.values()]

    def __str__(self):
        lines = [self.names, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = "\n".join(
            "  ".join(
                cell.ljust(width) if is_text else cell.rjust(width)
                for cell, width, is_text in zip(line, widths, self.is_text, strict=True)
            ).rstrip()
            for line in lines
        )
        return f"{self.heading}\n{text}"

    def html(self):
        """Return the table as an HTML element; the first column names the rows."""

        def cell(tag, text, is_text, scope=""):
            side = "left" if is_text else "right"
            return f'<{tag}{scope} style="text-align: {side}">{html.escape(text)}</{tag}>'

        head = "".join(
            cell("th", name, is_text, ' scope="col"')
            for name, is_text in zip(self.names, self.is_text, strict=True)
        )
        body = "\n".join(
            "<tr>"
            + cell("th", row[0], self.is_text[0], ' scope="row"')
            + "".join(cell("td", *each) for each in zip(row[1:], self.is_text[1:], strict=True))
            + "</tr>"
            for row in self.rows
        )
        return (
            f"<table>\n<caption>{html.escape(self.heading)}</caption>\n"
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html(), "text/plain": str(self)}


def written(value, form):
    """Return a value as text: in this format, or else in the one of its kind."""
    if isinstance(value, str):
        return value
    return format(value, form or ("," if isinstance(value, Integral) else ".4f"))
