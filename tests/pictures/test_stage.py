import numpy as np
import pytest
from PIL import Image

from flows.pictures import pictures
from tasks.artifacts.pictures import PHOTOGRAPHS, PICTURES, SCENES, TRAIN, WHOLE_PHOTOGRAPHS
from tasks.core import store
from tasks.core.errors import InputError

SMALL = {
    "pictures.size": 32,
    "pictures.photograph_size": 64,
    "pictures.scenes": 5,
    "pictures.held_out_scenes": 3,
    "pictures.crops": 2,
    "pictures.held_out_crops": 4,
}


def test_the_default_source_needs_nothing_but_the_packages(set_params):
    set_params(SMALL)
    pictures()
    dataset = store.read("pictures", PICTURES)
    split, source = dataset["split"].values, dataset["source"].values
    counts = [int((split == value).sum()) for value in (TRAIN, SCENES, PHOTOGRAPHS)]
    assert counts == [5 + 8 * 2, 3, 3 * 4]
    held = {name for name, value in zip(source, split, strict=True) if value == PHOTOGRAPHS}
    assert held == {"photograph:astronaut", "photograph:coffee", "photograph:chelsea"}
    assert not held & {name for name, value in zip(source, split, strict=True) if value == TRAIN}
    assert len(set(source[split != PHOTOGRAPHS]) - held) == 5 + 8 + 3
    assert all(caption.startswith(("a ", "an ")) for caption in dataset["caption"].values)
    whole = store.read("pictures", WHOLE_PHOTOGRAPHS)
    assert whole["photograph"].shape == (3, 64, 64, 3)


def test_again_gives_the_same_bytes_with_and_without_the_items(set_params, project):
    set_params(SMALL)
    digests = []
    for forget in (False, False, True):
        if forget:
            (project / ".cache").rename(project / "forgotten")
        pictures()
        digests.append(store.digest(store.folder("pictures")))
    assert len(set(digests)) == 1


@pytest.fixture
def own(project, set_params):
    folder = project / "own"
    folder.mkdir()
    for index in range(6):
        noise = np.random.default_rng(index).integers(0, 256, (40, 50, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"p{index}.png")
    set_params({**SMALL, "pictures.source": {"name": "folder"}, "pictures.folder": "own"})
    return folder


def test_a_folder_of_ones_own_works_and_makes_only_new_items_for_a_new_picture(own, project):
    pictures()
    before = {path for path in (project / ".cache/items").glob("*/*")}
    dataset = store.read("pictures", PICTURES)
    assert (dataset["split"].values == PHOTOGRAPHS).sum() == 3 * 4
    (own / "p9.png").write_bytes((own / "p1.png").read_bytes())
    pictures()
    assert before < {path for path in (project / ".cache/items").glob("*/*")}


def test_a_damaged_picture_is_named_and_the_old_result_stays(own):
    pictures()
    before = store.digest(store.folder("pictures"))
    (own / "p3.png").write_bytes(b"not a picture")
    with pytest.raises(InputError, match=r"p3\.png: damaged"):
        pictures()
    assert store.digest(store.folder("pictures")) == before


def test_one_photograph_is_too_few(own):
    for path in sorted(own.iterdir())[1:]:
        path.unlink()
    with pytest.raises(InputError, match="two or more are needed"):
        pictures()


def test_holding_out_everything_is_refused(own, set_params):
    set_params({"pictures.held_out": ["*"]})
    with pytest.raises(InputError, match="leave at least one"):
        pictures()
