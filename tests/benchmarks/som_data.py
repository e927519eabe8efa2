"""Samples for timing maps: features of the two photographs that come with scikit-learn."""

import numpy as np
from scipy import ndimage
from sklearn.datasets import load_sample_images

FEATURES = 16


def image_features(rows: int, seed: int = 0) -> np.ndarray:
    """Return `rows` pixels drawn from both pictures, as z-scores (float32) of sixteen features:
    the colour and its mean at 2 pixels, slopes and Laplacians of the luma at 1, 2 and 4 pixels,
    and its curvature at 2 pixels.
    """
    table = np.concatenate([_features(image) for image in load_sample_images().images])
    chosen = np.random.default_rng(seed).choice(len(table), rows, replace=rows > len(table))
    values = table[chosen]
    return ((values - table.mean(axis=0)) / table.std(axis=0)).astype(np.float32)


def _features(image: np.ndarray) -> np.ndarray:
    colour = image.astype(np.float64) / 255
    luma = colour @ [0.2126, 0.7152, 0.0722]
    maps = [colour[..., channel] for channel in range(3)]
    maps += [ndimage.gaussian_filter(colour[..., channel], 2.0) for channel in range(3)]
    for width in (1.0, 2.0, 4.0):
        maps += [ndimage.gaussian_filter(luma, width, order=order) for order in ((1, 0), (0, 1))]
        maps.append(ndimage.gaussian_laplace(luma, width))
    maps.append(ndimage.gaussian_filter(luma, 2.0, order=(1, 1)))
    return np.stack(maps, axis=-1).reshape(-1, FEATURES)
