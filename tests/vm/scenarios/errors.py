# SPDX-License-Identifier: GPL-2.0-only
"""
Errors that the host answers, and what the SCSI layer is told of them.

Each is injected twice, into single reads: one through SG_IO, which shows the
result as the driver gave it, one through the block layer, which shows whether it
was tried again.  What is expected follows storvsc.md 8.4.
"""
from hvtest import Failed
from hvtest.scenario import scenario
from scenarios.change import plug

READ_10 = 0x28
CHECK_CONDITION, DRIVER_SENSE = 0x02, 0x08
DID_OK, DID_NO_CONNECT, DID_ERROR = 0, 1, 7
MIB = 1 << 20


def inject(vm, lun=0, count=1, **fault):
    vm.host("inject", device="scsi0", lun=lun, opcode=READ_10, count=count, **fault)


def tries_again(vm):
    """The SCSI layer of RHEL 5 tries a medium error several times."""
    return vm.kernel.version < (2, 6, 32)


def expect_read_fails(vm, dev, **fault):
    inject(vm, count=0 if tries_again(vm) else 1, **fault)
    expect_text("read", vm.one(dev, False), "I/O error", "No data available")
    vm.host("clear-faults", device="scsi0")


def expect(what, got, **want):
    wrong = [f"{k} is {got[k]!r}, expected {v!r}" for k, v in want.items() if got[k] != v]
    if wrong:
        raise Failed(f"{what}: {'; '.join(wrong)}; all of it: {got}")


def expect_text(what, got, *want):
    if got not in want:
        raise Failed(f"{what}: {got!r}, expected {' or '.join(map(repr, want))}")


def begin(vm):
    """A disk of known content without read-ahead of anybody."""
    dev = vm.disk("scsi0-0")
    expect_text("a read before", vm.one(dev, False), "ok")
    return dev


def after(vm, before, more=False):
    """The fault was really injected, and nothing is left behind."""
    s = stats(vm)
    if s["injected"] != before + 2 and not (more and s["injected"] > before + 2):
        raise Failed(f"the host injected {s['injected'] - before} times instead of 2")
    expect_text("a read after", vm.one(vm.disk("scsi0-0"), False), "ok")


def stats(vm, device="scsi0"):
    return vm.host("storage-stats", device=device)["devices"][0]


@scenario("storage")
def busy(vm):
    """BUSY with SAM BUSY: tried again until it succeeds."""
    dev, n = begin(vm), stats(vm)["injected"]
    inject(vm, srb_status=0x05, scsi_status=0x08)
    expect("SG_IO", vm.sg(dev, "read10"), status=0, host=DID_OK, resid=0)
    inject(vm, srb_status=0x05, scsi_status=0x08)
    expect_text("read", vm.one(dev, False), "ok")
    after(vm, n)


@scenario("storage")
def busy_good(vm):
    """BUSY with SAM GOOD: no success without data."""
    dev, n = begin(vm), stats(vm)["injected"]
    inject(vm, srb_status=0x05)
    got = vm.sg(dev, "read10")
    note = ""
    if vm.inbox:
        # 6.1 and its like do not know this code: GOOD, nothing moved.
        expect("SG_IO", got, status=0, host=DID_OK, resid=512)
        note = "in-box tells SG_IO of success with a residual of everything"
    else:
        expect("SG_IO", got, status=0, host=DID_OK, resid=0)
    inject(vm, srb_status=0x05)
    expect_text("read", vm.one(dev, False), "ok")
    after(vm, n)
    return note


@scenario("storage")
def check_condition(vm):
    """CHECK CONDITION, medium error: the sense arrives, the read fails."""
    dev, n = begin(vm), stats(vm)["injected"]
    fault = dict(srb_status=0x04, scsi_status=0x02, sense={"key": 3, "asc": 0x11, "ascq": 0})
    inject(vm, **fault)
    got = vm.sg(dev, "read10")
    expect("SG_IO", got, status=CHECK_CONDITION, host=DID_OK)
    s = bytes.fromhex(got["sense"]) if got["sense"] != "none" else b""
    if len(s) < 14 or s[0] & 0x7f != 0x70 or (s[2] & 15, s[12], s[13]) != (3, 0x11, 0):
        raise Failed(f"the sense is {got['sense']}, expected 3/11/00")
    expect_read_fails(vm, dev, **fault)
    after(vm, n, more=tries_again(vm))


@scenario("storage")
def long_sense(vm):
    """A host that claims 255 bytes of sense: no more than 20 are taken."""
    dev, n = begin(vm), stats(vm)["injected"]
    fault = dict(srb_status=0x04, scsi_status=0x02, sense_length=255,
                 sense={"key": 3, "asc": 0x11, "ascq": 0})
    inject(vm, **fault)
    got = vm.sg(dev, "read10")
    expect("SG_IO", got, status=CHECK_CONDITION, host=DID_OK)
    if len(got["sense"]) > 40 and any(bytes.fromhex(got["sense"])[20:]):
        raise Failed(f"sense from beyond the answer: {got['sense']}")
    expect_read_fails(vm, dev, **fault)
    after(vm, n, more=tries_again(vm))


def takes_lightly(vm):
    """In-box of RHEL 6 passes on the SCSI status alone."""
    return vm.inbox and vm.kernel.version < (3, 10)


@scenario("storage")
def aborted(vm):
    """ABORTED: without sense DID_ERROR, with sense B/00 the sense; retried."""
    dev, n = begin(vm), stats(vm)["injected"]
    inject(vm, srb_status=0x02)
    expect("SG_IO", vm.sg(dev, "read10"), host=DID_OK if takes_lightly(vm) else DID_ERROR)
    inject(vm, srb_status=0x02, scsi_status=0x02, sense={"key": 0xb, "asc": 0, "ascq": 0})
    expect_text("read", vm.one(dev, False), "ok")
    after(vm, n)


@scenario("storage")
def data_overrun(vm):
    """DATA OVERRUN: never taken for a full success."""
    dev, n = begin(vm), stats(vm)["injected"]
    inject(vm, srb_status=0x12, transferred=512)
    got = vm.sg(dev, "read10", 0, 8)
    note = ""
    if vm.inbox and vm.kernel.version < (6, 12):
        expect("SG_IO", got, status=0, host=DID_OK, resid=3584)
        note = "in-box does not know the code, and tells of it by the residual only"
    else:
        expect("SG_IO", got, host=DID_ERROR, resid=3584)
    inject(vm, srb_status=0x12, transferred=512)
    expect_text("read", vm.one(dev, False, 0, 8), "ok")
    after(vm, n)
    return note


@scenario("storage")
def invalid_lun(vm):
    """INVALID LUN: no connection, and the disk is taken away."""
    plug(vm, "phantom", 48 * MIB, lun=22)
    dev = vm.disk("phantom")
    expect_text("a read before", vm.one(dev, False), "ok")
    vm.host("inject", device="scsi0", lun=22, count=0, srb_status=0x20, scsi_status=0x02)
    got = vm.sg(dev, "read10")
    if takes_lightly(vm):
        expect("SG_IO", got, status=CHECK_CONDITION, host=DID_OK)
    else:
        expect("SG_IO", got, host=DID_NO_CONNECT)
    vm.wait_gone(dev[5:])
    vm.host("clear-faults", device="scsi0")
    vm.host("disk-remove", device="scsi0", lun=22)
    del vm.set.disks["phantom"]
    expect_text("a read of another disk", vm.one(vm.disk("scsi0-0"), False), "ok")


def uptime(vm):
    return float(vm.agent.run("cat", "/proc/uptime").split()[0])


@scenario("storage")
def unanswered(vm):
    """A request that is never answered; then an answer that comes too late."""
    dev, before = begin(vm), stats(vm)
    timeout = f"/sys/block/{dev[5:]}/device/timeout"
    old = vm.agent.run("cat", timeout)
    vm.hvio("rand", dev, size="4M", total="4M", seed=vm.seed).check()
    vm.agent.run("write", timeout, "2")
    vm.host("never-answer", device="scsi0", lun=0, opcode=READ_10)
    job = vm.hvio("one", dev, "r", 0, 8)
    try:
        if vm.inbox:
            start = uptime(vm)
            while uptime(vm) < start + 7:
                if job.done():
                    raise Failed(f"in-box gave up: {job.text()}")
            # Its timer starts again for ever; a late answer still ends the request.
            vm.host("answer-held", device="scsi0")
            expect_text("the read", job.check(), "ok")
            return "in-box restarts its timer for ever; the late answer ends the request"
        expect_text("the read", job.check(), "ok")
        s = stats(vm)
        if not s["orphans"]:
            raise Failed(f"the read ended, and the host has no unanswered request: {s}")
        vm.hvio("rand", dev, size="4M", total="4M", seed=vm.seed + 1).check()
        late = vm.host("answer-held", device="scsi0", force=True)
        if not late["forced"]:
            raise Failed(f"the host had nothing to answer late: {late}")
        vm.hvio("rand", dev, size="4M", total="4M", seed=vm.seed + 2).check()
        return f"the controller was reset, the late answer ignored ({s['requests'] - before['requests']} requests)"
    finally:
        vm.agent.run("write", timeout, old)
        vm.host("clear-faults", device="scsi0")
