r"""Consistency: what is extracted again from the prediction should be the map that conditioned it.

From the network's output at x_t the x₀ that it stands for is decoded, and what of an impression
can be read off the picture with a gradient (`tasks.impressions.readable`) is compared with the
map. The loss is the mean absolute difference, for those pictures of a batch that carry the least
noise, weighted by (α/(α + σ))²: at high noise x₀ is a guess. (ControlNet++, Li et al. 2024,
arXiv:2404.07987, section 3, whose networks estimate what is read off here.)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jaxtyping import Float
from torch import Tensor

from tasks.conditioning import prediction
from tasks.conditioning.prediction import Latents, Levels
from tasks.impressions.readable import Readable

PICTURES = 8
"""Pictures of a batch that are decoded, at most."""

Render = Callable[[Latents], Float[Tensor, "picture 3 y x"]]


@dataclass(frozen=True)
class Consistency:
    """The loss, `weight` times; `read` reads pictures, `render` decodes latents."""

    weight: float
    read: Readable
    render: Render

    def __call__(
        self,
        scheduler: Any,
        noisy: Latents,
        output: Latents,
        timesteps: Levels,
        maps: Float[Tensor, "picture channel row col"],
    ) -> Float[Tensor, ""]:
        """Return the weighted loss of a batch; maps that are all zero were left out and do not
        count.
        """
        alpha, sigma = prediction.levels(scheduler, timesteps)
        sure = (alpha / (alpha + sigma)) ** 2 * maps.flatten(1).any(1)
        few = sure.argsort(descending=True)[:PICTURES]
        clean = prediction.clean(scheduler, noisy[few], output[few], timesteps[few])
        shown = self.read(self.render(clean))
        away = (shown - maps[few][:, self.read.places]).abs().mean((1, 2, 3))
        return self.weight * (sure[few] * away).sum() / len(noisy)
