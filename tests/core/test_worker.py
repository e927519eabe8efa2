"""What a worker of a cluster does with a part."""

import pytest

from tasks.core import code, uses, worker
from tasks.core.errors import InputError
from tasks.features import stage as features


def test_a_worker_with_other_code_is_refused(project):
    function = features.compute
    assert worker.version_of(function) == code.version("tasks.features.stage")
    with pytest.raises(InputError, match=r"a worker on .* has other code than this project"):
        worker.work(function, None, "another", False)  # pyright: ignore[reportArgumentType]


def test_a_worker_says_which_items_it_needed(project):
    def look(part):
        uses.note("needed")
        with uses.within():
            uses.note("inner")
        return part

    assert worker.work(look, 7, None, True) == (7, ["needed"], ["inner"])  # pyright: ignore[reportArgumentType]
