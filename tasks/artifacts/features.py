"""The store of the stage `features`."""

from tasks.core.schema import Schema, Variable

FEATURES = Schema(
    "features",
    2,
    {
        "value": Variable(
            ("picture", "y", "x", "feature"),
            "float32",
            "see the variable units",
            "features of each cell, in the order of the pictures",
            {"picture": 16},
            {"picture": 256},
        ),
        "feature": Variable(("feature",), "str", "", "name of the feature"),
        "units": Variable(("feature",), "str", "", "units of the feature"),
        "weight": Variable(
            ("feature",),
            "float64",
            "1",
            "weight of the feature in distances, after standardisation",
        ),
        "valid_min": Variable(
            ("feature",), "float64", "see the variable units", "lowest value that it can take"
        ),
        "valid_max": Variable(
            ("feature",), "float64", "see the variable units", "highest value that it can take"
        ),
    },
)
