/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * net_switch.h - small learning switches that join ports by name
 *
 * A frame in a switch is complete: split, with its checksums, its tag out of
 * band.  What a port gives to net_switch_send() belongs to the switch, what the
 * switch gives to a port belongs to the port.
 *
 * Locks: switch_lock (net_switch.c) covers switches, ports, tables and faults;
 * a leaf but for the allocator.  Ports are called without it.
 */
#ifndef HVHOST_NET_SWITCH_H
#define HVHOST_NET_SWITCH_H

#include "net_offload.h"
#include "work_pool.h"

struct net_port_ops {
	/* Any thread; several at once.  Takes the list. */
	void (*deliver)(void *priv, struct net_frame *list);
};

enum net_dir { NET_TX, NET_RX, NET_DIRS };	/* from the port, to the port */

enum net_fault_kind {
	NET_DROP, NET_DUPLICATE, NET_REORDER, NET_DELAY, NET_CORRUPT, NET_FAULTS
};

struct net_fault {
	struct net_fault *next;
	enum net_fault_kind kind;
	enum net_dir dir;
	unsigned int proto;		/* IP protocol number; 0: any frame */
	unsigned int percent;		/* of those that match */
	uint64_t nth, count;		/* from the nth match; count 0: for ever */
	uint64_t seen;
	unsigned int ms;		/* NET_DELAY */
	unsigned int distance;		/* NET_REORDER: frames that overtake it */
	int at;				/* NET_CORRUPT: byte; negative: from the end */
	struct net_frame *held;		/* NET_REORDER */
	unsigned int left;
};

#define NET_PORT_COUNTERS(X)						\
	X(tx_frames) X(tx_bytes) X(rx_frames) X(rx_bytes)		\
	X(dropped) X(duplicated) X(reordered) X(delayed) X(corrupted)	\
	X(spoofed) X(bad_vlan) X(unlinked)

struct net_port_stats {
#define X(name) uint64_t name;
	NET_PORT_COUNTERS(X)
#undef X
};

struct net_port;

struct net_port_config {
	const char *name, *lan;		/* the switch; made when first named */
	const struct net_port_ops *ops;
	void *priv;
	bool check_source;		/* only frames from mac may leave it */
	uint8_t mac[6];
	uint16_t vlan;			/* access port of this VLAN; 0: tags pass */
};

struct net_port *net_port_new(const struct net_port_config *c);
/* On return deliver() is not called any more. */
void net_port_free(struct net_port *p);
/* A port without link neither sends nor gets. */
void net_port_link(struct net_port *p, bool up);
void net_port_mac(struct net_port *p, const uint8_t mac[6], bool check_source);
void net_port_stats(struct net_port *p, struct net_port_stats *out);
struct net_port *net_port_find(const char *name);

void net_switch_send(struct net_port *from, struct net_frame *list);

/* Write all frames that enter the switch to a pcap file; NULL: stop. */
bool net_switch_capture(const char *lan, const char *path, char *err, size_t len);

/* ---- net_fault.c ------------------------------------------------------------- */

void net_fault_add(struct net_port *p, const struct net_fault *f);
/* Frames that were held back go on their way. */
void net_fault_clear(struct net_port *p);

/* For the switch, with its lock held: what comes out in place of a frame. */
struct net_fault_list { struct net_fault *first; uint64_t random; };
struct net_frame *net_fault_run(struct net_fault_list *faults, enum net_dir dir,
				struct net_frame *f, struct net_port_stats *stats,
				unsigned int *delay_ms);
struct net_frame *net_fault_drop_all(struct net_fault_list *faults, enum net_dir dir);
void net_fault_insert(struct net_fault_list *faults, const struct net_fault *f);

#endif /* HVHOST_NET_SWITCH_H */
