"""What scikit-learn asks of an estimator, without scikit-learn.

Parameters are the fields of a dataclass, kept as they were given: `clone` makes a new estimator of
`get_params` and checks that it got the very same objects. What a pipeline wants to know about its
steps are tags, which scikit-learn alone asks for, and which are made of its own classes then.
"""

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np


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
