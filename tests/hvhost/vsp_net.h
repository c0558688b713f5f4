/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vsp_net.h - the network service provider: NICs, sessions, buffers
 *
 * A NIC is a device with one primary channel and up to 63 sub-channels, and a
 * port of a switch (net_switch.h).  All of its protocol state ends when the
 * primary channel is closed.
 *
 * Locks: registry_lock (the list of NICs), then net_dev->lock (everything of a
 * NIC).  No lock is held over a call into vmbus_host.h or net_switch.h; "busy"
 * keeps the buffers mapped meanwhile.
 */
#ifndef HVHOST_VSP_NET_H
#define HVHOST_VSP_NET_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "net_switch.h"
#include "vmbus_host.h"
#include "vsp_net_wire.h"

#define NET_QUEUES		64
#define NET_CONTROL_CELLS	16
#define NET_CONTROL_ROOM	1024	/* a control message to the guest is shorter */
#define NET_MAX_MESSAGE		(1u << 20)
#define NET_MAX_WAITING		(100u << 10)	/* bytes of unanswered control messages */
#define NET_MAX_TABLE		128
#define NET_MTU_MIN		1514	/* with the Ethernet header */
#define NET_MTU_MAX		9216

/* Guest memory that the guest has shared for this NIC. */
struct net_buffer {
	uint8_t **pages;		/* NULL: none */
	uint32_t nr_pages, gpadl;
	uint16_t id;
};

/* A cell of the receive buffer; in a list of free ones or of a packet's. */
struct net_cell {
	uint32_t next;			/* NET_NO_CELL: last */
	bool first;			/* of a packet that the guest has */
	uint8_t queue;			/* that it went to */
};
#define NET_NO_CELL	0xffffffffu

struct net_control {			/* waits for a cell */
	struct net_control *next;
	uint32_t len;
	uint8_t bytes[NET_CONTROL_ROOM];
};

struct net_completion {			/* held back while stalled */
	struct net_completion *next;
	struct chan *chan;		/* referenced */
	uint64_t id;
	uint32_t len;
	uint8_t bytes[NVSP_SIZE_6_1];
};

/* What the guest has switched on: C and S values of rndis.md 10.2. */
struct net_offloads { bool tx[5], rx[5], lso4, lso6, rsc4, rsc6; };
enum { OFFLOAD_IP4, OFFLOAD_TCP4, OFFLOAD_UDP4, OFFLOAD_TCP6, OFFLOAD_UDP6 };

#define NET_COUNTERS(X)							\
	X(tx_packets) X(tx_messages) X(tx_frames) X(tx_refused)		\
	X(tx_csum) X(tx_lso) X(tx_vlan) X(tx_section) X(tx_direct) X(tx_mixed) \
	X(tx_on_vf) X(rx_packets) X(rx_frames) X(rx_completions)		\
	X(rx_failed) X(rx_filtered) X(rx_no_buffer) X(rx_too_long) X(rx_held)	\
	X(rx_on_vf) X(rx_csum_bad) X(rx_rsc) X(control) X(sets) X(queries)	\
	X(not_offered) X(short_inits) X(fatal)

struct net_stats {
#define X(name) uint64_t name;
	NET_COUNTERS(X)
#undef X
	uint64_t queue_tx[NET_QUEUES], queue_rx[NET_QUEUES];
};

struct net_config {
	const char *name, *lan;
	uint8_t mac[6];
	bool has_mac, spoofing, monitored, no_link, no_csum, no_udp_csum, no_lso, no_rsc, no_hash;
	unsigned int subchannels;
	uint32_t newest;		/* NVSP version; 0: what the host has */
	uint64_t speed;			/* bit/s */
	uint16_t vlan;
	unsigned int batch;		/* frames in a packet to the guest */
};

struct net_dev {
	struct net_dev *next;		/* registry_lock */
	char name[32];
	struct net_config config;	/* its strings are not used later */
	uint8_t permanent[6];
	struct vmbus_dev *vdev;
	struct net_port *port;

	pthread_mutex_t lock;
	pthread_cond_t idle;		/* busy went down */
	unsigned int busy;		/* packets about to be put into a ring */

	struct chan *chans[NET_QUEUES];	/* referenced; 0: primary */
	/* NVSP; all of it zero while the primary channel is closed */
	struct net_session {
		uint32_t version, ndis, mtu;	/* mtu with Ethernet header */
		uint64_t capabilities;
		bool has_ndis, has_config, has_recv, has_send, ended, table_sent;
		unsigned int subchannels;	/* asked for */
		bool initialized;		/* RNDIS */
		uint32_t filter;
		struct net_offloads offloads;
		bool rss;
		uint32_t hash_types, table_len, table[NET_MAX_TABLE];
		uint8_t key[RSS_KEY];
		uint8_t mac[6];
		bool vf_told, on_vf;
	} s;
	struct net_buffer recv, send;
	uint32_t cell_size, nr_cells, free_cells, free_control, nr_free;
	struct net_cell *cells;
	struct net_control *waiting;
	uint32_t waiting_bytes;
	/* stall */
	bool stall_tx, stall_rx;
	struct net_completion *stalled;
	struct net_frame *stalled_rx, **stalled_end;
	unsigned int nr_stalled_rx;

	bool linked;
	uint64_t speed;			/* bit/s */
	char verdict[120];		/* why a channel was stopped last */
	struct net_stats stats;
};

#define NET_COUNT(dev, name) ((dev)->stats.name++)	/* dev->lock held */

/* ---- vsp_net.c: NVSP, sessions ------------------------------------------------- */

extern const struct vsp_ops net_ops;

/* The versions this host generation speaks, newest first, 0-terminated. */
const uint32_t *net_versions(enum host_generation g);
size_t net_message_size(const struct net_dev *dev);
/* The guest may not do that: remember why.  Returns false. */
bool net_fatal(struct net_dev *dev, const char *why);
void net_complete(struct net_dev *dev, struct chan *c, uint64_t id, const void *msg, size_t len);
void net_rndis_status(struct net_dev *dev, struct chan *c, uint64_t id, uint32_t status);
/* An NVSP message of the host's own on the primary channel. */
bool net_tell(struct net_dev *dev, const void *msg, size_t len, uint64_t id, bool completion);
void net_set_stall(struct net_dev *dev, bool tx, bool rx);

/* ---- net_buffers.c: shared memory, cells, packets to the guest ------------------- */

bool net_recv_attach(struct net_dev *dev, struct chan *c, uint32_t gpadl, uint16_t id,
		     const char **why);
bool net_send_attach(struct net_dev *dev, struct chan *c, uint32_t gpadl, uint16_t id,
		     const char **why);
/* Waits until nobody uses it.  unmap: the channel goes on. */
void net_buffers_detach(struct net_dev *dev, struct chan *c, bool recv, bool send);
/* The whole RNDIS message(s) of a packet; NULL with *why.  To be freed. */
uint8_t *net_gather(struct net_dev *dev, const struct guest_packet *p,
		    const struct nvsp_rndis *m, uint32_t *len, uint32_t *head,
		    bool *fatal, const char **why);
/* The guest has given a packet's cells back; false: there is none such. */
bool net_cells_back(struct net_dev *dev, uint64_t id, unsigned int queue);
void net_send_control(struct net_dev *dev, const void *msg, uint32_t len);
/* The rest: dev->lock held.  NET_NO_CELL: there is none. */
uint32_t net_take_cell(struct net_dev *dev, bool control);
void net_give_cells(struct net_dev *dev, uint32_t first);
void net_cell_write(struct net_dev *dev, uint32_t cell, uint32_t at, const void *p, uint32_t n);
/* Put a packet of these cells into a queue's ring; the lock is let go meanwhile. */
void net_send_cells(struct net_dev *dev, unsigned int queue, const struct page_span *spans,
		    unsigned int n, uint32_t first);

/* ---- net_receive.c: frames to the guest ------------------------------------------- */

extern const struct net_port_ops net_port_nic;

/* ---- net_transmit.c: frames from the guest ------------------------------------------ */

/* 0, or what is wrong with it. */
const char *net_transmit(struct net_dev *dev, unsigned int queue, const uint8_t *m,
			 uint32_t len, uint32_t head);

/* ---- net_rndis.c, net_oid.c: control messages ----------------------------------------- */

/* False: stop the channel (net_fatal() has been called). */
bool net_control(struct net_dev *dev, const uint8_t *m, uint32_t len);
void net_indicate(struct net_dev *dev, uint32_t status, const void *buf, uint32_t len);
/* Answers of at most NET_CONTROL_ROOM - 24 bytes; returns the RNDIS status. */
uint32_t net_oid_query(struct net_dev *dev, uint32_t oid, const uint8_t *in, uint32_t in_len,
		       uint8_t *out, uint32_t *len);
uint32_t net_oid_set(struct net_dev *dev, uint32_t oid, const uint8_t *in, uint32_t len);
void net_fill_offload(struct net_dev *dev, struct ndis_offload *o, bool current,
		      uint32_t revision);

/* ---- vsp_net_hostile.c ------------------------------------------------------------------- */

struct hostile_layout *net_layout(const void *payload, size_t len);
struct hostile_layout *net_rndis_layout(const void *message);

/* ---- net_device.c: making and changing NICs -------------------------------------------- */

struct net_dev *net_device_new(const struct net_config *c, char *err, size_t len);
void net_device_remove(struct net_dev *dev);	/* rescinds, frees */
struct net_dev *net_device_find(const char *name);
struct net_dev *net_device_first(void);
void net_device_link(struct net_dev *dev, bool up);
void net_device_speed(struct net_dev *dev, uint64_t speed);
bool net_device_vf(struct net_dev *dev, bool allocated, uint32_t serial);

#endif /* HVHOST_VSP_NET_H */
