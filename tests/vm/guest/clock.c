// SPDX-License-Identifier: GPL-2.0-only
/*
 * clock.c - does time go forward on every CPU, and from one to the next?
 *
 * "clock CPUS READS": a process on each CPU; they take turns, each reads the clock
 * and looks that it is not before what the last one read.  Prints how far the clock
 * went, in nanoseconds.  Only who has the turn touches what is shared.
 */
#define _GNU_SOURCE		/* sched_setaffinity() */
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

struct clock {
	volatile unsigned int turn;	/* the read that is next */
	uint64_t first, last;
	unsigned int still;		/* reads that were not later than the one before */
};

static uint64_t read_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Every cpus-th read is this process's; 1 if time went back. */
static int take_turns(struct clock *c, unsigned int cpu, unsigned int cpus,
		      unsigned int reads)
{
	unsigned int turn;
	cpu_set_t set;
	uint64_t now;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		printf("cannot run on CPU %u\n", cpu);
		return 1;
	}
	for (turn = cpu; turn < reads; turn += cpus) {
		while (c->turn != turn) {
			if (c->turn > reads)
				return 0;
			sched_yield();
		}
		__sync_synchronize();
		now = read_clock();
		if (c->last && now < c->last) {
			printf("read %u, on CPU %u: %llu ns before the one ahead of it\n", turn,
			       cpu, (unsigned long long)(c->last - now));
			c->turn = reads + 1;
			return 1;
		}
		if (!c->first)
			c->first = now;
		c->still += now == c->last;
		c->last = now;
		__sync_synchronize();
		c->turn = turn + 1;
	}
	return 0;
}

int cmd_clock(int argc, char **argv)
{
	unsigned int cpus = (unsigned int)atoi(argv[0]), reads = (unsigned int)atoi(argv[1]);
	struct clock *c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, bad = 0;
	unsigned int i;

	(void)argc;
	if (c == MAP_FAILED || !cpus)
		return 2;
	for (i = 0; i < cpus; i++) {
		if (!fork()) {
			status = take_turns(c, i, cpus, reads);
			fflush(stdout);
			/* The others wait for a turn that will not come. */
			if (status)
				c->turn = reads + 1;
			_exit(status);
		}
	}
	while (wait(&status) > 0)
		bad |= status;
	if (bad)
		return 1;
	printf("%u reads on %u CPUs, %u the same, from %llu to %llu ns\n", reads, cpus,
	       c->still, (unsigned long long)c->first, (unsigned long long)c->last);
	return 0;
}
