"""The commands that need the sources of the course: run it, check it, print it."""

import os
import sys
import time
from pathlib import Path

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.basics.processes import run_apart
from mnist_kmeans.course.checkout import here
from mnist_kmeans.data import editions

# Modules that need the notebook tools are imported by the commands that use them, so that every command
# answers --help without loading them.


def add(command, edition):
    """Add the commands to the command line; `command` and `edition` are those of `cli.parser`."""
    command("course", course)
    opening = command("lab", lab)
    opening.add_argument("arguments", nargs="*", help="for JupyterLab, as in: lab -- --port 9999")
    refreshing = command("refresh", refresh)
    refreshing.add_argument("--check", action="store_true", help="only say what would change")
    edition(refreshing)
    refreshing.add_argument(
        "chapters",
        nargs="*",
        metavar="CHAPTER",
        help="only those whose names begin like this, as 04",
    )
    edition(command("check", check))
    command("site", site)
    command("book", book)
    command("scripts", scripts)
    command("slides", slides)


def course_of(options):
    """Return the Checkout to work in, and say in one line what lies there that is not of the course."""
    checkout = options.checkout or here()
    others = [path.relative_to(checkout.root).as_posix() for path in checkout.others()]
    if others:
        print(
            f"Left alone, because {checkout.table.relative_to(checkout.root).as_posix()} "
            f"has no such chapter: {', '.join(others)}",
            file=sys.stderr,
        )
    return checkout


def course(options):
    """Run every chapter and build the HTML course under build/."""
    checkout = course_of(options)
    from mnist_kmeans.basics import progress
    from mnist_kmeans.basics.outputs import Outputs
    from mnist_kmeans.course import store, website
    from mnist_kmeans.course.execution import execute

    edition = editions.available("the course runs")
    chapters = {path.stem: store.read_source(path) for path in checkout.sources()}
    executed = Outputs(checkout.build / "course")
    together = 0
    print(f"The course runs on the {edition} edition of the data:", flush=True)
    cells = sum(len(store.code_cells(chapter)) for chapter in chapters.values())
    with progress.bar(cells, "cell") as bar:
        for name, chapter in chapters.items():
            bar.set_description(name)
            started = time.perf_counter()
            execute(checkout, chapter, f"{name}.py", edition, bar.update)
            seconds = time.perf_counter() - started
            together += seconds
            executed.write(f"{name}.ipynb", store.packed(chapter))
            bar.write(f"  {name:<28}{seconds:6.1f} s")
    page = website.build(checkout, chapters, edition, checkout.build / "site")
    print(f"  {'all chapters':<28}{together:6.1f} s")
    print(f"Executed notebooks: {executed.folder}")
    print(f"Open in a browser:  {page}")
    return 0


def lab(options):
    """Open the chapters in JupyterLab."""
    checkout = course_of(options)
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in options.arguments:
        raise InputError(
            "you are root, and JupyterLab would give everybody who reaches it a root's power; where that "
            "is fine, as in a container, say so: mnist-kmeans lab -- --allow-root"
        )
    edition = editions.available("the chapters run")
    own = [
        "--ServerApp.contents_manager_class=mnist_kmeans.course.pairing.Contents",
        "--ServerApp.kernel_spec_manager_class=mnist_kmeans.course.kernels.OwnKernel",
        "--LabApp.default_url=/lab/tree/start.md",
    ]
    command = [sys.executable, "-m", "jupyterlab", str(checkout.chapters), *own]
    command += options.arguments
    settings = [str(Path(__file__).with_name("jupyter")), os.environ.get("JUPYTER_CONFIG_PATH")]
    environment = {
        **os.environ,
        "MNIST_KMEANS_EDITION": edition,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, settings)),
    }
    return run_apart(command, env=environment)


def asked_editions(options):
    """Return the one edition that was asked for, or both."""
    if options.edition or os.environ.get("MNIST_KMEANS_EDITION"):
        return [editions.chosen_edition(options.edition)]
    return ["sample", "full"]


def refresh(options):
    """Execute the stored notebooks again and store what comes out, and the exercises made of them."""
    checkout = course_of(options)
    from mnist_kmeans.course import refreshing

    wanted, sources = asked_editions(options), checkout.chosen_sources(options.chapters)
    if "full" in wanted:
        editions.fetch()
    drifted, untrue, count = refreshing.refresh(checkout, sources, wanted, options.check)
    verb = "would change" if options.check else "changed"
    print(f"{drifted} of {count} notebooks {verb}")
    return int(untrue > 0 or (options.check and drifted > 0))


def check(options):
    """Hold the stored notebooks against a fresh run, with nbval, strictly."""
    checkout = course_of(options)
    from mnist_kmeans.course import refreshing, strict_nbval

    wanted, sources = asked_editions(options), checkout.chosen_sources()
    refreshing.check_pairs(checkout, sources)
    if wanted == ["full"]:
        editions.fetch()
    failed = False
    for edition in wanted:
        if edition == "full" and not editions.is_complete():
            print(
                f"Full edition: skipped, because {editions.folder('full')} does not hold the full MNIST; "
                "get it with: mnist-kmeans fetch"
            )
            continue
        print(f"{edition.capitalize()} edition: nbval runs {len(sources)} notebooks", flush=True)
        stored = [checkout.stored_path(source, edition) for source in sources]
        failed |= not strict_nbval.holds(checkout, stored, edition)
    return int(failed)


def site(options):
    """Build the HTML course from the stored notebooks."""
    checkout = course_of(options)
    from mnist_kmeans.course import website

    page = website.build_stored(checkout, checkout.build / "site")
    print(f"Open in a browser: {page}")
    return 0


def book(options):
    """Build the course as a book for e-readers, an EPUB."""
    checkout = course_of(options)
    from mnist_kmeans.course import book

    print(f"Open in an e-reader: {book.build(checkout, checkout.build / 'book')}")
    return 0


def scripts(options):
    """Write the chapters as plain Python scripts, their text as comments."""
    checkout = course_of(options)
    from mnist_kmeans.course.scripts import scripts

    scripts(checkout, checkout.build / "scripts")
    print(f"Scripts: {checkout.build / 'scripts'}")
    return 0


def slides(options):
    """Write the chapters as slides, which need no network."""
    checkout = course_of(options)
    from mnist_kmeans.course.slides import slides

    slides(checkout, checkout.build / "slides")
    print(f"Slides, one .html for each chapter: {checkout.build / 'slides'}")
    return 0
