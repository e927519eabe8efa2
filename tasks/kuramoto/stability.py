"""How long a step of an explicit method may be.

Near synchrony the linearised system is dδ/dt = −(D − K) δ with D the row sums of the coupling. The
eigenvalues of D − K are real where K is symmetric, and at most 2 max D (Gershgorin). A method that
is stable on the real axis down to −s is therefore stable with

    step ≤ s / (2 max D),

whatever the eigenvalues are: s = 2 for Euler's method, 2.785 for the classical one of order four.
"""

from tasks.core.errors import InputError
from tasks.kuramoto.coupling import Coupling


def longest_step(interval: float, coupling: Coupling) -> float:
    """Return the longest step that is safe for a method with the stability interval
    [−`interval`, 0].
    """
    return interval / (2 * coupling.row_sum)


def check_step(step: float, interval: float, coupling: Coupling) -> None:
    """Raise InputError where the step is longer than is stable with this coupling."""
    bound = longest_step(interval, coupling)
    if step > bound:
        raise InputError(
            f"video.integrator.step: {step:g} is not stable with this coupling; the bound is "
            f"{bound:.4g} ({interval:g} / twice the largest row sum {coupling.row_sum:.4g}); "
            "take a shorter step or a weaker coupling"
        )
