"""The modes."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from tasks.conditioning import model
from tasks.conditioning.latent import low_pass
from tasks.conditioning.registry import MODES, mode
from tasks.conditioning.request import Request
from tasks.core.errors import InputError
from tests.conditioning import tiny

CHOICES = {
    "none": {"name": "none"},
    "img2img": {"name": "img2img", "strength": 0.6},
    "latent": {
        "name": "latent",
        "block": 2,
        "weight": 0.8,
        "until": 0.3,
        "seed": 0.1,
        "middle": 0.5,
        "skips": 0.3,
    },
    "controlnet": {"name": "controlnet", "controlnet_conditioning_scale": 1.0},
    "controlnet_img2img": {
        "name": "controlnet_img2img",
        "controlnet_conditioning_scale": 1.0,
        "strength": 0.8,
    },
    "light": {"name": "light", "controlnet_conditioning_scale": 1.0},
    "styled": {
        "name": "styled",
        "controlnet_conditioning_scale": 1.0,
        "weight": 0.8,
        "until": 0.3,
    },
    "faithful": {
        "name": "faithful",
        "painted": {"name": "controlnet", "controlnet_conditioning_scale": 1.0},
        "steps": 5,
        "keep": 0.0,
        "edges": 0.5,
    },
    "ceiling": {"name": "ceiling"},
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> model.DiffusionModel:
    return tiny.flow(tmp_path_factory.mktemp("base"))


@pytest.fixture
def request_of_three(base: model.DiffusionModel) -> Request:
    return Request(
        captions=tiny.CAPTIONS,
        names=[1, 2, 3],
        seed=0,
        size=(tiny.SIZE, tiny.SIZE),
        steps=5,
        guidance_scale=1.5,
        maps=tiny.maps(),
        readable=tiny.readable(),
        pictures=tiny.pictures(),
        controlnet=tiny.trained(base),
        reference=tiny.pictures()[2:],
    )


def paint(choice: dict[str, Any], base: Any, request: Request) -> np.ndarray:
    if choice["name"] == "light" and request.controlnet is not None:
        request = replace(request, controlnet=tiny.trained(base, branch="light"))
    return mode(choice, what="mode")(base, request)


def part(request: Request, place: int) -> Request:
    one = slice(place, place + 1)
    assert request.maps is not None
    assert request.pictures is not None
    return replace(
        request,
        captions=request.captions[one],
        names=request.names[one],
        maps=request.maps[one],
        pictures=request.pictures[one],
    )


def test_every_mode_is_tried_here() -> None:
    assert set(CHOICES) == set(MODES)


@pytest.mark.parametrize("name", list(MODES))
def test_a_mode_paints_each_picture_the_same_in_any_batch(
    name: str, base: Any, request_of_three: Request
) -> None:
    together = paint(CHOICES[name], base, request_of_three)
    alone = paint(CHOICES[name], base, part(request_of_three, 1))
    assert together.dtype == np.uint8
    assert together.shape == (3, tiny.SIZE, tiny.SIZE, 3)
    assert np.abs(together[1].astype(int) - alone[0]).max() <= 1


@pytest.mark.parametrize("name", list(MODES))
def test_a_mode_reads_no_more_than_it_says(
    name: str, base: Any, request_of_three: Request
) -> None:
    needs = mode(CHOICES[name], what="mode").needs
    fields = ("maps", "readable", "pictures", "controlnet", "reference")
    left_out = {field: None for field in fields if field not in needs}
    np.testing.assert_array_equal(
        paint(CHOICES[name], base, replace(request_of_three, **left_out)),
        paint(CHOICES[name], base, request_of_three),
    )


@pytest.mark.parametrize("name", [name for name in MODES if name != "none"])
def test_a_mode_says_what_is_missing(name: str, base: Any, request_of_three: Request) -> None:
    needs = mode(CHOICES[name], what="mode").needs
    with pytest.raises(InputError, match=f"needs ({'|'.join(needs)})"):
        paint(CHOICES[name], base, replace(request_of_three, **dict.fromkeys(needs)))


def test_given_noise_takes_the_place_of_the_seed(base: Any, request_of_three: Request) -> None:
    noise = torch.zeros((3, tiny.LATENTS, tiny.SIZE // tiny.FACTOR, tiny.SIZE // tiny.FACTOR))
    given = replace(request_of_three, given_noise=noise)
    np.testing.assert_array_equal(
        paint(CHOICES["none"], base, given),
        paint(CHOICES["none"], base, replace(given, seed=9, names=[7, 8, 9])),
    )


def test_a_weaker_start_stays_nearer_to_the_impression(
    base: Any, request_of_three: Request
) -> None:
    goal = base.decode(base.encode(request_of_three.colours())).astype(float)
    far = [
        np.abs(
            paint({"name": "img2img", "strength": strength}, base, request_of_three) - goal
        ).mean()
        for strength in (0.2, 1.0)
    ]
    assert far[0] < far[1]


def test_full_latent_guidance_to_the_end_is_the_impression_itself(
    base: Any, request_of_three: Request
) -> None:
    choice = {"name": "latent", "block": 1, "weight": 1.0, "until": 0.0, "seed": 0.0}
    goal = base.decode(base.encode(request_of_three.colours())).astype(int)
    assert np.abs(paint(choice, base, replace(request_of_three, steps=12)) - goal).mean() < 1


def test_the_low_pass_keeps_means_and_drops_detail() -> None:
    latents = torch.randn((2, 3, 8, 8), generator=torch.Generator().manual_seed(0))
    coarse = low_pass(latents, 4)
    torch.testing.assert_close(low_pass(torch.ones_like(latents), 4), torch.ones_like(latents))
    assert coarse.std() < 0.5 * latents.std()
    assert torch.equal(low_pass(latents, 1), latents)


def test_a_light_branch_is_asked_for_where_a_controlnet_lies(
    base: Any, request_of_three: Request
) -> None:
    light = mode(CHOICES["light"], what="mode")
    with pytest.raises(InputError, match=r"controlnet\.branch: mode light needs a light branch"):
        light(base, request_of_three)


@pytest.mark.parametrize("branch", ["controlnet", "light"])
def test_a_network_of_another_base_is_refused_in_one_line(
    branch: str, base: Any, request_of_three: Request
) -> None:
    other = tiny.trained(base, branch=branch)
    own = "widths" if branch == "light" else "block_out_channels"
    other.register_to_config(**{own: [16, 32]})
    with pytest.raises(InputError, match=r"data/controlnet: made for .*block_out_channels") as no:
        mode(CHOICES[branch], what="mode")(base, replace(request_of_three, controlnet=other))
    assert "\n" not in str(no.value)


def test_each_weight_of_the_latent_mode_draws_to_the_impression(
    base: Any, request_of_three: Request
) -> None:
    nothing = {"name": "latent", "block": 1, "weight": 0.0, "until": 0.0, "seed": 0.0}
    plain = paint({"name": "none"}, base, request_of_three)
    np.testing.assert_array_equal(paint(nothing, base, request_of_three), plain)
    for field in ("weight", "seed", "middle", "skips"):
        drawn = paint({**nothing, field: 1.0}, base, request_of_three)
        assert not np.array_equal(drawn, plain), field


@pytest.mark.parametrize("name", ["controlnet", "controlnet_img2img", "light"])
def test_without_its_share_the_caption_says_nothing(
    name: str, base: Any, request_of_three: Request
) -> None:
    said, unsaid = request_of_three, replace(request_of_three, captions=["", "", ""])
    for guidance in (1.0, 2.0):
        choice = {**CHOICES[name], "caption_share": 0.0, "map_guidance": guidance}
        difference = paint(choice, base, said).astype(int) - paint(choice, base, unsaid)
        assert np.abs(difference).max() <= 1


def test_a_styled_picture_has_the_statistics_of_the_reference(
    base: Any, request_of_three: Request
) -> None:
    from tasks.conditioning.styled import like

    assert request_of_three.reference is not None
    look = base.encode(request_of_three.reference)
    latents = torch.randn((3, *look.shape[1:]), generator=torch.Generator().manual_seed(0))
    changed = like(latents, look)
    for moment in (torch.mean, torch.std):
        found, wanted = moment(changed, (2, 3)), moment(look, (2, 3)).expand(3, -1)
        torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-4)
    plain = paint(CHOICES["controlnet"], base, request_of_three)
    nothing = {**CHOICES["styled"], "weight": 0.0}
    assert np.abs(paint(nothing, base, request_of_three).astype(int) - plain).max() <= 1
    whole = {**CHOICES["styled"], "weight": 1.0, "until": 0.0}
    goal = base.decode(look).mean((1, 2))
    far = [np.abs(each.mean((1, 2)) - goal).mean() for each in (plain,)]
    far.append(np.abs(paint(whole, base, request_of_three).mean((1, 2)) - goal).mean())
    assert far[1] < 0.5 * far[0]


def test_a_network_beside_adds_its_residuals(base: Any, request_of_three: Request) -> None:
    alone = paint(CHOICES["controlnet"], base, request_of_three)
    control = request_of_three.control(0.5)
    twice = replace(request_of_three, beside=control)
    half = {**CHOICES["controlnet"], "controlnet_conditioning_scale": 0.5}
    difference = paint(half, base, twice).astype(int) - alone
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize(
    ("choice", "line"),
    [
        ({"name": "paintbrush"}, "mode: unknown name 'paintbrush'; choose one of"),
        ({"name": "img2img"}, "mode: img2img: strength: Field required"),
        (
            {"name": "img2img", "strength": 1.5},
            "mode: img2img: strength: .*less than or equal to 1",
        ),
        ({"name": "none", "strength": 0.5}, "mode: none: strength"),
    ],
)
def test_a_wrong_choice_is_refused_in_one_line(choice: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError, match=line):
        mode(choice, what="mode")


def test_a_size_that_the_autoencoder_cannot_cut_is_refused(
    base: Any, request_of_three: Request
) -> None:
    with pytest.raises(InputError, match="30 x 32 pixels do not divide"):
        paint(CHOICES["none"], base, replace(request_of_three, size=(30, 32)))


def test_faithful_needs_what_it_paints_with_and_a_channel_to_read(
    base: Any, request_of_three: Request
) -> None:
    assert mode(CHOICES["faithful"], what="mode").needs == ("maps", "controlnet", "readable")
    with pytest.raises(InputError, match=r"mode: faithful: painted: unknown name 'nothing'"):
        mode({**CHOICES["faithful"], "painted": {"name": "nothing"}}, what="mode")
    with pytest.raises(InputError, match=r"painted: is faithful itself; name the mode that"):
        mode({**CHOICES["faithful"], "painted": CHOICES["faithful"]}, what="mode")
    blind = replace(tiny.readable(), channels=("cluster_row", "cluster_col"))
    with pytest.raises(InputError, match=r"impressions\.decoders: mode faithful reads colour"):
        paint(CHOICES["faithful"], base, replace(request_of_three, readable=blind))
