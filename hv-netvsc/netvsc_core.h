/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netvsc_core.h - a network card of the host, over channels
 *
 * The core knows channels, packets and the host's protocols, and nothing of the
 * network stack above it.  Memory is given to it.
 *
 * Two kinds of work, kept apart:
 *
 * - Control (net_core_negotiate() and the like): process context, one at a time,
 *   which the caller sees to.  Each sends a request on the primary channel and
 *   waits for the answer in ops->wait(); the answer comes in by net_core_poll() of
 *   that channel, which must run meanwhile.
 *
 * - Frames: never sleeps, never allocates.  A queue is one channel.  It has one
 *   sender at a time (the caller's transmit lock) and one poller at a time, which
 *   may be two CPUs; they meet in the ring of free slots, and nowhere else.
 *
 * A slot is one message on its way out; its transaction id names slot and
 * generation, so that a completion that comes late, twice or unasked is known for
 * what it is.  A slot ends in net_core_poll() of its queue, or in net_queue_fail()
 * once the channel is closed and nobody polls.
 */
#ifndef _NETVSC_CORE_H
#define _NETVSC_CORE_H

#include <hv/os.h>
#include <hv/vmbus.h>
#include "ndis_codec.h"
#include "nvsp_codec.h"
#include "rndis_codec.h"

struct net_core;
struct net_queue;

#define NET_MAX_QUEUES		64
#define NET_REPLY_MAX		1024	/* bytes of a control reply that are kept */
#define NET_SLOT_HEAD		256	/* bytes that each slot has for a head */
#define NET_SLOTS_PER_PAGE	(HVL_PAGE_SIZE / NET_SLOT_HEAD)
#define NET_SLOTS		512	/* of a queue; a power of two */
#define NET_MAX_RANGES		32	/* of memory in one message (netvsc.md 9) */
#define NET_HEAD_ROOM		256	/* bytes of head and information looked at */

/* What a host did that it must not do, or that cost a frame. */
enum net_fault {
	NET_FAULT_TYPE,		/* packet of a type that is not used */
	NET_FAULT_SHORT,	/* packet or answer too short, or not what it should be */
	NET_FAULT_UNKNOWN,	/* completion of nothing, or a second one */
	NET_FAULT_XFER,		/* receive packet without sense as a whole */
	NET_FAULT_RANGE,	/* a range outside the receive buffer */
	NET_FAULT_RNDIS,	/* a message that is no frame and no reply */
	NET_FAULT_PPI,		/* information that does not fit together */
	NET_FAULT_RSC,		/* fragments without a beginning or an end */
	NET_FAULT_SEND,		/* the host did not take what we sent */
	NET_FAULT_FLOOD,	/* more receive packets at once than there are cells */
	NET_FAULT_RING,		/* the ring is corrupt, the channel is dead */
	NET_FAULTS
};

/**
 * struct net_piece - a part of a received frame
 * @data: in the receive buffer, where the host may still change it: read once
 * @len: bytes
 */
struct net_piece {
	const u8 *data;
	u32 len;
};

/**
 * struct net_rx - one received frame
 * @meta: what the host says about it
 * @len: bytes, all pieces together
 * @nr: pieces, 1 unless the host has joined several frames
 * @piece: their list
 *
 * Valid during the call that it is given to.
 */
struct net_rx {
	struct rndis_meta meta;
	u32 len;
	u32 nr;
	const struct net_piece *piece;
};

/**
 * struct net_ops - the way up
 * @wait: until @wake was called; 0, -ETIMEDOUT, or -ENODEV if the device is gone
 * @wake: the answer waited for is there
 * @rx: a frame
 * @tx_done: a message has ended, well or not: @cookie of net_tx_pages(), or NULL if
 *           it was copied; how many frames and bytes it carried
 * @news: link state; @speed in 100 bit/s with RNDIS_NEWS_SPEED
 * @vf: a virtual function of the same network was given or taken
 * @path: the host has moved the data path by itself
 * @fault: for the log
 *
 * @wait is called in process context, the others by net_core_poll() and @tx_done
 * also by net_queue_fail(), with no lock of the core held.
 */
struct net_ops {
	int (*wait)(void *ctx);
	void (*wake)(void *ctx);
	void (*rx)(struct net_queue *q, const struct net_rx *rx);
	void (*tx_done)(struct net_queue *q, void *cookie, u32 frames, u32 bytes);
	void (*news)(void *ctx, enum rndis_news news, u32 speed);
	void (*vf)(void *ctx, bool there, u32 serial);
	void (*path)(void *ctx, u32 path);
	void (*fault)(void *ctx, enum net_fault fault);
};

/**
 * struct net_slot - one message on its way out
 * @gen: of the message; 0 if the slot is free
 * @section: of the send buffer, NVSP_SECTION_NONE without
 * @frames, @bytes: that it carries
 * @cookie: the caller's
 */
struct net_slot {
	u32 gen;
	u32 section;
	u32 frames;
	u32 bytes;
	void *cookie;
};

/**
 * struct net_answer - a completion that the host still waits for
 */
struct net_answer {
	u64 id;
	u32 status;
};

/**
 * struct net_queue_memory - what a queue is made of
 * @slots: NET_SLOTS of them, zeroed
 * @free: NET_SLOTS numbers
 * @heads: NET_SLOTS * NET_SLOT_HEAD bytes, page-aligned
 * @head_pfns: of each page of @heads
 * @answers: @nr_answers of them; a host has that many cells, less one, at least
 * @pieces: NVSP_MAX_RANGES of them
 */
struct net_queue_memory {
	struct net_slot *slots;
	u16 *free;
	u8 *heads;
	const u64 *head_pfns;
	struct net_answer *answers;
	u32 nr_answers;
	struct net_piece *pieces;
};

/**
 * struct net_batch - frames copied to a section and not yet sent
 * @section: NVSP_SECTION_NONE if there is none
 * @used: bytes
 * @last: where the last message begins, @last_bytes its length
 * @due: it should have been sent, but the ring was full
 */
struct net_batch {
	u32 section;
	u32 used;
	u32 last;
	u32 last_bytes;
	u32 frames;
	u32 bytes;
	bool due;
};

/**
 * struct net_queue - one channel
 * @core: whose
 * @ch: channel, NULL if there is none
 * @ctx: the caller's
 * @index: in core->queue
 * @mem: memory
 * @batch: sender's
 * @hint: sender's: where to look for a free section
 * @gen: sender's: the last generation given out
 * @head: sender's: taken from @mem.free so far
 * @tail: poller's: put back so far
 * @sent, @ended: messages, sender's and poller's; the difference is out
 * @answer_head, @answer_tail: poller's: positions in @mem.answers
 * @pkt: poller's: the packet being received
 * @rx: poller's: frame being put together, @rx_open while there is one
 */
struct net_queue {
	struct net_core *core;
	struct hvl_channel *ch;
	void *ctx;
	u32 index;
	struct net_queue_memory mem;

	struct net_batch batch;
	u32 hint;
	u32 gen;
	u32 head;
	u32 sent;

	u32 tail;
	u32 ended;
	u32 answer_head;
	u32 answer_tail;
	struct hvl_packet pkt;
	struct net_rx rx;
	bool rx_open;
};

/**
 * struct net_request - the control request that is out; under core->lock
 * @last: the last generation given out
 * @gen: names the request in transaction ids and as an RNDIS message
 * @page_gen: of the message that is in the control page and that the host has not
 *            completed, 0 if the page is free
 * @waiting: somebody waits for it
 * @sent: the host has not yet completed it
 * @want: type of the NVSP message that answers it, 0 if that is empty
 * @rndis_want: type of the RNDIS reply that is to come, 0 if none
 * @err: what came of it
 * @answer, @answer_len: NVSP answer
 * @reply, @reply_len: RNDIS reply
 */
struct net_request {
	u32 last;
	u32 gen;
	u32 page_gen;
	bool waiting;
	bool sent;
	u32 want;
	u32 rndis_want;
	int err;
	struct nvsp_message answer;
	u32 answer_len;
	u8 reply[NET_REPLY_MAX] __attribute__((aligned(8)));
	u32 reply_len;
};

/**
 * struct net_config - what a core is made of
 * @control: a page for control messages, and its @control_pfn
 * @ops: the way up
 * @ctx: first argument of those that have no queue
 */
struct net_config {
	u8 *control;
	u64 control_pfn;
	const struct net_ops *ops;
	void *ctx;
};

/**
 * struct net_buffers - memory that is lent to the host
 * @recv: @recv_bytes, @recv_gpadl is its handle
 * @send: likewise
 * @section_map: a bit for each section, NET_SECTIONS_MAX(send_bytes) of them
 */
struct net_buffers {
	u8 *recv;
	u32 recv_bytes;
	u32 recv_gpadl;
	u8 *send;
	u32 send_bytes;
	u32 send_gpadl;
	unsigned long *section_map;
};

/* No host has smaller sections than this (netvsc.md 7). */
#define NET_SECTIONS_MAX(bytes)	((bytes) / 68)

/**
 * struct net_core - one network card
 * @cfg: as given
 * @lock: guards @req; innermost
 * @req: control request
 * @version: of NVSP, 0 before negotiation
 * @layout: of the receive buffer
 * @buf: as lent
 * @section_size, @sections: of the send buffer; none if it was refused
 * @lim: of RNDIS messages
 * @can: of the host
 * @mac, @mtu, @link_up, @speed: as the host says them
 * @rss_queues, @rss_entries: of the host; 1 if it does not spread flows
 * @name: that the host gives the card; may be empty
 * @scratch: of control requests
 * @send_table: channel of a hash
 * @queue: [0] is the primary channel
 * @nr_queues: places of @queue in use
 * @faults: counters; not exact if two channels have a fault at once
 */
struct net_core {
	struct net_config cfg;
	spinlock_t lock;
	struct net_request req;
	u32 version;
	struct nvsp_recv_layout layout;
	struct net_buffers buf;
	u32 section_size;
	u32 sections;
	struct rndis_limits lim;
	struct ndis_abilities can;
	u8 mac[6];
	u32 mtu;
	bool link_up;
	u32 speed;
	u32 rss_queues;
	u32 rss_entries;
	char name[256];
	u8 scratch[NDIS_RSS_BYTES_MAX] __attribute__((aligned(4)));
	u16 send_table[NVSP_TABLE_SIZE];
	struct net_queue queue[NET_MAX_QUEUES];
	u32 nr_queues;
	u32 faults[NET_FAULTS];
};

void net_core_init(struct net_core *core, const struct net_config *cfg);

/* ---- control: netvsc_core.c, rndis_core.c ------------------------------------------ */

/* Agree on a version; @mtu without the Ethernet header. */
int net_core_negotiate(struct net_core *core, u32 mtu);

/* Lend the buffers.  A refused send buffer is no error: frames go without. */
int net_core_lend(struct net_core *core, const struct net_buffers *buf);

/* One-way; before the handles are torn down. */
void net_core_revoke_recv(struct net_core *core);
void net_core_revoke_send(struct net_core *core);

/* Sub-channels; *given of the host may be fewer than @want, and 0. */
int net_core_subchannels(struct net_core *core, u32 want, u32 *given);

int net_core_switch_path(struct net_core *core, u32 path);

/* Channels in use changed: hashes that the host has not placed go round. */
void net_core_spread(struct net_core *core, u32 nr_channels);

/* RNDIS: INITIALIZE and all that is asked at the start. */
int net_core_start(struct net_core *core);
int net_core_halt(struct net_core *core);

int net_core_set(struct net_core *core, u32 oid, const void *data, u32 len);
int net_core_query(struct net_core *core, u32 oid, const void *in, u32 in_len,
		   void *out, u32 room, u32 *got);
int net_core_set_filter(struct net_core *core, u32 filter);
int net_core_set_offloads(struct net_core *core, u32 want);
int net_core_set_rss(struct net_core *core, const struct ndis_rss *rss);
int net_core_set_mac(struct net_core *core, const u8 *mac);

/* Of the files of the core. */
int net_request_nvsp(struct net_core *core, const struct nvsp_message *m, u32 want);
int net_request_rndis(struct net_core *core, u32 len, u32 id, u32 want);
u32 net_request_id(struct net_core *core);
void net_request_completed(struct net_core *core, const struct hvl_packet *pkt);
void net_tx_completed(struct net_queue *q, const struct hvl_packet *pkt);
void net_rndis_received(struct net_queue *q, const u8 *msg, u32 room);
void net_fault(struct net_core *core, enum net_fault fault);

#define NET_ID_CONTROL	0x80000000u

/* ---- frames: net_tx_core.c, net_rx_core.c ------------------------------------------------ */

/* @mem stays the caller's; the queue has no channel yet. */
void net_queue_init(struct net_queue *q, const struct net_queue_memory *mem);

/**
 * net_tx_copy - a place in the send buffer
 * @bytes: of the message, head and data
 * @at: set to where the caller puts them, before net_tx_commit()
 *
 * Returns 0, -ENOSPC (too long, or no section is free: net_tx_pages()), -EAGAIN
 * (nothing can be sent now), or another error: the channel is dead.
 */
int net_tx_copy(struct net_queue *q, u32 bytes, u8 **at);

/*
 * The message of @bytes is in place, for a frame of @frame_bytes.  With @more it
 * may be kept until the next one.  The frame is taken whatever the result is; with
 * -EAGAIN it goes out by net_tx_retry().
 */
int net_tx_commit(struct net_queue *q, u32 bytes, u32 frame_bytes, bool more);

/* A batch is kept for want of room, or because more was announced. */
static inline bool net_tx_pending(const struct net_queue *q)
{
	return q->batch.section != NVSP_SECTION_NONE;
}

/* Send what is kept. */
int net_tx_retry(struct net_queue *q);

/*
 * Memory for the head of the next message that goes by pages, NET_SLOT_HEAD bytes.
 * Its page number is in *pfn and its offset there in *offset.  NULL if too many are
 * out.
 */
u8 *net_tx_head(struct net_queue *q, const u64 **pfn, u32 *offset);

/*
 * Send a message by ranges of memory, the first of which is that of net_tx_head().
 * The ranges are the host's until ops->tx_done(@cookie).
 */
int net_tx_pages(struct net_queue *q, const struct hvl_gpa_range *ranges, u32 nr,
		 void *cookie, u32 frame_bytes);

/* Messages that the host has not completed. */
static inline u32 net_queue_out(const struct net_queue *q)
{
	return READ_ONCE(q->sent) - READ_ONCE(q->ended);
}

/*
 * Take packets until the ring is empty or @budget ranges were received.  Returns
 * how many.  Completions go back to the host at its end; those that do not fit are
 * kept for the next time: net_answers_pending().
 */
u32 net_core_poll(struct net_queue *q, u32 budget);

static inline bool net_answers_pending(const struct net_queue *q)
{
	return q->answer_head != q->answer_tail;
}

/*
 * The channel is closed and nobody sends or polls: end all that is out, forget
 * what the host waits for.  Returns how many messages.
 */
u32 net_queue_fail(struct net_queue *q);

#endif /* _NETVSC_CORE_H */
