"""Execute the stored notebooks again: store what comes out, or only say what would change.

What somebody has written into a notebook is never written over. The texts themselves are compared;
when a file was changed, and whether a cell was run, says nothing.
"""

from mnist_kmeans.basics import progress
from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.course import blanks, claims, store
from mnist_kmeans.course.checkout import name_of
from mnist_kmeans.course.comparison import differences, keep_equal_outputs
from mnist_kmeans.course.execution import execute
from mnist_kmeans.data.editions import EDITIONS


def refresh(checkout, sources, editions, only_check=False):
    """Execute chapters and solutions, store what comes out, and print what has changed.

    `sources` are their .py files. The exercises are made anew from the solutions.
    Returns (notebooks that differ, claims of the full edition that do not hold, notebooks in all).
    Raises InputError for a cell that fails, and before anything is executed for a notebook that
    somebody has changed; exercises that somebody works in are left alone.
    """
    for source in sources:
        for edition in editions:
            refuse_to_lose_work(checkout, source, edition)
    drifted = untrue = count = 0
    for source in (source for source in sources if source in checkout.solutions()):
        fresh, path = blanks.blank(source), checkout.blank_path(source)
        stored, name = store.read_if_stored(path), f"exercises/{path.name}"
        if stored and store.would_lose_work(fresh, stored):
            print(f"{name}: somebody has worked in it, so it stays as it is", flush=True)
            continue
        store.sign(fresh)
        count += 1
        drifted += tell(differences(fresh, stored), name)
        if not only_check:
            store.write(fresh, path)
    for edition in editions:
        for source in sources:
            name, path = name_of(source), checkout.stored_path(source, edition)
            fresh, stored = run_again(checkout, source, edition), store.read_if_stored(path)
            if stored:
                keep_equal_outputs(fresh, stored)
            count += 1
            drifted += tell(differences(fresh, stored), f"{name}.ipynb, {edition} edition")
            if edition == "full":
                untrue += tell(claims.broken(fresh), f"{name}.py")
            if not only_check:
                refuse_to_lose_work(checkout, source, edition)  # a run takes long enough to write
                store.write(fresh, path)
    return drifted, untrue, count


def refuse_to_lose_work(checkout, source, edition):
    """Raise InputError if somebody has changed the stored notebook of a chapter, and not its .py file."""
    path = checkout.stored_path(source, edition)
    stored = store.read_if_stored(path)
    if stored and store.would_lose_work(store.read_source(source), stored):
        notebook = path.relative_to(checkout.root).as_posix()
        raise InputError(
            f"{notebook} was changed, and {source.name} says something else. To keep what the notebook "
            f"says, run: jupytext --to py:percent --output {source.relative_to(checkout.root).as_posix()} "
            f"{notebook}. To go back to {source.name}, delete the notebook"
        )


def check_pairs(checkout, sources):
    """Raise InputError if a chapter and a stored notebook of it, in either edition, differ in their text."""
    for source in sources:
        for edition in EDITIONS:
            if not store.in_sync(source, checkout.stored_path(source, edition)):
                raise InputError(
                    f"{name_of(source)}.py and its stored notebook ({edition} edition) "
                    "differ in their text; run: mnist-kmeans refresh"
                )


def run_again(checkout, source, edition):
    """Return a chapter executed on an edition, its claims answered."""
    fresh = store.read_source(source)
    claims.ask(fresh)
    with progress.bar(None, "cell") as bar:
        bar.set_description(f"{name_of(source)}, {edition}")
        execute(checkout, fresh, source.name, edition, bar.update)
    claims.take_answers(fresh)
    store.sign(fresh)
    return fresh


def tell(found, name):
    """Print what was found about a notebook; return whether there is anything."""
    for each in found:
        print(f"{name}, {each}", flush=True)
    return bool(found)
