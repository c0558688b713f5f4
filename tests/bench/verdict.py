# SPDX-License-Identifier: GPL-2.0-only
"""
How sure a ratio of two measured costs is, and what may be said of it.

Signals and interrupts at a depth follow from how the guest's work and the host's
interleave.  Two rounds of one driver differ by a per cent, as a longer run of the
same would: what is known after some rounds is a ratio and how far off it may be.
"""
import math
import statistics

CONFIDENCE = 0.99
# Less certain than this a column is not judged, it needs more rounds.
CERTAIN = 0.02

# Student's t for CONFIDENCE, both sides, by degrees of freedom from 1.
_T = [63.66, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.250, 3.169, 3.106, 3.055,
      3.012, 2.977, 2.947, 2.921, 2.898, 2.878, 2.861, 2.845, 2.831, 2.819, 2.807, 2.797,
      2.787, 2.779, 2.771, 2.763, 2.756, 2.750]

FINE, WORSE, UNSURE = "fine", "worse", "unsure"


def student(df):
    """The whole part of df: rather too wide than too narrow."""
    return _T[min(max(int(df), 1), len(_T)) - 1]


class Ratio:
    """Of the means of two lists of rounds, ours over in-box."""

    def __init__(self, inbox, ours):
        self.inbox, self.ours = statistics.fmean(inbox), statistics.fmean(ours)
        self.off = 0.0			# the true ratio is this far away at most
        if not self.inbox:
            self.value = 1.0 if not self.ours else math.inf
            return
        self.value = self.ours / self.inbox
        if self.ours:
            self._estimate(inbox, ours)

    def _estimate(self, inbox, ours):
        parts = [(statistics.variance(x) / len(x) / statistics.fmean(x) ** 2, len(x) - 1)
                 if len(x) > 1 else (math.inf, 1) for x in (inbox, ours)]
        total = sum(v for v, _ in parts)
        if not total:
            return
        if math.isinf(total):
            self.off = math.inf
            return
        # Welch and Satterthwaite: the two need not vary alike.
        df = total ** 2 / sum(v ** 2 / n for v, n in parts)
        self.off = self.value * student(df) * math.sqrt(total)

    @property
    def verdict(self):
        if round(self.value - self.off, 3) > 1:
            return WORSE
        if round(self.value + self.off, 3) <= 1 or self.off <= CERTAIN:
            return FINE
        return UNSURE
