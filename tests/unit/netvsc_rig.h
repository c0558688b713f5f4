/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netvsc_rig.h - a network core over in-memory channels, with a host to script
 */
#ifndef NETVSC_RIG_H
#define NETVSC_RIG_H

#include "check.h"
#include "netvsc_core.h"
#include "vmbus_mem.h"

#define RIG_QUEUES	3
#define RIG_CELL	2048
#define RIG_CELLS	64
#define RIG_SECTIONS	8
#define RIG_SECTION	512
#define RIG_FRAMES	128

struct rig_frame {
	struct rndis_meta meta;
	u32 len;
	u32 nr;
	u8 data[4096];
};

struct rig {
	struct net_core core;
	struct hvl_channel *ch[RIG_QUEUES];
	u8 control[4096];
	u8 *recv;		/* of exactly their sizes, for the sanitizer */
	u8 *send;
	unsigned long map[2];
	struct net_slot slots[RIG_QUEUES][NET_SLOTS];
	u16 free[RIG_QUEUES][NET_SLOTS];
	u64 pfns[NET_SLOTS / NET_SLOTS_PER_PAGE];
	struct net_answer answers[RIG_QUEUES][RIG_CELLS + 1];
	struct net_piece pieces[RIG_QUEUES][NVSP_MAX_RANGES];
	u8 heads[RIG_QUEUES][NET_SLOTS * NET_SLOT_HEAD];

	/* what came up */
	int woken, rx, done, vf, path, news;
	u32 ended;		/* of those with a cookie */
	u32 done_frames, done_bytes, vf_serial, speed;
	bool vf_there;
	enum rndis_news last_news;
	void *cookie[NET_SLOTS];
	struct rig_frame frame[RIG_FRAMES];
	int faults[NET_FAULTS];

	/* how the host is */
	u32 accepts;		/* the only version that it accepts; 0: none */
	int silent;		/* does not answer this NVSP type */
	u32 silent_oid;		/* nor this OID */
	u32 refuse_oid;
	bool reply_first;	/* RNDIS reply before the NVSP completion */
	bool gone;
	u32 subs;
	u32 max_packets;
	u32 answered[64];	/* ids of receive packets completed, and status */
	int nr_answered;
	u32 tx_sections[256];	/* section sends seen: section, bytes */
	u32 tx_bytes[256];
	u64 tx_id[256];
	u32 tx_ranges[256];
	int nr_tx;

	/* what it saw */
	u32 versions[8];
	int nr_versions;
	int told[256];		/* NVSP messages by type */
	u32 oids[64];
	int nr_oids;
	u32 last_set[2];
};

void rig_init(struct rig *r);
void rig_free(struct rig *r);

/* Let the host take what was sent on all channels and answer, until it is quiet. */
void rig_serve(struct rig *r);

/* rig_init, negotiate, lend, start. */
void rig_up(struct rig *r);

/* Put an RNDIS frame into cell @cell, and a receive packet of these cells out. */
u32 rig_put_frame(struct rig *r, u32 cell, u32 ppi_bytes, const u32 *ppi,
		  const void *data, u32 len);
void rig_receive(struct rig *r, int q, u64 id, u32 first_cell, u32 nr, u32 count);

/* Complete transmit @n of r->tx_*. */
void rig_complete(struct rig *r, int q, int n, u32 status);

#endif /* NETVSC_RIG_H */
