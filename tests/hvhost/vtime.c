// SPDX-License-Identifier: GPL-2.0-only
/*
 * vtime.c - guest time that instructions make: the window and its events
 *
 * The clock is the count of guest instructions since the window began plus what
 * was jumped over.  icount.c keeps the count and calls vtime_tick() at the
 * first block that begins when it has reached what vclock_arm() asked for.
 *
 * A guest that halts while no event is left waits for the world outside: its
 * time goes on with the host's until it runs again.
 *
 * No locks; see vtime.h.
 */
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "host.h"
#include "partition.h"
#include "vtime.h"

struct interrupt {
	struct work work;		/* first */
	uint32_t vp;
	uint8_t vector;
};

static __thread bool here;		/* this thread is the vCPU's, in a window */
static unsigned int window;		/* its number, from 1 */
static struct work *queue;		/* by due time */
static uint64_t jumped;			/* instructions that the clock is ahead */
static uint64_t begun;			/* count at the begin */
static uint64_t interrupts_sent;
static struct timespec halted_at;
static bool halted;

bool vtime_here(void)
{
	return here;
}

static uint64_t clock_insns(void)
{
	return vclock_count() - begun + jumped;
}

uint64_t vtime_now(void)
{
	return clock_insns() / VTIME_INSNS_PER_NS;
}

/* Ask for a call when the first event is due. */
static void arm(void)
{
	uint64_t now = clock_insns(), due;

	if (!queue) {
		vclock_arm(VCLOCK_NEVER);
		return;
	}
	due = queue->due_ns * VTIME_INSNS_PER_NS;
	vclock_arm(due > now ? due - now : 0);
}

void vtime_post(struct work *w, uint64_t due_ns)
{
	struct work **p;

	for (p = &queue; *p && (*p)->due_ns <= due_ns; p = &(*p)->next)
		;
	w->due_ns = due_ns;
	w->next = *p;
	*p = w;
	if (queue == w)
		arm();
}

void vtime_post_earlier(struct work *w, uint64_t due_ns)
{
	struct work **p;

	for (p = &queue; *p && *p != w; p = &(*p)->next)
		;
	if (*p && w->due_ns <= due_ns)
		return;
	if (*p)
		*p = w->next;
	vtime_post(w, due_ns);
}

void vtime_disk(struct work *w, struct disk_queue *q, uint32_t bytes)
{
	if (q->window != window) {
		disk_queue_reset(q);
		q->window = window;
	}
	vtime_post(w, disk_queue_done(q, disk_speed(), vtime_now(), bytes));
}

static void deliver(struct work *w)
{
	struct interrupt *i = (struct interrupt *)w;

	vcpu_interrupt(i->vp, i->vector);
	interrupts_sent++;
	free(i);
}

void vtime_interrupt(uint32_t vp, uint8_t vector)
{
	struct interrupt *i = calloc(1, sizeof(*i));

	if (!i)
		host_die("out of memory");
	i->work.run = deliver;
	i->vp = vp;
	i->vector = vector;
	vtime_post(&i->work, vtime_now() + VTIME_INTERRUPT_NS);
}

/* Everything that is due, and what becomes due at once by it. */
static void run_due(void)
{
	struct work *w;

	while ((w = queue) && w->due_ns <= vtime_now()) {
		queue = w->next;
		w->run(w);
	}
	arm();
}

/* The guest slept with nothing to come: so long it took. */
static void wake_up(void)
{
	struct timespec now;
	int64_t ns;

	halted = false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	ns = (now.tv_sec - halted_at.tv_sec) * 1000000000ll +
	     (now.tv_nsec - halted_at.tv_nsec);
	jumped += (uint64_t)ns * VTIME_INSNS_PER_NS;
}

void vtime_tick(void)
{
	if (!here)
		return;
	if (halted)
		wake_up();
	run_due();
}

void vtime_halt(void)
{
	uint64_t sent = interrupts_sent, now;

	if (!here || vcpu_interrupt_pending())
		return;
	while (queue && interrupts_sent == sent) {
		now = vtime_now();
		if (queue->due_ns > now)
			jumped += (queue->due_ns - now) * VTIME_INSNS_PER_NS;
		run_due();
	}
	if (interrupts_sent != sent)
		return;
	halted = true;
	clock_gettime(CLOCK_MONOTONIC, &halted_at);
	vclock_arm(0);
}

bool vtime_begin(void)
{
	if (here || partition_vps() != 1)
		return false;
	window++;
	jumped = 0;
	begun = vclock_count();
	here = true;
	refclock_window_begin();
	stimer_window(true);
	return true;
}

/* What is still to come comes at once; the guest has no request out. */
void vtime_end(void)
{
	struct work *w;

	if (!here)
		return;
	refclock_window_end();
	stimer_window(false);
	while ((w = queue)) {
		queue = w->next;
		w->run(w);
	}
	vclock_arm(VCLOCK_NEVER);
	here = false;
}
