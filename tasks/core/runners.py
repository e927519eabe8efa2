"""Runners, by name: what computes the parts of a stage. Whichever does, the results are the same,
byte for byte.
"""

RUNNERS = {
    "threads": "tasks.core.threads:Threads",
    "dask": "tasks.core.cluster:Dask",
}
