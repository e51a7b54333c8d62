"""A few bursts of the random driver, so that it can be trusted to run; how long it runs otherwise: build.py bench random."""
import sys

from web.build.paths import ROOT

sys.path.append(str(ROOT / "tests" / "benchmarks"))

import random_driver  # noqa: E402
from random_checks import Checks  # noqa: E402

BURSTS = 3


def test_whatever_is_done_to_the_page_all_holds_after_it(browser, site):
    checks = Checks()
    bursts, failures = random_driver.drive(browser, site, 7, 600, checks, most=BURSTS)
    checks.cpython.close()
    assert failures == [] and bursts == BURSTS
    assert sum(checks.counts.values()) >= BURSTS, "each burst is followed by what must hold"
