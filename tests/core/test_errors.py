import errno

import pytest

from tasks.core.errors import out_of_space


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_known_by_its_number_even_behind_another_error(number: int) -> None:
    error = ValueError("the archive cannot be closed")
    error.__context__ = OSError(number, "full")
    assert out_of_space(error)


def test_a_file_that_takes_only_a_part_of_an_array_is_a_full_disk() -> None:
    assert out_of_space(OSError("1000 requested and 512 written"))


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "gone"), ValueError("full"), None])
def test_other_errors_are_not(error: Exception | None) -> None:
    assert not out_of_space(error)
