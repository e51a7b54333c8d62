"""The page's pure modules, tested by themselves in Node.js: one test here for each file in modules/."""
import subprocess
from pathlib import Path

import pytest

from web.build import toolchain

MODULES = sorted(Path(__file__).parent.joinpath("modules").glob("*.test.mjs"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_module(path):
    node, _ = toolchain.find_node()
    done = subprocess.run([node, "--test", str(path)], capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
