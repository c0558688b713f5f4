/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storvsc_rig.h - a storage core over in-memory channels, with a host to script
 *
 * For the tests of storvsc_core.c.  struct rig holds the core, what it called
 * its upper layer with, and how the host behaves.
 */
#ifndef STORVSC_RIG_H
#define STORVSC_RIG_H

#include "check.h"
#include "storvsc_core.h"
#include "vmbus_mem.h"

#define RIG_SLOTS	128
#define RIG_CPUS	4
#define RIG_SUBS	3

struct rig {
	struct stor_core core;
	struct hvl_channel *ch;
	struct hvl_channel *sub[RIG_SUBS];
	struct stor_queue *subq[RIG_SUBS];
	struct stor_slot slots[RIG_SLOTS + STOR_CTLS];
	struct stor_queue *cpu_queue[RIG_CPUS];
	struct stor_req req[RIG_SLOTS + 1];	/* one too many, to be refused */
	u64 pfns[RIG_SLOTS + 1];
	int node[RIG_CPUS];

	/* what came up */
	int ready, failed, failed_err, bus_changed, reset_done, drained;
	int faults[STOR_FAULTS];
	int done[RIG_SLOTS];
	enum stor_end end[RIG_SLOTS];
	struct stor_result res[RIG_SLOTS];
	u8 sense[RIG_SLOTS][STOR_SENSE_MAX];

	/* how the host is */
	u16 accepts;		/* the only version that it accepts */
	int refuse_op;		/* answer this operation with an error */
	int short_op;		/* answer this one with too few bytes */
	int wrong_op;		/* answer this one with another operation */
	int silent_op;		/* do not answer this one */
	u32 max_transfer;
	u16 max_subs;
	u32 prop_flags;

	/* what it saw */
	int asked[32];		/* per operation */
	u16 versions[8];
	int nr_versions;
	u32 version_len[8];
	u16 subs_asked;
};

void rig_init(struct rig *r, enum stor_kind kind, u32 want_subs);
void rig_free(struct rig *r);

/* Let the host answer control requests until nothing moves any more. */
void rig_serve(struct rig *r);

/* rig_init, open, start, serve. */
void rig_up(struct rig *r);

/* Add sub-channel i on this CPU and put it to use. */
void rig_sub(struct rig *r, int i, unsigned int cpu);

/* Submit slot n as a 4 KiB read from this CPU. */
int rig_read(struct rig *r, unsigned int cpu, u32 n);

/* Answer an SRB as the host does; statuses and bytes as given. */
void rig_answer(struct hvl_channel *ch, u64 id, u8 srb, u8 sam, u32 moved);

#endif /* STORVSC_RIG_H */
