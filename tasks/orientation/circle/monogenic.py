r"""Pictures as amplitudes and phases: the monogenic signal.

Riesz's transform is Hilbert's for planes, two components with the transfer functions −i u/|u| and
−i v/|u|. Beside a wave x = a cos φ it is a sin φ along the wave's normal, so that

    a = √(x² + r²),      θ = atan2(x, r),      r = |(R₁x, R₂x)| ≥ 0,

are its local amplitude and phase: z = a exp(iθ), and the picture is a sin θ (Felsberg & Sommer
2001, IEEE Trans. Signal Processing 49(12)). The amplitude says how strong a line is, and is smooth
across lines; the phase says where on the line a pixel lies, in [−π/2, π/2], and runs evenly
whatever the contrast. Both together give the picture back exactly. The rest of the circle belongs
to no picture, but sin θ makes greys of it without a jump: black and white do not meet at ±π.

Pictures are mirrored at their edges, so that they are periodic for the transform.
"""

import torch
from jaxtyping import UInt8
from torch import Tensor

from tasks.orientation.circle.phase import Phases, to_bytes, to_values


def split(pictures: UInt8[Tensor, "picture channel y x"]) -> tuple[Phases, Phases]:
    """Return phases in [−π/2, π/2], and amplitudes as values: 2a − 1, from −1 on."""
    values = to_values(pictures)
    across = _riesz(values)
    return torch.atan2(values, across), 2 * torch.hypot(values, across) - 1


def join(phase: Phases, amplitude: Phases) -> UInt8[Tensor, "picture channel y x"]:
    """Return the pictures a sin θ; an amplitude below 0 is 0."""
    return to_bytes((amplitude + 1).clamp_min(0) / 2 * torch.sin(phase))


def _riesz(values: Phases) -> Phases:
    """Return the length of Riesz's transform."""
    rows, cols = values.shape[-2:]
    mirrored = torch.cat([values, values.flip(-1)], -1)
    mirrored = torch.cat([mirrored, mirrored.flip(-2)], -2)
    waves = torch.fft.rfft2(mirrored)
    down = torch.fft.fftfreq(2 * rows, device=values.device)[:, None]
    along = torch.fft.rfftfreq(2 * cols, device=values.device)
    length = torch.hypot(down, along)
    length[0, 0] = 1
    parts = [
        torch.fft.irfft2(waves * (-1j * each / length), s=mirrored.shape[-2:])
        for each in (down, along)
    ]
    return torch.hypot(*parts)[..., :rows, :cols]
