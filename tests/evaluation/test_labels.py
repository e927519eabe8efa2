"""How names are written."""

import pytest

from tasks.evaluation.labels import mode


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("none", "Caption alone"),
        ("controlnet", "ControlNet"),
        ("controlnet_img2img", "ControlNet + img2img"),
        ("controlnet_img2img_80", "ControlNet + img2img 80"),
        ("controlnet_weak", "ControlNet weak"),
        ("img2img_40", "img2img 40"),
        ("something_new", "something new"),
    ],
)
def test_a_mode_is_written_by_its_longest_label(name, written):
    assert mode(name)[0] == written
