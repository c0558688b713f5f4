# SPDX-License-Identifier: GPL-2.0-only
"""
Talks to the init of a test guest (tests/vm/guest/agent.c).

One thread reads the line and hands answers to the jobs that wait for them; the
lock guards the table of jobs and the sending side.
"""
import socket
import threading
import urllib.parse

from . import Failed


class Job:
    """A command under way in the guest."""

    def __init__(self, agent, ident, words):
        self.agent, self.id, self.words = agent, ident, words
        self.lines = []
        self.status = None
        self.output = ""

    def __str__(self):
        return " ".join(self.words)

    def done(self):
        return self.status is not None

    def wait(self, timeout=None):
        self.agent.wait_for(self.done, timeout, str(self))
        return self

    def wait_line(self, text, timeout=None):
        """Wait for a line of progress that contains text; returns it."""
        def found():
            return self.done() or any(text in line for line in self.lines)
        self.agent.wait_for(found, timeout, f"'{text}' from {self}")
        for line in self.lines:
            if text in line:
                return line
        raise Failed(f"{self}: ended without '{text}': {self.text()}")

    def text(self):
        return "\n".join(self.lines + [self.output]).strip()

    def check(self, timeout=None):
        """Wait; failed unless the command succeeded.  Returns what it wrote."""
        self.wait(timeout)
        if self.status:
            raise Failed(f"{self}: {self.text() or 'no output'} (status {self.status})")
        return self.text()

    def kill(self):
        self.agent.start("kill", self.id).wait()


class Agent:
    def __init__(self, listener, alive, timeout):
        """alive(closed) raises when the guest is no more; see Machine.check()."""
        self._alive, self.timeout = alive, timeout
        self._cond = threading.Condition()
        self._jobs = {}
        self._next = 1
        self.ready = False
        self.closed = False
        listener.settimeout(30)
        try:
            self._sock, _ = listener.accept()
        except socket.timeout:
            alive()
            raise Failed("QEMU did not open the serial line") from None
        self._sock.settimeout(None)
        threading.Thread(target=self._reader, daemon=True).start()

    def _reader(self):
        try:
            with self._sock.makefile("r", encoding="latin-1", newline="\n") as f:
                for line in f:
                    if not line.endswith("\n"):
                        break		# the guest went in the middle of it
                    with self._cond:
                        self._line(line.rstrip("\r\n"))
                        self._cond.notify_all()
        except OSError:
            pass
        with self._cond:
            self.closed = True
            self._cond.notify_all()

    def _line(self, line):
        w = line.split(" ")
        if len(w) >= 3 and w[0] == "0" and w[1] == "=":
            self.ready = True
            return
        job = self._jobs.get(w[0])
        if not job or len(w) < 3:
            return
        text = urllib.parse.unquote_to_bytes(w[-1]).decode("utf-8", "replace")
        if w[1] == ">":
            job.lines.append(text)
        elif w[1] == "=":
            job.output = text.rstrip("\n")
            job.status = int(w[2])
            del self._jobs[w[0]]

    def wait_for(self, true, timeout, what):
        """Wait until true(); the guest's death or silence is a failure."""
        left = timeout or self.timeout
        with self._cond:
            while not true():
                self._alive(self.closed)
                if self.closed:
                    raise Failed(f"the guest went away while waiting for {what}")
                if left <= 0:
                    raise Failed(f"no end within {timeout or self.timeout} s: {what}")
                self._cond.wait(0.25)
                left -= 0.25

    def forget(self):
        """The guest starts again: no answer to what was asked before will come."""
        with self._cond:
            self.ready = False
            self._jobs.clear()

    def wait_ready(self, timeout):
        self.wait_for(lambda: self.ready, timeout, "the guest's init")

    def start(self, *words):
        words = [str(w) for w in words]
        with self._cond:
            ident = str(self._next)
            self._next += 1
            job = self._jobs[ident] = Job(self, ident, words)
            line = " ".join([ident] + [urllib.parse.quote(w, safe="/=:,.+-_@") or "%00"
                                       for w in words])
            try:
                self._sock.sendall(line.encode() + b"\n")
            except OSError:
                # wait_for() says why; nobody else can.
                self.closed = True
        return job

    def adopt(self, job):
        """Take over a job of an earlier boot, whose answer will come on this line."""
        with self._cond:
            self._next = max(self._next, int(job.id) + 1)
            self._jobs[job.id] = job
            job.agent = self
        return job

    def run(self, *words, timeout=None):
        """Run to the end; raises Failed unless it succeeded."""
        return self.start(*words).check(timeout)

    def close(self):
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._sock.close()
