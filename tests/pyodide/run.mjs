// Runs tests/unit inside Pyodide: `node run.mjs RUNTIME_FOLDER SITE_PACKAGES RECIPE [pytest arguments]`, with one of the
// two recipes by which the page starts Python: plain or restored.
// The runtime and the py_lstm wheel are the ones the page ships; pytest, being pure Python, is CPython's own copy.
import { existsSync, readFileSync, readdirSync, writeSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { start } from "./start.mjs";

const [runtime, sitePackages, recipe, ...pytestArguments] = process.argv.slice(2);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const PYTEST = /^(py\.py|(pytest|_pytest|pluggy|iniconfig|packaging|pygments)(-.+\.dist-info)?)$/;
// The package itself is not among them, so that the wheel is what is imported.
const FROM_ROOT = ["pyproject.toml", "tests", "web/python"];

const RUN = `
import os, sys
sys.path.append("/pytest")
os.chdir("/repository")
import py_lstm, pytest
assert "site-packages" in py_lstm.__file__, py_lstm.__file__
int(pytest.main(["-p", "no:cacheprovider", "-p", "no:faulthandler", *arguments]))
`;

function share(python, from, to) {
  if (!existsSync(from)) return;
  if (from.endsWith(".py") || from.endsWith(".toml")) {
    python.FS.mkdirTree(path.posix.dirname(to));
    python.FS.writeFile(to, readFileSync(from)); // only folders can be mounted
  } else {
    python.FS.mkdirTree(to);
    python.FS.mount(python.FS.filesystems.NODEFS, { root: from }, to);
  }
}

async function main() {
  const python = await start(runtime, recipe, { PYTHONDONTWRITEBYTECODE: "1", PYTEST_DISABLE_PLUGIN_AUTOLOAD: "1" });
  const write = (stream) => ({ write: (bytes) => writeSync(stream, bytes), isatty: false });
  python.setStdout(write(1));
  python.setStderr(write(2));
  for (const name of readdirSync(sitePackages).filter((name) => PYTEST.test(name))) {
    share(python, path.join(sitePackages, name), `/pytest/${name}`);
  }
  for (const name of FROM_ROOT) share(python, path.join(root, name), `/repository/${name}`);
  python.globals.set("arguments", python.toPy(pytestArguments.length ? pytestArguments : ["tests/unit"]));
  return python.runPythonAsync(RUN);
}

// Node would print the line that threw, which in Pyodide's minified code is a megabyte long.
process.exitCode = await main().catch((error) => {
  console.error(`The tests could not be run in Pyodide: ${error.message ?? error}`);
  return 1;
});
