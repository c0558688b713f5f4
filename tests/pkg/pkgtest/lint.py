# SPDX-License-Identifier: GPL-2.0-only
"""What lintian and rpmlint say of the packages."""
import os
import subprocess

from . import TOP
from .steps import step


@step("lint-packages")
def lint(c):
    """lintian finds neither error nor warning, rpmlint no error."""
    r = subprocess.run([os.path.join(TOP, "tests/pkg/in-root"), "lint", c.packages],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    c.said = r.stdout
    c.expect(r.returncode == 0 and " 0 errors" in r.stdout, "the packages are not clean")
