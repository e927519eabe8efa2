"""One choice of every extractor, with fields that suit small pictures."""

from typing import Any

FIELDS: dict[str, dict[str, Any]] = {
    "canny": {"sigma": 1.0, "low": 0.02, "high": 0.05},
    "entropy": {"levels": 16},
    "gabor": {"wavelengths": [4.0, 8.0], "orientations": 4},
    "hog": {"orientations": 9, "floor": 0.01},
    "lab": {},
    "laplacian": {},
    "latents": {},
    "luminance": {},
    "pca": {"side": 3, "components": 4},
    "position": {},
    "rgb": {},
    "sift": {"width": 16.0},
    "slic": {"size": 8, "compactness": 10.0},
    "sobel": {},
    "variance": {},
}


def choice(name: str, weight: float = 1.0) -> dict[str, Any]:
    """Return the choice of extractor `name`."""
    return {"name": name, "weight": weight, **FIELDS[name]}
