"""The commands for a class: exercises go out, come back, and are graded."""

import secrets
from pathlib import Path

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.course.commands import course_of
from mnist_kmeans.data import editions

# Modules that need the notebook tools are imported by the commands that use them.


def add(command, edition):
    """Add the commands to the command line; `command` and `edition` are those of `cli.parser`."""
    handing_out = command("handout", handout)
    handing_out.add_argument("folder", type=Path, metavar="FOLDER", help="where they are written")
    handing_out.add_argument(
        "chapters",
        nargs="*",
        metavar="CHAPTER",
        help="only those whose names begin like this, as 04",
    )
    edition(handing_out)
    grading = command("grade", grade)
    grading.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a folder of notebooks, or some of them"
    )
    grading.add_argument(
        "--seed", type=int, help="of the other inputs that are tried (default: another each time)"
    )


def handout(options):
    """Write the blank exercises for a class, with the edition of the data set in them."""
    checkout = course_of(options)
    from mnist_kmeans.grading.handout import hand_out

    chosen = checkout.chosen_sources(options.chapters)
    sources = [path for path in chosen if path in checkout.solutions()]
    edition = options.edition or editions.available("the exercises run")
    for path in hand_out(sources, edition, options.folder):
        print(path)
    print(f"{len(sources)} notebooks, for the {edition} edition of the data")
    return 0


def grade(options):
    """Run handed-in exercises, which is code of others, and tell what each is worth."""
    checkout = course_of(options)
    if options.seed is not None and options.seed < 1:
        raise InputError(f"--seed must be a whole number from 1 up; got {options.seed}")
    from mnist_kmeans.basics import progress
    from mnist_kmeans.basics.outputs import Outputs
    from mnist_kmeans.grading import gradebook, handed_in, verdicts

    paths, known = handed_in.collect(options.paths), handed_in.chapters(checkout)
    seed = options.seed or 1 + secrets.randbelow(10**6)
    edition = editions.available("notebooks that set no edition run")
    notebooks = [handed_in.read(name, path, known, edition) for name, path in paths.items()]
    if any(notebook.edition == "full" for notebook in notebooks) and editions.is_complete():
        editions.load_mnist("full")  # damage is told now
    for notebook in notebooks:
        if notebook.edition == "full" and not editions.is_complete():
            notebook.fault = "it is for the full MNIST, which is not here; run: mnist-kmeans fetch"
    with progress.bar(len(notebooks), "notebook") as bar:
        found = verdicts.grade_all(notebooks, seed, bar.update)
    grades = Outputs(checkout.build / "grades")
    [first, *more] = options.paths
    name = "grades" if more else first.resolve().name.removesuffix(".ipynb")
    print(f"{len(notebooks)} notebooks: {gradebook.counts(found)}")
    print(f"Other inputs than the learners': --seed {seed}")
    print(f"Table: {grades.write(f'{name}.csv', gradebook.table(notebooks, found))}")
    page = grades.write(f"{name}.html", gradebook.page(notebooks, found, known, seed))
    print(f"Open in a browser: {page}")
    return 0
