"""A file of weights is read whole or refused with a sentence; no damaged or hostile file does anything else."""

import io
import json
import os
import pickle
import random
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from weight_cases import HOW_MANY, bfloat16, damaged, files, npz, repacked, safetensors, same, some

from py_lstm import InvalidInput, load_weights
from py_lstm.interchange import weight_files
from py_lstm.interchange.weights import check_weights

ARRAYS = {"b": np.arange(6.0).reshape(2, 3), "a": np.float32([1, 2]), "empty": np.zeros((0, 3)), "none": np.float64(3),
          "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)), "whole": np.arange(3),
          "flags": np.array([True, False])}


def refused(data, *words, **others):
    with pytest.raises(InvalidInput) as error:
        weight_files.decode_arrays(data, "weights.bin", **others)
    sentence = str(error.value)
    assert sentence.startswith("weights.bin ") and sentence.endswith(".") and len(sentence) < 400, sentence
    assert all(word in sentence for word in words), sentence
    assert error.value.details["file"] == "weights.bin" and json.dumps(error.value.details)
    return sentence


def npy(header, body=b"", version=b"\1\0"):
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + version + len(text).to_bytes(2 if version == b"\1\0" else 4, "little") + text + body


def one(dtype="F32", shape=(2,), offsets=(0, 8), body=bytes(8), **more):
    """A .safetensors file of one tensor, any part of which can be a lie."""
    return safetensors({"a": {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}} | more, body)


# Whole files ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("form", weight_files.FORMATS)
def test_what_is_written_is_read(tmp_path, form):
    path = tmp_path / f"arrays.{form}"
    weight_files.write_arrays(path, ARRAYS)
    read = weight_files.read_arrays(path)
    assert set(read) == set(ARRAYS)
    for name, value in ARRAYS.items():
        assert read[name].dtype == value.dtype and read[name].shape == value.shape and np.array_equal(read[name], value)
        assert read[name].flags.writeable and read[name].flags.c_contiguous


def test_numpys_own_files_are_read_and_ours_are_read_by_numpy():
    for save in (np.savez, np.savez_compressed):
        out = io.BytesIO()
        save(out, **ARRAYS)
        read = weight_files.decode_arrays(out.getvalue())
        assert all(np.array_equal(read[name], value) for name, value in ARRAYS.items())
    with np.load(io.BytesIO(weight_files.encode_arrays(ARRAYS, "npz"))) as file:
        assert same(dict(file), ARRAYS)


def test_other_byte_orders_and_versions():
    big = {"a": np.array([1.5, -2.0], ">f8")}
    out = io.BytesIO()
    np.savez(out, **big)
    read = weight_files.decode_arrays(out.getvalue())["a"]
    assert read.dtype.isnative and read.tolist() == [1.5, -2.0]
    assert weight_files.decode_arrays(weight_files.encode_arrays(big, "safetensors"))["a"].tolist() == [1.5, -2.0]
    for version in (b"\1\0", b"\2\0", b"\3\0"):
        header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2L,), }"
        data = npz(a=npy(header, np.float32([1, 2]).tobytes(), version))
        assert weight_files.decode_arrays(data)["a"].tolist() == [1, 2]


def test_half_precisions_are_read_as_float32_exactly():
    values = np.float32([1.5, -0.15625, 0, 2.0**-120])
    assert weight_files.decode_arrays(bfloat16({"a": values}))["a"].tolist() == values.tolist()
    half = {"a": np.float16([1.5, 65504, 6e-8])}
    for form in weight_files.FORMATS:
        read = weight_files.decode_arrays(weight_files.encode_arrays(half, form))["a"]
        assert read.dtype == np.float32 and np.array_equal(read, half["a"])


def test_metadata_and_padding_are_allowed():
    text = json.dumps({"__metadata__": {"format": "pt"}, "a": {"dtype": "F64", "shape": [], "data_offsets": [0, 8]}})
    assert weight_files.decode_arrays(safetensors(text.encode() + b"   ", struct.pack("<d", 2.5)))["a"] == 2.5
    assert weight_files.decode_arrays(safetensors({})) == {}


# What cannot be written -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("arrays", [{"a": np.array([None])}, {"a": "text"}, {"a": np.ones(2, complex)},
                                    {5: np.ones(2)}])
@pytest.mark.parametrize("form", weight_files.FORMATS)
def test_only_arrays_of_numbers_are_written(arrays, form):
    with pytest.raises(InvalidInput):
        weight_files.encode_arrays(arrays, form)


def test_names_and_places_that_cannot_be(tmp_path):
    for call in (lambda: weight_files.encode_arrays({"__metadata__": np.ones(2)}, "safetensors"),
                 lambda: weight_files.encode_arrays({}, "pt"), lambda: weight_files.write_arrays("weights.pt", {}),
                 lambda: weight_files.write_arrays(tmp_path / "no" / "weights.npz", {}),
                 lambda: weight_files.read_arrays(tmp_path / "weights.npz"), lambda: weight_files.read_arrays(tmp_path),
                 lambda: weight_files.read_arrays("a\0b.npz"), lambda: weight_files.read_arrays(3),
                 lambda: weight_files.decode_arrays("text"), lambda: weight_files.read_arrays(tmp_path, largest=0)):
        with pytest.raises(InvalidInput):
            call()


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "weights.npz"
    path.write_bytes(b"before")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InvalidInput, match="No space left"):
        weight_files.write_arrays(path, ARRAYS)
    assert [p.name for p in tmp_path.iterdir()] == ["weights.npz"] and path.read_bytes() == b"before"


# Damaged and hostile files --------------------------------------------------------------------------------------------

class Bomb:
    def __reduce__(self):
        return os.mkdir, ("/tmp/py_lstm-was-here",)


def test_no_pickle_is_ever_opened():
    refused(pickle.dumps(Bomb()), "pickle", "numpy.savez")
    objects = io.BytesIO()
    np.savez(objects, a=np.array([Bomb()], object))
    refused(objects.getvalue(), "Python objects")
    torch = io.BytesIO()
    with zipfile.ZipFile(torch, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Bomb()))
    refused(torch.getvalue(), "pickle", "safetensors")
    assert not os.path.exists("/tmp/py_lstm-was-here")


def test_files_of_other_kinds_say_how_to_go_on():
    keras = io.BytesIO()
    with zipfile.ZipFile(keras, "w") as archive:
        archive.writestr("model.weights.h5", b"")
    refused(keras.getvalue(), "Keras", "get_weights")
    refused(b"\x89HDF\r\n\x1a\n", "HDF5", "get_weights")
    refused(b"<!DOCTYPE html><html>", "web page")
    refused(b"version https://git-lfs.github.com/spec/v1", "git lfs pull")
    array = io.BytesIO()
    np.save(array, np.ones(3))
    refused(array.getvalue(), "numpy.savez")
    refused(b"", "empty")
    refused(b"weights", "neither .npz nor .safetensors")


@pytest.mark.parametrize("form", weight_files.FORMATS)
def test_a_file_cut_off_anywhere_is_refused(form):
    data = weight_files.encode_arrays(some(), form)
    for length in range(0, len(data), 13):
        refused(data[:length])
    if form == "safetensors":
        refused(data + b"\0", "the file has")


@pytest.mark.parametrize("data, word", [
    (b"\xff" * 8 + b"{}", "header claims"), ((2**40).to_bytes(8, "little") + b"{}", "header claims"),
    ((3).to_bytes(8, "little") + b"{}", "header claims"),
    (safetensors(b"{" + b"[" * 100_000), "no JSON"),
    (safetensors(b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}"), "damaged"),
    (safetensors(b"{\xff}"), "no JSON"), (safetensors(b'{"a"'), "no JSON"), (safetensors(b"{} {}"), "no JSON"),
    (safetensors(b'{"a": ' + b"9" * 6000 + b"}"), "damaged"), (safetensors(b'{"a": NaN}'), "damaged"),
    (safetensors(b'{"a": {"dtype": "F32", "dtype": "F64", "shape": [], "data_offsets": [0, 4]}}', bytes(4)), "once"),
    (safetensors({"a": 5}), "entry"), (safetensors({"a": {"dtype": "F32"}}), "entry"),
    (safetensors({"__metadata__": {"a": 5}}), "metadata"), (safetensors({"__metadata__": []}), "metadata"),
    (one(dtype="F8_E4M3"), "F8_E4M3"), (one(dtype=["F32"]), "cannot be read"), (one(extra=5), "entry"),
    (one(shape=[-2]), "cannot be read"), (one(shape=[2.0]), "cannot be read"), (one(shape=[True]), "cannot be read"),
    (one(shape=["2"]), "cannot be read"), (one(shape=[2**70]), "cannot be read"),
    (one(shape=[2**62, 4]), "claims the shape"),
    (one(shape=[3]), "takes 12 bytes and has 8"),
    (one(shape=[1] * 40, offsets=(0, 4), body=bytes(4)), "claims the shape"),
    (one(shape=[0, 2**48, 2**48], offsets=(0, 0), body=b""), "claims the shape"),
    (one(offsets=(0, 16)), "claims bytes 0 to 16"), (one(offsets=(8, 0)), "claims bytes"),
    (one(offsets=(-8, 0)), "cannot"),
    (one(offsets=(0, 4, 8)), "cannot be read"), (one(offsets=(0, 2**64)), "cannot be read"),
    (one(body=bytes(12)), "the file has 12"), (one(offsets=(4, 12), body=bytes(12)), "gaps"),
    (one(body=bytes(12), b={"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}), "overlap"),
    (one(b={"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}), "overlap"),
    (safetensors({str(k): {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for k in range(10_001)}), "10001"),
])
def test_safetensors_that_lie(data, word):
    refused(data, word)


GOOD = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"


@pytest.mark.parametrize("data, word", [
    (npz(a=b""), "no array of NumPy"), (npz(a=b"\x93NUMPY"), "no array"), (npz(a=b"\x93NUMPY\1\0"), "no array"),
    (npz(a=npy(GOOD, bytes(8), b"\4\0")), "no array"), (npz(a=npy(GOOD, bytes(7))), "takes 8 bytes and has 7"),
    (npz(a=npy(GOOD, bytes(9))), "has 9"), (npz(a=npy(GOOD)[:20]), "header"),
    (npz(a=npy(GOOD + " " * 20_000, bytes(8))), "header"),
    (npz(a=npy(GOOD.replace("<f4", "|O"))), "Python objects"),
    (npz(a=npy(GOOD.replace("<f4", "<U2"))), "plain numbers"),
    (npz(a=npy(GOOD.replace("<f4", "<f3"))), "cannot be read"), (npz(a=npy(GOOD.replace("<f4", "<c8"))), "float32"),
    (npz(a=npy(GOOD.replace("'<f4'", "[('x', '<f4')]"))), "plain numbers"),
    (npz(a=npy(GOOD.replace("(2,)", "(-2,)"))), "plain"),
    (npz(a=npy(GOOD.replace("(2,)", "(2, x())"))), "plain numbers"),
    (npz(a=npy("__import__('os').system('true')")), "plain"),
    (npz(a=npy(GOOD.replace("(2,)", "(" + "9" * 5000 + ",)"))), "cannot be read"),
    (npz(a=npy(GOOD.replace("(2,)", "(4294967296, 4294967296)"))), "takes"),
    (npz(a=npy(GOOD.replace("(2,)", "(0, 281474976710656, 281474976710656)"))), "claims the shape"),
    (npz(a=npy("{'descr': '<f4', 'descr': '<f4', 'shape': (2,), }", bytes(8))), "twice"),
    (npz(a=npy("{'descr': '<f4'}")), "plain numbers"), (npz(a=npy("(" * 5000)), "plain numbers"),
])
def test_npz_that_lies(data, word):
    refused(data, word)


def test_archives_that_are_no_npz():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../etc/passwd", b"text")
    refused(out.getvalue(), "no array")
    with pytest.warns(UserWarning):
        with zipfile.ZipFile(out := io.BytesIO(), "w") as archive:
            archive.writestr("a.npy", npy(GOOD, bytes(8)))
            archive.writestr("a.npy", npy(GOOD, bytes(8)))
    refused(out.getvalue(), "two arrays of one name")
    for method in (12, 14, 9, 93):                      # bzip2, lzma, deflate64, zstd
        data = npz(a=npy(GOOD, bytes(8)))
        data = data.replace(b"PK\3\4\x14\0\0\0\x08\0", b"PK\3\4\x14\0\0\0" + struct.pack("<H", method))
        data = data.replace(b"\x14\0\0\0\x08\0", b"\x14\0\0\0" + struct.pack("<H", method))
        refused(data, "packs 'a.npy' in a way")


def test_a_flipped_bit_in_an_npz_is_noticed():
    data = bytearray(weight_files.encode_arrays(some(), "npz"))
    data[200] ^= 1
    refused(bytes(data), "damaged at 'weight_ih_l0.npy'")


def packed_zeros(size):
    return npz(a=npy(f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({size // 4},), }}", bytes(size)))


def peak_of(data, **others):
    tracemalloc.start()
    try:
        refused(data, **others)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bomb_is_not_unpacked():
    bomb = packed_zeros(20_000_000)
    assert len(bomb) < 30_000
    assert peak_of(bomb, largest=1_000_000) < 300_000
    # One that says it is small: 999 bytes instead of 20 million, in both places where an archive says so.
    told = struct.pack("<I", zipfile.ZipFile(io.BytesIO(bomb)).infolist()[0].file_size)
    assert bomb.count(told) == 2
    assert peak_of(bomb.replace(told, struct.pack("<I", 999))) < 1_000_000


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "weights.npz"
    weight_files.write_arrays(path, {"a": np.zeros(1000)})
    with pytest.raises(InvalidInput, match="at most 500"):
        weight_files.read_arrays(path, largest=500)
    refused(path.read_bytes(), "at most 500", largest=500)


# Thousands of damaged files -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", files())
def test_a_damaged_file_gives_whole_weights_or_a_sentence(name):
    data, rng = files()[name], random.Random(name)
    accepted = 0
    for _ in range(max(1, HOW_MANY // len(files()))):
        wrong = rng.choice([damaged, repacked])(data, rng)
        if rng.random() < 0.3:
            wrong = damaged(wrong or data, rng)
        try:
            weights = load_weights(wrong, name="weights.bin", bidirectional=None)
        except InvalidInput as error:
            assert "weights.bin" in str(error) and len(str(error)) < 800
        else:                                           # a flipped bit in a number, or in what nobody reads
            assert same(check_weights(weights), weights)
            accepted += 1
    assert accepted < HOW_MANY
