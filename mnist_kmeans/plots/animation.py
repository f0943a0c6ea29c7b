"""Lloyd's algorithm in motion, on points in the plane: a drawing that CSS moves, without a script.

It plays by itself, unless the reader's system asks for little motion; then it shows the end. Buttons
pause it and hold it at any step; the arrow keys go from one to the next. JupyterLab takes styles and
drawings out of a notebook that has not run there yet; what is left is the same drawing as an image,
which plays when it is unfolded.
"""

import base64
import html
import zlib
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from matplotlib.ticker import MaxNLocator

from mnist_kmeans.basics.errors import InputError
from mnist_kmeans.plots.look import BLUE, CLUSTER_COLOURS, GREY, ORANGE, sentence

WIDTH, HEIGHT = 460, 394  # narrow, so that the letters are legible on a phone
LEFT, RIGHT, TOP, BOTTOM = 58, 438, 82, 338  # where the points are
MIDDLE = (LEFT + RIGHT) / 2
# of the clusters: disc, square and triangle, as in `charts.planes`
MARKERS = "m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z", "m-6-6h12v12h-12z", "m0-7 6.5 12h-13z"
CROSS = "M-11-8-8-11 0-3 8-11 11-8 3 0 11 8 8 11 0 3-8 11-11 8-3 0z"  # thin: points show below
LOOK, MOVE, REST = 2, 1.5, 4  # seconds to look at clusters, to move centroids, to see the end
STYLE = """
#KEY .folded { display: none }
#KEY .live[hidden] { display: block !important; position: relative }
#KEY .live svg { display: block; width: 660px; max-width: 100%; height: auto }
#KEY input { position: absolute; opacity: 0 }
#KEY label { display: inline-block; margin: 0.15em; padding: 0.3em 0.6em; border: 1px solid;
  border-radius: 0.4em; cursor: pointer; font-size: 1.2em }
#KEY :checked + label { background: BLUE; color: white }
#KEY :focus-visible + label { outline: 3px solid ORANGE }
.KEY { animation-iteration-count: infinite }
.KEY.shown { animation-timing-function: step-end }
.KEY.moved { animation-timing-function: ease-in-out; transition: transform 1s }
#KEY-pause:checked ~ svg .KEY { animation-play-state: paused }
@media print, (prefers-reduced-motion: reduce) {
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
    place, axes = frame(points, xlabel, ylabel)
    seconds, actors = scenes(place(points), [(each, place(spots)) for each, spots in steps])
    drawn = "\n".join(
        f'<g class="{key} {kind} {key}-{number}">{drawing}</g>'
        for number, (drawing, kind, _) in enumerate(actors)
    )
    style = STYLE.replace("KEY", key) + "\n".join(rules(key, seconds, actors))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" role="img" aria-label="{html.escape(alt)}">\n'
        f'<style>{style}\n</style>\n<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n'
        f"{text(heading, MIDDLE, 20, 16)}\n{axes}\n{drawn}\n</svg>"
    )
    data = base64.b64encode(svg.encode()).decode()
    # What has not run in JupyterLab keeps `hidden` if it is not empty; the style shows it elsewhere.
    element = (
        f'<div id="{key}">\n<details class="folded"><summary>Play: {html.escape(heading)}</summary>\n'
        f'<img alt="{html.escape(alt)}" width="660" src="data:image/svg+xml;base64,{data}"/>'
        "\n(To pause it or to see one iteration, run this cell.)</details>\n"
        f'<div class="live" hidden="hidden" role="group" aria-label="{html.escape(heading)}">\n'
        f"{buttons(key, len(steps))}\n{svg}\n</div>\n</div>"
    )
    return Animation(element, alt)


def scenes(spots, steps):
    """Return how many seconds each scene takes, and the actors: a drawing, its kind, its style in each.

    `spots` (n, 2) and `steps` are those of `lloyd_animation`, in the units of the drawing. Scene 0 is the
    start; at iteration i the points are assigned in scene 2 i - 1, and the centroids move in 2 i.
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
    clusterings += [marks(spots, assignments, CLUSTER_COLOURS) for assignments, _ in steps]
    actors = []
    for number, drawing in enumerate(clusterings):
        visible = [(scene + 1) // 2 == number for scene in numbers]
        actors.append((drawing, "shown", [f"opacity: {int(each)}" for each in visible]))
    for number, (title, words) in enumerate(captions):
        drawing = text(title, MIDDLE, 46, 16, "bold") + text(words, MIDDLE, 66, 15)
        visible = [scene == number for scene in numbers]
        actors.append((drawing, "shown", [f"opacity: {int(each)}" for each in visible]))
    for cluster, colour in zip(range(len(steps[0][1])), CLUSTER_COLOURS, strict=False):
        way = [steps[max(scene - 1, 0) // 2][1][cluster] for scene in numbers]
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
    for scene in range(len(seconds)):
        pressed = f"#{key}-at-{scene}:checked ~ svg"
        found.append(f"{pressed} .{key} {{ animation-name: none }}")
        for number, (_, kind, styles) in enumerate(actors):
            held = styles[scene if kind == "shown" else min(scene + 1, len(styles) - 1)]  # moved
            if held != styles[-1]:
                found.append(f"{pressed} .{key}-{number} {{ {held} }}")
    return found


def buttons(key, iterations):
    """Return the buttons: play, pause, and one for each scene. Only one is pressed at a time."""

    def button(name, label, spoken, more=""):
        return (
            f'<input type="radio" name="{key}" id="{key}-{name}" aria-label="{spoken}"{more}/>'
            f'<label for="{key}-{name}">{label}</label>'
        )

    rows = [
        button("play", "play", "play", ' class="motion" checked=""'),
        button("pause", "pause", "pause", ' class="motion"'),
        button("at-0", "start", "start"),
    ]
    for scene in range(1, 2 * iterations + 1):
        number, step = (scene + 1) // 2, "assign" if scene % 2 else "update"
        rows.append(button(f"at-{scene}", f"{number} {step}", f"iteration {number}: {step}"))
    return "\n".join(rows)


def frame(points, xlabel, ylabel):
    """Return a function that puts points (n, 2) into the drawing, and the axes as SVG."""
    low, high = points.min(axis=0), points.max(axis=0)
    low, high = low - 0.06 * (high - low), high + 0.06 * (high - low)
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


def text(words, x, y, size=14, weight="normal", anchor="middle"):
    """Return words as SVG."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{html.escape(words)}</text>'
    )
