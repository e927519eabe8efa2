import pytest

from flows import check
from tasks.core.errors import InputError


def test_the_project_as_it_is_passes(project):
    (project / "data" / "inbox").mkdir(parents=True, exist_ok=True)
    check.inputs()


def test_a_stride_that_does_not_divide_the_pictures_is_refused_before_anything_runs(
    project, set_params
):
    (project / "data" / "inbox").mkdir(parents=True, exist_ok=True)
    set_params({"features.stride": 6})
    with pytest.raises(InputError, match=r"params\.yaml: features\.stride: stride is 6; .* 128"):
        check.inputs()
