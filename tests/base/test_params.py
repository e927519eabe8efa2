import pytest
from pydantic import ValidationError

from tasks.base.params import Base
from tests.base.test_stage import section


@pytest.mark.parametrize(
    "change",
    [
        {"channels": [24, 32]},
        {"channels": [16]},
        {"decoder_blocks": [1, 1]},
        {"latents": 49},
        {"warm_up": 6},
        {"averaging": 1.0},
        {"rate": 0.0},
        {"unknown": 1},
    ],
)
def test_values_outside_their_range_are_refused(change):
    with pytest.raises(ValidationError):
        section(**change)


@pytest.mark.parametrize("name", ["", " embedded", "a "])
def test_a_model_has_a_name(name):
    with pytest.raises(ValidationError):
        section(name)


def test_the_section_of_the_file_is_valid(root):
    import yaml

    values = yaml.safe_load((root / "params.yaml").read_text())["base"]
    assert Base.model_validate(values).model == "embedded"
