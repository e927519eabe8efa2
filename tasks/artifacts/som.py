"""The store of the stage `som`."""

from tasks.core.schema import Schema, Variable

_NODE = ("row", "col")

SOM = Schema(
    "som",
    1,
    {
        "codebook": Variable(
            (*_NODE, "feature"), "float64", "the features' own", "weights of the nodes"
        ),
        "feature": Variable(("feature",), "str", "", "name of the feature"),
        "mean": Variable(
            ("feature",), "float64", "the features' own", "mean over the training samples"
        ),
        "scale": Variable(
            ("feature",),
            "float64",
            "the features' own",
            "standard deviation divided by weight: distances are over (x - mean) / scale",
        ),
        "u_matrix": Variable(
            _NODE, "float64", "1", "mean distance to the neighbouring nodes, standardised"
        ),
        "hits": Variable(
            _NODE,
            "int64",
            "samples",
            "training samples of which the node is the best matching unit",
        ),
        "cluster": Variable(
            _NODE, "int32", "1", "index of the basin of attraction that the node drains into"
        ),
        "seat": Variable(
            (*_NODE, "axis"), "int32", "lattice", "row and column of the bottom of that basin"
        ),
        "sigma": Variable(
            ("step",), "float64", "lattice", "width of the neighbourhood in each epoch"
        ),
        "quantization_error": Variable(
            ("step",), "float64", "1", "mean distance to the best matching unit, per epoch"
        ),
        "topographic_error": Variable(
            ("step",), "float64", "1", "share of samples whose two best units are not adjacent"
        ),
    },
)
