"""Every file that the share dialog gives, in whatever browser and from whatever address: taken, and held against the page's numbers."""
import base64
import csv
import io
import json
import time
import xml.etree.ElementTree as xml
import zipfile

import numpy as np

KINDS = ["png", "svg", "csv", "tidy", "npz", "json", "script", "wheel"]
SHARE = "document.querySelector('header .share-button').click()"
READY = "document.querySelector('dialog [data-take=json]:enabled') !== null"
CLOSE = "document.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close())"


def until(place, expression, seconds=60):
    """Wait in a page, or in a frame, whose policy lets nothing be left there to be evaluated later."""
    end = time.monotonic() + seconds
    while not place.evaluate(expression):
        assert time.monotonic() < end, "after %d s still not so: %s" % (seconds, expression)
        time.sleep(0.05)


def take_all(tab, place=None):
    """{kind: (name, bytes)} of every button of the dialog; `place` is the frame in `tab` that holds the page, if one does."""
    place = place or tab
    place.evaluate(SHARE)
    until(place, READY)
    taken = {}
    for kind in KINDS:
        with tab.expect_download() as download:
            place.locator("dialog [data-take=%s]" % kind).click()
        name = download.value.suggested_filename
        until(place, "document.querySelector('dialog .said')?.textContent.includes(%s)" % json.dumps(name))
        taken[kind] = name, download.value.path().read_bytes()
    place.evaluate(CLOSE)
    return taken


# What a page hands to its browser: the name and the bytes behind the link that it clicks.
LISTEN = """(() => {
  const blobs = new Map();
  const { createObjectURL } = URL;
  const { click } = HTMLAnchorElement.prototype;
  window.handed = {};
  URL.createObjectURL = (blob) => { const address = createObjectURL.call(URL, blob); blobs.set(address, blob); return address; };
  HTMLAnchorElement.prototype.click = function () {
    if (this.download) window.handed[this.download] = blobs.get(this.href);
    %s
  };
})()"""
BYTES = """new Promise((done) => { const reader = new FileReader();
  reader.onload = () => done(reader.result.split(",")[1]); reader.readAsDataURL(window.handed[%s]); })"""


def handed_all(tab, saving=True):
    """As `take_all`, where the driver does not tell what a browser saves: what the page hands over. It is saved only if `saving`."""
    tab.evaluate(LISTEN % ("return click.call(this);" if saving else "return undefined;"))
    tab.evaluate(SHARE)
    until(tab, READY)
    taken = {}
    for kind in KINDS:
        tab.evaluate("document.querySelector('dialog [data-take=%s]').click()" % kind)
        until(tab, "Object.keys(window.handed).length === %d" % (len(taken) + 1))
        name = tab.evaluate("Object.keys(window.handed).at(-1)")
        until(tab, "Boolean(document.querySelector('dialog .said')?.textContent.includes(%s))" % json.dumps(name))
        taken[kind] = name, base64.b64decode(tab.evaluate(BYTES % json.dumps(name)))
    tab.evaluate(CLOSE)
    return taken


def assert_right(taken, trace, experiment):
    """Files {kind: (name, bytes)} against the page's own {name: array} and experiment."""
    stem = "%s-%d-units-%d-updates" % (experiment["task"], experiment["hidden_size"], experiment["updates"])
    assert all(name.startswith(stem) for kind, (name, _) in taken.items() if kind != "wheel")
    content = {kind: file for kind, (_, file) in taken.items()}
    assert content["png"][:8] == b"\x89PNG\r\n\x1a\n"
    svg = xml.fromstring(content["svg"].decode())
    assert [int.from_bytes(content["png"][at:at + 4], "big") for at in (16, 20)] == [2 * int(svg.get("width")), 2 * int(svg.get("height"))]
    assert "f 1, step 1: %.6g" % trace["f"][0, 0] in [one.text for one in svg.iter("{http://www.w3.org/2000/svg}title")]
    rows = list(csv.DictReader(io.StringIO(content["csv"].decode())))
    assert [float(row["c_1"]) for row in rows] == trace["c"][:, 0].tolist()
    tidy = {(row["quantity"], row["t"], row["unit"]): float(row["value"]) for row in csv.DictReader(io.StringIO(content["tidy"].decode()))}
    assert tidy["dc", "1", "1"] == trace["dc"][0, 0]
    with np.load(io.BytesIO(content["npz"]), allow_pickle=False) as arrays:
        assert set(arrays) == set(trace) and all((arrays[one] == trace[one]).all() for one in arrays)
    assert json.loads(content["json"]) == experiment
    assert b"from py_lstm import Experiment" in content["script"]
    assert "py_lstm/cell.py" in zipfile.ZipFile(io.BytesIO(content["wheel"])).namelist()


def trace_of(place):
    return {name: np.reshape(entry["data"], entry["shape"]) for name, entry in place.evaluate("lab.trace()").items()}
