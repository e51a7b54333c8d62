"""Our reader of .safetensors against the safetensors package: no damaged file is taken here that it refuses.

And none is read differently. Needs that package; torch adds bfloat16 and a state dict saved by its own means.
"""

import io
import random

import numpy as np
import pytest
from weight_cases import HOW_MANY, damaged, files, repacked, same, some

from py_lstm import InvalidInput, from_pytorch, load_weights, to_pytorch
from py_lstm.interchange import weight_files

safetensors = pytest.importorskip("safetensors")


def test_the_same_bytes_are_written_and_the_same_arrays_read():
    rng = np.random.default_rng(0)
    every = {kind: rng.uniform(0, 9, (2, 3)).astype(kind) for kind in "f8 f4 f2 i8 i4 i2 i1 u8 u4 u2 u1 ?".split()}
    for arrays in (some(layers=2, directions=2), some(dtype=np.float32, states=True), every, {"ü": np.ones((3, 0))}):
        from safetensors.numpy import load, save
        data = weight_files.encode_arrays(arrays, "safetensors")
        assert data == save(arrays)
        assert same({name: load(data)[name] for name in arrays}, arrays)


def test_no_damaged_file_is_taken_that_the_package_refuses():
    whole = [data for name, data in files().items() if name.endswith(".safetensors")]
    rng, taken = random.Random(0), 0
    for _ in range(HOW_MANY):
        wrong = rng.choice([damaged, repacked])(rng.choice(whole), rng)
        try:
            mine = weight_files.decode_arrays(wrong)
        except InvalidInput:
            continue
        theirs = dict(safetensors.deserialize(wrong))           # raises if it refuses
        assert set(mine) == set(theirs)
        for name, value in mine.items():
            entry = theirs[name]
            assert list(value.shape) == entry["shape"]
            if entry["dtype"] in ("F32", "F64"):
                assert value.tobytes() == bytes(entry["data"])
        taken += 1
    assert 0 < taken < HOW_MANY


def test_files_that_pytorch_saved(tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file, save_file
    model = torch.nn.LSTM(3, 4, num_layers=2, bidirectional=True)
    for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
        model = model.to(dtype)
        save_file(model.state_dict(), tmp_path / "model.safetensors", metadata={"format": "pt"})
        read = load_weights(tmp_path / "model.safetensors")
        for name, value in model.state_dict().items():
            wide = value if dtype == torch.float64 else value.float()
            assert np.array_equal(read[name], wide.numpy()) and read[name].dtype == wide.numpy().dtype
    model = model.double()
    weight_files.write_arrays(tmp_path / "back.safetensors", to_pytorch(from_pytorch(model.state_dict())))
    model.load_state_dict(load_file(tmp_path / "back.safetensors"))


def test_tensors_that_numpy_cannot_take_are_refused_in_a_sentence():
    torch = pytest.importorskip("torch")
    model = torch.nn.LSTM(3, 4)
    for wrong in (model.to(torch.bfloat16).state_dict(), dict(torch.nn.LSTM(3, 4).named_parameters())):
        with pytest.raises(InvalidInput, match=r"detach\(\).cpu\(\).float\(\)"):
            from_pytorch(wrong)
    saved = io.BytesIO()
    torch.save(model.state_dict(), saved)
    with pytest.raises(InvalidInput, match="pickle"):
        load_weights(saved.getvalue())
