"""Score matching: the loss of any score on any examples.

    L = mean λₖ (s(θₖ, τₖ) − target)²,

over pictures, channels and pixels; its minimum is the mean of the target given the state, whatever
the weights λ > 0.
"""

from jaxtyping import Float
from torch import Tensor

from tasks.orientation.arms.network import TimedField
from tasks.orientation.circle.phase import Times
from tasks.orientation.targets.target import Examples


def matching_loss(
    score: TimedField, examples: Examples, tau: Times, weights: Float[Tensor, " picture"]
) -> Float[Tensor, ""]:
    """Return L; `tau` and `weights` belong to the examples."""
    error = (score(examples.state, tau) - examples.score).square().mean((1, 2, 3))
    return (weights * error).mean()
