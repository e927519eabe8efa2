"""How metrics, modes, sets and variants are written for people.

A name without a label is written as it is, with spaces for underscores; a mode whose name is a
label's and an appendix takes the label with it: "img2img_40" is "img2img 40".
"""

from collections.abc import Mapping

METRICS: Mapping[str, str] = {
    "luma_correlation": "luma r",
    "edge_correlation": "edge r",
    "low_pass_ssim": "low-pass SSIM",
    "lab_error": "ΔE*ab",
    "edge_f1": "edge F1",
    "cluster_agreement": "same basin",
    "cluster_agreement_within_1": "same or next",
    "source_luma_correlation": "source luma r",
    "source_edge_correlation": "source edge r",
}
"""Structure metrics."""

MODES: Mapping[str, tuple[str, str]] = {
    "none": ("Caption alone", "blind to the impression"),
    "img2img": ("img2img", "from the impression's colours"),
    "latent": ("Latent guidance", "drawn to the impression's colours"),
    "controlnet_img2img": ("ControlNet + img2img", "all channels, from its colours"),
    "controlnet": ("ControlNet", "all channels of the impression"),
    "ceiling": ("Ceiling", "through the autoencoder alone"),
}
"""Modes of conditioning: name and note; longer names before their beginnings."""

SETS: Mapping[str, str] = {"scenes": "Held-out scenes", "photographs": "Held-out photographs"}
"""Sets of pictures."""

FILMS: Mapping[str, str] = {
    "e_warp": "warp error",
    "unexplained": "unexplained",
    "flicker": "flicker",
    "jerk": "jerk",
    "layout": "layout",
    "closure": "closure",
    "motion": "motion, px/frame",
    "tof": "flow error",
    "gain": "gain",
    "slip": "slip",
}
"""Measures of clips that the page shows; the others are in metrics.json alone."""


def label(name: str, labels: Mapping[str, str] | None = None) -> str:
    """Return how `name` is written.

    >>> label("independent_seeds"), label("lab_error", METRICS)
    ('independent seeds', 'ΔE*ab')
    """
    return (labels or {}).get(name, name.replace("_", " "))


def mode(name: str) -> tuple[str, str]:
    """Return the name of a mode and a note about it, as they are written.

    >>> mode("img2img_40")
    ('img2img 40', "from the impression's colours")
    """
    for beginning, (written, note) in MODES.items():
        if name == beginning:
            return written, note
        if name.startswith(f"{beginning}_"):
            return f"{written} {label(name.removeprefix(f'{beginning}_'))}", note
    return label(name), ""
