"""Maps in files: arrays and a header of JSON in one NumPy archive, without pickle.

A map is written beside its place and renamed into it, so that a file is whole or not there.
"""

import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from tasks.core.errors import InputError
from tasks.som.estimator.fitted import Curves, Fitted
from tasks.som.estimator.origin import Origin

FORMAT = "impression-fields/som/1"
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError)

Content = tuple[dict[str, Any], Fitted, Curves, np.ndarray | None]
"""Parameters, map, curves, and the names of the features where they have any."""


def write(
    path: str | os.PathLike[str],
    parameters: Mapping[str, Any],
    state: Fitted,
    curves: Curves,
    names: np.ndarray | None = None,
) -> None:
    """Write a fitted map, its parameters and the names of its features to the file `path`.

    Raises:
        ValueError: a parameter is a function or a generator, which a file cannot hold.
        InputError: there is no such folder, or it is not for writing.
    """
    held = dict(parameters)
    arrays = _arrays(state, curves)
    if not isinstance(held["init"], str):
        arrays["init"] = np.asarray(held.pop("init"), dtype=np.float64)
    if names is not None:
        arrays["names"] = np.array(names.tolist())
    header = json.dumps({"format": FORMAT, "steps": state.steps, "parameters": _plain(held)})
    place = Path(path)
    draft = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as file:
            np.savez(file, allow_pickle=False, header=np.array(header), **arrays)
        os.replace(draft, place)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):  # what went wrong before is what counts
            draft.unlink(missing_ok=True)


def read(path: str | os.PathLike[str]) -> Content:
    """Return parameters, map, curves and names of the file `path`.

    Raises:
        InputError: it cannot be read, or holds no map.
    """
    try:
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
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
        names = arrays["names"].astype(object) if "names" in arrays else None
        return parameters, _fitted(arrays, header["steps"]), _curves(arrays), names
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{path}: not readable: {error.strerror or error}") from None
    except (*MALFORMED, EOFError, zipfile.BadZipFile, zlib.error) as error:
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
        plain[name] = _listed(value)
    return plain


def _listed(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_listed(part) for part in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


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
    nodes, sums = arrays["nodes"], arrays.get("sums")
    origin = Origin(arrays["centre"], float(arrays["scale"]), arrays["step"])
    count, features = nodes.shape
    wide = (count, features + 1), (count, 2 * features)
    fit = origin.centre.shape == origin.step.shape == (features,)
    if not (fit and origin.scale > 0 and (sums is None or sums.shape in wide)):
        raise ValueError("its arrays do not fit together")
    if type(steps) is not int or steps < 0:
        raise ValueError(f"steps is {steps!r}")
    return Fitted(nodes, origin, sums, steps)


def _curves(arrays: Mapping[str, np.ndarray]) -> Curves:
    return Curves(*(tuple(arrays[name].tolist()) for name in Curves._fields))
