# SPDX-License-Identifier: GPL-2.0-only
"""
Installations that are killed at a random point: every process at once, nothing is
tidied up.  What is on the disk then must boot, with one coherent set of drivers.
(The disk's own cache is not part of this: that takes a guest that installs.)
"""
import os
import random

from .deb import FIRST, NEXT, packages
from .steps import EITHER, step

SEED = int(os.environ.get("HVLIS_SEED") or random.getrandbits(31))

CUT = r"""
setsid sh -c '{command}' >/root/cut.log 2>&1 &
victim=$!
sleep {after}
if kill -0 -- -$victim 2>/dev/null; then
	kill -KILL -- -$victim
	echo "killed after {after} s"
else
	echo "had ended"
fi
tail -n 3 /root/cut.log
rm -f /root/cut.log
"""


def interrupted(like, command):
    """A step's work: the command, killed within the time that the step `like` took."""
    def work(c):
        whole = c.layers.seconds(like)
        after = random.Random(f"{SEED} {c.step.name}").uniform(0.02, 1.0) * whole
        print(f"     {c.step.name}: seed {SEED}, cut after {after:.1f} of {whole:.0f} s", flush=True)
        c.change(CUT.format(command=command, after=f"{after:.1f}"))
        c.expect("killed after" in c.said or "had ended" in c.said, "nothing was started")
    work.__doc__ = f"Killed in the midst of {command.split('/')[0].strip()} ({like})."
    return work


for n in range(7):
    step(f"cut-install-{n + 1}", "deb-base", {"a": EITHER})(
        interrupted("deb-install", f"dpkg -i {packages(FIRST)}"))
for n in range(7):
    step(f"cut-upgrade-{n + 1}", "deb-install", {"a": EITHER})(
        interrupted("deb-install", f"dpkg -i {packages(NEXT)}"))
for n in range(6):
    step(f"cut-remove-{n + 1}", "deb-install", {"a": EITHER})(
        interrupted("deb-install", "dpkg -r hv-lis-dkms"))
