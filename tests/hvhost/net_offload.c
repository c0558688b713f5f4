// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_offload.c - checksums, segmentation and hashes of a network card
 *
 * No locks: pure functions.
 */
#include "net_offload.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "vsp_net_wire.h"

#define ETHERTYPE_IP4	0x0800
#define ETHERTYPE_IP6	0x86dd
#define ETHERTYPE_VLAN	0x8100
#define PROTO_TCP	6
#define PROTO_UDP	17
#define TCP_HEADER	20
#define UDP_HEADER	8
#define TCP_FIN		0x01
#define TCP_PSH		0x08
#define TCP_CWR		0x80

/* ---- frames ------------------------------------------------------------------- */

struct net_frame *frame_new(const void *data, uint32_t len)
{
	struct net_frame *f = calloc(1, sizeof(*f) + len);

	if (!f)
		host_die("out of memory");
	f->len = len;
	if (data)
		memcpy(f->data, data, len);
	return f;
}

struct net_frame *frame_clone(const struct net_frame *f)
{
	struct net_frame *n = frame_new(f->data, f->len);

	n->tagged = f->tagged;
	n->tci = f->tci;
	n->mss = f->mss;
	return n;
}

void frame_free_list(struct net_frame *f)
{
	struct net_frame *next;

	for (; f; f = next) {
		next = f->next;
		free(f);
	}
}

void frame_untag(struct net_frame *f)
{
	if (f->tagged || f->len < ETH_HEADER + 4 || get16(f->data + 12) != ETHERTYPE_VLAN)
		return;
	f->tagged = true;
	f->tci = get16(f->data + 14);
	memmove(f->data + 12, f->data + 16, f->len - 16);
	f->len -= 4;
}

/* ---- headers -------------------------------------------------------------------- */

/* Go past the extension headers of IPv6; false if they leave the packet. */
static bool parse_ip6(const uint8_t *f, struct net_headers *h, uint8_t next, uint32_t at)
{
	for (;;) {
		switch (next) {
		case 0: case 43: case 60:	/* hop by hop, routing, destination */
			if (at + 8 > h->end)
				return false;
			next = f[at];
			at += 8u * f[at + 1] + 8u;
			break;
		case 44:			/* fragment */
			if (at + 8 > h->end)
				return false;
			if (get16(f + at + 2) & 0xfff9)
				h->fragment = true;
			next = f[at];
			at += 8;
			break;
		default:
			h->l4 = at;
			h->proto = next;
			return at <= h->end;
		}
	}
}

bool net_parse(const uint8_t *f, uint32_t len, struct net_headers *h)
{
	uint16_t type;
	uint32_t size;

	memset(h, 0, sizeof(*h));
	if (len < ETH_HEADER)
		return false;
	h->l3 = ETH_HEADER;
	type = get16(f + 12);
	if (type == ETHERTYPE_VLAN && len >= ETH_HEADER + 4) {
		type = get16(f + 16);
		h->l3 += 4;
	}
	h->end = len;
	if (type == ETHERTYPE_IP4) {
		if (len < h->l3 + 20 || f[h->l3] >> 4 != 4)
			return false;
		size = (f[h->l3] & 15u) * 4;
		h->end = h->l3 + get16(f + h->l3 + 2);
		if (size < 20 || h->end < h->l3 + size || h->end > len)
			return false;
		h->ip = 4;
		h->l4 = h->l3 + size;
		h->fragment = get16(f + h->l3 + 6) & 0x3fff;
		h->proto = f[h->l3 + 9];
	} else if (type == ETHERTYPE_IP6) {
		if (len < h->l3 + 40 || f[h->l3] >> 4 != 6)
			return false;
		h->end = h->l3 + 40 + get16(f + h->l3 + 4);
		if (h->end > len || !parse_ip6(f, h, f[h->l3 + 6], h->l3 + 40))
			return false;
		h->ip = 6;
	}
	return true;
}

/* ---- checksums ------------------------------------------------------------------- */

static uint64_t sum(const uint8_t *p, uint32_t len)
{
	uint64_t s = 0;

	for (; len > 1; len -= 2, p += 2)
		s += get16(p);
	return len ? s + (uint64_t)p[0] * 256 : s;
}

static uint16_t fold(uint64_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (uint16_t)s;
}

static uint64_t pseudo(const uint8_t *f, const struct net_headers *h)
{
	uint64_t s = (uint64_t)h->proto + (h->end - h->l4);

	if (h->ip == 4)
		return s + sum(f + h->l3 + 12, 8);
	return s + sum(f + h->l3 + 8, 32);
}

uint32_t net_csum_check(const uint8_t *f, uint32_t len)
{
	struct net_headers h;
	uint32_t bits = 0;
	bool good;

	if (!net_parse(f, len, &h) || !h.ip)
		return 0;
	if (h.ip == 4)
		bits = fold(sum(f + h.l3, h.l4 - h.l3)) == 0xffff ?
			RX_CSUM_IP_OK : RX_CSUM_IP_FAILED;
	if (h.fragment)
		return bits;
	if (h.proto == PROTO_TCP && h.end - h.l4 >= TCP_HEADER) {
		good = fold(pseudo(f, &h) + sum(f + h.l4, h.end - h.l4)) == 0xffff;
		bits |= good ? RX_CSUM_TCP_OK : RX_CSUM_TCP_FAILED;
	} else if (h.proto == PROTO_UDP && h.end - h.l4 >= UDP_HEADER) {
		/* 0: the sender made none; nothing can be said. */
		if (!get16(f + h.l4 + 6))
			return bits;
		good = fold(pseudo(f, &h) + sum(f + h.l4, h.end - h.l4)) == 0xffff;
		bits |= good ? RX_CSUM_UDP_OK : RX_CSUM_UDP_FAILED;
	}
	return bits;
}

static void ip4_header_sum(uint8_t *ip, uint32_t len)
{
	put16(ip + 10, 0);
	put16(ip + 10, (uint16_t)~fold(sum(ip, len)));
}

const char *net_csum_fill(uint8_t *f, uint32_t len, uint32_t request)
{
	bool v4 = request & TX_CSUM_IPV4, v6 = request & TX_CSUM_IPV6;
	bool tcp = request & TX_CSUM_TCP, udp = !tcp && (request & TX_CSUM_UDP);
	uint32_t at = TX_CSUM_OFFSET(request), field;
	struct net_headers h;
	uint16_t c;

	if (v4 == v6)
		return "checksum: neither or both of IPv4 and IPv6";
	if (!net_parse(f, len, &h) || h.ip != (v4 ? 4u : 6u))
		return "checksum: not a packet of that kind";
	if (v4 && (request & TX_CSUM_IP))
		ip4_header_sum(f + h.l3, h.l4 - h.l3);
	if (!tcp && !udp)
		return NULL;
	if (!at)
		at = ETH_HEADER + (v4 ? 20 : 40);
	if (at != h.l4 || h.fragment || h.proto != (tcp ? PROTO_TCP : PROTO_UDP))
		return "checksum: no such header at the offset";
	field = h.l4 + (tcp ? 16 : 6);
	if (h.end < h.l4 + (tcp ? TCP_HEADER : UDP_HEADER))
		return "checksum: transport header is cut off";
	c = (uint16_t)~fold(sum(f + h.l4, h.end - h.l4));
	/* 0 would say that there is none. */
	put16(f + field, udp && !c ? 0xffff : c);
	return NULL;
}

/* ---- segmentation --------------------------------------------------------------------- */

/* The IP header's part of an LSO frame, whose length field may be 0. */
static const char *lso_headers(const struct net_frame *f, uint32_t lso, uint32_t *l4)
{
	uint32_t at = LSO_OFFSET(lso), header;
	const uint8_t *ip = f->data + ETH_HEADER;
	bool v6 = lso & LSO_IPV6;

	if (!(lso & LSO_V2))
		return "large send: not version 2";
	if (!(LSO_MSS(lso) & 0xffff))
		return "large send: MSS is 0";
	if (at < ETH_HEADER + (v6 ? 40u : 20u) || at + TCP_HEADER > f->len)
		return "large send: TCP header offset";
	header = (f->data[at + 12] >> 4) * 4u;
	if (header < TCP_HEADER || at + header >= f->len)
		return "large send: TCP header length";
	if (get16(f->data + 12) != (v6 ? ETHERTYPE_IP6 : ETHERTYPE_IP4) ||
	    ip[0] >> 4 != (v6 ? 6 : 4))
		return "large send: not a packet of that kind";
	if (!v6 && (ETH_HEADER + (ip[0] & 15u) * 4 != at || ip[9] != PROTO_TCP))
		return "large send: no TCP header at the offset";
	*l4 = at;
	return NULL;
}

static struct net_frame *one_segment(const struct net_frame *f, uint32_t l4, uint32_t head,
				     uint32_t from, uint32_t n, uint32_t count, bool v6)
{
	struct net_frame *s = frame_new(NULL, head + n);
	uint8_t *ip = s->data + ETH_HEADER, *tcp = s->data + l4;
	uint16_t seed;

	s->tagged = f->tagged;
	s->tci = f->tci;
	memcpy(s->data, f->data, head);
	memcpy(s->data + head, f->data + from, n);
	if (v6) {
		put16(ip + 4, head + n - ETH_HEADER - 40);
	} else {
		put16(ip + 2, head + n - ETH_HEADER);
		put16(ip + 4, get16(ip + 4) + count);
		ip4_header_sum(ip, l4 - ETH_HEADER);
	}
	put32(tcp + 4, get32(tcp + 4) + from - head);
	if (from + n < f->len)
		tcp[13] &= (uint8_t)~(TCP_FIN | TCP_PSH);
	if (count)
		tcp[13] &= (uint8_t)~TCP_CWR;
	/* The guest's sum of the pseudo header is without the length. */
	seed = get16(tcp + 16);
	put16(tcp + 16, 0);
	put16(tcp + 16, (uint16_t)~fold((uint64_t)seed + (s->len - l4) +
					sum(tcp, s->len - l4)));
	return s;
}

struct net_frame *net_segment(const struct net_frame *f, uint32_t lso, const char **why)
{
	uint32_t l4, head, from, n, count = 0, mss = LSO_MSS(lso) & 0xffff;
	struct net_frame *list = NULL, **end = &list;

	*why = lso_headers(f, lso, &l4);
	if (*why)
		return NULL;
	head = l4 + (f->data[l4 + 12] >> 4) * 4u;
	for (from = head; from < f->len; from += n) {
		n = f->len - from < mss ? f->len - from : mss;
		*end = one_segment(f, l4, head, from, n, count++, lso & LSO_IPV6);
		end = &(*end)->next;
	}
	return list;
}

/* ---- hashes ----------------------------------------------------------------------------- */

uint32_t net_toeplitz(const uint8_t key[RSS_KEY], const uint8_t *data, size_t len)
{
	uint32_t window = get32(key), hash = 0;
	size_t i;
	int b;

	for (i = 0; i < len; i++) {
		for (b = 7; b >= 0; b--) {
			if (data[i] >> b & 1)
				hash ^= window;
			window = window << 1 | (key[i + 4 < RSS_KEY ? i + 4 : 0] >> b & 1);
		}
	}
	return hash;
}

uint32_t net_hash(const uint8_t *f, uint32_t len, const uint8_t key[RSS_KEY],
		  uint32_t types, uint32_t *type)
{
	uint32_t plain, ports = 0, n;
	struct net_headers h;
	uint8_t in[36];

	*type = 0;
	if (!net_parse(f, len, &h) || !h.ip)
		return 0;
	n = h.ip == 4 ? 8 : 32;
	memcpy(in, f + h.l3 + (h.ip == 4 ? 12 : 8), n);
	plain = h.ip == 4 ? NDIS_HASH_IPV4 : NDIS_HASH_IPV6;
	if (!h.fragment && h.proto == PROTO_TCP)
		ports = h.ip == 4 ? NDIS_HASH_TCP_IPV4 : NDIS_HASH_TCP_IPV6;
	if (!h.fragment && h.proto == PROTO_UDP)
		ports = h.ip == 4 ? NDIS_HASH_UDP_IPV4 : NDIS_HASH_UDP_IPV6;
	if ((types & ports) && h.end - h.l4 >= 4) {
		*type = ports;
		memcpy(in + n, f + h.l4, 4);
		return net_toeplitz(key, in, n + 4);
	}
	if (!(types & plain))
		return 0;
	*type = plain;
	return net_toeplitz(key, in, n);
}
