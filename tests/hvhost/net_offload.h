/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * net_offload.h - frames, and what a network card computes about them
 *
 * Pure functions over private memory; no locks.  A frame is owned by whoever
 * holds it; lists of them are passed on whole.
 */
#ifndef HVHOST_NET_OFFLOAD_H
#define HVHOST_NET_OFFLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ETH_HEADER	14
#define RSS_KEY		40

struct net_frame {
	struct net_frame *next;
	uint32_t len;
	bool tagged;
	uint16_t tci;			/* priority, DEI, VLAN id, as on the wire */
	uint16_t mss;			/* not split yet: an LSO frame, for RSC */
	uint8_t data[];			/* from the Ethernet header on, no tag */
};

/* Never NULL: a host without memory ends. */
struct net_frame *frame_new(const void *data, uint32_t len);
struct net_frame *frame_clone(const struct net_frame *f);
void frame_free_list(struct net_frame *f);
/* Move a tag in the frame out of it. */
void frame_untag(struct net_frame *f);

struct net_headers {
	unsigned int ip;		/* 4, 6, or 0: something else */
	uint8_t proto;			/* of the transport; 0: none to be seen */
	bool fragment;
	uint32_t l3, l4, end;		/* offsets; end of what IP says it is */
};

/* False if the headers contradict each other or the length. */
bool net_parse(const uint8_t *f, uint32_t len, struct net_headers *h);

/* What is true of the checksums: RX_CSUM_* bits (rndis.md 13). */
uint32_t net_csum_check(const uint8_t *f, uint32_t len);

/*
 * Do what a checksum request in a packet asks for, from the sum that the guest
 * left in the field.  NULL, or what is wrong with the request.
 */
const char *net_csum_fill(uint8_t *f, uint32_t len, uint32_t request);

/*
 * Split a large TCP frame (LSOv2).  The list, or NULL with *why.  f stays the
 * caller's.
 */
struct net_frame *net_segment(const struct net_frame *f, uint32_t lso, const char **why);

uint32_t net_toeplitz(const uint8_t key[RSS_KEY], const uint8_t *data, size_t len);
/* Over what the types (NDIS_HASH_*) select; *type the one that was, 0: none. */
uint32_t net_hash(const uint8_t *f, uint32_t len, const uint8_t key[RSS_KEY],
		  uint32_t types, uint32_t *type);

static inline uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static inline void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

#endif /* HVHOST_NET_OFFLOAD_H */
