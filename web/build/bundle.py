"""The page's JavaScript and CSS in files named by their content."""
import json

from web.build.console import run, step
from web.build.paths import WEB


def build(node, folder):
    """Bundle into `folder`; return the names {app_js, app_css, worker, from_disk}, in app_needs those that app_js imports, in
    parts, by module, the scripts of what is loaded on demand, and in packages the npm packages they were made from."""
    with step("Bundling the page"):
        output = run([node, WEB / "build" / "bundle.mjs", folder], "Bundling the page",
                     "Mend the line it names and run this again")
    made = json.loads(output.splitlines()[-1])
    outputs = made["outputs"]
    app = outputs["app.jsx"]
    entries = {"app.jsx", "python/worker.js", "from-disk.js"}
    # esbuild gives each part that is loaded on demand the page's whole stylesheet once more, which none of them asks for.
    for name in {output["css"] for output in outputs.values()} - {app["css"], None}:
        (folder / name).unlink()
    parts = {module: [name for name in [output["file"], *output["needs"]] if name not in {app["file"], *app["needs"]}]
             for module, output in outputs.items() if module not in entries and module.startswith("views/")}
    return {"app_js": app["file"], "app_css": app["css"], "app_needs": app["needs"], "worker": outputs["python/worker.js"]["file"],
            "from_disk": outputs["from-disk.js"]["file"], "parts": parts, "packages": made["packages"]}


def build_one_file(node, folder):
    """Bundle app.js, app.css with its fonts, and worker.js with Pyodide's scripts, for the page that is one file. Return the
    npm packages they were made from."""
    output = run([node, WEB / "build" / "bundle.mjs", folder, "one-file"], "Bundling the page that is one file",
                 "Mend the line it names and run this again")
    return json.loads(output.splitlines()[-1])["packages"]
