"""The command mnist-kmeans: what people do with the course besides reading it."""

import argparse
import math
import sys
import time
from importlib.metadata import version

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.course import commands
from mnist_kmeans.data import editions
from mnist_kmeans.data.folders import find
from mnist_kmeans.grading import commands as grading

# Modules that take long to load are imported by the commands that use them.


def main(arguments=None, checkout=None):
    """Run one command and return its exit status; a mistake is told in one line.

    `checkout` is the Checkout to work in; None means the one that this package is part of.
    """
    options = parser().parse_args(arguments)
    options.checkout = checkout
    try:
        return options.run(options)
    except BrokenPipeError:  # whoever reads the output has seen enough
        raise
    except (InputError, OSError) as error:
        message = error
    except ModuleNotFoundError as error:
        message = (
            f"this needs {error.name}, which is not installed; `make course` in a checkout installs all, "
            "or take it along with the package: [course], [site] or [cluster]"
        )
    print(f"mnist-kmeans: {message}", file=sys.stderr)
    return 1


def parser():
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="mnist-kmeans", description=__doc__)
    top.add_argument(
        "--version", action="version", version=f"mnist-kmeans {version('mnist-kmeans')}"
    )
    added = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name, run):
        words = (run.__doc__ or "").partition("\n")[0]  # python -OO leaves it out
        new = added.add_parser(name, help=words, description=words)
        new.set_defaults(run=run)
        return new

    def edition(of):
        of.add_argument(
            "--edition", choices=editions.EDITIONS, help="only this edition of the data"
        )

    def k_and_seed(of):
        of.add_argument("--k", type=int, default=16, help="number of clusters (default 16)")
        of.add_argument("--seed", type=int, default=0, help="of the random start (default 0)")

    command("fetch", fetch)
    commands.add(command, edition)
    grading.add(command, edition)
    fitting = command("fit", fit)
    k_and_seed(fitting)
    edition(fitting)
    enlarging = command("enlarge", enlarge)
    enlarging.add_argument("--n", type=int, required=True, help="number of digits, as 2000000")
    enlarging.add_argument("--seed", type=int, default=0, help="of the variations (default 0)")
    edition(enlarging)
    clustering = command("cluster", cluster)
    k_and_seed(clustering)
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
    folder = editions.fetch()
    print(f"The full MNIST is in {folder} ({find(folder, 'train').form})")
    return 0


def fit(options):
    """Cluster the training digits, tell how good the clusters are, and draw them."""
    from mnist_kmeans import labeling, metrics, plots, runs
    from mnist_kmeans.basics import places
    from mnist_kmeans.basics.outputs import Outputs

    k, seed = options.k, options.seed
    training, validation = editions.load_mnist(options.edition).holdout()
    runs.kmeans(training.images[:100], 2)  # loads the compiled loops, which is not to be timed
    started = time.perf_counter()
    found = runs.kmeans(training.images, k, seed=seed)
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
    print(f"digest  {found.digest}")
    order = names.argsort(kind="stable")
    picture = plots.digits(
        found.centroids[order],
        names[order],
        heading=f"{k} labelled centroids, seed {seed}",
        columns=math.ceil(k / math.ceil(k / 10)),
    )
    edition = editions.chosen_edition(options.edition)
    name = f"fit-{edition}-k{k}-seed{seed}.png"
    path = Outputs(places.figures()).write(name, picture.png())
    print(f"Labelled centroids:  {path}")
    return 0


def enlarge(options):
    """Write MNIST and variations of it to disk, any number of digits; goes on after an interrupt."""
    from mnist_kmeans.data.enlarge import enlarge

    folder = enlarge(options.n, seed=options.seed, edition=options.edition)
    print(f"{options.n:,} digits are in {folder}")
    return 0


def cluster(options):
    """Cluster digits on a Dask cluster, here or elsewhere: the same bits as on one machine."""
    import dask.array

    from mnist_kmeans.basics import progress
    from mnist_kmeans.cluster import connect, kmeans_dask
    from mnist_kmeans.data import enlarge

    if options.enlarged is not None:
        points, _ = enlarge.open_enlarged(seed=options.enlarged, edition=options.edition)
    else:
        training, _ = editions.load_mnist(options.edition).holdout()
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
        digest = found.digest  # while the workers still have the assignments
    print(f"k = {options.k}, seed {options.seed}: {found.n_iter} iterations in {seconds:.2f} s")
    print(f"{len(points):,} digits in {points.numblocks[0]} blocks, on {workers} workers")
    print(f"inertia  {found.inertia}")
    print(f"digest   {digest}")
    if options.checkpoint is not None:
        print(f"The centroids are in {options.checkpoint}")
    return 0
