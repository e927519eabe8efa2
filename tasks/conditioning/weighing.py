r"""How map and words are weighed against each other, step by step.

With the network o(x, t, c, m), the caption c, the map m and nothing ∅ in the place of either, one
step takes

    ô = (1 − k) o(∅, ∅) + (k − w) o(∅, m) + w o(c, m),      w = q max(g, 1),

g being the guidance scale of the words and q in [0, 1] the share of the caption: for k = 1 this is
classifier-free guidance (Ho & Salimans 2022, arXiv:2207.12598, eq. 6), where g ≤ 1 counts as 1;
for k ≠ 1 the map is guided, too (Brooks et al. 2023, arXiv:2211.09800, eq. 3). What has the weight
zero is not evaluated: a step costs one to three evaluations.

Both may hold for a part of the way alone. With the share s = σ/(α + σ) of the noise in x_t, which
falls from 1 to 0,

    k = `map_guidance` where `guided_above` ≤ s ≤ `guided_below`, elsewhere 1

(Kynkäänniemi et al. 2024, arXiv:2404.07724), and w = 0 where s > `caption_below`: layout and
palette are decided at high noise, and there the map may speak alone.

A caption that fits the map changes little about what the map alone makes; one that contradicts it
pulls hard. Its pull d = o(c, m) − o(∅, m) may therefore be limited, picture by picture, to the
share l = `caption_limit` of the output's size,

    o(c, m) ← o(∅, m) + min(1, l |o(∅, m)|/|d|) d,

which leaves the one alone and lets the other say no more than it could. l = 1 is off; otherwise
o(∅, m) is always evaluated.

Where `reuse` is n > 1 the residuals of the ControlNet are made at every n-th step and held in
between: they change slowly.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from tasks.conditioning.fields import MapGuidance, Share

Weights = tuple[float, float, float]
"""Those of o(∅, ∅), o(∅, m) and o(c, m)."""


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """The scales of map and words, and the parts of the way on which they hold."""

    map_guidance: MapGuidance = 1.0
    caption_share: Share = 1.0
    caption_below: Annotated[
        Share, Field(description="share of the noise below which the caption is heard")
    ] = 1.0
    caption_limit: Annotated[
        Share, Field(description="limit of the caption's pull, as a share of the output; 1 is off")
    ] = 1.0
    guided_above: Annotated[
        Share, Field(description="share of the noise above which the map is guided")
    ] = 0.0
    guided_below: Annotated[
        Share, Field(description="share of the noise below which the map is guided")
    ] = 1.0
    reuse: Annotated[
        int, Field(ge=1, le=64, description="steps for which residuals are made once")
    ] = 1

    def weights(self, level: float, guidance_scale: float, *, controlled: bool) -> Weights:
        """Return the weights where the share of the noise is `level`; without control there is no
        map to be guided, and the caption is all there is.

        >>> Weighing(map_guidance=3.0, caption_below=0.5).weights(0.9, 1.0, controlled=True)
        (-2.0, 3.0, 0.0)
        """
        words = self.caption_share * max(guidance_scale, 1.0)
        if not controlled:
            return 0.0, 1 - words, words
        guided = self.guided_above <= level <= self.guided_below
        words *= level <= self.caption_below
        scale = self.map_guidance if guided else 1.0
        return 1 - scale, scale - words, words
