"""Lloyd's algorithm in motion, on points in the plane: a drawing that CSS moves, without a script.

It plays by itself, unless the reader's system asks for little motion; then it shows the end. Buttons
pause it and go on by one step; a row of knobs, like a slider, leads to any step, and so do the arrow
keys. JupyterLab takes styles and drawings out of a notebook that has not run there yet, and paper does
not move: both show a strip of stills, an image.
"""

import base64
import html
import zlib
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from matplotlib.ticker import MaxNLocator

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.plots.geometry import cell_corners
from mnist_kmeans.plots.look import BLUE, CLUSTER_COLOURS, GREY, ORANGE, sentence

WIDTH, HEIGHT = 460, 394  # narrow, so that the letters are legible on a phone
LEFT, RIGHT, TOP, BOTTOM = 58, 438, 82, 338  # where the points are
MIDDLE = (LEFT + RIGHT) / 2
# of the clusters: disc, square and triangle, as in `charts.planes`
MARKERS = "m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z", "m-6-6h12v12h-12z", "m0-7 6.5 12h-13z"
CROSS = "M-11-8-8-11 0-3 8-11 11-8 3 0 11 8 8 11 0 3-8 11-11 8-3 0z"  # thin: points show below
LOOK, MOVE, REST = 2, 1.5, 4  # seconds to look at clusters, to move centroids, to see the end
STILLS, TITLE = 2, 32  # side by side in the strip; pixels that its title takes
STYLE = """
#KEY .strip { display: none }
#KEY .live[hidden] { display: flex !important; flex-wrap: wrap; position: relative; max-width: 660px }
#KEY .live svg { order: 3; width: 100%; height: auto }
#KEY input { position: absolute; opacity: 0 }
#KEY label { box-sizing: border-box; padding: 0.3em 0; text-align: center; border: 1px solid;
  cursor: pointer; font-size: 1.1em }
#KEY .key { min-width: 4em; margin: 0 0.3em 0.5em 0; border-radius: 0.4em }
#KEY .step { order: 1; display: none }
#KEY .turn { order: 1; flex-basis: 100% }
#KEY .knob { order: 2; flex: 1; min-width: 1.7em }
#KEY :checked + label { background: BLUE; color: white }
#KEY :focus-visible + label { outline: 3px solid ORANGE }
.KEY { animation-iteration-count: infinite }
.KEY.shown { animation-timing-function: step-end }
.KEY.moved { animation-timing-function: ease-in-out; transition: transform 1s }
#KEY-pause:checked ~ svg .KEY { animation-play-state: paused }
@media print {
  #KEY .strip { display: block }
  #KEY .live[hidden] { display: none !important }
}
@media (prefers-reduced-motion: reduce) {
  svg .KEY { animation-name: none; transition: none }
  #KEY .motion + label { display: none }
}
""".replace("BLUE", BLUE).replace("ORANGE", ORANGE)


@dataclass(frozen=True)
class Animation:
    """A drawing that moves, and what it shows in words."""

    element: str  # of HTML
    alt: str
    suffix = ".html"

    def content(self):
        """Return the bytes of a file of the animation."""
        return f"<!DOCTYPE html>\n<meta charset='utf-8'>\n{self.element}\n".encode()

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.element, "text/plain": f"Animation: {self.alt}"}


def lloyd_animation(points, steps, *, heading, xlabel, ylabel):
    """Return an Animation of Lloyd's algorithm in the plane.

    `points` is (n, 2), `steps` a list of (assignments (n,), centroids (k, 2)), one for each iteration up
    to the one in which no centroid moves. Raises InputError for more clusters than there are markers.
    """
    k = len(steps[0][1])
    if k > len(MARKERS):
        raise InputError(f"an animation has markers for {len(MARKERS)} clusters, not for {k}")
    sizes = [" and ".join(map(str, np.bincount(each, minlength=k))) for each, _ in steps]
    alt = (
        f"{sentence(heading)} {ylabel} against {xlabel}. In {len(steps)} iterations the clusters have "
        f"{', then '.join(sizes)} points; the centroids, drawn as crosses, move to their means."
    )
    key = f"lloyd-{zlib.crc32(alt.encode()):08x}"  # sets it apart from others on the page
    low, high = box(points)
    place, axes = frame(low, high, xlabel, ylabel)
    drawn_steps = [
        Step(
            assignments,
            place(centroids),
            [place(cell_corners(centroids, cluster, low, high)) for cluster in range(k)],
        )
        for assignments, centroids in steps
    ]
    seconds, actors = scenes(place(points), drawn_steps)
    drawn = "\n".join(
        f'<g class="{key} {kind} {key}-{number}">{drawing}</g>'
        for number, (drawing, kind, _) in enumerate(actors)
    )
    style = STYLE.replace("KEY", key) + "\n".join(rules(key, seconds, actors))
    title = text(heading, MIDDLE, 20, 16)
    moving = svg(WIDTH, HEIGHT, alt, f"<style>{style}\n</style>", f"{title}\n{axes}\n{drawn}")
    stills = strip(place(points), drawn_steps, axes)
    rows = -(-len(steps) // STILLS)
    words = text(f"{heading}; rings: where they go next", STILLS * WIDTH / 2, 24, 20)
    still = svg(STILLS * WIDTH, rows * (HEIGHT - TITLE) + TITLE, alt, "", f"{words}\n{stills}")
    data = base64.b64encode(still.encode()).decode()
    # What has not run in JupyterLab keeps `hidden` if it is not empty; the style shows it elsewhere.
    element = (
        f'<div id="{key}">\n<div class="strip">'
        f'<img alt="{html.escape(alt)}" width="660" src="data:image/svg+xml;base64,{data}"/></div>\n'
        f'<div class="live" hidden="hidden" role="group" aria-label="{html.escape(heading)}">\n'
        f"{buttons(key, len(steps))}\n{moving}\n</div>\n</div>"
    )
    return Animation(element, alt)


@dataclass(frozen=True)
class Step:
    """One iteration, in the units of the drawing, before its centroids move."""

    assignments: np.ndarray  # (n,)
    centroids: np.ndarray  # (k, 2)
    cells: list  # of each centroid, the corners (m, 2) of its cell


def scenes(spots, steps):
    """Return how many seconds each scene takes, and the actors: a drawing, its kind, its style in each.

    `spots` (n, 2) are the points in the units of the drawing. Scene 0 is the start; at iteration i the
    points are assigned in scene 2 i - 1, and the centroids move in 2 i.
    """
    seconds, captions = [LOOK], [("Start", "the first centroids")]
    for number in range(1, len(steps) + 1):
        seconds += [LOOK, MOVE]
        captions.append((f"Iteration {number}: assign", "each point goes to the nearest centroid"))
        captions.append(
            (f"Iteration {number}: update", "each centroid goes to the mean of its points")
        )
    seconds[-1], captions[-1] = REST, (captions[-1][0], "no centroid moves any more: the end")
    numbers = range(len(seconds))

    clusterings = [marks(spots, np.zeros(len(spots), dtype=int), [GREY])]
    clusterings += [
        areas(step.cells) + marks(spots, step.assignments, CLUSTER_COLOURS) for step in steps
    ]
    actors = []
    for number, drawing in enumerate(clusterings):
        visible = [(scene + 1) // 2 == number for scene in numbers]
        actors.append((drawing, "shown", [f"opacity: {int(each)}" for each in visible]))
    for number, drawing in enumerate(changes(spots, steps), start=1):
        visible = [scene == 2 * number - 1 for scene in numbers]
        actors.append((drawing, "shown", [f"opacity: {int(each)}" for each in visible]))
    for number, (title, words) in enumerate(captions):
        drawing = text(title, MIDDLE, 46, 16, "bold") + text(words, MIDDLE, 66, 15)
        visible = [scene == number for scene in numbers]
        actors.append((drawing, "shown", [f"opacity: {int(each)}" for each in visible]))
    for cluster, colour in zip(range(len(steps[0].centroids)), CLUSTER_COLOURS, strict=False):
        way = [steps[max(scene - 1, 0) // 2].centroids[cluster] for scene in numbers]
        moves = [f"transform: translate({x:g}px, {y:g}px)" for x, y in way]
        actors.append((f'<path d="{CROSS}" fill="{colour}" stroke="black"/>', "moved", moves))
    return seconds, actors


def rules(key, seconds, actors):
    """Return the CSS that leads the actors through the scenes, or holds the one whose button is pressed."""
    *starts, whole = accumulate(seconds, initial=0)
    found = [f".{key} {{ animation-duration: {whole:g}s }}"]
    for number, (_, _, styles) in enumerate(actors):
        frames = " ".join(
            f"{start / whole:.2%} {{ {styles[i]} }}"
            for i, start in enumerate(starts)
            if i == 0 or len({*styles[i - 1 : i + 2]}) > 1
        )
        found.append(f"@keyframes {key}-{number} {{ {frames} }}")
        found.append(f".{key}-{number} {{ animation-name: {key}-{number}; {styles[-1]} }}")
    found += [
        f"#{key}-{held}:checked ~ .of-{held} {{ display: block }}"
        for held in ("play", "pause", *(f"at-{scene}" for scene in range(len(seconds))))
    ]
    for scene in range(len(seconds)):
        pressed = f"#{key}-at-{scene}:checked ~ svg"
        found.append(f"{pressed} .{key} {{ animation-name: none }}")
        for number, (_, kind, styles) in enumerate(actors):
            held = styles[scene if kind == "shown" else min(scene + 1, len(styles) - 1)]  # moved
            if held != styles[-1]:
                found.append(f"{pressed} .{key}-{number} {{ {held} }}")
    return found


def strip(spots, steps, axes):
    """Return the iterations as SVG, side by side: who changes, and where the centroids go."""
    parts = []
    after = [*steps[1:], steps[-1]]
    for number, (step, following, lines) in enumerate(
        zip(steps, after, changes(spots, steps), strict=True)
    ):
        end = "" if step is not following else ": no centroid moves any more"
        parts.append(
            f'<g transform="translate({number % STILLS * WIDTH} {number // STILLS * (HEIGHT - TITLE)})">'
            f"{text(f'Iteration {number + 1}{end}', MIDDLE, 66, 16, 'bold')}{axes}{areas(step.cells)}"
            f"{marks(spots, step.assignments, CLUSTER_COLOURS)}{lines}"
        )
        ways = zip(step.centroids, following.centroids, CLUSTER_COLOURS, strict=False)
        parts += [
            f'<path d="M{x:g} {y:g}L{u:g} {v:g}" stroke="black" stroke-width="3"/>'
            f'<path transform="translate({x:g} {y:g})" d="{CROSS}" fill="{colour}" stroke="black"/>'
            f'<circle cx="{u:g}" cy="{v:g}" r="6" fill="white" stroke="{colour}" stroke-width="3"/>'
            for (x, y), (u, v), colour in ways
        ]
        parts.append("</g>")
    return "\n".join(parts)


def buttons(key, iterations):
    """Return the buttons: play, pause, a knob for each scene, and those that go on or back by one.

    Only one is pressed at a time, so the last two are labels of the next knob and of the one before.
    """

    def button(name, kind, label, spoken, more=""):
        return (
            f'<input type="radio" name="{key}" id="{key}-{name}" aria-label="{spoken}"{more}/>'
            f'<label class="{kind}" for="{key}-{name}" title="{spoken}">{label}</label>'
        )

    rows = [
        button("play", "key", "play", "play", ' class="motion" checked=""'),
        button("pause", "key", "pause", "pause", ' class="motion"'),
        button("at-0", "knob", "0", "start"),
    ]
    last = 2 * iterations
    for scene in range(1, last + 1):
        number, step = (scene + 1) // 2, "assign" if scene % 2 else "update"
        label = f"{number}" if scene % 2 else "&#8594;"
        rows.append(button(f"at-{scene}", "knob", label, f"iteration {number}: {step}"))

    def leads(held, scene, words):
        return f'<label class="key step of-{held}" for="{key}-at-{scene}">{words}</label>'

    rows += [leads(held, 0, "step") for held in ("play", "pause")]
    rows += [leads(f"at-{scene}", scene - 1, "back") for scene in range(1, last + 1)]
    rows += [leads(f"at-{scene}", scene + 1, "step") for scene in range(last)]
    return "\n".join([*rows, '<div class="turn"></div>'])


def box(points):
    """Return the lower left and the upper right corner, (2,) each, of a box around points (n, 2)."""
    low, high = points.min(axis=0), points.max(axis=0)
    return low - 0.06 * (high - low), high + 0.06 * (high - low)


def frame(low, high, xlabel, ylabel):
    """Return a function that puts points (n, 2) of a box into the drawing, and its axes as SVG."""
    corner, size = np.array([LEFT, BOTTOM]), np.array([RIGHT - LEFT, TOP - BOTTOM])

    def place(points):
        return np.round(corner + (points - low) / (high - low) * size, 1)

    parts = []
    for value in ticks(low[0], high[0]):
        x = place(np.array([value, low[1]]))[0]
        parts.append(f'<path d="M{x:g} {BOTTOM}V{TOP}" stroke="#e5e5e5"/>')
        parts.append(text(f"{value:,g}", x, BOTTOM + 19))
    for value in ticks(low[1], high[1]):
        y = place(np.array([low[0], value]))[1]
        parts.append(f'<path d="M{LEFT} {y:g}H{RIGHT}" stroke="#e5e5e5"/>')
        parts.append(text(f"{value:,g}", LEFT - 7, y + 5, anchor="end"))
    parts.append(f'<path d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}" fill="none" stroke="black"/>')
    parts.append(text(xlabel, MIDDLE, HEIGHT - 12, 15))
    parts.append(f'<g transform="translate(18 {(TOP + BOTTOM) / 2:g}) rotate(-90)">')
    parts.append(f"{text(ylabel, 0, 0, 15)}</g>")
    return place, "\n".join(parts)


def ticks(low, high):
    """Return round values between two numbers."""
    values = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [value for value in values if low <= value <= high]


def marks(spots, assignments, colours):
    """Return points (n, 2) as SVG, with the marker and the colour of their clusters."""
    drawn = []
    for cluster in np.unique(assignments):
        places = "".join(
            f"M{x:g} {y:g}{MARKERS[cluster]}" for x, y in spots[assignments == cluster]
        )
        drawn.append(f'<path fill="{colours[cluster]}" d="{places}"/>')
    return "".join(drawn)


def areas(cells):
    """Return cells, of each the corners (m, 2), as SVG."""
    return "".join(
        f'<path class="cell" fill="{CLUSTER_COLOURS[cluster]}" fill-opacity="0.1" stroke="black" '
        f'd="M{"L".join(f"{x:g} {y:g}" for x, y in corners)}Z"/>'
        for cluster, corners in enumerate(cells)
        if len(corners) > 0
    )


def changes(spots, steps):
    """Return for each iteration as SVG a line from each point that changes to its new centroid.

    A dashed line leads to the centroid that it had.
    """
    drawn, before = [], np.full(len(spots), -1)
    for step in steps:
        lines = []
        for point in np.flatnonzero(step.assignments != before):
            new, old = step.assignments[point], before[point]
            ends = [(new, CLUSTER_COLOURS[new], "")]
            if old >= 0:
                ends.append((old, GREY, ' stroke-dasharray="4 3"'))
            for cluster, colour, dashes in ends:
                (x, y), (u, v) = spots[point], step.centroids[cluster]
                path = f'd="M{x:g} {y:g}L{u:g} {v:g}"'
                lines.append(f'<path class="change" {path} stroke="{colour}"{dashes}/>')
        drawn.append("".join(lines))
        before = step.assignments
    return drawn


def svg(width, height, alt, style, drawing):
    """Return a drawing on paper as an SVG element."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" role="img" aria-label="{html.escape(alt)}">\n'
        f'{style}\n<rect width="{width}" height="{height}" fill="white"/>\n{drawing}\n</svg>'
    )


def text(words, x, y, size=14, weight="normal", anchor="middle"):
    """Return words as SVG."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{html.escape(words)}</text>'
    )
