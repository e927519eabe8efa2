r"""Distance of orientation fields: how far does a direction reach, and which are common?

Of the field z of `tasks.orientation.metrics.tensor`, the correlation over the lag d, along x and
y,

    c(d) = Re ⟨z(p) z̄(p + d)⟩ / ⟨|z|²⟩,

falls slowly where lines stay parallel and fast in a labyrinth; and M = ⟨z⟩ / ⟨|z|²⟩^½ is what
direction a set prefers. The distance is the root mean square difference of the c(d) and of the two
parts of M, over a set's means.
"""

from dataclasses import dataclass

import numpy as np

from tasks.orientation.metrics.metric import Descriptions, Mean, Pictures
from tasks.orientation.metrics.tensor import orientation

TINY = 1e-12


@dataclass(frozen=True)
class Alignment:
    """Correlations over `lags`, in pixels, each below the picture's side."""

    lags: tuple[int, ...]

    def describe(self, pictures: Pictures) -> Descriptions:
        """Return the moments: per lag the product and the power, then the power and the mean."""
        z = orientation(pictures)
        columns = []
        for lag in self.lags:
            pairs = [(z[:, lag:], z[:, :-lag]), (z[:, :, lag:], z[:, :, :-lag])]
            products = [np.real(here * np.conj(there)).mean((1, 2)) for here, there in pairs]
            powers = [
                (np.abs(here) ** 2 + np.abs(there) ** 2).mean((1, 2)) / 2 for here, there in pairs
            ]
            columns += [sum(products), sum(powers)]
        mean = z.mean((1, 2))
        columns += [(np.abs(z) ** 2).mean((1, 2)), mean.real, mean.imag]
        return np.stack(columns, 1)

    def compare(self, first: Mean, second: Mean) -> float:
        """Return the root mean square difference, without unit."""
        difference = self.curve(first) - self.curve(second)
        return float(np.sqrt((difference**2).mean()))

    def curve(self, mean: Mean) -> Mean:
        """Return the c(d), then the parts of M, of a set's mean description."""
        count = 2 * len(self.lags)
        products, powers = mean[0:count:2], mean[1:count:2]
        whole = np.maximum(mean[count], TINY)
        return np.concatenate(
            [products / np.maximum(powers, TINY), mean[count + 1 :] / np.sqrt(whole)]
        )
