"""A share link gives the same in Python and in the page's JavaScript."""

import json
import math
import shutil
import subprocess
from pathlib import Path

import pytest

from py_lstm import Experiment, link

LINK_JS = Path(__file__).parents[2] / "web" / "core" / "link.js"
LINKS = [
    "", "#", "hidden_size=5&updates=40&t=7&quantity=c", "#a=1&a=2", "t=7.5&unit=", "t=many&unit=0x10", "t=1e400&unit=-Infinity&lang=zh-CN",
    "task=own&values=0.1,-2;1e-9,3;0.3333333333333333,0&targets=1,-1,.5", "values=", "values=;;", "values=1,,2", "targets=", "targets=a,%20b",
    "edits=weight_hh[0,2]:0.5;c_0[1]:-1e-7", "edits=", "edits=bias", "edits=a:b:1;;:3;x:", "edits=x:%3A1", "task=5", "learning_rate=1e-3",
    "seed=1e300", "seed=1e999", "seed=" + "9" * 400, "seed=12345678901234567890", "seed=1e20", "seed=1e21", "seed=-0", "scale=NaN", "scale=−1.5",
    "scale=%E2%88%922", "scale=1_000", "scale=٣", "scale=+5.", "scale=.", "scale=-", "scale=1e", "scale=\u00a05\ufeff", "scale=\u001c5", "scale=5\u0085",
    "task=%E0%A4%A", "task=%ED%A0%80", "task=%C0%80", "%", "=1", "foo", "foo=", "__proto__=1&x=2", "constructor=1", "toString=a", "task=a+b", "task=a=b=c",
    "changes=10:learning_rate:0.005;20:clip_norm:0.5", "changes=10:learning_rate:0.1;10:batch_size:4", "changes=", "changes=10", "changes=x:y:z:w",
    "changes=__proto__:a:1;1:__proto__:2;2:a:1", "beside=forget_bias%3D-2%7Cseed%3D3", "beside=cell%3Drnn&seed=2", "beside=changes%3D10:learning_rate:0.1",
    "&&&", "room=train&theme=dark&projector=1", "task=%26&x=%3D", "loss_at=last&gradient_of=loss&forget_bias=-.5",
]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_the_same_link_gives_the_same():
    script = f"""
        import {{ decode }} from {json.dumps(LINK_JS.as_uri())};
        const [links, defaults] = JSON.parse(await new Promise((done) => {{
            let text = ""; process.stdin.on("data", (more) => text += more).on("end", () => done(text)); }}));
        const tell = (key, value) => typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
        console.log(JSON.stringify(links.map((link) => decode(link, defaults)), tell));
    """
    defaults = Experiment().to_json()
    done = subprocess.run(["node", "--input-type=module", "-e", script], input=json.dumps([LINKS, defaults]), text=True,
                          encoding="utf-8", capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    for text, right in zip(LINKS, json.loads(done.stdout), strict=True):
        found = link.decode(text)
        view = {name: {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN" if value != value else value)
                for name, value in found.view.items()}
        assert {"experiment": found.experiment, "view": view} == right, text
