r"""Mode `faithful`: what another mode has painted is brought nearer to its map.

From the latents z₀ of a painted picture L-BFGS with a line search (Nocedal & Wright, Numerical
Optimization, 2006, ch. 7) descends

    ½ Σ_c w_c Σ_cells (R_c(D(z)) − m_c)² + ½ `keep` |z − z₀|²,    w = `edges` for the edge, else 1,

with D the decoder and R what of an impression can be read off a picture (`Request.readable`). It
never ends farther from the map than it began, and `keep` says what leaving the painted picture
costs: without it, the last hundredths of the map are paid for with texture. Walking in latents
changes what the decoder can paint; on the pixels themselves the grid of the cells would show.
Of the edges of a map the walk makes seams: one latent paints a tile of 8 x 8 pixels, and where two
tiles differ is where an edge costs the latents least. With `edges` 0 colour and light alone are
followed, and no tile shows.

A step is a decoding and its gradient, and evaluates no U-Net. (Universal guidance, Bansal et al.
2023, arXiv:2302.07121, follows such gradients at every step of the sampler; here its end alone.)
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

if TYPE_CHECKING:
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Latents, Pictures, Request

NAME = "faithful"


@dataclass(frozen=True, kw_only=True)
class Faithful:
    """Paint by the mode `painted`, a choice {name, own fields}, then take `steps` steps towards
    the map.
    """

    painted: dict[str, Any]
    steps: Annotated[int, Field(ge=1, le=1000)]
    keep: Annotated[float, Field(ge=0, le=16, description="weight of the painted latents")]
    edges: Annotated[float, Field(ge=0, le=16, description="weight of the edges")]

    def __post_init__(self) -> None:
        """Refuse a mode that cannot be built, and itself."""
        if self.painted.get("name") == NAME:
            raise ValueError("painted: is faithful itself; name the mode that paints")
        self._mode()

    @property
    def needs(self) -> tuple[str, ...]:
        """What the painting mode needs, the maps, and how they are read."""
        return tuple(dict.fromkeys((*self._mode().needs, "maps", "readable")))

    def _mode(self) -> Any:
        from tasks.conditioning.registry import mode

        return mode(self.painted, what="painted")

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per impression.

        Raises:
            InputError: no channel of the maps can be read off a picture, or they have four.
            ValueError: a map is not finite.
        """
        import torch

        from tasks.conditioning import maps
        from tasks.core.errors import InputError

        read = request.need("readable")
        if not read.known:
            raise InputError(
                "impressions.decoders: mode faithful reads colour, luminance and edges, and there "
                "are none; add {name: colour}"
            )
        maps.check_channels(request.need("maps").shape[1])
        latents = model.encode(self._mode()(model, request))
        with torch.no_grad():
            cells = read(model.render(latents[:1])).shape[2:]
        goals = maps.condition(request.need("maps"), (cells[0], cells[1]))[:, read.places]
        weights = torch.tensor([self.edges if name == "edge" else 1.0 for name in read.known])
        weights = weights.to(latents.device)[:, None, None]

        def away(z: "Latents", goal: Any) -> Any:
            return (weights * (read(model.render(z)) - goal).square()).sum()

        nearer = [
            self._nearer(z, lambda walked, goal=goal: away(walked, goal))
            for z, goal in zip(latents.split(1), goals.to(latents.device), strict=True)
        ]
        return model.decode(torch.cat(nearer))

    def _nearer(self, painted: "Latents", away: Any) -> "Latents":
        """Return latents of one picture (a batch would share its line search) that show more of
        the goal.
        """
        import torch

        start = painted.float().flatten()
        walked = start.clone().requires_grad_()
        descent = torch.optim.LBFGS([walked], max_iter=self.steps, line_search_fn="strong_wolfe")

        def loss() -> Any:
            descent.zero_grad()
            left = self.keep * (walked - start).square().sum()
            value = 0.5 * (away(walked.view(painted.shape)) + left)
            value.backward()
            return value

        with torch.enable_grad():
            descent.step(loss)
        return walked.detach().view(painted.shape)
