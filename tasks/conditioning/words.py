"""What a caption becomes: the sequence that the U-Net attends to and, in models of Stable
Diffusion XL's shape, one pooled vector beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor


@dataclass(frozen=True)
class Words:
    """The embeddings of captions; `pooled` has no columns where the U-Net asks for none."""

    sequence: Float[Tensor, "caption token width"]
    pooled: Float[Tensor, "caption pooled"]

    def __getitem__(self, chosen: Any) -> "Words":
        """Return those at `chosen`, a slice or a tensor of positions."""
        return Words(self.sequence[chosen], self.pooled[chosen])

    def to(self, device: torch.device) -> "Words":
        """Return the words on `device`."""
        return Words(self.sequence.to(device), self.pooled.to(device))

    def without(self, left_out: Bool[Tensor, " caption"], silence: "Words") -> "Words":
        """Return the words with `silence`, one caption, where `left_out` says so."""
        return Words(
            torch.where(left_out[:, None, None], silence.sequence, self.sequence),
            torch.where(left_out[:, None], silence.pooled, self.pooled),
        )

    def asked(self, size: tuple[int, int]) -> dict[str, Any]:
        """Return the arguments by which U-Net and ControlNet take these words for pictures of
        `size` = (rows, columns) in pixels, uncropped.
        """
        taken: dict[str, Any] = {"encoder_hidden_states": self.sequence}
        if self.pooled.shape[1]:
            ids = self.pooled.new_tensor([*size, 0, 0, *size]).repeat(len(self.pooled), 1)
            taken["added_cond_kwargs"] = {"text_embeds": self.pooled, "time_ids": ids}
        return taken


def join(parts: Sequence[Words]) -> Words:
    """Return the words of all parts, one after the other."""
    return Words(
        torch.cat([part.sequence for part in parts]), torch.cat([part.pooled for part in parts])
    )
