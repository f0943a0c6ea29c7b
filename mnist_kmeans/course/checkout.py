"""The folders and file names of the course, as one value.

The text people edit is notebooks/NN_topic.py. Beside it lies NN_topic.ipynb with the outputs of the
full edition; tests/sample_edition/NN_topic.ipynb holds those of the sample. The solutions of the
exercises, notebooks/solutions/NN_topic.py, are notebooks of the same kind. The learner's exercises,
notebooks/exercises/NN_topic.ipynb, are made from them.

Which chapters there are is said in one place, the table of site/index.md. Whatever else lies in these
folders (copies, Untitled.ipynb, somebody's own notebooks) is not the course's, and is left alone.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from mnist_kmeans.basics import places
from mnist_kmeans.basics.errors import InputError

REPOSITORY = ""  # its address, https://github.com/OWNER/NAME; without it, what needs it is left out
LISTED = re.compile(r"\[\]\((\d\d_\w+)\)")  # a chapter in the table


@dataclass(frozen=True)
class Checkout:
    """A copy of the course's sources, in the folder `root`, and what is built there."""

    root: Path

    @property
    def repository(self):
        """The address of the repository that these sources come from, or "" while there is none."""
        return REPOSITORY

    @property
    def chapters(self):
        """The folder of the chapters."""
        return self.root / "notebooks"

    @property
    def site(self):
        """The folder of the pages that are no chapters, and of the templates."""
        return self.root / "site"

    @property
    def table(self):
        """The page with the table that says which chapters there are."""
        return self.site / "index.md"

    @property
    def build(self):
        """The folder of all that commands make: course, site, scripts, slides, figures."""
        return places.build(self.root)

    def sources(self):
        """Return the .py files of the chapters, in order.

        Raises InputError when there are none, or when one of the table is missing.
        """
        found = [self.chapters / f"{name}.py" for name in self.names()]
        if not found:
            raise InputError(f"there are no chapters in {self.table}")
        for path in found:
            if not path.is_file():
                raise InputError(f"{path} is missing; {self.table} names it")
        return found

    def names(self):
        """Return what the chapters are called, in order, as the table of chapters has them."""
        try:
            return sorted(set(LISTED.findall(self.table.read_text("utf-8"))))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read the chapters in {self.table}: {error}") from error

    def solutions(self):
        """Return the .py files of the solutions, in the order of their chapters."""
        found = [self.chapters / "solutions" / f"{name}.py" for name in self.names()]
        return [path for path in found if path.is_file()]

    def others(self):
        """Return the notebooks and programs that lie among the course's and are not of it."""
        folders = [self.chapters, self.chapters / "solutions", self.chapters / "exercises"]
        ours = set(self.names())
        return [
            path
            for folder in folders
            for path in sorted(folder.glob("*"))
            if path.suffix in {".py", ".ipynb"} and path.stem not in ours
        ]

    def chosen_sources(self, beginnings=()):
        """Return the .py files of chapters and solutions whose names begin as given, or all of them.

        "04" means a chapter and its solutions, "solutions/04" only these.
        Raises InputError for a beginning that fits none.
        """
        found = {path: (path.stem, name_of(path)) for path in self.sources() + self.solutions()}
        for beginning in beginnings:
            if not beginning or not any(
                name.startswith(beginning) for names in found.values() for name in names
            ):
                known = ", ".join(map(name_of, found))
                raise InputError(f"no chapter begins with {beginning!r}; there are {known}")
        wanted = tuple(beginnings) or ""
        return [path for path, names in found.items() if any(n.startswith(wanted) for n in names)]

    def stored_folder(self, edition):
        """Return where the executed chapters of an edition are stored."""
        return self.chapters if edition == "full" else self.root / "tests" / "sample_edition"

    def stored_path(self, source, edition):
        """Return where the outputs of a chapter or of solutions are stored; `source` is the .py file."""
        return self.stored_folder(edition) / f"{name_of(source)}.ipynb"

    def blank_path(self, source):
        """Return where the exercises of a chapter are stored; `source` is the .py file of its solutions."""
        return self.chapters / "exercises" / f"{source.stem}.ipynb"


def name_of(source):
    """Return what a chapter is called, as 04_labeling; its solutions are solutions/04_labeling."""
    return f"solutions/{source.stem}" if source.parent.name == "solutions" else source.stem


def here():
    """Return the Checkout that this package is part of, or raise InputError if it is merely installed."""
    root = places.checkout()
    if root is None:
        raise InputError(
            "this needs the sources of the course, which an installed package does not have; "
            "clone or unpack the course's repository, and run there: make course"
        )
    return Checkout(root)
