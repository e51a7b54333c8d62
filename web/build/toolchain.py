"""Node.js and the page's JavaScript packages."""
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from web.build.console import run, step
from web.build.paths import MODULES, ROOT, WEB

OLDEST_NODE = 20
REMEDY = "Check the network connection and run the same command again; --debug shows the whole output"


def prepare():
    """Return the path of `node`, with web/node_modules as package-lock.json says."""
    node, npm = find_node()
    stamp = MODULES / "made-from"
    wanted = hashlib.sha256((WEB / "package.json").read_bytes() + (WEB / "package-lock.json").read_bytes()
                            + sys.platform.encode()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == wanted):
        with step("Installing the JavaScript packages of web/package-lock.json"):
            # No package here needs its install script, so none is run.
            run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
                "Installing the JavaScript packages", REMEDY, cwd=WEB, env=environment_with(node))
            stamp.write_text(wanted)
    return node


def find_node():
    """The system's Node.js if it is new enough and has npm, else the one that comes as a Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version_of(node) >= OLDEST_NODE:
        return node, npm
    scripts = Path(sys.executable).parent
    if not shutil.which("node", path=str(scripts)):
        with step("Installing Node.js into .venv, since the system has none from version %d on" % OLDEST_NODE):
            run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
                 "-r", ROOT / "requirements-node.lock"], "Installing Node.js",
                "Install Node.js %d or newer yourself, or check the network, and run this again" % OLDEST_NODE)
    return shutil.which("node", path=str(scripts)), shutil.which("npm", path=str(scripts))


def version_of(node):
    try:
        output = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    number = re.match(r"v(\d+)\.", output)
    return int(number.group(1)) if number else 0


def environment_with(node):
    """npm starts `node` by name, so the chosen one has to be the first on PATH."""
    return {**os.environ, "PATH": str(Path(node).parent) + os.pathsep + os.environ.get("PATH", "")}
