r"""Mode `styled`: structure from the impression, look from a reference picture.

While the noise's share is above `until`, the predicted x₀ is drawn to the statistics of the latent
y of the reference, channel by channel,

    x₀ ← x₀ + w (σ(y) (x₀ − μ(x₀))/σ(x₀) + μ(y) − x₀),

μ and σ being the mean and the standard deviation over the picture (adaptive instance
normalisation, Huang & Belongie 2017, arXiv:1703.06868, eq. 8, there of a network's features).
Where things are stays, how light, how coloured and how rough they are is the reference's. Nothing
is trained.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tasks.conditioning.controlnet import ControlNet
from tasks.conditioning.fields import Share

if TYPE_CHECKING:
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Latents, Pictures, Request


@dataclass(frozen=True, kw_only=True)
class Styled(ControlNet):
    """Paint from noise, under control, drawn by `weight` to the look of the reference down to the
    noise's share `until`.
    """

    needs: ClassVar[tuple[str, ...]] = ("maps", "controlnet", "reference")
    weight: Share
    until: Share

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per impression."""
        from tasks.conditioning.request import paint

        look = model.encode(request.need("reference"))

        def guide(clean: "Latents", level: float) -> "Latents":
            if level <= self.until:
                return clean
            return clean + self.weight * (like(clean, look) - clean)

        return paint(
            model,
            request,
            control=request.control(self.controlnet_conditioning_scale),
            weighing=self,
            guide=guide,
        )


def like(latents: "Latents", look: "Latents") -> "Latents":
    """Return `latents` with the mean and the deviation of each channel of `look`, one picture or
    one for each.
    """
    plane = (2, 3)
    mean, wanted = latents.mean(plane, keepdim=True), look.mean(plane, keepdim=True)
    spread, width = (each.std(plane, keepdim=True) for each in (latents, look))
    return wanted + width / spread.clamp_min(1e-6) * (latents - mean)
