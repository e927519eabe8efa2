"""What scikit-learn asks of an estimator, without scikit-learn.

Parameters are the fields of a dataclass, kept as they were given: `clone` makes a new estimator of
`get_params` and checks that it got the very same objects. What a pipeline wants to know about its
steps are tags, which scikit-learn alone asks for, and which are made of its own classes then.
"""

import sys
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np


class NotFittedError(ValueError, AttributeError):
    """A map that has not learned is asked for what it has learned."""


def not_fitted(message: str) -> Exception:
    """Return the error that says so: scikit-learn's own where that is loaded."""
    known = sys.modules.get("sklearn.exceptions")
    return known.NotFittedError(message) if known else NotFittedError(message)


def names(values: Any) -> np.ndarray | None:
    """Return the names of the columns of a data frame; None for what has no names in words."""
    columns = getattr(values, "columns", None)
    found = [] if columns is None else list(columns)
    if not found or not all(isinstance(name, str) for name in found):
        return None
    return np.array(found, dtype=object)


@dataclass(eq=False)
class Conventions:
    """The base of an estimator whose parameters are the fields of a dataclass."""

    _estimator_type = "clusterer"

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters as they were given."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def set_params(self, **parameters: Any) -> Self:
        """Change parameters.

        Raises:
            ValueError: there is no parameter of a name.
        """
        known = self.get_params()
        for name, value in parameters.items():
            if name not in known:
                raise ValueError(
                    f"{type(self).__name__} has no parameter {name!r}; it has {', '.join(known)}"
                )
            setattr(self, name, value)
        return self

    def _name(self, found: np.ndarray | None) -> None:
        """Keep the names of the features, or that they have none."""
        if found is not None:
            self.feature_names_in_ = found
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _compare_names(self, values: Any) -> None:
        """Refuse samples whose features have other names than those that were learned."""
        found, known = names(values), getattr(self, "feature_names_in_", None)
        if found is not None and known is not None and found.tolist() != known.tolist():
            raise ValueError(
                "The feature names should match those that were passed during fit: "
                f"X has {', '.join(found)}; the map has {', '.join(known)}"
            )

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns that `transform` returns."""
        return np.array(["som_row", "som_col"], dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_map")

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type="clusterer",
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(preserves_dtype=[]),
            input_tags=InputTags(allow_nan=self.get_params().get("missing") == "mask"),
        )
