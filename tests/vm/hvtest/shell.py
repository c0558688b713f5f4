# SPDX-License-Identifier: GPL-2.0-only
"""A guest to look around in: agent commands and host commands from the terminal."""
import json
import shlex
import sys

from . import Failed

HELP = """commands of the guest's agent: cat, ls, write, insmod, rmmod, exec, dmesg, ...
  such as: cat /proc/interrupts    exec /bin/hvio rand /dev/sda    exec /bin/sh -c 'ls -l /sys'
host CMD KEY=VALUE...   a command of the host's control socket, such as: host counters
quit"""


def _host(guest, words):
    args = {}
    for w in words[1:]:
        key, _, value = w.partition("=")
        try:
            args[key] = json.loads(value)
        except ValueError:
            args[key] = value
    print(json.dumps(guest.host.ask(words[0], **args), indent=1))


def run(guest):
    try:
        guest.boot()
        print(f"files of this machine: {guest.dir}\n{HELP}")
        while True:
            sys.stdout.write("> ")
            sys.stdout.flush()
            line = sys.stdin.readline()
            words = shlex.split(line)
            if not line or words[:1] == ["quit"]:
                break
            try:
                if words[:1] == ["host"] and len(words) > 1:
                    _host(guest, words[1:])
                elif words[:1] == ["help"]:
                    print(HELP)
                elif words:
                    job = guest.agent.start(*words).wait()
                    print(job.text() + (f"\n(status {job.status})" if job.status else ""))
            except Failed as e:
                print(e)
                guest.machine.check()
    except Failed as e:
        print(e)
        if guest.machine:
            print(guest.machine.console.tail(20))
    finally:
        guest.kill()
