"""Does a fresh run say the same as the stored notebook? Text to the letter, pictures to the pixel."""

import base64
import io
import platform

import numpy as np

from mnist_kmeans.course.store import code_cells

IGNORED = "nbval-ignore-output"  # the tag of cells that show timings

# Pictures drawn where the stored ones were must have equal pixels; other systems round a few of them
# differently, so there the root mean square difference (of 255) has a limit.
PICTURE_TOLERANCE = 0 if (platform.system(), platform.machine()) == ("Linux", "x86_64") else 3


def keep_equal_outputs(fresh, stored):
    """Put stored outputs back into a fresh notebook where they say the same.

    That is: pictures with the same pixels, however they were compressed, and the whole output of
    cells that show timings, unless their text has changed.
    """
    for new, old in zip(code_cells(fresh), code_cells(stored), strict=False):
        if new.source != old.source:
            continue
        if IGNORED in new.metadata.get("tags", []):
            new.outputs = old.outputs
        for new_output, old_output in zip(new.outputs, old.outputs, strict=False):
            picture = old_output.get("data", {}).get("image/png")
            if same_picture(picture, new_output.get("data", {}).get("image/png")):
                new_output.data["image/png"] = picture


def same_picture(a, b):
    """Tell whether two PNG files, as base64 text, show the same."""
    if not a or not b:
        return False
    a, b = pixels(a), pixels(b)
    return a.shape == b.shape and np.sqrt(np.mean((a - b) ** 2)) <= PICTURE_TOLERANCE


def pixels(png):
    """Return the pixels of a PNG file, given as base64 text, as an array (height, width, 4)."""
    from PIL import Image

    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    return np.asarray(image, dtype=np.float64)


def differences(fresh, stored):
    """Return a list of short texts: which cells of the stored notebook differ from the fresh one."""
    if stored is None:
        return ["it is not stored yet"]
    found = []
    new_cells, old_cells = code_cells(fresh), code_cells(stored)
    if len(new_cells) != len(old_cells):
        found.append(f"{len(old_cells)} code cells are stored, there are {len(new_cells)} now")
    for number, (new, old) in enumerate(zip(new_cells, old_cells, strict=False)):
        parts = ("source", "outputs", "execution_count")
        changed = [part for part in parts if new[part] != old[part]]
        if changed:
            found.append(f"cell {number}: other {' and '.join(changed)}")
    if not found and fresh != stored:
        found.append("other text or metadata")
    return found
