# SPDX-License-Identifier: GPL-2.0-only
"""
Guests that fail, each in its own way: what tests/vm/negative expects the runner to
notice.  Only one of them passes.  They run only when they are named.
"""
import os
import signal

from hvtest.scenario import scenario
from scenarios.io import summary

ALONE = dict(own=True, boot=False, hidden=True)


@scenario("harness", **ALONE)
def is_well(vm):
    """Passes: the others fail for their own reasons."""
    vm.agent.run("uname")


@scenario("harness", **ALONE)
def panics(vm):
    """The kernel dies."""
    vm.agent.start("sysrq", "c").wait()


@scenario("harness", **ALONE)
def complains(vm):
    """The kernel shows a stack and goes on; the scenario itself is content."""
    vm.agent.run("sysrq", "l")


@scenario("harness", **ALONE)
def hangs(vm):
    """A command in the guest never ends."""
    vm.agent.run("await", 3600, "exists", "/nothing")


@scenario("harness", **ALONE)
def stands_still(vm):
    """The whole machine stands still."""
    os.kill(vm.machine.process.pid, signal.SIGSTOP)
    vm.agent.run("uname")


@scenario("harness", **ALONE)
def goes_away(vm):
    """The guest powers itself off in the middle."""
    vm.agent.run("poweroff")


@scenario("harness", **ALONE)
def loses_result(vm):
    """A test program ends well, and without having said what it did."""
    summary(vm.agent.start("uname"))


@scenario("harness", **ALONE)
def will_not_end(vm):
    """All is well until the guest is to power off."""
    os.kill(vm.machine.process.pid, signal.SIGSTOP)
