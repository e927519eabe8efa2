"""The stores of the stage `pictures`."""

from tasks.core.schema import Schema, Variable

TRAIN, SCENES, PHOTOGRAPHS = 0, 1, 2

_EACH = {"chunk": {"picture": 32}, "shard": {"picture": 1024}}
_SRGB = "sRGB picture, 8 bits a channel"

PICTURES = Schema(
    "pictures",
    1,
    {
        "picture": Variable(("picture", "y", "x", "channel"), "uint8", "1", _SRGB, **_EACH),
        "caption": Variable(("picture",), "str", "", "caption"),
        "source": Variable(
            ("picture",),
            "str",
            "",
            "where the picture comes from: scene:<seed> or photograph:<name>",
        ),
        "split": Variable(
            ("picture",),
            "uint8",
            "1",
            "which part of the experiment the picture belongs to",
            attributes={
                "flag_values": [TRAIN, SCENES, PHOTOGRAPHS],
                "flag_meanings": "train scenes photographs",
            },
        ),
    },
)
"""Every picture that is learned from or measured on. The splits `scenes` and `photographs` are
held out.
"""

WHOLE_PHOTOGRAPHS = Schema(
    "photographs",
    1,
    {
        "photograph": Variable(
            ("picture", "y", "x", "channel"), "uint8", "1", _SRGB, {"picture": 1}, {"picture": 16}
        ),
        "caption": Variable(("picture",), "str", "", "caption"),
        "name": Variable(("picture",), "str", "", "the photograph's name"),
    },
)
"""The held-out photographs whole (their central squares), larger than the pictures: what the
videos start from.
"""
