import pytest
import torch

from tasks.base import corpus, schedule, scratch, training
from tasks.base.training import Training

TOTAL, CUT = 8, 3


def trainings(kind, pictures, captions, tiny, batch=4):
    examples = corpus.prepare(pictures, captions, tiny.vae, tiny.tokenizer)
    if kind == "decoder":
        return Training(tiny.vae, 0.9), corpus.decoder_loss(
            examples, tiny.vae, texture=0.5, batch=4
        )
    loss = corpus.denoiser_loss(examples, tiny, scale=2.5, batch=batch)
    return Training(scratch.pair(tiny), 0.9), loss


def run(learning, loss, until):
    plan = schedule.over(TOTAL, rate=1e-3, warm_up=2)
    values = []
    for value in training.steps(learning, loss, plan, seed=5, name="test"):
        values.append(value)
        if learning.step == until:
            break
    return values


def weights(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


def assert_same(first, second):
    assert first.keys() == second.keys()
    for name in first:
        assert torch.equal(first[name], second[name]), name


@pytest.mark.parametrize("kind", ["decoder", "denoiser"])
def test_a_cut_training_goes_on_to_the_same_bits(kind, pictures, captions, tiny, tmp_path):
    start = {name: weights(getattr(tiny, name)) for name in ("vae", "unet", "text_encoder")}

    def fresh():
        for name, values in start.items():
            getattr(tiny, name).load_state_dict(values)
        return trainings(kind, pictures, captions, tiny)

    whole, loss = fresh()
    run(whole, loss, TOTAL)
    expected = weights(whole.module), weights(whole.average), list(whole.losses)

    cut, loss = fresh()
    run(cut, loss, CUT)
    training.save(cut, tmp_path)
    resumed, loss = fresh()
    training.load(resumed, tmp_path)
    assert resumed.step == CUT
    run(resumed, loss, TOTAL)

    assert_same(weights(resumed.module), expected[0])
    assert_same(weights(resumed.average), expected[1])
    assert resumed.losses == expected[2]


def test_the_decoder_learns_and_its_encoder_stays(pictures, captions, tiny):
    before = weights(tiny.vae.encoder)
    learning, loss = trainings("decoder", pictures, captions, tiny)
    plan = schedule.Schedule(rate=3e-3, warm_up=1, decay=60, total=60)
    losses = list(training.steps(learning, loss, plan, seed=0, name="decoder"))
    assert sum(losses[-10:]) < 0.6 * sum(losses[:10])
    assert_same(weights(tiny.vae.encoder), before)


def test_the_denoiser_learns(pictures, captions, tiny):
    learning, loss = trainings("denoiser", pictures, captions, tiny, batch=32)
    plan = schedule.Schedule(rate=3e-3, warm_up=1, decay=60, total=60)
    losses = list(training.steps(learning, loss, plan, seed=0, name="denoiser"))
    assert sum(losses[-10:]) < 0.9 * sum(losses[:10])


def test_the_average_follows_the_weights_by_its_formula():
    module = torch.nn.Linear(1, 1, bias=False)
    learning = Training(module, averaging=0.5)
    mean = module.weight.detach().clone()
    for step in range(1, 15):
        training.advance(
            learning, lambda _: module.weight.sum(), 0.1, torch.Generator().manual_seed(step)
        )
        keep = min(0.5, (1 + step) / (10 + step))
        mean = keep * mean + (1 - keep) * module.weight.detach()
    averaged = next(learning.average.parameters())
    torch.testing.assert_close(averaged, mean)


def test_a_step_uses_only_the_random_numbers_of_its_number(pictures, captions, tiny):
    _, loss = trainings("denoiser", pictures, captions, tiny)
    torch.manual_seed(0)
    first = loss(torch.Generator().manual_seed(3)).item()
    torch.manual_seed(1)
    assert loss(torch.Generator().manual_seed(3)).item() == first
    assert loss(torch.Generator().manual_seed(4)).item() != first
