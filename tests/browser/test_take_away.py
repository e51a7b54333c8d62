"""What is taken away holds what is on the screen: pictures, tables, arrays, the experiment, the script, a number with its equation."""
import base64
import csv
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as xml
import zipfile

import numpy as np
import pytest
from lab import DEFAULTS, Lab, lab, live_tabs, shared_tab, wait_until  # noqa: F401
from test_accessibility import violations

from py_lstm import Experiment, explain, run
from web.build import toolchain
from web.build.paths import MODULES, ROOT

SVG = "{http://www.w3.org/2000/svg}"
OWN = {"task": "own", "values": [[0.5, 1], [-1, 0], [2, 0.25], [0, 0]], "targets": [1, 0, -1, 0.5], "updates": 20}
TEXT = "she sells sea shells, \"\"\" by the sea shore \\n 她卖海螺 " * 2
REPRODUCED = {
    "default": {},
    "own numbers": OWN,
    "own text": {"task": "own_text", "text": TEXT, "hidden_size": 6, "updates": 5},
    "grammar": {"task": "reber", "updates": 10},
    "damaged and edited": {"updates": 60, "damage": {"clamp_f": 0.5, "no_carry": 1}, "damage_from": 20, "edits": {"weight_hh[0,1]": 0.75, "x[3,0]": -1}},
    "changed on the way": {"updates": 80, "changes": {"30": {"learning_rate": 0.1}}, "gradient_of": "loss", "optimizer": "rmsprop"},
}


@pytest.fixture
def dialog(lab):  # noqa: F811
    """The share dialog of the shared page, which the test may leave open or closed."""
    yield opened(lab)
    close(lab.tab)


def opened(page_lab):
    """Open the dialog, or leave it open."""
    if not page_lab.tab.locator("dialog .take").count():
        page_lab.tab.locator("header .share-button").click()
    page_lab.tab.locator("dialog [data-take=json]:enabled").wait_for()
    return page_lab


def close(tab):
    while tab.locator("dialog[open]").count():
        tab.locator("dialog[open] header button").last.click()
        tab.wait_for_timeout(50)


def take(page_lab, kind):
    """(name, bytes) of the file that a button of the open dialog gives."""
    with page_lab.tab.expect_download() as download:
        page_lab.tab.locator("dialog [data-take=%s]" % kind).click()
    name = download.value.suggested_filename
    wait_until(page_lab.tab, "document.querySelector('dialog .said')?.textContent.includes(%s)" % json.dumps(name))
    return name, download.value.path().read_bytes()


def with_experiment(page_lab, experiment):
    page_lab.set(**{**DEFAULTS, **Experiment.from_json(experiment).to_json()})
    return opened(page_lab)


def table(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_the_tables_and_arrays_hold_the_numbers_of_the_screen(dialog):
    trace = dialog.trace()
    name, content = take(dialog, "npz")
    assert name == "latch-3-units-200-updates-trace.npz"
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        assert set(arrays) == set(trace) and all((arrays[one] == trace[one]).all() for one in arrays)
    name, content = take(dialog, "csv")
    assert name == "latch-3-units-200-updates-by-step.csv"
    rows = table(content)
    assert len(rows) == 24 and [float(row["f_2"]) for row in rows] == trace["f"][:, 1].tolist()
    assert [float(row["dc_3"]) for row in rows] == trace["dc"][:, 2].tolist()
    name, content = take(dialog, "tidy")
    tidy = {(row["quantity"], int(row["t"]), int(row["unit"])): float(row["value"]) for row in table(content)}
    wanted = {(one, t + 1, unit + 1): value for one in run(Experiment(updates=0)).quantities for t, row in enumerate(trace[one].tolist())
              for unit, value in enumerate(row)}
    wanted |= {(one, 0, unit + 1): value for one in ("h", "c", "dh", "dc") for unit, value in enumerate(trace[one + "_0"].tolist())}
    assert tidy == wanted and name == "latch-3-units-200-updates-by-number.csv"


@pytest.mark.parametrize("room, rows", [("forward", "x, f, i, g, o, c, h, y, dc"), ("backward", "dx, dz_f, dz_i, dz_g, dz_o, dc, dh, dy, f")])
def test_the_picture_is_the_rooms_own_in_vectors_and_in_pixels(lab, room, rows):  # noqa: F811
    lab.enter(room)
    opened(lab)
    trace = lab.trace()
    name, content = take(lab, "svg")
    assert name == f"latch-3-units-200-updates-{room}-picture.svg"
    tree = xml.fromstring(content.decode())
    titles = [one.text for one in tree.iter(SVG + "title")]
    assert titles[0] == rows + " over 24 steps"
    assert "f 2, step 13: %.6g" % trace["f"][12, 1] in titles and "dc 3, step 20: %.6g" % trace["dc"][19, 2] in titles
    words = [one.text for one in tree.iter(SVG + "text")]
    assert words[0].startswith("Latch") and "3 units" in words[0] and any(lab.tab.evaluate("location.origin") in text for text in words)
    name, content = take(lab, "png")
    assert name == f"latch-3-units-200-updates-{room}-picture.png" and content[:8] == b"\x89PNG\r\n\x1a\n"
    size = [int.from_bytes(content[at:at + 4], "big") for at in (16, 20)]
    assert size == [2 * int(tree.get("width")), 2 * int(tree.get("height"))]
    # Not empty: of the pixels of its middle many are no paper.
    shades = lab.tab.evaluate("""async (text) => {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
        canvas.drawImage(picture, 0, 0);
        return new Set(new Uint32Array(canvas.getImageData(0, picture.height >> 1, picture.width, 40).data.buffer)).size; }""",
        base64.b64encode(content).decode())
    assert shades > 20
    close(lab.tab)


def test_the_experiment_goes_to_the_command_line_and_comes_back(dialog, tmp_path):
    experiment = {"hidden_size": 2, "updates": 6, "damage": {"clamp_f": 0.25}, "edits": {"bias[1]": 0.5}}
    with_experiment(dialog, experiment)
    name, content = take(dialog, "json")
    assert name == "latch-2-units-6-updates-damaged-edited-experiment.json"
    fields = json.loads(content)
    assert fields == dialog.experiment == Experiment.from_json(experiment).to_json()
    (tmp_path / name).write_bytes(content)
    told = subprocess.run([sys.executable, "-m", "py_lstm", "run", "--json", tmp_path / name], capture_output=True, text=True, timeout=60,
                          env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert abs(json.loads(told.stdout)["loss"] - run(Experiment.from_json(experiment)).loss) < 1e-12, told.stderr
    dialog.set(**DEFAULTS)
    dialog.tab.locator("dialog input[type=file]").set_input_files(tmp_path / name)
    wait_until(dialog.tab, "document.querySelector('dialog .take li .said')?.textContent.includes('damaged')")
    assert dialog.experiment == fields


def test_scripts_compute_the_same_numbers(dialog, tmp_path):
    """Of every kind of experiment; they run at once, by themselves."""
    running = {}
    for kind, experiment in REPRODUCED.items():
        with_experiment(dialog, experiment)
        name, content = take(dialog, "script")
        script = tmp_path / ("%d-%s" % (len(running), name))
        script.write_bytes(content)
        loss = dialog.tab.evaluate("lab.trace().dy.data.length && document.documentElement.dataset.engine")
        assert loss == "live"
        running[kind] = (dialog.trace(), subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                                          env=os.environ | {"PYTHONPATH": str(ROOT)}))
    for kind, (trace, process) in running.items():
        out, error = process.communicate(timeout=120)
        assert process.returncode == 0 and "largest difference from what was seen" in out, kind + out + error
        # What it says of the selected number is what the page shows of it.
        shown = next(line for line in out.splitlines() if ", step " in line)
        quantity, step, unit = shown.split(":")[0].split(", ")
        value = trace[quantity][int(step[5:]) - 1, int(unit[5:]) - 1]
        assert abs(float(shown.split(":")[1]) - value) < 1e-7, kind


def test_a_reader_installs_the_wheel_and_runs_the_script(dialog, tmp_path):
    """In an environment that has nothing yet, with the two files that the dialog gives and the command the script names."""
    with_experiment(dialog, REPRODUCED["damaged and edited"])
    for kind in ("wheel", "script"):
        name, content = take(dialog, kind)
        (tmp_path / name).write_bytes(content)
    script, = tmp_path.glob("*.py")
    install = re.search(r"^#     pip (install \S+\.whl)$", script.read_text(encoding="utf-8"), re.MULTILINE)[1].split()
    # Not from the folder of the sources, and without their path.
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "fresh"], check=True, timeout=120)
    python = tmp_path / "fresh" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    for command in (["-m", "pip", "--quiet", "--disable-pip-version-check", *install], [script]):
        done = subprocess.run([python, *command], capture_output=True, text=True, timeout=300, cwd=tmp_path, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr
    # The script itself compares the loss and every array's norm with what the page had; here one number is, directly.
    assert "largest difference from what was seen" in done.stdout
    told = re.search(r"^(\w+), step (\d+), unit (\d+): (\S+)$", done.stdout, re.MULTILINE)
    assert abs(float(told[4]) - dialog.trace()[told[1]][int(told[2]) - 1, int(told[3]) - 1]) < 1e-9


def test_the_package_itself(dialog):
    name, content = take(dialog, "wheel")
    wheel = zipfile.ZipFile(io.BytesIO(content))
    assert name.endswith("-py3-none-any.whl") and wheel.read("py_lstm/cell.py") == (ROOT / "py_lstm" / "cell.py").read_bytes()
    assert any(one.endswith(".dist-info/RECORD") for one in wheel.namelist())


def test_the_check_and_the_training_where_they_are_on_the_screen(lab):  # noqa: F811
    opened(lab)
    assert lab.tab.locator("dialog [data-take=check], dialog [data-take=curves]").count() == 0
    close(lab.tab)
    report = lab.tab.evaluate("lab.gradientCheck()")
    lab.tab.locator("header nav button").nth(2).click()
    lab.tab.locator(".train-bar, .curves").first.wait_for()
    opened(lab)
    name, content = take(lab, "check")
    assert name.endswith("-gradient-check.csv")
    assert [(row["name"], float(row["relative_error"]), row["right"]) for row in table(content)] == \
        [(one["name"], one["relative_error"], str(one["right"])) for one in report]
    name, content = take(lab, "curves")
    curves, rows = lab.tab.evaluate("lab.run()"), table(content)
    assert name.endswith("-training.csv") and len(rows) == curves["count"] and {row["run"] for row in rows} == {"this run"}
    for column, kind in (("loss", "loss"), ("score", "score"), ("gradient_norm", "norm")):
        assert [float(row[column]) for row in rows] == curves[kind]
    close(lab.tab)


HOSTILE = {
    "no JSON": b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "nothing": b"", "a list": b"[1, 2]", "a field that is none": b'{"hidden_size": 3, "rm": "-rf"}',
    "a size beyond the page": b'{"hidden_size": 900}', "a prototype": b'{"__proto__": {"hidden_size": 4}}', "nested": b"[" * 100_000,
    "no number": b'{"learning_rate": NaN}', "markup": b'{"task": "<img src=x onerror=alert(1)>"}', "too large": b" " * 2_000_001,
    "an array without end": b'{"values": ' + b"[" * 900 + b"]" * 900 + b', "task": "own"}',
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_is_no_experiment_is_refused_with_a_sentence_and_nothing_is_lost(dialog, what, tmp_path):
    before = dialog.experiment
    (tmp_path / "file.json").write_bytes(HOSTILE[what])
    dialog.tab.locator("dialog input[type=file]").set_input_files(tmp_path / "file.json")
    sentence = dialog.tab.locator("dialog .take li .refusal")
    sentence.wait_for()
    assert 10 < len(sentence.text_content()) < 300 and sentence.text_content().strip()[-1] == "."
    assert dialog.experiment == before == dialog.wanted and dialog.tab.locator("dialog img").count() == 0
    dialog.set(updates=201)                             # the page goes on working
    assert dialog.experiment["updates"] == 201


def test_a_file_is_dropped_anywhere_on_the_page(lab):  # noqa: F811
    close(lab.tab)
    drop = """(text) => { const carried = new DataTransfer();
        carried.items.add(new File([text], "a.json", { type: "application/json" }));
        document.querySelector("main").dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true })); }"""
    lab.tab.evaluate(drop, '{"hidden_size": 2, "updates": 4}')
    wait_until(lab.tab, "document.querySelector('.arrival')?.textContent.includes('a.json')")
    assert (lab.experiment["hidden_size"], lab.experiment["updates"]) == (2, 4)
    lab.tab.evaluate(drop, "{}]")
    lab.tab.locator(".arrival.bad").wait_for()
    assert lab.experiment["hidden_size"] == 2
    lab.tab.locator(".arrival button").click()
    lab.tab.locator(".arrival").wait_for(state="detached")


def test_a_number_is_copied_with_its_equation(lab):  # noqa: F811
    lab.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.select("c", 13, 2)
    wait_until(lab.tab, "document.querySelector('.inspector data')?.dataset.place === 'c,13,2'")
    value = lab.trace()["c"][12, 1]
    for form, beginning, has in (("text", "cell state, unit 2, step 13\n", "c_(13,2) = f_(13,2) · c_(12,2) + i_(13,2) · g_(13,2)"),
                                 ("latex", "%% cell state, unit 2, step 13: %r\n" % float(value), "c_{13,2} &= f_{13,2} \\, c_{12,2}")):
        lab.tab.locator("[data-copy='inspector.copy.%s']" % form).click()
        wait_until(lab.tab, "navigator.clipboard.readText().then((text) => text.startsWith(%s))" % json.dumps(beginning))
        assert has in lab.tab.evaluate("navigator.clipboard.readText()")
    assert repr(float(value)).lstrip("-") in lab.tab.evaluate("navigator.clipboard.readText()")


def test_where_copying_is_forbidden_the_text_is_there_to_be_copied_by_hand(lab):  # noqa: F811
    lab.tab.evaluate("""() => { navigator.clipboard.writeText = () => Promise.reject(new Error("denied"));
        document.execCommand = () => false; }""")
    try:
        lab.tab.locator("[data-copy='inspector.copy.latex']").click()
        field = lab.tab.locator(".by-hand textarea")
        field.wait_for()
        assert field.input_value().startswith("% ") and field.evaluate("field => field.selectionEnd - field.selectionStart") > 50
        assert field.evaluate("field => field === document.activeElement")
        lab.tab.locator(".inspector .value").click()
        field.wait_for(state="detached")
    finally:
        lab.tab.evaluate("delete navigator.clipboard.writeText; delete document.execCommand; undefined")


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, {"width": 390, "height": 844}])
def test_it_is_reached_by_keyboard_and_axe_finds_nothing(lab, size):  # noqa: F811
    tab = lab.tab
    tab.set_viewport_size(size)
    try:
        tab.locator("header .share-button").focus()
        tab.keyboard.press("Enter")
        tab.locator("dialog [data-take=json]:enabled").wait_for()
        tab.locator("dialog [data-take=svg]").focus()
        with tab.expect_download():
            tab.keyboard.press("Space")
        tab.evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8") + ";undefined")
        assert violations(tab) == []
        assert tab.evaluate("document.querySelector('dialog .take').scrollWidth <= document.querySelector('dialog').clientWidth")
        tab.keyboard.press("Escape")
        tab.locator("dialog[open]").wait_for(state="detached")
    finally:
        close(tab)
        tab.set_viewport_size({"width": 1440, "height": 900})


def test_what_is_copied_of_every_quantity_can_be_set(tmp_path):
    told = []
    for name, experiment in {"output": Experiment(updates=20), "loss": Experiment(updates=20, gradient_of="loss"), "reber": Experiment("reber", updates=2, gradient_of="loss"),
                             "damaged": Experiment(updates=5, damage={"clamp_f": 0.5, "no_carry": 1}), "peepholes": Experiment(updates=5, damage={"peepholes": 1}),
                             "large": Experiment("own", values=[[1e5], [-1e-7], [3]], updates=3)}.items():
        trace = run(experiment)
        told += [(name, explain(trace, quantity, t, 1).to_json()) for quantity in trace.quantities for t in (1, 2)]
    (tmp_path / "told.json").write_text(json.dumps(told))
    node, _ = toolchain.find_node()
    done = subprocess.run([node, "--test", ROOT / "tests" / "browser" / "modules" / "written.mjs"], capture_output=True, text=True, encoding="utf-8", timeout=120,
                          env=os.environ | {"EXPLANATIONS": str(tmp_path / "told.json")})
    assert done.returncode == 0, done.stdout + done.stderr
