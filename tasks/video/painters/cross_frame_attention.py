"""Self-attention with the keys and values of another picture.

    softmax(Q_i K_1ᵀ / √d) V_1   in place of   softmax(Q_i K_iᵀ / √d) V_i,

picture 1 the first of the batch, i any of it (Khachatryan et al. 2023, arXiv:2303.13439, eq. 8).
Attention to the caption stays as it is. With guidance a batch holds all pictures twice, without
and with their captions; each half has a first one.
"""

import copy
from typing import Any, TypeVar

from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)
SELF = "attn1.processor"


class FirstPicture:
    """A processor around `own`, the one that a layer of self-attention has; the batch holds the
    pictures `copies` times.
    """

    def __init__(self, own: Any, copies: int) -> None:
        self.own, self.copies = own, copies

    def __call__(
        self,
        attn: nn.Module,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        **others: Any,
    ) -> Tensor:
        """Return what the layer makes of its input, looking at the first picture."""
        halves = hidden_states.unflatten(0, (self.copies, -1))
        first = halves[:, :1].expand_as(halves).flatten(0, 1)
        return self.own(attn, hidden_states, first, **others)


def attending_to_first(network: Network, copies: int) -> Network:
    """Return a copy of the network (a U-Net or a ControlNet) whose pictures attend to the first;
    it shares the weights of the network, which is left as it is.
    """
    shared = {id(value): value for value in (*network.parameters(), *network.buffers())}
    copied: Any = copy.deepcopy(network, shared)
    processors = {
        name: FirstPicture(own, copies) if name.endswith(SELF) else own
        for name, own in copied.attn_processors.items()
    }
    copied.set_attn_processor(processors)
    return copied
