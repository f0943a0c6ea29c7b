"""One look for all pictures: style, colours, roles, axes."""

import functools

from matplotlib import style
from matplotlib.ticker import ScalarFormatter

# One look for all readers, whatever their own matplotlib settings say.
STYLE = {
    "figure.dpi": 100,
    "savefig.dpi": 150,  # finer than it is shown: sharp on a projector, too
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "0.9",
    "legend.frameon": False,
    "lines.linewidth": 2,
    "image.cmap": "gray_r",
    "image.interpolation": "nearest",  # pixels as they are, and files a third smaller
}
WIDTH = 8.5  # inches
# So that all of a picture stands on a slide, and the last row can read it:
HIGHEST = 7.6  # inches
SMALLEST = 11  # points

# Colours that colour-blind readers tell apart, each with a contrast of 3 : 1 to paper: after Okabe and Ito
# for roles, darker; Paul Tol's "muted" for digits.
BLUE, ORANGE, GREEN, VERMILLION, PINK = "#004C8C", "#BF8A00", "#0F9F75", "#8F2A00", "#B573B5"
SKY, GREY = "#4A90E8", "#3C4448"
DIGIT_COLOURS = (
    "#332288", "#88CCEE", "#44AA99", "#117733", "#999933",
    "#DDCC77", "#CC6677", "#882255", "#AA4499", "#777777",
)  # fmt: skip
WRONG = "#D55E00"
MARKERS = "os^Dv*P"
# of the clusters in the plane
CLUSTER_COLOURS = (BLUE, GREEN, VERMILLION, PINK, SKY, GREY)
LOOKS = tuple(zip((BLUE, ORANGE, GREEN, VERMILLION, PINK, SKY, GREY), MARKERS, strict=True))
ROLES = {  # what has the same colour and marker in all chapters
    "training digits": (BLUE, "o"),
    "validation digits": (ORANGE, "s"),
    "random": (GREEN, "^"),
    "k-means++": (PINK, "D"),
    "one start": (GREY, "P"),
    "clear groups": (SKY, "*"),
}


def styled(draw):
    """Make a drawing function ignore the settings of its surroundings, and write numbers in one way."""

    @functools.wraps(draw)
    def wrapper(*args, **kwargs):
        with style.context(["default", STYLE]):
            picture = draw(*args, **kwargs)
            for axis in (axis for axes in picture.axes for axis in (axes.xaxis, axes.yaxis)):
                if type(axis.get_major_formatter()) is ScalarFormatter:  # nobody has chosen another
                    axis.set_major_formatter(Thousands())
            return picture

    return wrapper


def looks(names):
    """Return a colour and a marker for each name: those of its role, or else the next that are free.

    The role is the name, or what stands before a colon in it: "validation digits: five starts".
    """
    roles = [ROLES.get(name.partition(":")[0]) for name in names]
    free = (look for look in LOOKS if look not in roles)
    return [role or next(free) for role in roles]


def log_axis(axes, ticks, name="x"):
    """Make equal factors equally long on an axis, and mark it at `ticks` and nowhere else."""
    axes.set(**{f"{name}scale": "log"})
    getattr(axes, f"{name}axis").set_ticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()


class Thousands(ScalarFormatter):
    """Numbers at the ticks of an axis, with a comma between thousands as everywhere in the course."""

    def __call__(self, x, pos=None):
        """Return the text at a tick."""
        return self.fix_minus(f"{x:,.0f}") if abs(x) >= 1000 else super().__call__(x, pos)


def sentence(heading):
    """Return a heading with a full stop, unless it ends with a mark of its own."""
    return heading if heading[-1] in ".?!" else f"{heading}."
