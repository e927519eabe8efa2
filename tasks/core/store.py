"""Stores: where the results of stages lie, and how they get there whole.

A stage owns the folder `data/<stage>/`. It writes a fresh folder beside it and renames that into
place at the end, so that nobody ever takes half a result for a whole one. Inside lie sharded Zarr
v3 stores, declared in `tasks/artifacts/`, written slice by slice and opened with xarray. This
module alone turns a store's name into a path.
"""

import hashlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
import zarr
from jaxtyping import Int64
from zarr.codecs import ZstdCodec

from tasks.core.errors import InputError
from tasks.core.schema import Schema, Variable

zarr.config.set({"array.write_empty_chunks": True})  # so that what is not there is lost, not empty

DATA = Path("data")
SLAB = 256
"""Entries along the first dimension that `take` reads at once."""


def folder(stage: str) -> Path:
    """Return the folder that holds what `stage` made."""
    return DATA / stage


def file(stage: str, name: str) -> Path:
    """Return the place of one file or store of `stage`."""
    return folder(stage) / name


def locate(stage: str, schema: Schema) -> Path:
    """Return the place of a Zarr store of `stage`."""
    return file(stage, f"{schema.name}.zarr")


@contextmanager
def output(stage: str) -> Iterator[Path]:
    """Yield an empty folder which becomes `data/<stage>` when the block ends well, and vanishes
    when it does not.
    """
    place = folder(stage)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{stage}-", suffix=".tmp", dir=place.parent))
    os.chmod(draft, 0o755)  # noqa: S103 - as any folder that is not secret
    try:
        yield draft
        _replace(draft, place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def put(place: Path, source: Path) -> None:
    """Let `place`, a file or folder, be a copy of `source`, whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{place.name}-", suffix=".tmp", dir=place.parent
    ) as near:
        draft = Path(near) / place.name
        shutil.copytree(source, draft) if source.is_dir() else shutil.copyfile(source, draft)
        if place.exists():
            os.rename(place, Path(near) / "old")
        os.rename(draft, place)


def clear_drafts(stage: str) -> None:
    """Remove what a killed run of `stage` left half written; only its one writer may call this."""
    for draft in DATA.glob(f".{stage}-*.tmp"):
        shutil.rmtree(draft, ignore_errors=True)


def _replace(draft: Path, place: Path) -> None:
    """Put `draft` where `place` is; an old result steps aside first and is removed last."""
    aside = draft.with_name(f"{draft.stem}-old.tmp")
    if place.exists():
        os.rename(place, aside)
    os.rename(draft, place)
    shutil.rmtree(aside, ignore_errors=True)


def create(
    path: Path,
    schema: Schema,
    sizes: Mapping[str, int],
    *,
    coords: Mapping[str, Sequence[Any] | np.ndarray] | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> zarr.Group:
    """Return a new store at `path` with every variable of `schema`, to be filled by slices:
    `group["luma"][a:b] = ...`.

    `sizes` gives the length of each dimension; `coords` fills variables that are known beforehand
    (names of channels, say).
    """
    group = zarr.open_group(path, mode="w-", zarr_format=3)
    group.attrs.update({"schema": schema.identity, "codec": "zstd", **(attributes or {})})
    for name, variable in schema.variables.items():
        _create_array(group, name, variable, sizes)
    for name, values in (coords or {}).items():
        array_of(group, name)[...] = np.asarray(values)
    return group


def _create_array(
    group: zarr.Group, name: str, variable: Variable, sizes: Mapping[str, int]
) -> None:
    shape = tuple(sizes[dim] for dim in variable.dims)
    whole = {dim: max(sizes[dim], 1) for dim in variable.dims}
    chunks = tuple(min(variable.chunk.get(dim, whole[dim]), whole[dim]) for dim in variable.dims)
    shards = tuple(
        _round_up(min(variable.shard.get(dim, whole[dim]), whole[dim]), chunk)
        for dim, chunk in zip(variable.dims, chunks, strict=True)
    )
    text = variable.dtype == "str"
    attributes: dict[str, Any] = {"units": variable.units, "long_name": variable.long_name}
    attributes.update(variable.attributes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zarr says that the string type's specification is young
        group.create_array(
            name,
            shape=shape,
            dtype=variable.dtype,
            chunks=shape if text else chunks,
            shards=None if text or not shape else shards,
            compressors=ZstdCodec(level=3),
            dimension_names=variable.dims,
            attributes=attributes,
        )


def array_of(group: zarr.Group, name: str) -> zarr.Array:
    """Return the group's array `name`."""
    array = group[name]
    assert isinstance(array, zarr.Array)
    return array


def fill(group: zarr.Group, name: str, schema: Schema, blocks: Iterable[np.ndarray]) -> None:
    """Write blocks of pictures one after the other along the first dimension, a whole shard at a
    time.

    Whole shards, so that each is compressed once and the bytes do not depend on how the blocks
    were cut.
    """
    variable = schema.variables[name]
    length = variable.shard.get(variable.dims[0], 1)
    array = array_of(group, name)
    start, waiting = 0, list[np.ndarray]()
    for block in blocks:
        waiting.append(block)
        while sum(len(part) for part in waiting) >= length:
            joined = np.concatenate(waiting)
            array[start : start + length] = joined[:length]
            start, waiting = start + length, [joined[length:]]
    rest = np.concatenate(waiting)
    array[start : start + len(rest)] = rest


def _round_up(length: int, step: int) -> int:
    return -(-length // step) * step


def read(stage: str, schema: Schema) -> xr.Dataset:
    """Return the store, lazily: values are read when they are asked for.

    Raises:
        InputError: the store is missing, is of another schema, or lacks a variable; the line names
        it and the stage to run.
    """
    return open_store(locate(stage, schema), schema, remedy=f"run: dvc repro {stage}")


def open_store(path: Path, schema: Schema, *, remedy: str) -> xr.Dataset:
    """Return the store at `path`, checked against `schema`; `remedy` ends the message where it
    does not match.
    """
    if not path.is_dir():
        raise InputError(f"{path}: not there; {remedy}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = xr.open_zarr(path, chunks=None, consolidated=False)
    except Exception as error:
        raise InputError(
            f"{path}: not readable as a Zarr store ({type(error).__name__}); {remedy}"
        ) from None
    if dataset.attrs.get("schema") != schema.identity:
        found = dataset.attrs.get("schema")
        raise InputError(f"{path}: schema is {found!r}, expected {schema.identity!r}; {remedy}")
    group = zarr.open_group(path, mode="r")
    for name, variable in schema.variables.items():
        if name not in dataset.variables or dataset[name].dims != variable.dims:
            raise InputError(
                f"{path}: variable {name!r} does not match {schema.identity}; {remedy}"
            )
        array = array_of(group, name)
        if array.nchunks_initialized < array.nchunks:
            raise InputError(f"{path}: variable {name!r} lacks a part of its values; {remedy}")
    return dataset


def take(
    variable: xr.DataArray, numbers: Sequence[int] | Int64[np.ndarray, " chosen"]
) -> np.ndarray:
    """Return the entries `numbers` along the first dimension.

    Zarr finds scattered entries by index arrays many times the size of the result; a slab read
    whole needs none.
    """
    chosen = np.asarray(numbers, dtype=np.int64)
    values = np.empty((len(chosen), *variable.shape[1:]), dtype=variable.dtype)
    for slab in np.unique(chosen // SLAB):
        here = chosen // SLAB == slab
        first, last = chosen[here].min(), chosen[here].max()
        values[here] = variable[first : last + 1].values[chosen[here] - first]
    return values


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder's relative names and contents, sorted.

    Raises:
        InputError: it is not there.
    """
    if not path.exists():
        stage = path.parts[1] if path.parts[:1] == DATA.parts else "the stage that makes it"
        raise InputError(f"{path}: not there; run: dvc repro {stage}")
    total = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file_path in files:
        total.update(str(file_path.relative_to(path)).encode())
        with file_path.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()
