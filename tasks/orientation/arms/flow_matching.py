r"""The isotropic arm of straight paths: flow matching.

    x_σ = (1 − σ) x₀ + σ ε,      dx/dσ = ε − x₀,

fitted at logit-normal σ and integrated from σ = 1 to 0 by Heun's method in even steps, the last of
them Euler's, as the phases' flow is (Lipman et al. 2023, arXiv:2210.02747; Esser et al. 2024,
arXiv:2403.03206). The network's clock is the line's at the same noise-to-signal ratio,
τ = log(1 + (σ/(1 − σ))²).
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tasks.orientation.arms.arm import Draw, Pictures, place
from tasks.orientation.arms.network import LineNetwork
from tasks.orientation.arms.size import Size
from tasks.orientation.chains.chain import normal
from tasks.orientation.circle.phase import Phases, to_bytes, to_values

LEAST, MOST = 1e-3, 1 - 1e-3


@dataclass(frozen=True)
class FlowMatching:
    """Velocities; logit σ ~ N(`logit_mean`, 1) in training."""

    logit_mean: float

    def build(self, size: Size, channels: int, conditions: int = 0) -> LineNetwork:
        """Return an untrained network, whose velocity is zero."""
        return LineNetwork(size, channels, conditions)

    def loss(
        self, network: nn.Module, pictures: Pictures, generator: torch.Generator
    ) -> Float[Tensor, ""]:
        """Return the mean squared error of the velocity on one batch."""
        return self.fit(network, to_values(pictures), generator)

    def fit(
        self, network: nn.Module, values: Phases, generator: torch.Generator
    ) -> Float[Tensor, ""]:
        """Return the same for any values of about one size."""
        drawn = torch.randn(len(values), generator=generator) + self.logit_mean
        sigma = torch.sigmoid(drawn).to(values.device)
        share = sigma[:, None, None, None]
        noise = normal(values, generator)
        velocity = network((1 - share) * values + share * noise, _clock(sigma))
        return (velocity - (noise - values)).square().mean()

    def sample(self, network: nn.Module, wanted: Draw, generator: torch.Generator) -> Pictures:
        """Return pictures after (evaluations + 1) / 2 steps."""
        start = normal(torch.empty(wanted.shape, device=place(network)), generator)
        return to_bytes(self.follow(network, start, wanted.evaluations))

    @torch.no_grad()
    def follow(self, network: nn.Module, start: Phases, evaluations: int) -> Phases:
        """Return the values that the flow makes of noise."""
        state = start
        edges = torch.linspace(1, 0, (evaluations + 1) // 2 + 1).tolist()
        for above, below in pairwise(edges):
            slope = _velocity(network, state, above)
            if below > 0:
                guess = state + (below - above) * slope
                slope = (slope + _velocity(network, guess, below)) / 2
            state = state + (below - above) * slope
        return state


def _velocity(network: nn.Module, state: Phases, sigma: float) -> Phases:
    return network(state, _clock(torch.full((len(state),), sigma, device=state.device)))


def _clock(sigma: Float[Tensor, " picture"]) -> Float[Tensor, " picture"]:
    inside = sigma.clamp(LEAST, MOST)
    return torch.log1p((inside / (1 - inside)).square())
