"""The stores of the stage `impressions`."""

from tasks.core.schema import Schema, Variable

CHANNELS = ("red", "green", "blue", "luma", "edge", "cluster_row", "cluster_col")

STATISTICS = ("mean", "deviation", "least", "greatest")

_EACH = {"chunk": {"picture": 64}, "shard": {"picture": 1024}}

IMPRESSIONS = Schema(
    "impressions",
    2,
    {
        "impression": Variable(
            ("picture", "channel", "y", "x"),
            "float16",
            "1",
            "impression map, view bmu; every channel in [0, 1]",
            **_EACH,
        ),
        "channel": Variable(("channel",), "str", "", "name of the channel"),
        "units": Variable(("channel",), "str", "", "what the value 1 of the channel stands for"),
        **{
            name: Variable(("channel",), "float64", "1", f"{name} value over all cells")
            for name in STATISTICS
        },
        "best_matching_unit": Variable(
            ("picture", "y", "x"),
            "int32",
            "1",
            "index of the node, row * columns + column",
            **_EACH,
        ),
    },
)
"""One map per picture, in the order of the pictures: each cell shows its best matching unit."""

GRID = Schema(
    "grid",
    1,
    {
        "view": Variable(
            ("picture", "row", "col", "channel"),
            "uint8",
            "1",
            "the picture's own map rendered, sRGB",
            {"picture": 8},
            {"picture": 256},
        ),
        "picture_index": Variable(
            ("picture",), "int64", "1", "position of the picture in pictures.zarr"
        ),
    },
)
"""View grid: the SOM of one picture, with position among its features, rendered as a picture."""
