"""python -m mnist_kmeans: the same as the command mnist-kmeans."""

import sys

from mnist_kmeans.cli import main

if __name__ == "__main__":
    sys.exit(main())
