# SPDX-License-Identifier: GPL-2.0-only
"""
Packages in throw-away systems: real dpkg, rpm, dkms and image makers in layers
over a small distribution, and each state booted from a synthetic disk.
"""
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(TOP, "tests/vm"))
