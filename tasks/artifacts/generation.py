"""The stores of the stage `generation`: one per set of held-out pictures."""

from tasks.core.schema import Schema, Variable

SETS = ("scenes", "photographs")

GENERATION = Schema(
    "generation",
    1,
    {
        "picture": Variable(
            ("mode", "picture", "y", "x", "channel"),
            "uint8",
            "1",
            "sRGB picture, 8 bits a channel, painted in each mode",
            {"mode": 1, "picture": 32},
            {"mode": 1, "picture": 1024},
        ),
        "mode": Variable(("mode",), "str", "", "name of the mode, as in params.yaml"),
        "caption": Variable(("picture",), "str", "", "caption that was painted"),
        "picture_index": Variable(
            ("picture",), "int64", "1", "position of the source picture in pictures.zarr"
        ),
    },
)
"""Pictures of one set, painted with the same captions, seeds, steps and guidance in every mode."""
