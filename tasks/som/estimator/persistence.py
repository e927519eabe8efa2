"""Maps in files: arrays and a header of JSON in one NumPy archive, without pickle.

A map is written beside its place and renamed into it, so that a file is whole or not there.
"""

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tasks.core.errors import InputError
from tasks.som.estimator.fitted import Curves, Fitted
from tasks.som.estimator.origin import Origin

FORMAT = "impression-fields/som/1"


def write(
    path: str | os.PathLike[str],
    parameters: Mapping[str, Any],
    state: Fitted,
    curves: Curves,
) -> None:
    """Write a fitted map and its parameters to the file `path`.

    Raises:
        ValueError: a parameter is a function or a generator, which a file cannot hold.
    """
    held = dict(parameters)
    arrays = _arrays(state, curves)
    if not isinstance(held["init"], str):
        arrays["init"] = np.asarray(held.pop("init"), dtype=np.float64)
    header = json.dumps({"format": FORMAT, "steps": state.steps, "parameters": _plain(held)})
    place = Path(path)
    draft = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as file:
            np.savez(file, allow_pickle=False, header=np.array(header), **arrays)
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], Fitted, Curves]:
    """Return parameters, map and curves of the file `path`.

    Raises:
        InputError: it cannot be read, or holds no map.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        header = json.loads(str(arrays["header"][()]))
        if header["format"] != FORMAT:
            raise InputError(f"{path}: format {header['format']!r}; this release reads {FORMAT!r}")
        parameters = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in header["parameters"].items()
        }
        if "init" in arrays:
            parameters["init"] = arrays["init"]
        return parameters, _fitted(arrays, header["steps"]), _curves(arrays)
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{path}: not readable: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: holds no map that SOM.save wrote ({error})") from None


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters as JSON takes them."""
    plain = {}
    for name, value in parameters.items():
        if callable(value) or isinstance(value, np.random.Generator | np.random.RandomState):
            raise ValueError(
                f"{name} is {value!r}, which a file cannot hold; "
                f"set_params({name}=...) to a name or a number before saving"
            )
        array = isinstance(value, np.ndarray | np.generic)
        plain[name] = value.tolist() if array else value
    return plain


def _arrays(state: Fitted, curves: Curves) -> dict[str, np.ndarray]:
    origin = state.origin
    arrays = {
        "nodes": state.nodes,
        "centre": origin.centre,
        "scale": np.array(origin.scale),
        "step": origin.step,
        **{name: np.array(values) for name, values in curves._asdict().items()},
    }
    if state.sums is not None:
        arrays["sums"] = state.sums
    return arrays


def _fitted(arrays: Mapping[str, np.ndarray], steps: int) -> Fitted:
    origin = Origin(arrays["centre"], float(arrays["scale"]), arrays["step"])
    return Fitted(arrays["nodes"], origin, arrays.get("sums"), steps)


def _curves(arrays: Mapping[str, np.ndarray]) -> Curves:
    return Curves(*(tuple(arrays[name].tolist()) for name in Curves._fields))
