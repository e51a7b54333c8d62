"""How fast a training step is, beside others: the page's Pyodide against TensorFlow.js and brain.js, NumPy against PyTorch.

    python3 build.py bench training [rounds]

A step is forward, loss, full backward and Adam on one batch (W4: forward alone); workloads, weights and batches are in
peers/ours.py. All peers of one workload run in one Chromium, block after block, after their first losses have been found
equal. What is printed is the peer's time divided by py_lstm's: above 1, py_lstm is faster. Results are in training.md.
"""

import json
import math
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from web.build import browsers, serve, toolchain
from web.build.console import run as call
from web.build.console import step
from web.build.paths import DIST, SCRATCH

PEERS = Path(__file__).with_name("peers")
BLOCK_MS = 120
EQUAL = 1e-4                # of the first losses, relatively
BUSY = 1.3                  # median by fastest block; above it the machine was doing something else as well

# What was aimed at: the least ratio, by workload and peer.
AIMS = {("W1", "tfjs-wasm"): 25, ("W1", "brain.js"): 1.0, ("W2", "tfjs-wasm"): 4, ("W2", "brain.js"): 5,
        ("W3", "tfjs-wasm"): 3.5, ("W3", "brain.js"): 7, ("W4", "tfjs-wasm"): 0.8,
        ("W1", "PyTorch"): 3.5, ("W2", "PyTorch"): 0.85, ("W3", "PyTorch"): 0.85}
CURVES = (("W1x8", "T", (16, 32, 64, 128, 256)), ("W2", "N", (4, 8, 16, 32, 64)))

# They choose OpenBLAS's kernels and block size; where they are set to something else than the machine is, NumPy is slow.
OPENBLAS_SETTINGS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
HOW_TO_GET_TORCH = ("PyTorch is not installed here, so nothing is measured natively: name a Python that has torch 2.13.0 and NumPy "
                    "2.4 in PY_LSTM_TORCH (python3.11 -m venv torch && torch/bin/pip install torch==2.13.0 \"numpy==2.4.*\").")


def install_peers():
    """Return peers/node_modules, as the lock file says."""
    node, npm = toolchain.find_node()
    modules = PEERS / "node_modules"
    stamp, wanted = modules / "made-from", (PEERS / "package-lock.json").read_text()
    if not (stamp.exists() and stamp.read_text() == wanted):
        with step("Installing the peers of tests/benchmarks/peers/package-lock.json"):
            call([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"], "Installing the peers",
                 toolchain.REMEDY, cwd=PEERS, env=toolchain.environment_with(node))
            stamp.write_text(wanted)
    return modules


def lay_out(modules):
    """A folder to serve: the benchmark's page, the peers, and the runtime of dist/ with the py_lstm wheel in it."""
    folder = SCRATCH / "benchmark"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(next(DIST.glob("pyodide-*")), folder / "runtime")
    for file in (*PEERS.glob("*.js"), PEERS / "page.html", PEERS / "ours.py", modules / "@tensorflow/tfjs/dist/tf.min.js",
                 *(modules / "@tensorflow/tfjs-backend-wasm/dist").glob("*.wasm"),
                 modules / "@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js", modules / "brain.js/dist/browser.js"):
        shutil.copy(file, folder)
    return folder


def quicker_style(times):
    """"tfjs-wasm core" and "tfjs-wasm layers" as one "tfjs-wasm", whichever has the fastest block."""
    best = {}
    for name, blocks in times.items():
        title = name.partition(" ")[0]
        if title not in best or min(blocks) < min(best[title]):
            best[title] = blocks
    return best


def check(name, losses):
    """Refuse to compare peers whose first losses differ."""
    for title, found in losses.items():
        for mine, theirs in zip(losses["py_lstm"], found, strict=True):
            if not math.isclose(mine, theirs, rel_tol=EQUAL):
                raise SystemExit(f"{name}: {title} computes something else: its first losses are {found}, py_lstm's {losses['py_lstm']}.")


def report(name, result):
    """Print one workload; returns whether the machine was quiet."""
    check(name, result["losses"])
    times = quicker_style(result["times"])
    ours, quiet = times.pop("py_lstm"), True
    median, fastest = statistics.median(ours), min(ours)
    print(f"{name:<6}{'py_lstm':<12}{median:>10.3f}{fastest:>10.3f} ms", flush=True)
    for title, blocks in times.items():
        ratios = statistics.median(blocks) / median, min(blocks) / fastest
        aim = AIMS.get((name, title))
        print(f"{'':<6}{title:<12}{statistics.median(blocks):>10.3f}{min(blocks):>10.3f} ms{ratios[0]:>9.2f}{ratios[1]:>9.2f}"
              + (f"{aim:>8g}  {'reached' if min(ratios) >= aim else 'by the fastest blocks' if ratios[1] >= aim else 'by the medians' if ratios[0] >= aim else 'missed'}" if aim else ""))
    for title, blocks in {"py_lstm": ours, **times}.items():
        if statistics.median(blocks) > BUSY * min(blocks):
            quiet = False
            print(f"      {title}: the median block took {statistics.median(blocks) / min(blocks):.2f} times as long as the fastest. "
                  "The machine was too busy; trust the fastest blocks more, and measure again.")
    return quiet


def exponent(values, times):
    """The slope of log time over log size: 1 is linear."""
    x, y = [math.log(value) for value in values], [math.log(time) for time in times]
    return statistics.linear_regression(x, y).slope


HEAD = f"{'':<18}{'median':>10}{'fastest':>10}   {'ratios of both':>18}{'aim':>8}"


def in_chromium(rounds):
    folder = lay_out(install_peers())
    path = browsers.path_of("chromium")
    with serve.serving(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=browsers.flags())
        page = browser.new_page()
        page.on("pageerror", lambda error: print(error))
        page.goto(address + "page.html")
        page.wait_for_function("window.ready", timeout=180_000)
        page.set_default_timeout(0)
        versions = page.evaluate("versions()")
        names = page.evaluate("Object.keys(workloadsByName)")
        print(f"Chromium {browser.version}, Pyodide {versions['pyodide']} (Python {versions['python']}), TensorFlow.js {versions['tfjs']}, "
              f"brain.js {json.loads((PEERS / 'package.json').read_text())['dependencies']['brain.js']}; one thread.\n{HEAD}")
        for name in names:
            report(name, page.evaluate("([name, rounds, ms]) => measure(name, rounds, ms)", [name, rounds, BLOCK_MS]))
        for name, size, values in CURVES:
            times = page.evaluate("([name, size, values, rounds, ms]) => curve(name, size, values, rounds, ms)",
                                  [name, size, values, max(3, rounds // 2), BLOCK_MS / 2])
            print(f"{name} for {size} = {', '.join(map(str, values))}: {', '.join(f'{time:.3g}' for time in times)} ms, "
                  f"∝ {size}^{exponent(values, times):.2f}, from {values[-3]} on {size}^{exponent(values[-3:], times[-3:]):.2f}")
        browser.close()


def natively(rounds):
    python = os.environ.get("PY_LSTM_TORCH", sys.executable)
    if subprocess.run([python, "-c", "import torch"], capture_output=True).returncode:
        print(HOW_TO_GET_TORCH)
        return
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    unset = [name for name in OPENBLAS_SETTINGS if environment.pop(name, None) is not None]
    if unset:
        print(f"{' and '.join(unset)} left out for this measurement: NumPy is to choose by the machine.")
    output = subprocess.run([python, str(PEERS / "native.py"), str(rounds), str(BLOCK_MS)], env=environment, check=True,
                            stdout=subprocess.PIPE, text=True).stdout
    result = json.loads(output)
    print(f"\n{result['versions']}; one thread.\n{HEAD}")
    for name, workload in result["workloads"].items():
        report(name, workload)


def run(rounds=9):
    in_chromium(rounds)
    natively(rounds)
    return 0
