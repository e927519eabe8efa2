"""The store of the stage `orientation`: what the model learned from, and what was held out."""

from tasks.core.schema import Schema, Variable

CROPS = Schema(
    "crops",
    1,
    {
        "picture": Variable(
            ("picture", "y", "x"),
            "uint8",
            "1",
            "grey picture, 8 bits",
            {"picture": 256},
            {"picture": 4096},
        ),
        "source": Variable(("picture",), "str", "", "sheet that the picture was cut from"),
        "held_out": Variable(
            ("picture",), "uint8", "1", "1 where the picture was not learned from"
        ),
    },
)
"""Crops, those to learn from first."""
