# SPDX-License-Identifier: GPL-2.0-only
"""Boots kernels on the simulated Hyper-V host and drives them."""


class Failed(Exception):
    """A scenario's expectation did not hold; the text says which."""


class Unsupported(Exception):
    """This combination has nothing to show; the text says why."""


class SetupError(Exception):
    """The machine lacks something; the text says what to do."""
