r"""Distances by the features of a network that the user names.

The Fréchet distance of two sets is that of Gaussians with their means and covariances (FID, Heusel
et al. 2017, arXiv:1706.08500), the kernel distance an unbiased squared maximum mean discrepancy
under a cubic kernel (KID, Bińkowski et al. 2018, arXiv:1801.01401); both by torchmetrics. The
perceptual distance of two pictures is

    Σ_l ⟨|φ_l(x) − φ_l(y)|²⟩,

φ_l the feature maps of scale l, of unit length at every place, and ⟨·⟩ the mean over places: LPIPS
(Zhang et al. 2018, arXiv:1801.03924) without learned weights. torchmetrics has it for the networks
of torchvision alone.

Figures by different networks have nothing in common: published ones are by Inception.
"""

from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, UInt8
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from tasks.core.errors import InputError
from tasks.core.registry import resolve

Grey = UInt8[Tensor, "picture y x"]


def named(reference: str, weights: Path | None) -> nn.Module:
    """Return the module `reference`, "module:Class", with the weights of a safetensors file, or
    its own at random (seed 0) where there is none.

    Raises:
        InputError: there is no such class, or the weights are not its own.
    """
    torch.manual_seed(0)
    try:
        module = resolve(reference)()
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError(f"features: {reference}: {error}; write it as module:Class") from None
    if weights is not None:
        try:
            module.load_state_dict(load_file(weights))
        except (OSError, RuntimeError, SafetensorError) as error:
            reason = " ".join(str(error).split())[:120]
            raise InputError(f"{weights}: no weights of {reference} ({reason})") from None
    return module.eval()


def frechet(module: nn.Module, samples: Grey, real: Grey) -> float:
    """Return the Fréchet distance.

    Raises:
        InputError: torchmetrics is not installed.
    """
    metric = _metric("torchmetrics.image.fid:FrechetInceptionDistance", feature=module)
    return float(_computed(metric, samples, real))


def kernel(module: nn.Module, samples: Grey, real: Grey, *, subset: int) -> float:
    """Return the mean kernel distance of random subsets of `subset` pictures.

    Raises:
        InputError: torchmetrics is not installed.
    """
    torch.manual_seed(0)
    kind = "torchmetrics.image.kid:KernelInceptionDistance"
    mean, _ = _computed(_metric(kind, feature=module, subset_size=subset), samples, real)
    return float(mean)


@torch.no_grad()
def perceptual(module: Any, first: Grey, second: Grey) -> Float[Tensor, " picture"]:
    """Return the distance of each pair; the module has `maps`, as `encoder.Encoder` does."""
    total = torch.zeros(len(first))
    pairs = zip(module.maps(_coloured(first)), module.maps(_coloured(second)), strict=True)
    for here, there in pairs:
        apart = functional.normalize(here, dim=1) - functional.normalize(there, dim=1)
        total = total + apart.square().sum(1).mean((1, 2))
    return total


def _metric(reference: str, **settings: Any) -> Any:
    try:
        return resolve(reference)(**settings)
    except ImportError:
        raise InputError(
            "features: torchmetrics is not installed; run: pip install torchmetrics"
        ) from None


@torch.no_grad()
def _computed(metric: Any, samples: Grey, real: Grey) -> Any:
    metric.update(_coloured(real), real=True)
    metric.update(_coloured(samples), real=False)
    return metric.compute()


def _coloured(pictures: Grey) -> UInt8[Tensor, "picture 3 y x"]:
    return pictures[:, None].expand(-1, 3, -1, -1)
