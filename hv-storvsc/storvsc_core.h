/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storvsc_core.h - the storage protocol over channels
 *
 * The core knows channels and packets, and nothing of the SCSI layer above it.
 * It takes packets in and puts packets and callbacks out; it never sleeps and
 * never allocates.  Memory is given to it in struct stor_config.
 *
 * Life of a core:
 *
 *   IDLE --start--> STARTING --(answers of the host)--> READY
 *   READY --stop--> STOPPED --resume--> READY   (channels left open)
 *   STOPPED --start--> STARTING                 (channels opened anew)
 *   STARTING --(refusal)--> STOPPED
 *   any state --kill--> DEAD
 *
 * Requests are taken in READY only.  Each is in a slot, numbered by the caller
 * (its tag), and each use of a slot has a generation.  Both are in the
 * transaction id, so that an answer that comes late, twice or unasked is known
 * for what it is and harms nothing.
 *
 * Who ends a request: the one who takes the generation out of the slot, with
 * one compare-and-exchange; nobody else touches it afterwards.
 */
#ifndef _STORVSC_CORE_H
#define _STORVSC_CORE_H

#include <hv/os.h>
#include <hv/vmbus.h>
#include "storvsc_codec.h"

struct stor_core;

#define STOR_MAX_QUEUES		256

/* What kind of device the offer is for (storvsc.md section 1). */
enum stor_kind {
	STOR_KIND_SCSI,
	STOR_KIND_IDE,
	STOR_KIND_FC,
};

enum stor_state {
	STOR_IDLE,
	STOR_STARTING,
	STOR_READY,
	STOR_STOPPED,
	STOR_DEAD,
};

/* How a request ended. */
enum stor_end {
	STOR_END_ANSWERED,	/* the host answered; the result is its */
	STOR_END_BAD_ANSWER,	/* the host answered nonsense */
	STOR_END_RESET,		/* taken back by stor_core_fail(): try again */
	STOR_END_GONE,		/* taken back by stor_core_fail(): no device */
};

/* What a host did that it must not do. */
enum stor_fault {
	STOR_FAULT_SHORT,	/* packet too short for what it claims to be */
	STOR_FAULT_OP,		/* completion of another operation */
	STOR_FAULT_TYPE,	/* packet of a type that storage does not use */
	STOR_FAULT_ID_ZERO,	/* completion without an id */
	STOR_FAULT_UNKNOWN,	/* completion with an id never given out */
	STOR_FAULT_DOUBLE,	/* second completion of one request */
	STOR_FAULT_LATE,	/* completion of a request that was taken back */
	STOR_FAULT_RING,	/* the ring is corrupt, the channel is dead */
	STOR_FAULTS
};

/**
 * struct stor_ops - the way up
 * @ready: initialization is done, requests are taken from now on
 * @failed: initialization failed with this errno; the core is STOPPED
 * @good: a request has ended well, with all its bytes moved
 * @done: a request has ended otherwise; @res is only valid during the call and
 *        only if @end is STOR_END_ANSWERED
 * @bus_changed: disks came or went
 * @reset_done: the host answered RESET_BUS
 * @drained: the core is STOPPED and the last request has ended
 * @fault: see enum stor_fault; for the log
 * @node_of_cpu: NUMA node
 *
 * All but @node_of_cpu may come in softirq context, with no lock of the core
 * held.  @done also comes from stor_core_fail(), in the context of its caller.
 */
struct stor_ops {
	void (*ready)(void *ctx);
	void (*failed)(void *ctx, int err);
	void (*good)(void *ctx, struct stor_req *req);
	void (*done)(void *ctx, struct stor_req *req, enum stor_end end,
		     const struct stor_result *res);
	void (*bus_changed)(void *ctx);
	void (*reset_done)(void *ctx);
	void (*drained)(void *ctx);
	void (*fault)(void *ctx, enum stor_fault fault, u64 id);
	int (*node_of_cpu)(void *ctx, unsigned int cpu);
};

/**
 * struct stor_slot - one possible request
 * @live: generation of the request that is out, 0 if none is
 * @gen: the last generation given out
 * @taken: the last generation that was taken back rather than answered
 * @queue: index of the queue that it is out on
 * @req: the caller's request
 */
struct stor_slot {
	u32 live;
	u32 gen;
	u32 taken;
	u32 queue;
	struct stor_req *req;
};

/**
 * struct stor_queue - one channel
 * @core: whose
 * @ch: channel; NULL if this place is free
 * @index: place in the table of the core
 * @up: requests may be sent here
 * @pkt: the packet that is being received
 *
 * It is the ctx of stor_core_receive().
 */
struct stor_queue {
	struct stor_core *core;
	struct hvl_channel *ch;
	u32 index;
	bool up;
	struct hvl_packet pkt;
};

/* Control requests have slots of their own behind those of the I/O. */
enum stor_control {
	STOR_CTL_INIT,
	STOR_CTL_RESET,
	STOR_CTLS
};

/**
 * struct stor_config - what a core is made of
 * @kind: of device
 * @nr_slots: requests that may be out at once
 * @slots: memory for @nr_slots + STOR_CTLS slots, zeroed
 * @nr_cpus: CPU numbers are below this
 * @cpu_queue: memory for @nr_cpus pointers
 * @want_sub_channels: at most so many are asked for
 * @room_percent: a channel other than that of the submitting CPU is taken
 *                only if more than this part of its ring is free, unless all
 *                are that full
 * @ops: the way up
 * @ctx: first argument of @ops
 */
struct stor_config {
	enum stor_kind kind;
	u32 nr_slots;
	struct stor_slot *slots;
	u32 nr_cpus;
	struct stor_queue **cpu_queue;
	u32 want_sub_channels;
	u32 room_percent;
	const struct stor_ops *ops;
	void *ctx;
};

/**
 * struct stor_core - one controller
 * @cfg: as given
 * @state: written under @lock, read without it on the I/O path
 * @lock: serializes changes of @state, @step, @queues and @cfg.cpu_queue;
 *        innermost, no callback is called with it held
 * @initialized: initialization went through since the last start
 * @step: operation whose answer initialization waits for
 * @asked: version asked for
 * @version: protocol version in force, 0 before
 * @prop: what the host said
 * @sub_channels: how many were asked for
 * @queues: @queues[0] is the primary channel
 * @nr_queues: places of @queues ever used
 * @faults: counters; not exact if two channels have a fault at once
 */
struct stor_core {
	struct stor_config cfg;
	enum stor_state state;
	spinlock_t lock;
	bool initialized;
	u32 step;
	u16 asked;
	u16 version;
	struct stor_properties prop;
	u16 sub_channels;
	struct stor_queue queues[STOR_MAX_QUEUES];
	u32 nr_queues;
	u32 faults[STOR_FAULTS];
};

void stor_core_init(struct stor_core *core, const struct stor_config *cfg,
		    struct hvl_channel *primary);

/*
 * Begin initialization; the primary channel is open.  Only from IDLE or
 * STOPPED with nothing out (else -EBUSY).  Ends in ops->ready() or
 * ops->failed(), unless it is stopped or killed before.
 */
int stor_core_start(struct stor_core *core);

/*
 * Take no more requests.  A submission that is under way on another CPU may
 * still send; the caller waits for those (synchronize_rcu() or the like)
 * before it takes requests back.
 */
void stor_core_stop(struct stor_core *core);

/*
 * Take requests again after a stop, with nothing out and channels that were
 * never closed.  -EBUSY if something is out or it was not READY before.
 */
int stor_core_resume(struct stor_core *core);

/* As stop, for good. */
void stor_core_kill(struct stor_core *core);

/* Requests that are out, or out on one queue.  Slow. */
u32 stor_core_outstanding(const struct stor_core *core,
			  const struct stor_queue *q);

/*
 * End all requests that are out (on @q, or everywhere if it is NULL) with
 * @end.  The caller has made sure that the host cannot touch their memory any
 * more.  Returns how many.
 */
u32 stor_core_fail(struct stor_core *core, const struct stor_queue *q,
		   enum stor_end end);

/* Ask the host to reset the bus; ops->reset_done() if it answers. */
int stor_core_reset_bus(struct stor_core *core);

/*
 * Sub-channels.  add: a place for the channel, to be opened with
 * stor_core_receive() and the place as its ctx; NULL if there are too many.
 * up, down: use it, do not use it.  del: forget it; it is closed and has
 * nothing out.
 */
struct stor_queue *stor_core_queue_add(struct stor_core *core,
				       struct hvl_channel *ch);
struct stor_queue *stor_core_queue_of(struct stor_core *core,
				      const struct hvl_channel *ch);
void stor_core_queue_up(struct stor_queue *q);
void stor_core_queue_down(struct stor_queue *q);
void stor_core_queue_del(struct stor_queue *q);

/* Choose again which CPU uses which channel. */
void stor_core_remap(struct stor_core *core);

/*
 * Send a request, from @cpu, in @slot.  Any context.  Returns 0: it will end
 * in ops->good() or ops->done(), which may have been called already; or, with
 * the request still the caller's: -EAGAIN the rings are full or the core is stopped,
 * -EBUSY the slot is in use, -ENODEV no device any more, -EIO the channel is
 * dead, -EINVAL.
 */
int stor_core_submit(struct stor_core *core, unsigned int cpu, u32 slot,
		     struct stor_req *req);

/* hvl_channel_fn of all channels; ctx is the struct stor_queue. */
void stor_core_receive(struct hvl_channel *ch, void *ctx);

static inline enum stor_state stor_core_state(const struct stor_core *core)
{
	return READ_ONCE(core->state);
}

#endif /* _STORVSC_CORE_H */
