"""The store of the stage `orientation_samples`: one per set of samples."""

from tasks.core.schema import Schema, Variable

FREE, STEERED, RENDERED = "free", "steered", "rendered"

SAMPLES = Schema(
    "samples",
    1,
    {
        "picture": Variable(
            ("sample", "y", "x"), "uint8", "1", "grey sample, 8 bits", {"sample": 16}
        ),
        "phase": Variable(
            ("sample", "y", "x"), "float32", "rad", "phases of the sample", {"sample": 16}
        ),
        "layout": Variable(
            ("sample", "channel", "row", "col"),
            "float32",
            "1",
            "coherence times cosine and sine of the doubled angle that steered; 0 where none did",
            {"sample": 16},
        ),
        "original": Variable(
            ("sample", "y", "x"),
            "uint8",
            "1",
            "grey picture whose layout steered; 0 where none did",
            {"sample": 16},
        ),
    },
)
"""`free`: from the prior alone. `steered`: under the layouts of held-out crops. `rendered`: under
those of held-out photographs.
"""
