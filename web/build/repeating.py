"""Runs each file of tests/browser several times by itself, to find the test that fails now and then."""
from concurrent.futures import ThreadPoolExecutor

from web.build import page, testing
from web.build.console import Failure, say


def run(times, names):
    """names: files of tests/browser such as test_offline; all of them if empty."""
    there = sorted(path.stem for path in (testing.TESTS / "browser").glob("test_*.py"))
    unknown = sorted(set(names) - set(there))
    if unknown:
        raise Failure("There is no tests/browser/%s.py: name files as in test %s." % (unknown[0], there[0]))
    page.build()
    found = testing.found_browsers()
    # As many at the same time as in the whole run, so that what a busy machine brings out comes out here, too.
    with ThreadPoolExecutor(testing.PROCESSES) as pool:
        pending = {name: [pool.submit(testing.Run(name, [*testing.pytest("browser/%s.py" % name), "-q"], **found).go) for _ in range(times)]
                   for name in names or there}
        say("\n%-24s %6s %8s %16s" % ("tests/browser", "passed", "failed", "seconds each"))
        failed = []
        for name, futures in pending.items():
            runs = [future.result() for future in futures]
            bad = [one for one in runs if one.code]
            failed += bad
            seconds = sorted(one.seconds for one in runs)
            say("%-24s %6d %8d %7.0f to %5.0f" % (name, times - len(bad), len(bad), seconds[0], seconds[-1]))
            for line in [line for one in bad for line in one.failures or [one.closing]]:
                say("    %s" % line)
    for one in failed:
        say("\n%s" % one.what)
        testing.write(one.output)
    if failed:
        raise Failure("%d of %d runs failed: the table and the lines below it say which." % (len(failed), times * len(pending)))
    say("Each of %d files passed %d times." % (len(pending), times))
    return 0
