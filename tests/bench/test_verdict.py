#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""test_verdict - does the bench's judge find what is worse, and only that?"""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from verdict import CERTAIN, FINE, UNSURE, WORSE, Ratio     # noqa: E402


def rounds(rng, mean, noise, n):
    return [rng.gauss(mean, mean * noise) for _ in range(n)]


def share(verdict, truth, noise, n, trials=2000):
    """How often n rounds of a driver that costs truth times as much get that verdict."""
    rng = random.Random(20)
    return sum(Ratio(rounds(rng, 0.7, noise, n), rounds(rng, 0.7 * truth, noise, n)).verdict ==
               verdict for _ in range(trials)) / trials


CHECKS = {
    "what does not vary is judged to the last digit":
        lambda: Ratio([1.0] * 3, [1.001] * 3).verdict == WORSE and
        Ratio([1.0] * 3, [1.0] * 3).verdict == FINE,
    "nothing over nothing is even, something over nothing is worse":
        lambda: Ratio([0, 0], [0, 0]).verdict == FINE and Ratio([0, 0], [1, 1]).verdict == WORSE,
    "nothing over something is fine":
        lambda: Ratio([1, 1.2], [0, 0]).verdict == FINE,
    "one round of what may vary says nothing":
        lambda: Ratio([1.0], [1.01]).verdict == UNSURE,
    "far below is fine, however it varies":
        lambda: Ratio([1.0, 1.1, 1.05], [0.5, 0.6, 0.55]).verdict == FINE,
    "too little is known of what varies much":
        lambda: Ratio([0.9, 1.1, 1.0], [0.91, 1.12, 0.99]).verdict == UNSURE,
    "an equal driver is called worse in less than 1 run of 100":
        lambda: share(WORSE, 1.0, 0.01, 8) < 0.01,
    "one that costs 3 % more is found in more than 95 of 100 runs":
        lambda: share(WORSE, 1.03, 0.01, 8) > 0.95,
    "one that costs 5 % more is practically never called fine":
        lambda: share(FINE, 1.05, 0.01, 8) < 0.001,
    "eight rounds with 1 % of noise are enough to judge an equal one":
        lambda: share(FINE, 1.0, 0.01, 8) > 0.95,
    "the limit is tighter than what must be found": lambda: CERTAIN < 0.03,
}


def main():
    failed = 0
    for what, holds in CHECKS.items():
        if not holds():
            print(f"FAIL {what}")
            failed += 1
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
