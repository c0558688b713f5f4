/* SPDX-License-Identifier: GPL-2.0-only */
/* agent.h - what the parts of the test guest's init share */
#ifndef AGENT_H
#define AGENT_H

#include <stdbool.h>

/*
 * Run one command in the calling process; what it prints goes to stdout.
 * Returns an exit status, 0 for success.
 */
int agent_command(int argc, char **argv);

/* Commands that are in files of their own. */
int cmd_modprobe(int argc, char **argv);
int cmd_udev(int argc, char **argv);
int cmd_clock(int argc, char **argv);

/* Write the SHA-256 of len bytes (all if 0) at off of a file as hex to out. */
int agent_sha256(const char *path, unsigned long long off,
		 unsigned long long len, char out[65]);

#endif /* AGENT_H */
