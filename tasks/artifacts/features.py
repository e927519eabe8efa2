"""The store of the stage `features`."""

from tasks.core.schema import Schema, Variable

FEATURES = Schema(
    "features",
    1,
    {
        "value": Variable(
            ("picture", "y", "x", "feature"),
            "float32",
            "see the variable units",
            "features of each cell, in the order of the pictures",
            {"picture": 64},
            {"picture": 1024},
        ),
        "feature": Variable(("feature",), "str", "", "name of the feature"),
        "units": Variable(("feature",), "str", "", "units of the feature"),
        "weight": Variable(
            ("feature",),
            "float64",
            "1",
            "weight of the feature in distances, after standardisation",
        ),
    },
)
