from dataclasses import dataclass
from typing import Annotated

import pytest
from pydantic import Field

from tasks.core.errors import InputError
from tasks.core.registry import build


@dataclass(frozen=True)
class Blur:
    width: Annotated[float, Field(gt=0)]
    border: str = "reflect"

    def __call__(self) -> float:
        return self.width


REGISTRY = {"blur": f"{__name__}:Blur"}


def test_a_choice_becomes_its_variant():
    assert build(REGISTRY, {"name": "blur", "width": 2.0}, what="x.y") == Blur(2.0, "reflect")


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"name": "sharpen"}, "x.y: unknown name 'sharpen'; choose one of blur"),
        ({}, "unknown name None"),
        ({"name": "blur"}, "x.y: blur: width: Field required"),
        ({"name": "blur", "width": -1.0}, "greater than 0"),
        ({"name": "blur", "width": "wide"}, "width"),
        ({"name": "blur", "width": 1.0, "colour": 3}, "colour"),
    ],
)
def test_a_wrong_choice_is_named_on_one_line(choice, words):
    with pytest.raises(InputError) as caught:
        build(REGISTRY, choice, what="x.y")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
