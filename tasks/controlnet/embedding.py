r"""How the condition embedding starts.

The embedding E is a stack of 3 × 3 convolutions with SiLU between them, from the picture's scale
down to the latents'. As diffusers makes it, its last convolution is zero, and PyTorch's default
weights shrink what passes through the others: of the contrast of a map next to nothing arrives.
Behind E stand the zero convolutions Z_i of the ControlNet, and the gradient of E is proportional
to Z_i and that of Z_i to what E lets through, so that a small E sleeps for hundreds of steps.

The zeros of Z_i alone make an untrained ControlNet change nothing. E may therefore start awake:

    layer        weights                                bias
    first        N(0, 12/fan-in)                        −½ Σ weights
    inner        N(0, 1/(s fan-in)), s = E[silu(n)²]    0
    last         the same, times a                      0

with n ~ N(0, 1), s = 0.3556: values uniform in [0, 1] leave the first layer with unit variance
(that of the uniform law is 1/12), every inner layer keeps it (He et al. 2015, arXiv:1502.01852,
section 2.2), and the last gives E(c) the contrast a. In a ControlNet that is the share `SHARE` of
the contrast that the U-Net's first convolution gives a latent of unit variance,
√(mean over its outputs of Σ weights²); a light branch, which adds E(c) to nothing, takes a = 1.
"""

import torch
from diffusers import ControlNetModel
from torch import Tensor, nn

from tasks.conditioning.light_branch import LightBranch

SECOND_MOMENT = 0.3556
VARIANCE_OF_UNIFORM = 1 / 12
SHARE = 4.0


@torch.no_grad()
def awaken(control: ControlNetModel | LightBranch, generator: torch.Generator) -> None:
    """Draw the weights of the condition embedding of `control` as above."""
    embedding = control.controlnet_cond_embedding
    first, last = embedding.conv_in, embedding.conv_out
    _fill(first, 1 / VARIANCE_OF_UNIFORM, generator)
    _bias(first).copy_(-first.weight.sum((1, 2, 3)) / 2)
    for layer in (*embedding.blocks, last):
        _fill(layer, 1 / SECOND_MOMENT, generator)
    if isinstance(control, ControlNetModel):
        last.weight.mul_(SHARE * control.conv_in.weight.square().sum((1, 2, 3)).mean().sqrt())


def _fill(layer: nn.Module, gain: float, generator: torch.Generator) -> None:
    """Draw N(0, gain/fan-in) weights, and set the bias to zero."""
    weight: Tensor = layer.weight  # pyright: ignore[reportAssignmentType]
    spread = (gain / weight[0].numel()) ** 0.5
    weight.copy_(spread * torch.randn(weight.shape, generator=generator))
    _bias(layer).zero_()


def _bias(layer: nn.Module) -> Tensor:
    return layer.bias  # pyright: ignore[reportReturnType]
