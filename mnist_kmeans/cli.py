"""The command mnist-kmeans: what people do with the course besides reading it."""

import argparse
import math
import os
import subprocess
import sys
import time
from importlib.metadata import version

from mnist_kmeans import data, files
from mnist_kmeans.basics.errors import DownloadError, InputError

# Modules that need the notebook tools are imported by the commands that use them: `fetch` and `fit`
# run, and every command answers --help, without loading them.


def main(arguments=None):
    """Run one command and return its exit status; a mistake is told in one line."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options)
    except (InputError, OSError) as error:
        message = error
    except ModuleNotFoundError as error:
        message = f"this needs {error.name}; install the course with: make course"
    except KeyboardInterrupt:
        message = "interrupted"
    print(f"mnist-kmeans: {message}", file=sys.stderr)
    return 1


def parser():
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="mnist-kmeans", description=__doc__)
    top.add_argument(
        "--version", action="version", version=f"mnist-kmeans {version('mnist-kmeans')}"
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name, run):
        words = run.__doc__.splitlines()[0]
        added = commands.add_parser(name, help=words, description=words)
        added.set_defaults(run=run)
        return added

    def edition(of):
        of.add_argument("--edition", choices=data.EDITIONS, help="only this edition of the data")

    command("fetch", fetch)
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
    command("scripts", scripts)
    command("slides", slides)
    enlarging = command("enlarge", enlarge)
    enlarging.add_argument("--n", type=int, required=True, help="number of digits, as 2000000")
    enlarging.add_argument("--seed", type=int, default=0, help="of the variations (default 0)")
    edition(enlarging)
    fitting = command("fit", fit)
    fitting.add_argument("--k", type=int, default=16, help="number of clusters (default 16)")
    fitting.add_argument("--seed", type=int, default=0, help="of the random start (default 0)")
    edition(fitting)
    clustering = command("cluster", cluster)
    clustering.add_argument("--k", type=int, default=16, help="number of clusters (default 16)")
    clustering.add_argument("--seed", type=int, default=0, help="of the random start (default 0)")
    clustering.add_argument(
        "--enlarged",
        type=int,
        metavar="SEED",
        help="cluster what enlarge has written with this seed, and not just the training digits",
    )
    where = clustering.add_mutually_exclusive_group()
    where.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="of a Dask cluster that runs")
    where.add_argument(
        "--workers", type=int, metavar="N", help="processes on this machine (default one per core)"
    )
    clustering.add_argument("--checkpoint", metavar="FILE", help="keep the run here as it goes on")
    clustering.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    edition(clustering)
    return top


def fetch(options):
    """Download the full MNIST, where it is not there yet."""
    print(f"The full MNIST is in {data.fetch()}")
    return 0


def course(options):
    """Run every chapter and build the HTML course under build/."""
    from mnist_kmeans import notebooks, progress, website

    edition = available_edition("the course runs")
    paths = notebooks.sources()
    chapters = [notebooks.read_source(path) for path in paths]
    executed, seconds = [], []
    print(f"The course runs on the {edition} edition of the data:", flush=True)
    with progress.bar(sum(len(notebooks.code_cells(each)) for each in chapters), "cell") as bar:
        for path, chapter in zip(paths, chapters, strict=True):
            bar.set_description(path.stem)
            started = time.perf_counter()
            notebooks.execute(chapter, path.name, edition, bar.update)
            seconds.append(time.perf_counter() - started)
            executed.append(notebooks.EXECUTED / f"{path.stem}.ipynb")
            notebooks.write(chapter, executed[-1])
            bar.write(f"  {path.stem:<28}{seconds[-1]:6.1f} s")
    page = website.build(executed, edition)
    print(f"  {'all chapters':<28}{sum(seconds):6.1f} s")
    print(f"Executed notebooks: {notebooks.EXECUTED}")
    print(f"Open in a browser:  {page}")
    return 0


def lab(options):
    """Open the chapters in JupyterLab."""
    from mnist_kmeans import notebooks

    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in options.arguments:
        raise InputError(
            "you are root, and JupyterLab would give everybody who reaches it a root's power; where that "
            "is fine, as in a container, say so: mnist-kmeans lab -- --allow-root"
        )
    edition = available_edition("the chapters run")
    command = [sys.executable, "-m", "jupyterlab", str(notebooks.CHAPTERS), *options.arguments]
    return subprocess.run(command, env={**os.environ, "MNIST_KMEANS_EDITION": edition}).returncode


def available_edition(what):
    """Return the edition asked for, or the full one if it can be had, or else the sample."""
    if os.environ.get("MNIST_KMEANS_EDITION"):
        return data.chosen_edition()
    try:
        data.fetch()
    except DownloadError:
        print(
            f"No full MNIST and no network, so {what} on the embedded sample of 5,000 digits; "
            "`mnist-kmeans fetch` says more",
            flush=True,
        )
        return "sample"
    return "full"


def asked_editions(options):
    """Return the one edition that was asked for, or both."""
    if options.edition or os.environ.get("MNIST_KMEANS_EDITION"):
        return [data.chosen_edition(options.edition)]
    return ["sample", "full"]


def refresh(options):
    """Execute the stored notebooks again and store what comes out, and the exercises made of them."""
    from mnist_kmeans import blanks, claims, notebooks, progress

    editions, paths = asked_editions(options), notebooks.chosen_sources(options.chapters)
    if "full" in editions:
        data.fetch()
    drifted = untrue = count = 0
    for path in paths:
        if path in notebooks.solutions():
            fresh, stored = blanks.refresh(path)
            name = f"exercises/{path.stem}.ipynb"
            if stored and blanks.worked_in(stored):
                print(f"{name}: somebody has worked in it, so it stays as it is", flush=True)
                continue
            count += 1
            drifted += tell(notebooks.differences(fresh, stored), name)
            if not options.check:
                notebooks.write(fresh, blanks.blank_path(path))
    for edition in editions:
        for path in paths:
            name = notebooks.name_of(path)
            with progress.bar(None, "cell") as bar:
                bar.set_description(f"{name}, {edition}")
                fresh, stored = notebooks.refresh(path, edition, bar.update)
            count += 1
            drifted += tell(
                notebooks.differences(fresh, stored), f"{name}.ipynb, {edition} edition"
            )
            if edition == "full":
                untrue += tell(claims.broken(fresh), f"{name}.py")
            if not options.check:
                notebooks.write(fresh, notebooks.stored_path(path, edition))
    verb = "would change" if options.check else "changed"
    print(f"{drifted} of {count} notebooks {verb}")
    return int(untrue > 0 or (options.check and drifted > 0))


def tell(differences, name):
    """Print the differences of a notebook; return whether there are any."""
    for difference in differences:
        print(f"{name}, {difference}", flush=True)
    return bool(differences)


def check(options):
    """Hold the stored notebooks against a fresh run, with nbval, strictly."""
    from mnist_kmeans import notebooks, validation

    editions, paths, failed = asked_editions(options), notebooks.chosen_sources(), False
    for path in paths:
        for edition in notebooks.STORED:
            if not notebooks.in_sync(path, edition):
                raise InputError(
                    f"{notebooks.name_of(path)}.py and its stored notebook ({edition} edition) "
                    "differ in their text; run: mnist-kmeans refresh"
                )
    if editions == ["full"]:
        data.fetch()
    for edition in editions:
        if edition == "full" and not data.is_complete():
            print(
                f"Full edition: skipped, because {data.folder('full')} does not hold the full MNIST; "
                "get it with: mnist-kmeans fetch"
            )
            continue
        print(f"{edition.capitalize()} edition: nbval runs {len(paths)} notebooks", flush=True)
        stored = [notebooks.stored_path(path, edition) for path in paths]
        failed |= not validation.holds(stored, edition)
    return int(failed)


def site(options):
    """Build the HTML course from the stored notebooks."""
    from mnist_kmeans import notebooks, website

    stored = [notebooks.stored_path(path, "full") for path in notebooks.sources()]
    page = website.build(stored, "full")
    print(f"Open in a browser: {page}")
    return 0


def enlarge(options):
    """Write MNIST and variations of it to disk, any number of digits; goes on after an interrupt."""
    from mnist_kmeans.data.enlarge import enlarge

    folder = enlarge(options.n, seed=options.seed, edition=options.edition)
    print(f"{options.n:,} digits are in {folder}")
    return 0


def scripts(options):
    """Write the chapters as plain Python scripts, their text as comments."""
    from mnist_kmeans import exports

    print(f"Scripts: {exports.scripts()}")
    return 0


def slides(options):
    """Write the chapters as slides, which need no network."""
    from mnist_kmeans import exports

    print(f"Slides, one .html for each chapter: {exports.slides()}")
    return 0


def fit(options):
    """Cluster the training digits, tell how good the clusters are, and draw them."""
    from mnist_kmeans import clustering, labeling, metrics, plots

    k, seed = options.k, options.seed
    training, validation = data.load_mnist(options.edition).holdout()
    clustering.kmeans(
        training.images[:100], 2
    )  # loads the compiled loops: they are not to be timed
    started = time.perf_counter()
    found = clustering.kmeans(training.images, k, seed=seed)
    seconds = time.perf_counter() - started
    names = labeling.majority_labels(found.assignments, training.labels, k)
    table = metrics.contingency_table(training.labels, found.assignments, k)
    error = labeling.holdout_error(found, training, validation)
    print(f"k = {k}, seed {seed}: {found.n_iter} iterations in {seconds:.2f} s")
    print(f"error rate           {error:.4f}   on {len(validation):,} validation digits")
    print(
        f"purity               {metrics.purity(table):.4f}   on {len(training):,} training digits"
    )
    print(f"mean cluster purity  {metrics.mean_cluster_purity(table):.4f}")
    order = names.argsort(kind="stable")
    picture = plots.digits(
        found.centroids[order],
        names[order],
        heading=f"{k} labelled centroids, seed {seed}",
        columns=math.ceil(k / math.ceil(k / 10)),
    )
    path = data.ROOT / "build" / "figures" / f"fit-k{k}-seed{seed}.png"
    files.write_whole(path, picture.png())
    print(f"Labelled centroids:  {path}")
    return 0


def cluster(options):
    """Cluster digits on a Dask cluster, here or elsewhere: the same bits as on one machine."""
    import dask.array

    from mnist_kmeans import enlarge, progress
    from mnist_kmeans.cluster import connect, kmeans_dask

    if options.enlarged is not None:
        points, _ = enlarge.open_enlarged(seed=options.enlarged, edition=options.edition)
    else:
        training, _ = data.load_mnist(options.edition).holdout()
        points = dask.array.from_array(training.images, chunks=(enlarge.BLOCK, -1))
    with (
        connect(options.scheduler, options.workers) as client,
        progress.bar(None, "iteration") as bar,
    ):
        if options.enlarged is None:
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"}):
                points = points.persist()  # sent once; the workers have room for it

        def watch(_iteration, _inertia, changed):
            bar.set_postfix(changed=changed, refresh=False)
            bar.update()

        started = time.perf_counter()
        found = kmeans_dask(
            points,
            options.k,
            seed=options.seed,
            checkpoint=options.checkpoint,
            resume=options.resume,
            watch=watch,
        )
        seconds = time.perf_counter() - started
        workers = len(client.nthreads())
    print(f"k = {options.k}, seed {options.seed}: {found.n_iter} iterations in {seconds:.2f} s")
    print(f"{len(points):,} digits in {points.numblocks[0]} blocks, on {workers} workers")
    print(f"inertia  {found.inertia}")
    if options.checkpoint is not None:
        print(f"The centroids are in {options.checkpoint}")
    return 0
