"""Fields without unit: mean 0, deviation 1."""

from typing import Any

from array_api_compat import array_namespace
from jaxtyping import Float


def standard(field: Float[Any, "row col"]) -> Float[Any, "row col"]:
    """Return the field with mean 0 and deviation 1, or zeros where it is constant."""
    xp = array_namespace(field)
    centred = field - xp.mean(field)
    deviation = float(xp.std(centred))
    return centred / deviation if deviation > 1e-12 else centred * 0
