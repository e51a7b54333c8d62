"""Studies and learners: exact gradients, the same bits after every interruption, something learnt, nothing wrong let in."""

import json

import numpy as np
import pytest

from py_lstm import Experiment, InvalidInput, Learner, Study, Trainer, load_training, problems, sample, save_training, train

TINY = dict(hidden_size=3, batch_size=2, length=20, updates=4)


def tiny(task, **fields):
    return Study(task, **TINY | fields)


def bits(training):
    return {name: value.tobytes() for name, value in training.state_dict().items()}


@pytest.mark.parametrize("task", problems())
def test_every_task_trains_with_exact_gradients_and_can_be_resumed(tmp_path, task):
    study = tiny(task)
    at_once, stopped = Learner(study), Learner(study)
    walked = list(train(at_once))
    assert [p.update for p in walked] == [1, 2, 3, 4] and [p.loss for p in walked] == at_once.losses
    steps = train(stopped)
    next(steps), next(steps)
    save_training(tmp_path / "kept.npz", stopped)
    resumed = load_training(tmp_path / "kept.npz")
    assert isinstance(resumed, Learner) and resumed.experiment == study and len(resumed.losses) == 2
    assert len(list(train(resumed))) == 2 and bits(resumed) == bits(at_once)
    assert np.isfinite(at_once.evaluate(10))
    report = at_once.check(max_elements=3)
    assert report.right and len(report.tensors) == 5


@pytest.mark.parametrize("how", [dict(optimizer="sgd", momentum=0.9), dict(optimizer="rmsprop", momentum=0.5, weight_decay=0.1),
                                 dict(optimizer="adamw", weight_decay=0.1, schedule="cosine", span=4), dict(optimizer="adagrad", warmup=3),
                                 dict(clip_norm=0, clip_value=0.01), dict(schedule="step", span=2, factor=0.1)])
def test_every_way_of_training_can_be_resumed(tmp_path, how):
    study = tiny("brackets", **how)
    at_once, stopped = Learner(study), Learner(study)
    list(train(at_once))
    stopped.update()
    save_training(tmp_path / "kept.npz", stopped)
    resumed = load_training(tmp_path / "kept.npz")
    list(train(resumed))
    assert bits(resumed) == bits(at_once) != bits(Learner(study))


def test_train_goes_on_with_what_it_is_given():
    trainer = Trainer(Experiment(length=5, hidden_size=2, updates=3, batch_size=4))
    trainer.update()
    assert [p.update for p in train(trainer)] == [2, 3] and list(train(trainer)) == []
    with pytest.raises(InvalidInput, match="experiment"):
        next(train("latch"))


def test_biases_are_where_they_should_be():
    learner = Learner(Study("temporal_order"))
    bias = learner.network.parameters["bias"]
    assert bias.tolist() == [-1.0] * 16 + [5.0] * 16 + [0.0] * 32


def test_clip_value_and_schedule_act():
    study = tiny("brackets", optimizer="sgd", learning_rate=1.0, clip_norm=0, clip_value=1e-3, schedule="step", span=1, factor=0.5)
    learner = Learner(study)
    for largest in (1e-3, 5e-4):
        before = learner.network.parameters
        learner.update()
        moved = max(np.abs(before[name] - value).max() for name, value in learner.network.parameters.items())
        assert moved == pytest.approx(largest, rel=1e-9)


def test_brackets_are_learnt_a_little():
    learner = Learner(Study("brackets", length=16, updates=120, learning_rate=0.02))
    before = learner.evaluate(200)
    list(train(learner))
    assert learner.evaluate(200) > max(0.8, before)


def test_a_divergence_is_told_and_leaves_everything():
    learner = Learner(tiny("brackets"))
    learner.update()
    learner.network.parameters = learner.network.parameters | {"readout_weight": np.full((3, 3), 1.7e308)}
    before = bits(learner)
    with pytest.raises(InvalidInput, match="update 2 .*largest tensor was .* with norm .*try 0.001") as refused:
        learner.update()
    assert refused.value.code == "diverged" and bits(learner) == before


def test_a_study_survives_json_and_takes_the_task_s_settings():
    study = Study("adding_1997", seed=5)
    assert (study.length, study.hidden_size, study.forget_bias, study.learning_rate) == (50, 8, 3.0, 0.01)
    assert Study.from_json(json.dumps(study.to_json())) == study and study.replace() == study
    assert study.replace(updates=7).updates == 7 and study.replace(updates=7).seed == 5
    assert study.replace(task="copy") == Study("copy")


nan = float("nan")


@pytest.mark.parametrize("field, fields", [
    ("task", dict(task="latch")), ("task", dict(task=None)), ("task", {}), ("length", dict(length=0)), ("length", dict(length=2.5)),
    ("length", dict(task="temporal_order", length=9)), ("length", dict(task="adding_1997", length=9)), ("length", dict(task="text_zh", length=9999)),
    ("hidden_size", dict(hidden_size=0)), ("hidden_size", dict(hidden_size="3")), ("seed", dict(seed=-1)), ("initializer", dict(initializer="zero")),
    ("input_bias", dict(input_bias=nan)), ("optimizer", dict(optimizer="lion")), ("momentum", dict(momentum=0.9)), ("momentum", dict(optimizer="sgd", momentum=1)),
    ("clip_value", dict(clip_value=-1)), ("schedule", dict(schedule="linear")), ("span", dict(span=0)), ("warmup", dict(warmup=1.5)),
    ("version", dict(version=2)), ("version", dict(version=np.ones(2))), ("nonsense", dict(nonsense=1)), ("batch_size", dict(batch_size=True)), ("updates", dict(updates=10**9)),
])
def test_a_wrong_field_is_refused_by_its_name(field, fields):
    with pytest.raises(InvalidInput) as refused:
        Study.from_json({"task": "brackets"} | fields if fields else {})
    assert refused.value.field == field
    json.dumps(refused.value.details, allow_nan=False)


@pytest.mark.parametrize("data", ["", "[]", None, 3, "{", "[" * 1000])
def test_what_is_no_study_is_refused(data):
    with pytest.raises(InvalidInput):
        Study.from_json(data)
    with pytest.raises(InvalidInput, match="study"):
        Learner(data)


def text_learner():
    return Learner(tiny("text_en"))


def test_samples_are_text_of_the_text_s_characters_and_repeat():
    learner = text_learner()
    one, again, other = ("".join(sample(learner, "When", 40, rng=seed)) for seed in (1, 1, 2))
    assert len(one) == 40 and one == again != other and set(one) <= set(learner.problem.inputs)
    assert list(sample(learner, length=0)) == [] and len(list(sample(learner, length=3))) == 3
    assert "".join(sample(Learner(tiny("text_zh")), "道", 5, temperature=0.5))


def test_temperature_goes_from_the_likeliest_to_anything():
    learner = text_learner()
    likeliest = ["".join(sample(learner, "The", 20, temperature=0, rng=seed)) for seed in range(2)]
    assert likeliest[0] == likeliest[1] == "".join(sample(learner, "The", 20, temperature=1e-300))
    assert len(set(sample(learner, "The", 300, temperature=1e300))) > 40


def test_the_prompt_is_read_before_anything_is_said():
    learner = text_learner()
    for _ in range(3):
        learner.update()
    text = "".join(sample(learner, "Wh", 12, rng=3, temperature=0))
    assert "".join(sample(learner, "Wh" + text[:5], 7, rng=4, temperature=0)) == text[5:]


@pytest.mark.parametrize("field, how", [("prompt", dict(prompt="道")), ("prompt", dict(prompt=3)), ("length", dict(length=-1)), ("temperature", dict(temperature=-1)),
                                        ("temperature", dict(temperature=nan)), ("temperature", dict(temperature="hot")), ("rng", dict(rng=-1))])
def test_what_cannot_be_sampled_is_refused_at_once(field, how):
    with pytest.raises(InvalidInput) as refused:
        sample(text_learner(), **how)
    assert refused.value.field == field
    with pytest.raises(InvalidInput, match="no text"):
        sample(Learner(tiny("copy")))
    with pytest.raises(InvalidInput, match="learner"):
        sample(None)
