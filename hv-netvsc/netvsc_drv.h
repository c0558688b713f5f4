/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netvsc_drv.h - what the files of the network DIM share
 *
 * netvsc_drv.c      the driver on the bus: probe, remove, attach, detach
 * netvsc_buffers.c  memory: what is lent to the host, and what queues are made of
 * netvsc_netdev.c   the net device: open, stop, MTU, address, filter, statistics
 * netvsc_link.c     what the host says about the link
 * netvsc_xmit.c     frames out
 * netvsc_recv.c     frames in
 * netvsc_ethtool.c  what ethtool asks
 *
 * A session is the time from attach to detach: a net device has one while its
 * channels are open.  A change of MTU, of the number of channels or of the
 * buffers' sizes is a session's end and the beginning of another.
 *
 * Locks, outermost first:
 *   RTNL              sessions begin and end under it, but for the first and last
 *   netvsc.lock       mutex; one control request at a time, and netvsc.up.  Held
 *                     while waiting for the host, but every such wait ends when
 *                     the channel is rescinded
 *   transmit lock of a queue    the sender of a net_queue
 *   core.lock         see netvsc_core.h
 */
#ifndef _NETVSC_DRV_H
#define _NETVSC_DRV_H

#include <linux/completion.h>
#include <linux/etherdevice.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>
#include <hv/vmbus_device.h>
#include <linux/ethtool.h>
#include "netvsc_core.h"

#define NETVSC_RING_PAGES_MIN	64
#define NETVSC_QUEUES_DEFAULT	8
#define NETVSC_RECV_DEFAULT	(16u << 20)
#define NETVSC_SEND_DEFAULT	(1u << 20)
#define NETVSC_SEND_MAX		(15u << 20)
#define NETVSC_BUFFER_MIN	(128u << 10)
#define NETVSC_MTU_MAX		(65535 - ETH_HLEN)
#define NETVSC_FRAME_MAX	(65535 + ETH_HLEN)

/* In percent of a ring that is free (netvsc.md section 1). */
#define NETVSC_ROOM_STOP	10
#define NETVSC_ROOM_WAKE	20

/**
 * struct netvsc_area - pages that are lent to the host
 * @map: as one piece
 * @lost: the host did not give them back; never to be freed
 */
struct netvsc_area {
	struct page **pages;
	u32 nr;
	u8 *map;
	u32 gpadl;
	bool lent;
	bool lost;
};

/**
 * struct netvsc_stats - of one direction of one queue
 * @multicast, @extra: received multicast frames; or what XDP did with them
 */
struct netvsc_stats {
	struct u64_stats_sync sync;
	u64 packets;
	u64 bytes;
	u64 multicast;
	u64 xdp_drop;
	u64 xdp_tx;
};

/**
 * struct netvsc_queue - a queue of the net device, in both directions
 * @q: the core's, NULL without a session
 * @done_frames, @done_bytes: poller's: ended since byte limits were last told
 * @undo_frames, @undo_bytes: sender's: told to byte limits but never sent
 * @undone_frames, @undone_bytes: poller's: of these, taken back
 */
struct netvsc_queue {
	struct napi_struct napi;
	struct netvsc *nd;
	struct net_queue *q;
	u32 index;
	struct netvsc_stats rx;
	u32 done_frames;
	u32 done_bytes;
	u32 undone_frames;
	u32 undone_bytes;
	bool polls;

	struct netvsc_stats tx ____cacheline_aligned_in_smp;
	u32 undo_frames;
	u32 undo_bytes;
};

/* Counters with the in-box names; not exact under contention. */
struct netvsc_events {
	unsigned long tx_scattered;
	unsigned long tx_no_memory;
	unsigned long tx_no_space;
	unsigned long tx_too_big;
	unsigned long tx_busy;
	unsigned long tx_send_full;
	unsigned long rx_comp_busy;
	unsigned long rx_no_memory;
	unsigned long stop_queue;
	unsigned long wake_queue;
	unsigned long vlan_error;
};

/**
 * struct netvsc - private part of the net device
 * @core: the session's; what the host said stays readable after it
 * @up: a session is there; under @lock, and read by the data path's helpers
 * @leaving: no queue may be woken, no work started
 * @asked: sub-channels that the host has promised in this session
 * @opened: of those, open
 * @recv_bytes, @send_bytes: wanted sizes of the buffers
 * @channels: wanted number of channels
 * @filter: as last set at the host; ~0 before
 * @rss: as wanted; @rss_set if by the administrator
 * @l4_hash: RXH kinds (1 << flow type) whose transmit hash includes ports
 * @done: an answer may have come
 * @recover_work: opens new channels after a corrupt ring, @recoveries so far
 * @link_work: applies @link_news, not more often than every two seconds
 * @queue: as many as the device can ever have
 */
struct netvsc {
	struct net_device *dev;
	struct hvl_device *hdev;
	struct net_core *core;
	struct mutex lock;
	bool up;
	bool leaving;
	u32 asked;
	u32 opened;
	u32 recv_bytes;
	u32 send_bytes;
	u32 channels;
	u32 filter;
	u32 msg_enable;
	struct ndis_rss rss;
	bool rss_set;
	u32 l4_hash;
	struct completion done;
	struct work_struct filter_work;
	struct work_struct recover_work;
	unsigned int recoveries;
	struct delayed_work link_work;
	unsigned long link_news;
	unsigned long link_last;
	bool link_up;
	u32 link_speed;
	struct netvsc_area recv;
	struct netvsc_area send;
	unsigned long *section_map;
	u8 *control;
	struct netvsc_events events;
	struct netvsc_queue queue[NET_MAX_QUEUES];
};

/* Bits of netvsc.link_news. */
enum netvsc_link_news {
	NETVSC_LINK_STATE,
	NETVSC_LINK_CHANGE,
	NETVSC_LINK_SPEED,
};

/* netvsc_drv.c */
int netvsc_reattach(struct netvsc *nd, u32 mtu);
int netvsc_attach(struct netvsc *nd, u32 mtu);
void netvsc_detach(struct netvsc *nd);
u32 netvsc_ring_bytes(void);

/* netvsc_buffers.c */
int netvsc_area_lend(struct netvsc *nd, struct netvsc_area *a, u32 bytes);
void netvsc_area_take_back(struct netvsc *nd, struct netvsc_area *a);
void netvsc_area_free(struct netvsc_area *a);
int netvsc_queue_alloc(struct netvsc *nd, struct net_queue *q);
void netvsc_queue_free(struct net_queue *q);

/* netvsc_netdev.c */
extern const struct net_device_ops netvsc_netdev_ops;
void netvsc_features(struct netvsc *nd);
u32 netvsc_wanted_offloads(const struct netvsc *nd, netdev_features_t features);
void netvsc_filter_work(struct work_struct *work);

/* netvsc_link.c */
void netvsc_link_init(struct netvsc *nd);
void netvsc_news(void *ctx, enum rndis_news news, u32 speed);

/* netvsc_xmit.c */
netdev_tx_t netvsc_start_xmit(struct sk_buff *skb, struct net_device *dev);
u16 netvsc_select_queue(struct net_device *dev, struct sk_buff *skb,
			struct net_device *sb_dev);
void netvsc_tx_done(struct net_queue *q, void *cookie, u32 frames, u32 bytes);
void netvsc_tx_poll(struct netvsc_queue *nq);

/* netvsc_recv.c */
void netvsc_rx(struct net_queue *q, const struct net_rx *rx);
int netvsc_poll(struct napi_struct *napi, int budget);
void netvsc_interrupt(struct hvl_channel *ch, void *ctx);

/* netvsc_ethtool.c */
extern const struct ethtool_ops netvsc_ethtool_ops;

#endif /* _NETVSC_DRV_H */
