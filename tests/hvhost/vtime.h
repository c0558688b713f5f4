/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vtime.h - guest time that instructions make, for measurements that repeat
 *
 * Normally the host's threads serve the guest, and how far the guest comes
 * meanwhile is chance.  Between two marks that a program in the guest sets (the
 * window) the host lives in the guest's time instead: each instruction takes
 * a fixed time, what the host does is an event at a point of that time, and
 * events run on the vCPU's own thread between two translation blocks.  A guest
 * that halts jumps to the next event.  Two runs of the same guest then do the
 * same, whatever else the machine is doing.
 *
 * Only with count=on and one vCPU.  Everything else stays as it is: other
 * threads of the host go on, but there is nothing for them to do.
 *
 * No locks: all of it belongs to the vCPU's thread, on which alone vtime_here()
 * is true.  Events run with no lock held.
 */
#ifndef HVHOST_VTIME_H
#define HVHOST_VTIME_H

#include <stdbool.h>
#include <stdint.h>

#include "work_pool.h"

/*
 * How fast the guest is, and how quickly the hypervisor passes signals on.
 * Kernel code that misses caches runs at some 2 instructions per nanosecond; a
 * hypercall that wakes a thread in the parent partition takes it a few
 * microseconds to get going, and a packet out of the ring about one.
 */
#define VTIME_INSNS_PER_NS	2
#define VTIME_WAKE_NS		5000	/* signal to the host's first look */
#define VTIME_PACKET_NS		1000	/* from one packet to the next */
#define VTIME_INTERRUPT_NS	2000	/* event flag to the guest's APIC */

/* Is this the vCPU's thread, in a window? */
bool vtime_here(void);
/* Nanoseconds since the window began; only if vtime_here(). */
uint64_t vtime_now(void);
/* Have w run at that time, which may be past; equal times keep their order. */
void vtime_post(struct work *w, uint64_t due_ns);
/* The same for one that may wait already: the earlier time counts. */
void vtime_post_earlier(struct work *w, uint64_t due_ns);
struct disk_queue;
/* Have w run when the disk has served a request of so many bytes. */
void vtime_disk(struct work *w, struct disk_queue *q, uint32_t bytes);
/* Have the guest's APIC told of a vector, VTIME_INTERRUPT_NS from now. */
void vtime_interrupt(uint32_t vp, uint8_t vector);

/* ---- the vCPU's callbacks --------------------------------------------------- */

/* A mark.  False if there cannot be a window, and threads go on serving. */
bool vtime_begin(void);
void vtime_end(void);
/* The time that was asked for has come, or the guest has gone on after a halt. */
void vtime_tick(void);
/* The guest is about to halt. */
void vtime_halt(void);

/* ---- how long a disk takes --------------------------------------------------- */

/*
 * A device serves up to "ways" requests at once, each for its latency, half of
 * it more or less by lot, and for its bytes.
 */
struct disk_speed {
	const char *name;
	uint32_t latency_ns;
	uint32_t ways;
	uint32_t bytes_per_us;
};

#define MAX_WAYS	32

struct disk_queue {
	uint64_t free_at[MAX_WAYS];
	uint64_t lot;
	unsigned int window;		/* all of this belongs to */
};

/* NULL behind the last. */
const struct disk_speed *disk_speed_nth(unsigned int n);
/* The one in force; chosen between windows.  False if there is none such. */
bool disk_speed_choose(const char *name);
const struct disk_speed *disk_speed(void);
void disk_queue_reset(struct disk_queue *q);
/* When a request that comes now is done. */
uint64_t disk_queue_done(struct disk_queue *q, const struct disk_speed *s,
			 uint64_t now, uint32_t bytes);

#endif /* HVHOST_VTIME_H */
