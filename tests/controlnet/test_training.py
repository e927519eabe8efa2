"""Training: accumulation, precision, schedules, other branches, and the loss on the impression."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from tasks.conditioning import model
from tasks.conditioning.words import Words
from tasks.controlnet import objective, rates, training
from tasks.controlnet.consistency import Consistency
from tasks.impressions.readable import NAMES, Readable
from tests.conditioning import tiny

RATE = training.Rate(1e-3, 8.0, 1, 0.9, "constant")
SIDE = tiny.SIZE // tiny.FACTOR
CHOICES = objective.Choices(4, (tiny.SIZE, tiny.SIZE), 0.5, 0.0, 0.0)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> model.DiffusionModel:
    return tiny.flow(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def examples(base: model.DiffusionModel) -> objective.Examples:
    pictures, generator = tiny.pictures(6), torch.Generator().manual_seed(0)
    words = base.embed([tiny.CAPTIONS[number % 3] for number in range(6)])
    return objective.Examples(
        torch.rand((6, 5, 8, 8), generator=generator),
        base.encode(pictures)[:, None],
        Words(words.sequence, words.pooled),
        base.silence(1),
    )


def train(base: Any, examples: Any, rate: training.Rate, steps: int = 3, **how: Any) -> Any:
    branch = how.pop("branch", "controlnet")
    learning = training.begin(tiny.trained(base, channels=5, branch=branch), rate)
    choices = how.pop("choices", CHOICES)
    list(training.learn(learning, base, examples, choices, rate, steps=steps, seed=0, **how))
    return learning


def weights(learning: Any) -> torch.Tensor:
    return torch.cat([weight.detach().flatten() for weight in learning.module.parameters()])


def test_accumulated_batches_make_the_step_of_their_mean(base: Any, examples: Any) -> None:
    drawn, draw = [], objective.draw

    def remembered(*given: Any) -> objective.Batch:
        drawn.append(draw(*given))
        return drawn[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objective, "draw", remembered)
        accumulated = train(base, examples, replace(RATE, accumulation=3), steps=1)
    control = tiny.trained(base, channels=5)
    whole = training.begin(control, RATE)
    assert len(drawn) == 3
    assert not torch.equal(drawn[0].noise, drawn[1].noise)

    def mean(_: torch.Generator) -> torch.Tensor:
        losses = [objective.loss(control, base.unet, base.scheduler, batch) for batch in drawn]
        return torch.stack(losses).mean()

    training.training.advance(whole, mean, RATE.learning_rate, torch.Generator())
    torch.testing.assert_close(weights(accumulated), weights(whole), atol=1e-5, rtol=1e-4)
    assert abs(accumulated.losses[0] - whole.losses[0]) < 1e-5


def test_bfloat16_learns_nearly_the_same_in_float32_weights(base: Any, examples: Any) -> None:
    exact = train(base, examples, RATE)
    half = train(base, examples, replace(RATE, precision="bfloat16"))
    assert weights(half).dtype == torch.float32
    assert not torch.equal(weights(half), weights(exact))
    torch.testing.assert_close(
        torch.tensor(half.losses), torch.tensor(exact.losses), atol=0.05, rtol=0.05
    )


@pytest.mark.parametrize("name", ["falling", "cosine", "constant"])
def test_a_schedule_rises_and_then_does_what_it_is_named_for(name: str) -> None:
    rate = rates.over(name, 100, rate=2.0, warm_up=10)
    values = [rate(step) for step in range(100)]
    assert values[:10] == pytest.approx([0.2 * (step + 1) for step in range(10)])
    assert max(values) == pytest.approx(2.0)
    last = {"falling": 2 / 40, "constant": 2.0}.get(name, 0.001)
    assert values[-1] == pytest.approx(last, abs=1e-3)
    assert values[10:] == sorted(values[10:], reverse=True)


def test_a_light_branch_learns_in_the_same_loop(base: Any, examples: Any) -> None:
    learned = train(base, examples, RATE, steps=40, branch="light")
    assert sum(learned.losses[-10:]) < sum(learned.losses[:10])


def test_consistency_brings_the_impression_nearer(base: Any, examples: Any) -> None:
    judged = Consistency(1.0, Readable(NAMES, 8, 4, 0.15), base.render)
    still = replace(CHOICES, batch=6, logit_mean=-2.0)
    draws = (torch.Generator().manual_seed(number) for number in range(4))
    batches = [objective.draw(examples, still, base.scheduler, draw) for draw in draws]

    def apart(network: Any) -> float:
        with torch.no_grad():
            both = [
                [
                    objective.loss(network, base.unet, base.scheduler, batch, each)
                    for batch in batches
                ]
                for each in (judged, None)
            ]
        return float(torch.stack(both[0]).sum() - torch.stack(both[1]).sum())

    strong = replace(judged, weight=20.0)
    how = {"steps": 30, "choices": still}
    without = train(base, examples, RATE, **how)
    with_it = train(base, examples, RATE, consistency=strong, **how)
    assert apart(with_it.module) < apart(without.module)
