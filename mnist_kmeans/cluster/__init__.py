"""The same k-means on more machines than one."""

from mnist_kmeans.cluster.connection import connect
from mnist_kmeans.cluster.dask_kmeans import kmeans_dask

__all__ = ["connect", "kmeans_dask"]
