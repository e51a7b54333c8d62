"""The commands of build.py, once its environment is there."""
import importlib
import sys
from pathlib import Path

from web.build import page, serve
from web.build.console import Failure
from web.build.paths import DIST, ROOT


def run(arguments):
    if arguments.command == "build":
        page.build(arguments.address)
        return 0
    if arguments.command == "serve":
        if not (DIST / "index.html").exists():
            page.build()
        return keep_serving(arguments.port, arguments.first_port)
    if arguments.command == "verify" and arguments.again:
        if arguments.folder:
            raise Failure("verify --again compares this folder's own build with a second one: leave %s out." % arguments.folder)
        from web.build import again
        print("Two builds gave the same bytes. SHA-256 of all of them: %s" % again.verify())
        return 0
    if arguments.command == "verify":
        from web.build import checksums
        folder = Path(arguments.folder) if arguments.folder else DIST
        print("Every file in %s is the one that was built. SHA-256 of all of them: %s" % (folder, checksums.verify(folder)))
        return 0
    if arguments.command == "test" and (arguments.repeat is not None or arguments.files):
        if arguments.part != "browser" or (arguments.repeat or 0) < 1:
            raise Failure("Only the browser tests are repeated, at least once, as in: python3 build.py test browser --repeat 10 test_offline")
        from web.build import repeating
        return repeating.run(arguments.repeat, arguments.files)
    if arguments.command == "test" and arguments.part == "parity":
        from web.build import parity
        return parity.test()
    if arguments.command == "test":
        from web.build import testing
        return testing.run(arguments.part)
    if arguments.command == "bench":
        is_random = arguments.what == "random"
        if arguments.rounds is not None and is_random or (arguments.seed or arguments.minutes is not None) and not is_random:
            raise Failure("--seed and --minutes belong to bench random, which takes no number of rounds, as in: "
                          "python3 build.py bench random --seed 1 2 --minutes 20")
        page.build()
        sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))
        if is_random:
            given = {"seeds": arguments.seed, "minutes": arguments.minutes}
            return importlib.import_module("random_driver").run(**{name: value for name, value in given.items() if value is not None})
        for what in [arguments.what] if arguments.what else ["startup", "training"]:
            importlib.import_module(what).run(*filter(None, [arguments.rounds]))
        return 0
    if arguments.command == "screenshots":
        from web.build import screenshots
        page.build()
        screenshots.take(arguments.folder, arguments.states) if arguments.folder else screenshots.take_for_readme()
        return 0
    page.build()
    return keep_serving(None, arguments.first_port, open_browser=True)


def keep_serving(port, first_port, open_browser=False):
    serve.keep_serving(serve.listen_near(DIST, port, first_port), open_browser)
    return 0
