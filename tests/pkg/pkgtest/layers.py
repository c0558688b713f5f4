# SPDX-License-Identifier: GPL-2.0-only
"""
States of a throw-away system.  Each is what one step changed, a directory laid
over those of the steps before it (overlayfs), so that any step can be repeated
without the earlier ones.
"""
import os
import shutil
import subprocess
import time

from hvtest import Failed

MOUNT = r"""
set -e
cd "$STATES"
mount -t overlay overlay -o "lowerdir=$LOWER,upperdir=$UPPER,workdir=$WORK" mnt
mount -t proc proc mnt/proc
mount -t tmpfs tmpfs mnt/tmp
[ -z "$SHARE" ] || { mkdir -p mnt/mnt; mount --bind "$SHARE" mnt/mnt; }
"""
ENTER = MOUNT + r"""
exec chroot mnt /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/root \
	DEBIAN_FRONTEND=noninteractive $WITH sh -c "$SCRIPT"
"""


class Layers:
    def __init__(self, base, directory):
        self.base, self.dir = base, directory
        os.makedirs(os.path.join(directory, "mnt"), exist_ok=True)

    def path(self, state, name=""):
        return os.path.join(self.dir, state, name)

    def done(self, state):
        return os.path.exists(self.path(state, "complete"))

    def parent(self, state):
        with open(self.path(state, "parent")) as f:
            return f.read().strip()

    def line(self, state):
        """The state and those it comes from, newest first."""
        while state:
            yield state
            state = self.parent(state)

    def chain(self, state):
        """The upper directories of a state and its parents, newest first."""
        return [os.path.join(s, "upper") for s in self.line(state)]

    def _run(self, script, lower, upper, work, env, log, timeout):
        env = {"PATH": os.environ["PATH"], "STATES": self.dir, "UPPER": upper, "WORK": work,
               "LOWER": ":".join(lower + [self.base]), "SHARE": "", "WITH": "", **env}
        with open(log, "ab") as f:
            r = subprocess.run(["unshare", "-m", "--propagation", "private", "sh", "-c", script],
                               env=env, stdin=subprocess.DEVNULL, stdout=f,
                               stderr=subprocess.STDOUT, timeout=timeout)
        return r.returncode

    def change(self, state, parent, script, *, share="", expect=0, variables="", timeout=3600):
        """
        Run a shell script in the parent's system; what it changes becomes the new
        state.  Returns all that it said.
        """
        shutil.rmtree(self.path(state), ignore_errors=True)
        for d in ("upper", "work"):
            os.makedirs(self.path(state, d))
        with open(self.path(state, "parent"), "w") as f:
            f.write(parent)
        log = self.path(state, "log")
        begin = time.time()
        status = self._run(ENTER, self.chain(parent), f"{state}/upper", f"{state}/work",
                           {"SCRIPT": script, "SHARE": share, "WITH": variables}, log, timeout)
        said = self.said(state)
        if expect is not None and status != expect:
            tail = "\n".join(said.splitlines()[-25:])
            raise Failed(f"{state}: ended with {status} instead of {expect} ({log}):\n{tail}")
        with open(self.path(state, "complete"), "w") as f:
            f.write(f"{status} {time.time() - begin:.1f}\n")
        return said

    def seconds(self, state):
        """How long its script ran."""
        with open(self.path(state, "complete")) as f:
            return float(f.read().split()[1])

    def said(self, state):
        with open(self.path(state, "log"), errors="replace") as f:
            return f.read()

    def look(self, state, script):
        """What a script says in this state; what it changes is thrown away."""
        return self.outside(state, 'exec chroot mnt /usr/bin/env -i '
                            'PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C sh -c "$SCRIPT"',
                            {"SCRIPT": script})

    def outside(self, state, script, env):
        """Run a script beside the mounted state (in mnt), with a scratch layer over it."""
        scratch = f"scratch.{os.getpid()}"
        for d in ("upper", "work"):
            os.makedirs(self.path(scratch, d), exist_ok=True)
        log = self.path(scratch, "log")
        try:
            status = self._run(MOUNT + script, self.chain(state), f"{scratch}/upper",
                               f"{scratch}/work", env, log, 1200)
            with open(log, errors="replace") as f:
                said = f.read()
        finally:
            shutil.rmtree(self.path(scratch), ignore_errors=True)
        if status:
            raise Failed(f"{state}: ended with {status}:\n{said[-2000:]}")
        return said
