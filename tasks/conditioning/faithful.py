r"""Mode `faithful`: what another mode has painted is brought nearer to its map.

The latents z of the painted pictures go down the gradient of

    ½ Σ_c w_c Σ_cells (R_c(D(z)) − m_c)²,    w = `edges` for the channel edge, else 1,

with D the decoder and R what of an impression can be read off a picture (`Request.readable`): a
few steps of Adam (Kingma & Ba 2015, arXiv:1412.6980) whose rate falls to zero. Going through the
decoder they change what it can paint and add no noise, as steps on the pixels themselves do. No
step evaluates the U-Net; each costs one decoding and its gradient. (The end of a walk alone is
guided, where universal guidance, Bansal et al. 2023, arXiv:2302.07121, guides every step of it.)
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

if TYPE_CHECKING:
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Latents, Pictures, Request

MOMENTA = (0.8, 0.99)


@dataclass(frozen=True, kw_only=True)
class Faithful:
    """Paint by the mode `painted`, a choice {name, own fields}, then take `steps` steps of at most
    `rate` (in units of the latents) towards the map.
    """

    painted: dict[str, Any]
    steps: Annotated[int, Field(ge=1, le=1000)]
    rate: Annotated[float, Field(gt=0, le=1)]
    edges: Annotated[float, Field(ge=0, le=16, description="weight of the edges")]

    @property
    def needs(self) -> tuple[str, ...]:
        """What the painting mode needs, the maps, and how they are read."""
        return tuple(dict.fromkeys((*self._mode().needs, "maps", "readable")))

    def __post_init__(self) -> None:
        """Refuse a mode that cannot be built."""
        self._mode()

    def _mode(self) -> Any:
        from tasks.conditioning.registry import mode

        return mode(self.painted, what="painted")

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per impression.

        Raises:
            InputError: no channel of the maps can be read off a picture.
        """
        import torch

        from tasks.core.errors import InputError

        read, maps = request.need("readable"), torch.tensor(request.need("maps"))
        if not read.known:
            raise InputError(
                "impressions.decoders: mode faithful reads colour, luminance and edges, and there "
                "are none; add {name: colour}"
            )
        latents = model.encode(self._mode()(model, request))
        goals = maps[:, read.places].to(latents.device, torch.float32)
        weights = goals.new_tensor([self.edges if name == "edge" else 1.0 for name in read.known])
        nearer = [
            self._nearer(part, goal, weights, lambda z: read(model.render(z)))
            for part, goal in zip(model.cut(latents), model.cut(goals), strict=True)
        ]
        return model.decode(torch.cat(nearer))

    def _nearer(self, latents: "Latents", goal: Any, weights: Any, shown: Any) -> "Latents":
        """Return latents whose pictures show more of the goal."""
        import torch
        from torch.nn import functional

        walked = latents.detach().clone().requires_grad_()
        adam = torch.optim.Adam([walked], lr=self.rate, betas=MOMENTA)
        falling = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 1 / self.steps, self.steps - 1 or 1)
        with torch.enable_grad():
            for _ in range(self.steps):
                adam.zero_grad()
                found = shown(walked)
                if goal.shape[2:] != found.shape[2:]:
                    goal = functional.interpolate(goal, size=found.shape[2:], mode="bilinear")
                away = (found - goal).square().sum((0, 2, 3))
                (0.5 * weights @ away).backward()
                adam.step()
                falling.step()
        return walked.detach()
