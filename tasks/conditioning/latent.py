r"""Mode `latent`: the impression is injected into the latents, without training anything.

With the latent y of the impression's colours and a low-pass filter φ (the mean over blocks of k ×
k cells, brought back bilinearly),

    x₀ ← x₀ + w φ(y − x₀)        while the noise's share σ/(α + σ) is above `until`,
    x_T = √(1 − s²) ε + s φ(y)/std(φ(y)),

that is, the coarse part of what is being painted is drawn to the impression's, and a little of it
is already in the noise (`seed` s). This is iterative latent variable refinement (Choi et al. 2021,
arXiv:2108.02938, eq. 8) applied to the predicted x₀ in place of the noised latent, so that
multistep schedulers keep a consistent history. `middle` and `skips` draw the features of the U-Net
to the impression's as well (`tasks.conditioning.injection`). `weight` alone is low-pass guidance,
`seed` alone a blend of the noise, `middle` and `skips` alone are injection.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from tasks.conditioning.fields import Share

if TYPE_CHECKING:
    from tasks.conditioning.control import Steering
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Latents, Pictures, Request


@dataclass(frozen=True)
class Latent:
    """Draw the coarse part of x₀ to the impression by `weight` down to the noise's share `until`,
    over blocks of `block` cells; the features by `middle` and `skips`.
    """

    needs: ClassVar[tuple[str, ...]] = ("maps",)
    block: Annotated[int, Field(ge=1, le=64, description="cells")]
    weight: Share
    until: Share
    seed: Share
    middle: Share = 0.0
    skips: Share = 0.0

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per impression."""
        from tasks.conditioning.request import paint, white_noise

        wanted = model.encode(request.colours())

        def guide(clean: "Latents", level: float) -> "Latents":
            return (
                clean + self.weight * low_pass(wanted - clean, self.block)
                if level > self.until
                else clean
            )

        noise = white_noise(model, request)
        return paint(
            model,
            request,
            guide=guide,
            begin=self._seeded(noise, wanted),
            control=self._injected(model, wanted, noise),
        )

    def _injected(
        self, model: "DiffusionModel", wanted: "Latents", noise: "Latents"
    ) -> "tuple[Steering, ...]":
        from tasks.conditioning.injection import Injection

        if not (self.middle or self.skips):
            return ()
        return (Injection(model, wanted, noise, self.skips, self.middle),)

    def _seeded(self, white: "Latents", wanted: "Latents") -> "Latents":
        coarse = low_pass(wanted, self.block)
        unit = coarse / coarse.std((1, 2, 3), keepdim=True).clamp_min(1e-6)
        return (1 - self.seed**2) ** 0.5 * white.to(unit) + self.seed * unit


def low_pass(latents: "Latents", block: int) -> "Latents":
    """Return the means over blocks of `block` × `block` cells, interpolated bilinearly; `block` =
    1 changes nothing.
    """
    from torch.nn import functional

    if block == 1:
        return latents
    rows, cols = (max(1, length // block) for length in latents.shape[-2:])
    coarse = functional.adaptive_avg_pool2d(latents, (rows, cols))
    return functional.interpolate(
        coarse, size=latents.shape[-2:], mode="bilinear", align_corners=False
    )
