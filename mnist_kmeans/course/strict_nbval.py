"""Strict nbval: every cell executed, in order, without errors, and pictures compared as well as text.

This is a pytest plugin: pytest --nbval --nbval-current-env -p mnist_kmeans.course.strict_nbval NOTEBOOKS
nbval alone lets a cell pass that was never executed, and does not look at pictures.
"""

import sys

from nbval.plugin import IPyNbCell

from mnist_kmeans.basics.parallel import cores
from mnist_kmeans.basics.processes import run_apart
from mnist_kmeans.course.comparison import same_picture
from mnist_kmeans.course.execution import CELL_TIMEOUT, kernel_environment


def holds(checkout, stored, edition):
    """Run stored notebooks again with nbval, and tell whether all their outputs come out the same."""
    color = "yes" if sys.stdout.isatty() else "no"
    options = [
        *("--nbval", "--nbval-current-env", f"--nbval-cell-timeout={CELL_TIMEOUT}"),
        *(
            "-p",
            "mnist_kmeans.course.strict_nbval",
            f"--numprocesses={cores()}",
            "--dist",
            "loadfile",
        ),
        *("--no-loadscope-reorder", "--quiet", f"--color={color}", "-p", "no:cacheprovider"),
    ]
    # The last chapters take longest, so they come first.
    command = [sys.executable, "-m", "pytest", *options, *map(str, reversed(stored))]
    # Notebooks run side by side, one on each core; the number of threads changes no result.
    environment = kernel_environment(checkout, edition) | {"OPENBLAS_NUM_THREADS": "1"}
    return run_apart(command, cwd=checkout.root, env=environment) == 0


def pytest_collection_modifyitems(items):
    """Make the cells that nbval has collected strict."""
    for item in items:
        if type(item) is IPyNbCell:
            item.__class__ = StrictCell


class StrictCell(IPyNbCell):
    """A notebook cell as nbval runs it, with more checks."""

    def runtest(self):
        """Check how the stored cell was executed, then execute it and compare."""
        if self.cell.execution_count != self.cell_num + 1:
            self.raise_cell_error(
                f"the stored execution count should be {self.cell_num + 1}, it is "
                f"{self.cell.execution_count}: execute the whole notebook, from the top"
            )
        for output in self.cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                self.raise_cell_error("an error or a warning is stored")
        super().runtest()

    def compare_outputs(self, test, ref, skip_compare=None):
        """Compare all that nbval compares, and pictures; those that show the same are equal."""
        for new, old in zip(test, ref, strict=False):
            new, old = new.get("data", {}), old.get("data", {})
            if same_picture(old.get("image/png"), new.get("image/png")):
                new["image/png"] = old["image/png"]
        pictures = {"image/png", "image/jpeg"}
        skip_compare = [key for key in self.parent.skip_compare if key not in pictures]
        return super().compare_outputs(test, ref, skip_compare)
