"""What the pages of the site play with, as scripts: a page on disk may run those, and read no files."""

import base64
import json

from mnist_kmeans.data.editions import CONTENT, SAMPLE, file_names


def sample_script():
    """Return the script that holds the training files of the sample edition, packed, with their checksums."""
    files = [
        {
            "name": name,
            "sha256": CONTENT["sample"][name],
            "gzip": base64.b64encode((SAMPLE / name).read_bytes()).decode(),
        }
        for name in file_names("train")
    ]
    return f"mnistKmeans.sample = {json.dumps(files, indent=1)};\n"
