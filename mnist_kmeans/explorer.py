"""Look into the clusters: sliders for k, the seed and the iteration, and a button for each cluster.

The controls need a notebook that is open in JupyterLab. Elsewhere a picture takes their place.
"""

import base64
import sys
from contextlib import contextmanager

import numpy as np

from mnist_kmeans import plots
from mnist_kmeans.basics import progress
from mnist_kmeans.basics.parallel import parallel_map
from mnist_kmeans.exact import grid_bits
from mnist_kmeans.fast.engine import Run, prepare
from mnist_kmeans.lloyd import move, nearest, pairwise_squared_distances
from mnist_kmeans.metrics import contingency_table, purity
from mnist_kmeans.seeding import random_centroids

STYLE = """
.mnist-clusters button {
  width: 92px; height: 118px; padding: 72px 0 0; margin: 2px; line-height: 1.3;
  white-space: pre-line; color: black; border-bottom: 6px solid;
  background: white no-repeat center 6px / 64px; image-rendering: pixelated;
}
.mnist-clusters button.mod-active, .mnist-clusters button:focus-visible { outline: 3px solid black }
.mnist-clusters button.mod-active { color: black; background-color: white; font-weight: bold }
"""
# ipywidgets writes a name beside a slider, but does not tell screen readers whose name it is. This does.
NAMES = """<script>
window.mnistSliders ??= new MutationObserver(() => {
  for (const handle of document.querySelectorAll(".mnist-slider [role=slider]:not([aria-label])")) {
    const name = handle.closest(".mnist-slider").querySelector("label").textContent;
    handle.setAttribute("aria-label", name);
  }
});
window.mnistSliders.observe(document.body, { childList: true, subtree: true });
</script>"""


def explore(digits, k=16, seed=0):
    """Show the explorer of k-means on Digits, or, where no one can use it, a picture of one cluster.

    `k` and `seed` are where it starts. In a notebook that is executed to be stored, in a script, or on a
    web page nobody moves a slider.
    """
    if progress.notebook_is_open():
        shown = sys.modules["IPython"].display
        shown.display(shown.HTML(NAMES), Explorer(digits, k, seed).box)
    else:
        centroids, assignments = states(digits.images, k, seed)[-1]
        state = State(digits, centroids, assignments)
        plots.show(state.portrait(state.most_mixed()))


def states(points, k, seed, prepared=None):
    """Return what k-means goes through: (centroids (k, d), assignments (n,)) at each iteration.

    The centroids are those that the points were just assigned to. `prepared` is prepare(points), for
    those who come again.
    """
    prepared, centroids = prepared or prepare(points), random_centroids(points, k, seed)
    small = np.min_scalar_type(k)
    found, moved = [], True
    if prepared is None:  # the textbook loop
        bits = grid_bits(points)
        while moved:
            assignments = nearest(points, centroids)[0]
            found.append((centroids, assignments.astype(small)))
            centroids = move(points, assignments, centroids, bits)
            moved = not np.array_equal(centroids, found[-1][0])
        return found
    with parallel_map() as each:
        run = Run(prepared, centroids, each)
        while moved:
            run.assign()
            found.append((run.centroids, run.assignments.astype(small)))
            moved = run.update()
    return found


class State:
    """One iteration: centroids (k, d), the cluster of each of the Digits (n,), and what follows."""

    def __init__(self, digits, centroids, assignments):
        self.digits, self.centroids, self.assignments = digits, centroids, assignments
        self.counts = contingency_table(digits.labels, assignments, len(centroids))
        self.sizes = self.counts.sum(axis=1)
        self.shares = self.counts.max(axis=1) / np.maximum(self.sizes, 1)
        self.names = self.counts.argmax(axis=1)

    def most_mixed(self):
        """Return the cluster in which the commonest digit has the smallest share."""
        return int(self.shares.argmin())

    def name(self, cluster):
        """Return the commonest digit of a cluster and its share, as a short text."""
        return (
            f"{self.names[cluster]}: {self.shares[cluster]:.0%}" if self.sizes[cluster] else "empty"
        )

    def portrait(self, cluster):
        """Return the Picture of one cluster."""
        members = np.flatnonzero(self.assignments == cluster)
        images, centroid = self.digits.images[members], self.centroids[cluster]
        return plots.portrait(
            centroid,
            images,
            self.digits.labels[members],
            pairwise_squared_distances(images, centroid[None])[:, 0],
            heading=f"Cluster {cluster} ({self.name(cluster)}), {len(members):,} members",
        )


class Explorer:
    """The widgets, all of them in `box`. Moving a slider or pressing a button draws what has changed."""

    def __init__(self, digits, k, seed):
        import ipywidgets

        def slider(name, value, low, high):
            slider = ipywidgets.IntSlider(
                value, low, high, description=name, continuous_update=False,
                layout={"width": "500px"},
            )  # fmt: skip
            return slider.add_class("mnist-slider")

        self.digits, self.prepared = digits, prepare(digits.images)
        self.k, self.seed = (
            slider("clusters k", k, 1, min(max(40, k), len(digits))),
            slider("seed", seed, 0, max(99, seed)),
        )
        self.iteration = slider("iteration", 1, 1, 1)
        self.summary, self.style, self.portrait = (ipywidgets.HTML() for _ in range(3))
        self.clusters = ipywidgets.ToggleButtons()
        self.clusters.add_class("mnist-clusters")
        self.box = ipywidgets.VBox(
            [
                self.k,
                self.seed,
                self.iteration,
                self.summary,
                self.style,
                self.clusters,
                self.portrait,
            ]
        )
        self.k.observe(self.run, "value")
        self.seed.observe(self.run, "value")
        self.iteration.observe(self.draw_iteration, "value")
        self.clusters.observe(self.draw_cluster, "index")
        self.run()

    def run(self, change=None):
        """Run k-means for the k and the seed of the sliders, and go to its last iteration."""
        self.summary.value = "<p>k-means is running ...</p>"
        self.states = states(self.digits.images, self.k.value, self.seed.value, self.prepared)
        with silent(self.iteration, self.draw_iteration, "value"):
            self.iteration.max = self.iteration.value = len(self.states)
        self.draw_iteration()

    def draw_iteration(self, change=None):
        """Draw all the clusters at the iteration of the slider; a new run begins with the most mixed."""
        number = self.iteration.value
        self.state = state = State(self.digits, *self.states[number - 1])
        k = len(state.sizes)
        self.style.value = f"<style>{STYLE}{''.join(map(self.button_style, range(k)))}</style>"
        cluster = self.clusters.index if change else state.most_mixed()
        with silent(self.clusters, self.draw_cluster, "index"), self.clusters.hold_sync():
            self.clusters.tooltips = [f"{size:,} members" for size in state.sizes]
            self.clusters.options = [f"cluster {j}\n{state.name(j)}" for j in range(k)]
            self.clusters.index = cluster
        self.summary.value = (
            f'<p role="status">k = {k}, seed {self.seed.value}, iteration {number} of '
            f"{len(self.states)}: purity {purity(state.counts):.3f}. Under each centroid: the commonest "
            "digit of its cluster, and the share of it. Press one to see its members.</p>"
        )
        self.draw_cluster()

    def button_style(self, cluster):
        """Return the CSS that puts a centroid on its button, and under it the colour of its digit."""
        centroid = base64.b64encode(plots.tile_png(self.state.centroids[cluster])).decode()
        colour = plots.DIGIT_COLOURS[self.state.names[cluster]]
        return (
            f".mnist-clusters button:nth-child({cluster + 1}) {{ border-bottom-color: {colour}; "
            f"background-image: url(data:image/png;base64,{centroid}) }}\n"
        )

    def draw_cluster(self, change=None):
        """Draw the portrait of the cluster whose button is pressed."""
        self.portrait.value = self.state.portrait(self.clusters.index).html()


@contextmanager
def silent(widget, handler, name):
    """Set a widget without calling the handler of its changes."""
    widget.unobserve(handler, name)
    try:
        yield
    finally:
        widget.observe(handler, name)
