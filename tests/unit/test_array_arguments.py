"""Every argument that takes numbers, by every way in: foreign tensors, masked arrays, empty axes, objects and texts."""

import inspect

import numpy as np
import pytest
from test_everything import CLASSES, HAS_ONNX, NEEDS_ONNX, equal
from uses import LOGITS, TINY, USES, W, X, trained

import py_lstm
from py_lstm import GRU, LSTM, RNN, SGD, Adagrad, Adam, AdamW, InvalidInput, LstmLayer, Network, Objective, RMSProp, Trace, TASKS
from py_lstm.losses import unchecked

COLUMN, H = np.ones((3, 1)), np.zeros((2, 2))


def run_layer(layer):
    layer(X)
    return layer


def recorded():
    layer = LstmLayer(3, 2, 0.1)
    layer.forward(COLUMN)
    layer.calc_delta(np.ones((2, 1)))
    return layer


def layer_ways(kind, **options):
    name = f"{kind.__name__} {options or ''}"
    make = lambda: kind(3, 2, **options)
    state = (lambda a: (a, a)) if kind is LSTM else (lambda a: a)
    return {
        f"{name}()": lambda: (lambda x, h: make()(x, state(h)), dict(x=X, h=np.zeros((1, 2, 2)))),
        f"{name}() one sequence": lambda: (lambda x: make()(x), dict(x=X[:, 0])),
        f"{name}() lengths": lambda: (lambda x: make()(x, lengths=[4, 4]), dict(x=X)),
        f"{name}.backward": lambda: (lambda d, dh: run_layer(make()).backward(d, state(dh)), dict(d=np.ones((4, 2, 2)), dh=np.zeros((1,
            2, 2)))),
        f"{name}.load_state_dict": lambda: (lambda parameters: make().load_state_dict(parameters), dict(parameters=make().state_dict())),
        f"{name}.parameters": lambda: (lambda parameters: replaced(make(), parameters)(X), dict(parameters=make().state_dict())),
    }


def replaced(owner, arrays, field="parameters"):
    setattr(owner, field, arrays)
    return owner


def network_ways():
    make = lambda: Network(3, 2)
    y = np.zeros((4, 2, 1))
    return {
        **{f"Network.{name}": (lambda name: lambda: (lambda x: getattr(make(), name)(x), dict(x=X)))(name) for name in ("forward",
            "predict")},
        "Network.forward tokens": lambda: (lambda x: make().forward(x), dict(x=np.ones((4, 2), int))),
        "Network.predict tokens": lambda: (lambda x: make().predict(x), dict(x=np.ones((4, 2), int))),
        "Network.lesson": lambda: (lambda x, target: make().lesson(x, unchecked("squared_error", target)), dict(x=X, target=y)),
        "Network.backward": lambda: ((lambda network: lambda dy: network.backward(network.forward(X), dy))(make()), dict(dy=y)),
        "Network.parameters": lambda: (lambda p: replaced(make(), p).forward(X), dict(p=make().parameters)),
        "Network.parameters, predict": lambda: (lambda p: replaced(make(), p).predict(X), dict(p=make().parameters)),
        "Network.parameters, lesson": lambda: (lambda p: replaced(make(), p).lesson(X, unchecked("squared_error", y)),
            dict(p=make().parameters)),
        "Network.states": lambda: (lambda s: replaced(make(), s, "states").forward(X), dict(s=make().states)),
        "Network.states, predict": lambda: (lambda s: replaced(make(), s, "states").predict(X), dict(s=make().states)),
    }


def tutorial_ways():
    names = [f"{kind}{gate}{part}" for gate in "fioc" for kind, part in (("W", "h"), ("W", "x"), ("b", ""))]
    make = lambda: LstmLayer(3, 2, 0.1)

    def with_gradients(name):
        def go(value):
            layer = recorded()
            layer.backward(None, np.ones((2, 1)))
            setattr(layer, name, value)
            layer.update()
            return layer.Wfh
        return go

    def with_weight(name):
        def go(value):
            layer = make()
            setattr(layer, name, value)
            layer.forward(COLUMN)
            return layer.h_list
        return go

    return {
        "LstmLayer.forward": lambda: (lambda x: make().forward(x), dict(x=COLUMN)),
        "LstmLayer.backward": lambda: (lambda x, d: recorded().backward(x, d), dict(x=COLUMN, d=np.ones((2, 1)))),
        "LstmLayer.backward all steps": lambda: (lambda d: recorded().backward(None, d), dict(d=np.ones((1, 2, 1)))),
        "LstmLayer.backward list": lambda: (lambda d: recorded().backward(None, d), dict(d=[np.ones((2, 1))])),
        "LstmLayer.calc_delta": lambda: (lambda d: recorded().calc_delta(d), dict(d=np.ones((2, 1)))),
        "LstmLayer.calc_gradient": lambda: (lambda x: recorded().calc_gradient(x), dict(x=COLUMN)),
        "LstmLayer.calc_gate": lambda: (lambda x, Wx, Wh, b: make().calc_gate(x, Wx, Wh, b, py_lstm.TanhActivator()), dict(
            x=COLUMN, Wx=np.ones((2, 3)), Wh=np.ones((2, 2)), b=np.ones((2, 1)))),
        **{f"LstmLayer.{name}": (lambda name: lambda: (with_weight(name), dict(value=getattr(make(), name))))(name) for name in names},
        **{f"LstmLayer.{name}_grad": (lambda name: lambda: (with_gradients(name + "_grad"), dict(value=getattr(make(),
            name))))(name) for name in names},
    }


def optimizer_ways(kind):
    state = lambda: {"steps": np.array(1), **{f"{memory}.w": np.ones(2) for memory in kind.MEMORY}}
    return {
        f"{kind.__name__}.step": lambda: (lambda p, g: kind(0.1).step(p, g), dict(p={"w": W}, g={"w": W})),
        f"{kind.__name__}.load_state_dict": lambda: (lambda s, p: kind(0.1).load_state_dict(s, p), dict(s=state(), p={"w": W})),
    }


WAYS = {
    **{name: (lambda name: lambda folder: USES[name](folder))(name) for name in USES},
    **{f"{loss} with a mask": (lambda loss, target: lambda folder: (getattr(py_lstm, loss), dict(
        y=LOGITS, target=target, at="last", mask=np.ones((4, 2), bool))))(loss, target)
       for loss, target in (("squared_error", LOGITS), ("cross_entropy", np.ones((4, 2), int)), ("binary_cross_entropy", np.ones((4, 2,
           3))))},
    "cross_entropy of shares": lambda folder: (py_lstm.cross_entropy, dict(y=LOGITS, target=np.full((4, 2, 3), 0.5))),
    "unchecked": lambda folder: (lambda target, mask: unchecked("squared_error", target, mask=mask)(LOGITS), dict(
        target=np.zeros((4, 2, 3)), mask=np.ones((4, 2), bool))),
    "gradient_check, a loss": lambda folder: (lambda L: py_lstm.gradient_check(lambda values: L, {"w": W}, {"w": 0 * W}),
        dict(L=np.array(1.0))),
    "cell.forward": lambda folder: (py_lstm.cell.forward, dict(x=X, h_0=H, c_0=H, weights=tuple(py_lstm.initialize(3, 2)))),
    "cell.backward": lambda folder: (lambda d, dh, dc: py_lstm.cell.backward(py_lstm.cell.forward(X, H, H, py_lstm.initialize(3, 2)),
                                     py_lstm.initialize(3, 2), d, dh, dc), dict(d=np.ones((4, 2, 2)), dh=H, dc=H)),
    **{f"{name}.{way}": (lambda name, way: lambda folder: (getattr(getattr(py_lstm, name)(), way), [X]))(name, way)
       for name in CLASSES if name.endswith("Activator") for way in ("forward", "backward")},
    **{name: (lambda make: lambda folder: make())(make) for table in (
        layer_ways(LSTM), layer_ways(LSTM, record=False), layer_ways(GRU), layer_ways(RNN), network_ways(), tutorial_ways(),
        *map(optimizer_ways, (SGD, Adam, AdamW, RMSProp, Adagrad))) for name, make in table.items()},
    "Trainer.load_state_dict": lambda folder: (lambda state: py_lstm.Trainer(TINY).load_state_dict(state),
        dict(state=trained().state_dict())),
    "Trainer.standing": lambda folder: (py_lstm.Trainer(TINY).standing, dict(parameters=dict(py_lstm.Trainer(TINY).parameters))),
    "Experiment own": lambda folder: (lambda values, targets: py_lstm.Experiment("own", values=values, targets=targets), dict(
        values=np.ones((4, 2)), targets=np.ones(4))),
    "Experiment own flat": lambda folder: (lambda values: py_lstm.Experiment("own", values=values), dict(values=np.ones(4))),
    "Experiment own rows": lambda folder: (lambda values: py_lstm.Experiment("own", values=values), dict(values=[np.ones(2), np.ones(2)])),
    "Network.parameters of another cell": lambda folder: (lambda p: replaced(Network(2, 2, cell="gru"), {
        **Network(2, 2, cell="gru").parameters, **p}).forward(X[..., :2]), dict(p={"weight_hh": np.ones((6, 2))})),
}

# Public methods that are in no line above, since they take no arrays.
WITHOUT_ARRAYS = {
    "LSTM": {"state_dict", "reset_state", "train", "eval"}, "GRU": {"state_dict", "reset_state", "train", "eval"},
    "RNN": {"state_dict", "reset_state", "train", "eval"}, "Network": {"of", "lesson_in_pieces", "recorded_lesson", "forget_work",
                                                                       "forward_from", "back", "states_after"},
    "LstmLayer": {"update", "reset_state", "calc_delta_k", "calc_gradient_t", "init_state_vec", "init_delta", "init_weight_mat",
                  "init_weight_gradient_mat"},
    **{name: {"state_dict"} for name in ("SGD", "Adam", "AdamW", "RMSProp", "Adagrad")}, "Optimizer": {"step", "state_dict",
        "load_state_dict"},
    "Trainer": {"update", "piece", "slope", "slope_in_pieces", "network_in", "parameters_after", "branch", "evaluate", "state_dict"},
    "Experiment": {"example", "batch", "undamaged_batch", "replace", "baseline", "settings", "to_json", "from_json"},
    "Objective": {"passes", "passes_in_pieces", "network"}, "Trace": {"to_json", "from_json", "before"}, "Schedule": {"at"},
    "Explanation": {"to_json"},
}


class Tensor:
    """As a tensor of PyTorch that takes part in a gradient, is on another device, or is of bfloat16."""

    def __init__(self, error):
        self.error = error

    def __array__(self, dtype=None, copy=None):
        raise self.error


class Variable:
    """As a variable of a netCDF file, whose array has a mask."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return self.values


def sites(value, path=()):
    """The places of arrays in arguments, and what stands there."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "buif":
        yield path, value
    elif isinstance(value, (dict, list, tuple)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from sites(value[key], (*path, key))


def put(value, path, new):
    if not path:
        return new
    if isinstance(value, dict):
        return {**value, path[0]: put(value[path[0]], path[1:], new)}
    return type(value)([*value[:path[0]], put(value[path[0]], path[1:], new), *value[path[0] + 1:]])


def ways(tmp_path):
    for name, make in WAYS.items():
        if name not in ("InvalidInput", "Task", "Sequences", "Deltas", "Steps", "Weights",
            "element_wise_op") and (HAS_ONNX or name not in NEEDS_ONNX):
            call, arguments = make(tmp_path)
            for path, value in sites(arguments):
                yield name, path, value, (lambda new: call(*put(arguments, path, new))) if isinstance(arguments, list) else (
                    lambda new: call(**put(arguments, path, new)))


def hidden(value, at=-1):
    mask = np.zeros(value.shape, bool)
    mask.flat[at] = True
    return np.ma.array(value, mask=mask)


def test_every_public_method_is_here():
    for name in CLASSES:
        kind = getattr(py_lstm, name)
        if issubclass(kind, (tuple, Exception)):
            continue
        methods = {key for key, value in inspect.getmembers(kind, callable) if not key.startswith("_")}
        here = {way.partition(".")[2].split(",")[0].split(" ")[0] for way in WAYS if way.replace(" ", "").startswith(name + ".")}
        assert methods - here == WITHOUT_ARRAYS.get(name, set()), name
    assert Objective and Trace and TASKS


def test_a_tensor_that_cannot_become_an_array_is_refused_with_the_remedy(tmp_path):
    tried = 0
    for name, path, _, call in ways(tmp_path):
        for error in (RuntimeError("Can't call numpy() on Tensor that requires grad."),
            TypeError("Got unsupported ScalarType BFloat16"), KeyError()):
            try:
                call(Tensor(error))
            except InvalidInput as refused:
                assert "tensor.detach().cpu().numpy()" in str(refused) and str(refused)[-1] == ".", (name, path, str(refused))
                tried += 1
            except Exception as foreign:
                pytest.fail(f"{name} {path}: {type(foreign).__name__} {foreign}")
            else:
                pytest.fail(f"{name} {path} took it")
    assert tried > 600


def test_what_a_mask_hides_is_refused_and_a_mask_that_hides_nothing_is_no_matter(tmp_path):
    for name, path, value, call in ways(tmp_path):
        if not value.size:
            continue
        for given in (hidden(value), hidden(value, 0), Variable(hidden(value)), [hidden(value)] if value.ndim > 1 else hidden(value)):
            try:
                call(given)
            except InvalidInput as refused:
                assert "mask hides" in str(refused) or isinstance(given, list), (name, path, str(refused))
            except Exception as foreign:
                pytest.fail(f"{name} {path}: {type(foreign).__name__} {foreign}")
            else:
                pytest.fail(f"{name} {path} took {given!r}")
        if name not in ("train", "sample"):
            assert equal(call(np.ma.array(value)), call(value)), (name, path)


def test_masks_in_a_list(tmp_path):
    for call in (lambda x: LSTM(3, 2)(x), lambda x: Network(3, 2).forward(x), lambda x: py_lstm.squared_error(X, x)):
        for given in (list(hidden(X)), [list(step) for step in hidden(X)], tuple(hidden(X))):
            with pytest.raises(InvalidInput, match="mask hides"):
                call(given)
        call(list(np.ma.array(X)))


def test_an_empty_axis_is_used_or_refused(tmp_path):
    for name, path, value, call in ways(tmp_path):
        for axis in range(value.ndim):
            shape = (*value.shape[:axis], 0, *value.shape[axis + 1:])
            try:
                call(np.zeros(shape, value.dtype))
            except InvalidInput as refused:
                assert str(refused)[-1] == ".", (name, path)
            except Exception as foreign:
                pytest.fail(f"{name} {path} {shape}: {type(foreign).__name__} {foreign}")


@pytest.mark.parametrize("call", [
    lambda x: LSTM(3, 4)(x), lambda x: LSTM(3, 4, record=False)(x), lambda x: GRU(3, 4)(x), lambda x: RNN(3, 4)(x),
        lambda x: Network(3, 4).forward(x),
    lambda x: Network(3, 4).predict(x), lambda x: py_lstm.squared_error(x, x)])
@pytest.mark.parametrize("shape, lacks", [((0, 2, 3), "step"), ((5, 0, 3), "sequence"), ((0, 0, 3), "step and one sequence")])
def test_no_step_and_no_sequence_are_named(call, shape, lacks):
    with pytest.raises(InvalidInput, match=f"at least one {lacks}"):
        call(np.zeros(shape))


def test_other_sentences_say_what_is_there():
    for value, says in ((np.array([[0.1, 1, 0.3]] * 9, object), r"dtype object.*0\.1.*x\.astype\(float\)"), (np.array([["0,3", "0",
        "1"]]), "text.*'0,3'"),
                        ([["0,3", "1", "2"]], "text"), (np.zeros((3, 3), "M8[s]"), "datetime64"),
                        ([[1, 2, 3], [1]], "array of numbers"), (np.array([[None, 1, 2]]), "None"), (3, "shape")):
        for layer in (LSTM(3, 2), GRU(3, 2), Network(3, 2).forward, LSTM(3, 2, batch_first=True)):
            with pytest.raises(InvalidInput, match=says):
                layer(value)


def test_an_activation_takes_numbers_lists_and_what_brings_its_own_functions():
    sigmoid = py_lstm.SigmoidActivator()
    assert sigmoid.forward(0.0) == 0.5 and sigmoid.forward([0.0, 0.0]).tolist() == [0.5, 0.5] and sigmoid.backward([0.5]).tolist() == [0.25]
    for activation in (sigmoid, py_lstm.TanhActivator(), py_lstm.ReluActivator(), py_lstm.IdentityActivator()):
        with pytest.raises(InvalidInput):
            activation.forward(["a"])
    with pytest.raises(InvalidInput, match="mask hides"):
        py_lstm.element_wise_op(hidden(X.copy()), abs)
