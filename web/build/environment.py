"""The Python environment .venv: find a Python that is new enough, make it, fill it from requirements.lock.

Written in old syntax and for the standard library only, since it runs before there is an environment.
"""
import hashlib
import os
import shutil
import subprocess
import sys

from web.build.console import Failure, run, step

# The versions that requirements.lock was made for; pyodide-build needs at least the first.
SUPPORTED = ["3.12", "3.13", "3.14"]
MADE_HERE = [".venv", ".build", "dist", os.path.join("web", "node_modules"), ".pytest_cache", ".hypothesis"]
REMEDY_NETWORK = "Check the network connection and run the same command again; --debug shows the whole output"


def clean(root):
    for name in MADE_HERE:
        if os.path.exists(os.path.join(root, name)):
            with step("Removing " + name):
                shutil.rmtree(os.path.join(root, name))
    return 0


def is_running(root):
    return os.path.realpath(sys.prefix) == os.path.realpath(os.path.join(root, ".venv"))


def venv_python(root):
    parts = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(root, ".venv", *parts)


def prepare(root):
    """Return the Python of .venv, after making or updating it if its recipe has changed."""
    python, stamp = venv_python(root), os.path.join(root, ".venv", "made-from")
    wanted = recipe(root)
    if os.path.exists(stamp):
        with open(stamp) as file:
            if file.read() == wanted and probe(python):
                return python
        os.remove(stamp)
    if not usable(python):
        base = find_python(root)
        with step("Making .venv with Python %s (%s)" % (probe(base)[0], base)):
            shutil.rmtree(os.path.join(root, ".venv"), ignore_errors=True)
            run([base, "-m", "venv", os.path.join(root, ".venv")], "Making .venv",
                "Install Python's venv module (on Debian and Ubuntu: apt install python3-venv) and run this again")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    with step("Installing the Python packages of requirements.lock"):
        run(pip + ["--require-hashes", "-r", os.path.join(root, "requirements.lock")],
            "Installing the Python packages", REMEDY_NETWORK)
    with step("Installing py_lstm itself, editable"):
        run(pip + ["--no-deps", "--no-build-isolation", "--editable", root], "Installing py_lstm", REMEDY_NETWORK)
    with open(stamp, "w") as file:
        file.write(wanted)
    return python


def recipe(root):
    """What .venv is made from. The folder is part of it: neither scripts nor the editable install can be moved."""
    digest = hashlib.sha256(os.path.realpath(root).encode("utf-8"))
    for name in ("requirements.lock", "pyproject.toml"):
        with open(os.path.join(root, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def usable(python):
    """Whether an environment that is already there, perhaps half made, can be filled further."""
    found = probe(python)
    return bool(found) and found[0] in SUPPORTED and \
        subprocess.call([python, "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def probe(python):
    """(version, whether it can make environments, its own path) of a Python, or None if it does not run.

    A pyenv shim exists without running where its version is not selected, and its path is not Python's own.
    """
    code = ("import sys, importlib.util as u;"
            "print('%d.%d' % sys.version_info[:2], bool(u.find_spec('ensurepip')), sys.executable)")
    try:
        output = subprocess.check_output([python, "-c", code], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                         timeout=30)
        version, can_make, path = output.decode("utf-8").strip().split(" ", 2)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return version, can_make == "True", path


def find_python(root):
    with open(os.path.join(root, ".python-version")) as file:
        preferred = file.read().strip()
    without_venv = None
    for version in sorted(SUPPORTED, key=lambda name: name != preferred):
        for candidate in candidates(version):
            found = probe(candidate)
            if found and found[0] == version:
                if found[1]:
                    return found[2]
                without_venv = found
    if without_venv:
        raise Failure("%s cannot make environments: install its venv module "
                      "(on Debian and Ubuntu: apt install python%s-venv) and run this again."
                      % (without_venv[2], without_venv[0]))
    raise Failure("py_lstm is built with Python %s to %s, and only %d.%d was found: install Python %s from your "
                  "system's packages, pyenv or python.org and run this again."
                  % (SUPPORTED[0], SUPPORTED[-1], sys.version_info[0], sys.version_info[1], preferred))


def candidates(version):
    """Where a Python of that version may be, best first. Not every path exists."""
    if "%d.%d" % sys.version_info[:2] == version:
        yield sys.executable
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for folder in folders:
        for name in ("python" + version, "python%s.exe" % version):
            if os.path.exists(os.path.join(folder, name)):
                yield os.path.join(folder, name)
    for versions in pyenv_folders(folders):
        for name in sorted(os.listdir(versions), reverse=True):
            if name == version or name.startswith(version + "."):
                yield os.path.join(versions, name, "bin", "python")
    if os.name == "nt":
        try:  # the launcher knows installations that are not on PATH
            output = subprocess.check_output(["py", "-" + version, "-c", "import sys; print(sys.executable)"],
                                             stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            yield output.decode("utf-8").strip()
        except (OSError, subprocess.SubprocessError):
            pass


def pyenv_folders(path_folders):
    """pyenv's `versions` folders: named by the environment, beside its commands on PATH, or around this Python."""
    roots = [os.environ.get("PYENV_ROOT", ""), os.path.join(os.path.expanduser("~"), ".pyenv")]
    for folder in path_folders:
        if os.path.basename(folder) == "shims" or os.path.exists(os.path.join(folder, "pyenv")):
            roots.append(os.path.dirname(os.path.realpath(folder)))
    around = os.path.dirname(getattr(sys, "base_prefix", sys.prefix))
    found = [os.path.join(root, "versions") for root in roots if root]
    found.append(around if os.path.basename(around) == "versions" else "")
    return [folder for folder in dict.fromkeys(found) if os.path.isdir(folder)]
