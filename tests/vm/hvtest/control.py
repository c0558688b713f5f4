# SPDX-License-Identifier: GPL-2.0-only
"""The host's control socket: one JSON object a line, in and out."""
import json
import socket

from . import Failed


class Control:
    def __init__(self, path):
        self._sock = socket.socket(socket.AF_UNIX)
        self._sock.settimeout(120)
        self._sock.connect(path)
        self._file = self._sock.makefile("rw", encoding="utf-8", newline="\n")

    def ask(self, cmd, **args):
        """Send a command; its answer whatever it says."""
        self._file.write(json.dumps({"cmd": cmd, **args}) + "\n")
        self._file.flush()
        line = self._file.readline()
        if not line:
            raise Failed(f"the host closed the control socket at '{cmd}'")
        return json.loads(line)

    def __call__(self, cmd, **args):
        """Send a command that must succeed."""
        answer = self.ask(cmd, **args)
        if not answer.get("ok"):
            raise Failed(f"host: {cmd} {args}: {answer.get('error')}")
        return answer

    def close(self):
        self._sock.close()
