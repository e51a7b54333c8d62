"""Every task trained: exact gradients, the same bits after every interruption, something learnt, nothing wrong let in."""

import json

import numpy as np
import pytest

from py_lstm import TASKS, Experiment, InvalidInput, Trainer, check, load_training, sample, save_training, train, training

TINY = dict(hidden_size=3, batch_size=2, length=20, updates=4)


OWN_TEXT = "To be, or not to be: that is the question.\r\nWhether 'tis nobler (in the mind) to suffer. " * 2


def tiny(task, **fields):
    own = {"own_text": dict(text=OWN_TEXT), "own": dict(values=[0.1, 0.5, 0.9, 0.5, 0.1])}
    return Experiment(task, **TINY | own.get(task, {}) | fields)


def bits(training):
    return {name: value.tobytes() for name, value in training.state_dict().items()}


@pytest.mark.parametrize("task", [*TASKS, "own", "own_text"])
def test_every_task_trains_with_exact_gradients_and_can_be_resumed(tmp_path, task):
    experiment = tiny(task)
    at_once, stopped = Trainer(experiment), Trainer(experiment)
    walked = list(train(at_once))
    assert [p.update for p in walked] == [1, 2, 3, 4] and [p.loss for p in walked] == at_once.losses
    steps = train(stopped)
    next(steps), next(steps)
    save_training(tmp_path / "kept.npz", stopped)
    resumed = load_training(tmp_path / "kept.npz")
    assert isinstance(resumed, Trainer) and resumed.experiment == experiment and len(resumed.losses) == 2
    assert len(list(train(resumed))) == 2 and bits(resumed) == bits(at_once)
    assert np.isfinite(at_once.evaluate(10))
    for gradient_of in ("loss", "output"):
        report = check(experiment.replace(gradient_of=gradient_of), max_elements=3, trainer=at_once)
        assert len(report.tensors) == 8 and max(t.relative_error for t in report.tensors) < 1e-12, str(report)


@pytest.mark.parametrize("how", [dict(optimizer="sgd", momentum=0.9), dict(optimizer="rmsprop", momentum=0.5, weight_decay=0.1),
                                 dict(optimizer="adamw", weight_decay=0.1, schedule="cosine", span=4), dict(optimizer="adagrad", warmup=3),
                                 dict(clip_norm=0, clip_value=0.01), dict(schedule="step", span=2, factor=0.1)])
def test_every_way_of_training_can_be_resumed(tmp_path, how):
    experiment = tiny("brackets", **how)
    at_once, stopped = Trainer(experiment), Trainer(experiment)
    list(train(at_once))
    stopped.update()
    save_training(tmp_path / "kept.npz", stopped)
    resumed = load_training(tmp_path / "kept.npz")
    list(train(resumed))
    assert bits(resumed) == bits(at_once) != bits(Trainer(experiment))


def test_train_goes_on_with_what_it_is_given():
    trainer = Trainer(Experiment(length=5, hidden_size=2, updates=3, batch_size=4))
    trainer.update()
    assert [p.update for p in train(trainer)] == [2, 3] and list(train(trainer)) == []
    with pytest.raises(InvalidInput, match="experiment"):
        next(train("latch"))


def test_biases_are_where_they_should_be():
    trainer = Trainer(Experiment("temporal_order"))
    bias = trainer.network.parameters["bias"]
    assert bias.tolist() == [-1.0] * 16 + [5.0] * 16 + [0.0] * 32


def test_clip_value_and_schedule_act():
    experiment = tiny("brackets", optimizer="sgd", learning_rate=1.0, clip_norm=0, clip_value=1e-3, schedule="step", span=1, factor=0.5)
    trainer = Trainer(experiment)
    for largest in (1e-3, 5e-4):
        before = trainer.network.parameters
        trainer.update()
        moved = max(np.abs(before[name] - value).max() for name, value in trainer.network.parameters.items())
        assert moved == pytest.approx(largest, rel=1e-9)


def test_brackets_are_learnt_a_little():
    trainer = Trainer(Experiment("brackets", length=16, updates=120, learning_rate=0.02))
    before = trainer.evaluate(200)
    list(train(trainer))
    assert trainer.evaluate(200) > max(0.8, before)


def test_a_divergence_is_told_and_leaves_everything():
    trainer = Trainer(tiny("brackets"))
    trainer.update()
    trainer.network.parameters = trainer.network.parameters | {"readout_weight": np.full((3, 3), 1.7e308)}
    before = bits(trainer)
    with pytest.raises(InvalidInput, match="update 2 .*largest tensor was .* with norm .*try 0.001") as refused:
        trainer.update()
    assert refused.value.code == "diverged" and bits(trainer) == before


def test_what_is_left_out_takes_the_task_s_settings():
    experiment = Experiment("adding_1997", seed=5)
    assert (experiment.length, experiment.hidden_size, experiment.forget_bias, experiment.learning_rate) == (50, 8, 3.0, 0.01)
    assert Experiment.from_json({"task": "adding_1997", "seed": 5}) == experiment
    assert Experiment.from_json(json.dumps(experiment.to_json())) == experiment and experiment.replace() == experiment
    assert experiment.replace(updates=7).updates == 7 and experiment.replace(updates=7).seed == 5


def test_another_task_brings_its_settings_for_what_nobody_changed():
    assert Experiment("adding_1997").replace(task="copy") == Experiment("copy")
    assert Experiment("copy", hidden_size=5, seed=9).replace(task="reber") == Experiment("reber", hidden_size=5, seed=9)
    assert Experiment("reber").replace(task="latch") == Experiment()
    assert Experiment(hidden_size=7, input_size=3).replace(task="parity") == Experiment("parity", hidden_size=7, input_size=3)
    assert tiny("own").replace(task="wave") == Experiment("wave", **TINY | {"length": 24})
    assert tiny("own_text").replace(task="own", values=[1, 2]).input_size == 1


nan = float("nan")


@pytest.mark.parametrize("field, fields", [
    ("task", dict(task="rebre")), ("task", dict(task=None)), ("length", dict(length=0)), ("length", dict(length=2.5)),
    ("length", dict(task="temporal_order", length=9)), ("length", dict(task="adding_1997", length=9)), ("length", dict(task="text_zh", length=9999)),
    ("hidden_size", dict(hidden_size=0)), ("hidden_size", dict(hidden_size="3")), ("seed", dict(seed=-1)), ("initializer", dict(initializer="zero")),
    ("input_bias", dict(input_bias=nan)), ("optimizer", dict(optimizer="lion")), ("momentum", dict(momentum=0.9)), ("momentum", dict(optimizer="sgd", momentum=1)),
    ("clip_value", dict(clip_value=-1)), ("schedule", dict(schedule="linear")), ("schedule", dict(schedule=None)), ("span", dict(span=0)), ("factor", dict(factor=2)),
    ("warmup", dict(warmup=1.5)), ("output_unit", dict(output_unit=4)), ("output_unit", dict(output_unit=-1)), ("output_unit", dict(output_unit=1.5)),
    ("output_step", dict(output_step=31)), ("output_step", dict(task="copy", length=10, output_step=21)), ("output_step", dict(output_step="last")),
    ("edits", dict(edits={"readout_weight[3,0]": 1})), ("edits", dict(edits={"x[30,0]": 1})), ("edits", dict(edits={"x[0,5]": 1})),
    ("version", dict(version=2)), ("version", dict(version=np.ones(2))), ("nonsense", dict(nonsense=1)), ("batch_size", dict(batch_size=True)), ("updates", dict(updates=10**9)),
    ("values", dict(values=[1, 2])), ("text", dict(text=OWN_TEXT)), ("text", dict(task="own_text")), ("text", dict(task="own_text", text=5)),
    ("text", dict(task="own_text", text="ab" * 24)), ("text", dict(task="own_text", text="ab" * 100_001)), ("text", dict(task="own_text", text="a" * 60)),
    ("text", dict(task="own_text", text="".join(map(chr, range(0x4e00, 0x4e00 + 501))))), ("text", dict(task="own_text", text="ab\ud800" * 20)),
    ("length", dict(task="own_text", text="ab" * 30, length=54)),
])
def test_a_wrong_field_is_refused_by_its_name(field, fields):
    with pytest.raises(InvalidInput) as refused:
        Experiment.from_json({"task": "brackets"} | fields)
    assert refused.value.field == field and len(str(refused.value)) < 700
    json.dumps(refused.value.details, allow_nan=False)


def test_an_own_text_is_learnt_by_its_own_characters():
    experiment = tiny("own_text")
    assert "\r" not in experiment.text and "".join(experiment.about.inputs) == "".join(sorted(set(OWN_TEXT.replace("\r", "")))) == "".join(experiment.about.outputs)
    assert experiment.input_size == experiment.output_size == len(set(experiment.text))
    trainer = Trainer(experiment.replace(updates=60, hidden_size=12, length=20, learning_rate=0.02))
    before = trainer.evaluate()
    list(train(trainer))
    assert trainer.evaluate() < before - 0.5 and set("".join(sample(trainer, length=50))) <= set(OWN_TEXT)


def text_trainer():
    return Trainer(tiny("text_en"))


def test_samples_are_text_of_the_text_s_characters_and_repeat():
    trainer = text_trainer()
    one, again, other = ("".join(sample(trainer, "When", 40, rng=seed)) for seed in (1, 1, 2))
    assert len(one) == 40 and one == again != other and set(one) <= set(trainer.experiment.about.inputs)
    assert list(sample(trainer, length=0)) == [] and len(list(sample(trainer, length=3))) == 3
    assert "".join(sample(Trainer(tiny("text_zh")), "道", 5, temperature=0.5))


def test_temperature_goes_from_the_likeliest_to_anything():
    trainer = text_trainer()
    likeliest = ["".join(sample(trainer, "The", 20, temperature=0, rng=seed)) for seed in range(2)]
    assert likeliest[0] == likeliest[1] == "".join(sample(trainer, "The", 20, temperature=1e-300))
    assert len(set(sample(trainer, "The", 300, temperature=1e300))) > 40


def test_the_prompt_is_read_before_anything_is_said():
    trainer = text_trainer()
    for _ in range(3):
        trainer.update()
    text = "".join(sample(trainer, "Wh", 12, rng=3, temperature=0))
    assert "".join(sample(trainer, "Wh" + text[:5], 7, rng=4, temperature=0)) == text[5:]


@pytest.mark.parametrize("field, how", [("prompt", dict(prompt="道")), ("prompt", dict(prompt=3)), ("length", dict(length=-1)), ("temperature", dict(temperature=-1)),
                                        ("temperature", dict(temperature=nan)), ("temperature", dict(temperature="hot")), ("rng", dict(rng=-1))])
def test_what_cannot_be_sampled_is_refused_at_once(field, how):
    with pytest.raises(InvalidInput) as refused:
        sample(text_trainer(), **how)
    assert refused.value.field == field
    with pytest.raises(InvalidInput, match="no text"):
        sample(Trainer(tiny("copy")))
    with pytest.raises(InvalidInput, match="trainer"):
        sample(None)


def test_letters_picked_from_a_weight_teach_what_one_hot_rows_teach(monkeypatch):
    experiment = Experiment("text_en", hidden_size=8, length=12, batch_size=4)
    picked, multiplied = Trainer(experiment), Trainer(experiment)
    for _ in range(5):
        picked.update()
    score = picked.evaluate()
    seen = []
    monkeypatch.setattr(training, "_read", lambda about, sequences: seen.append(sequences.x.shape) or sequences.x)
    for _ in range(5):
        multiplied.update()
    assert seen[0] == (12, 4, len(TASKS["text_en"].inputs))
    np.testing.assert_allclose(picked.losses, multiplied.losses, rtol=1e-12)
    assert abs(score - multiplied.evaluate()) < 1e-12
