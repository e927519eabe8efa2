"""A trained phase model, as the stage `orientation` leaves it in a folder.

`config.json` says what it is, `average.safetensors` holds the averaged weights, and
`prior.safetensors` the law in which the chain ended on the training pictures, from which samples
begin.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from tasks.core.errors import InputError
from tasks.core.registry import first_problem
from tasks.orientation.arms.phases import PhaseArm
from tasks.orientation.arms.recipe import Recipe
from tasks.orientation.chains.prior import Prior
from tasks.orientation.learning import conditions
from tasks.orientation.params import Network

CONFIG, WEIGHTS, PRIOR = "config.json", "average.safetensors", "prior.safetensors"
NAMES = ("recipe", "network", "size", "cell", "clusters")
REMEDY = "run: dvc repro orientation"


@dataclass(frozen=True)
class Trained:
    """The arm, whose prior is the simulated one, its network, the side of the pictures that it
    learned from, that of a layout's cell, what a side must be a multiple of, in pixels, and
    whether the network knows of clusters.
    """

    arm: PhaseArm
    network: nn.Module
    size: int
    cell: int
    multiple: int
    clusters: bool


def save(
    folder: Path,
    *,
    recipe: Recipe,
    network: Network,
    sides: tuple[int, int],
    clusters: bool,
    weights: Mapping[str, torch.Tensor],
    prior: Prior,
) -> None:
    """Write a model into `folder`; `sides` are those of a picture and of a cell, and
    `clusters` says whether the network knows of them.
    """
    config = {
        "recipe": recipe.model_dump(mode="json"),
        "network": network.model_dump(mode="json"),
        "size": sides[0],
        "cell": sides[1],
        "clusters": clusters,
    }
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n")
    save_file({name: value.contiguous() for name, value in weights.items()}, folder / WEIGHTS)
    save_file({"quantiles": prior.quantiles.contiguous()}, folder / PRIOR)


def load(folder: Path, device: str) -> Trained:
    """Return the model in `folder`.

    Raises:
        InputError: a file is missing or damaged, or the weights belong to another configuration.
    """
    config = _config(folder / CONFIG)
    try:
        recipe, body = (
            Recipe.model_validate(config["recipe"]),
            Network.model_validate(config["network"]),
        )
    except ValidationError as error:
        raise InputError(f"{folder / CONFIG}: {first_problem(error)}; {REMEDY}") from None
    arm = recipe.arm()
    network = arm.build(body.size(), 1, conditions(config["clusters"]))
    _take_over(network, folder / WEIGHTS)
    prior = Prior(_tensors(folder / PRIOR)["quantiles"].to(device))
    return Trained(
        replace(arm, prior=prior),
        network.to(device).eval(),
        config["size"],
        config["cell"],
        body.multiple,
        config["clusters"],
    )


def _config(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise InputError(f"{file}: not there; {REMEDY}")
    try:
        config = json.loads(file.read_text())
        return {name: config[name] for name in NAMES}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file}: no configuration ({type(error).__name__}); {REMEDY}") from None


def _take_over(network: nn.Module, file: Path) -> None:
    weights, wanted = _tensors(file), network.state_dict()
    odd = sorted(
        name
        for name in {*weights, *wanted}
        if name not in weights or name not in wanted or weights[name].shape != wanted[name].shape
    )
    if odd:
        raise InputError(f"{file}: {odd[0]} is not of the configuration beside it; {REMEDY}")
    network.load_state_dict(weights)


def _tensors(file: Path) -> dict[str, torch.Tensor]:
    try:
        values = load_file(file)
    except (OSError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:80]
        raise InputError(f"{file}: not readable ({reason}); {REMEDY}") from None
    bad = next((name for name, value in values.items() if not value.isfinite().all()), None)
    if bad:
        raise InputError(f"{file}: {bad} holds values that are not finite; {REMEDY}")
    return values
