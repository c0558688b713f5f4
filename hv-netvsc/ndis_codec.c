// SPDX-License-Identifier: GPL-2.0-only
/*
 * ndis_codec.c - what RNDIS carries: offloads, spreading of flows, parameters
 *
 * Pure C, as rndis_codec.c.
 */
#include "ndis_codec.h"
#include "nvsp_wire.h"

static void ndis_head(struct ndis_head *h, u8 type, u8 revision, u16 size)
{
	h->type = type;
	h->revision = revision;
	h->size = size;
}

/* ---- offloads (section 10) -------------------------------------------------------- */

u32 ndis_encode_offload_query(void *buf, u32 nvsp_version)
{
	u16 size = NDIS_OFFLOAD_SIZE_1;
	u8 revision = 1;

	if (nvsp_version >= NVSP_VERSION_5) {
		size = NDIS_OFFLOAD_SIZE_3;
		revision = 3;
	} else if (nvsp_version >= NVSP_VERSION_4) {
		size = NDIS_OFFLOAD_SIZE_2;
		revision = 2;
	}
	memset(buf, 0, size);
	ndis_head(buf, NDIS_TYPE_OFFLOAD, revision, size);
	return size;
}

/* Checksums of options and extension headers have to be right too. */
static u32 ndis_csum_bits(const struct ndis_csum_offload *v4,
			  const struct ndis_csum_offload *v6)
{
	const u32 tcp4 = NDIS_CSUM_TCP | NDIS_CSUM_TCP_OPTIONS;
	const u32 tcp6 = tcp4 | NDIS_CSUM_IP_OPTIONS;
	u32 can = 0;

	if ((v4->flags & tcp4) == tcp4)
		can |= NDIS_CAN_TCP4;
	if ((v4->flags & tcp4) == tcp4 && v4->flags & NDIS_CSUM_UDP)
		can |= NDIS_CAN_UDP4;
	if ((v6->flags & tcp6) == tcp6)
		can |= NDIS_CAN_TCP6;
	if ((v6->flags & tcp6) == tcp6 && v6->flags & NDIS_CSUM_UDP)
		can |= NDIS_CAN_UDP6;
	return can;
}

int ndis_decode_offload(const void *data, u32 len, struct ndis_abilities *a)
{
	const u32 lso6 = NDIS_LSO6_EXTENSIONS | NDIS_LSO6_TCP_OPTIONS;
	struct ndis_offload o;
	u32 size;

	memset(&o, 0, sizeof(o));
	if (len < NDIS_OFFLOAD_SIZE_1)
		return -EINVAL;
	memcpy(&o.head, data, sizeof(o.head));
	size = o.head.size;
	if (o.head.type != NDIS_TYPE_OFFLOAD || o.head.revision < 1 ||
	    size < NDIS_OFFLOAD_SIZE_1 || size > len)
		return -EINVAL;
	/* What lies behind its end is not there. */
	memcpy(&o, data, size < sizeof(o) ? size : sizeof(o));

	a->can = ndis_csum_bits(&o.tx4, &o.tx6);
	a->rx = ndis_csum_bits(&o.rx4, &o.rx6);
	a->lso_max = 0;
	/* The host computes the checksums of what it cuts. */
	if (a->can & NDIS_CAN_TCP4 && o.lso4.encapsulation & NDIS_ENCAP_8023 &&
	    o.lso4.max_size) {
		a->can |= NDIS_CAN_LSO4;
		a->lso_max = o.lso4.max_size;
	}
	if (a->can & NDIS_CAN_TCP6 && o.lso6.encapsulation & NDIS_ENCAP_8023 &&
	    (o.lso6_options & lso6) == lso6 && o.lso6.max_size) {
		a->can |= NDIS_CAN_LSO6;
		if (!a->lso_max || o.lso6.max_size < a->lso_max)
			a->lso_max = o.lso6.max_size;
	}
	if (o.rsc4 && o.rsc6)
		a->can |= NDIS_CAN_RSC;
	return 0;
}

static u8 ndis_csum_param(const struct ndis_abilities *a, u32 want, u32 bit)
{
	bool tx = a->can & want & bit, rx = a->rx & want & bit;

	if (tx)
		return rx ? NDIS_CSUM_BOTH : NDIS_CSUM_TX;
	return rx ? NDIS_CSUM_RX : NDIS_CSUM_OFF;
}

u32 ndis_encode_offload_params(void *buf, u32 nvsp_version,
			       const struct ndis_abilities *a, u32 want)
{
	struct ndis_offload_params *p = buf;
	bool old = nvsp_version < NVSP_VERSION_5;
	u16 size = old ? NDIS_OFFLOAD_PARAMS_SIZE_OLD : NDIS_OFFLOAD_PARAMS_SIZE;

	memset(p, 0, size);
	ndis_head(&p->head, NDIS_TYPE_DEFAULT, 3, size);
	/* The header's checksum is always made by the guest (section 14). */
	p->ip4_csum = NDIS_CSUM_OFF;
	p->tcp4_csum = ndis_csum_param(a, want, NDIS_CAN_TCP4);
	p->tcp6_csum = ndis_csum_param(a, want, NDIS_CAN_TCP6);
	p->lso4 = a->can & want & NDIS_CAN_LSO4 ? NDIS_ON : NDIS_OFF;
	p->lso6 = a->can & want & NDIS_CAN_LSO6 ? NDIS_ON : NDIS_OFF;
	if (old)
		return size;
	p->udp4_csum = ndis_csum_param(a, want, NDIS_CAN_UDP4);
	p->udp6_csum = ndis_csum_param(a, want, NDIS_CAN_UDP6);
	if (a->can & NDIS_CAN_RSC) {
		p->rsc4 = want & NDIS_CAN_RSC ? NDIS_ON : NDIS_OFF;
		p->rsc6 = p->rsc4;
	}
	return size;
}

/* ---- spreading of flows (section 9) -------------------------------------------------- */

u32 ndis_encode_rss_query(void *buf)
{
	memset(buf, 0, sizeof(struct ndis_rss_caps));
	ndis_head(buf, NDIS_TYPE_RSS_CAPS, 2, sizeof(struct ndis_rss_caps));
	return sizeof(struct ndis_rss_caps);
}

int ndis_decode_rss_caps(const void *data, u32 len, u32 *queues, u32 *entries)
{
	const u32 rev1 = offsetof(struct ndis_rss_caps, entries);
	struct ndis_rss_caps c;

	if (len < rev1)
		return -EINVAL;
	memset(&c, 0, sizeof(c));
	memcpy(&c, data, len < sizeof(c) ? len : sizeof(c));
	if (c.head.type != NDIS_TYPE_RSS_CAPS || c.head.size < rev1 ||
	    c.head.size > len)
		return -EINVAL;
	*queues = c.queues;
	*entries = c.head.size >= sizeof(c) ? c.entries : 0;
	if (!*entries || *entries > NDIS_RSS_TABLE_MAX)
		*entries = NDIS_RSS_TABLE_DEFAULT;
	return 0;
}

u32 ndis_encode_rss(void *buf, const struct ndis_rss *rss)
{
	struct ndis_rss_params *p = buf;
	u32 i, entry, at = sizeof(*p);

	memset(p, 0, sizeof(*p));
	ndis_head(&p->head, NDIS_TYPE_RSS_PARAMS, 2, sizeof(*p));
	p->flags = rss->on ? 0 : NDIS_RSS_DISABLE;
	p->hash_info = NDIS_HASH_TOEPLITZ | NDIS_HASH_IPV4 | NDIS_HASH_TCP_IPV4 |
		       NDIS_HASH_IPV6 | NDIS_HASH_TCP_IPV6;
	p->table_size = rss->entries * sizeof(entry);
	p->table_offset = at;
	for (i = 0; i < rss->entries; i++, at += sizeof(entry)) {
		entry = rss->table[i];
		memcpy((u8 *)buf + at, &entry, sizeof(entry));
	}
	p->key_size = NDIS_RSS_KEY_SIZE;
	p->key_offset = at;
	memcpy((u8 *)buf + at, rss->key, NDIS_RSS_KEY_SIZE);
	return at + NDIS_RSS_KEY_SIZE;
}

/* ---- small ones ------------------------------------------------------------------------ */

static u32 ndis_put_utf16(u8 *to, const char *text)
{
	u32 n;

	for (n = 0; text[n]; n++) {
		to[2 * n] = text[n];
		to[2 * n + 1] = 0;
	}
	return 2 * n;
}

/* Twelve hexadecimal digits in a string (section 11). */
u32 ndis_encode_address_param(void *buf, const u8 *mac)
{
	static const char digit[] = "0123456789ABCDEF";
	struct rndis_config_param *p = buf;
	char text[13];
	u32 i;

	for (i = 0; i < 6; i++) {
		text[2 * i] = digit[mac[i] >> 4];
		text[2 * i + 1] = digit[mac[i] & 15];
	}
	text[12] = 0;
	memset(p, 0, sizeof(*p));
	p->type = RNDIS_CONFIG_STRING;
	p->name_offset = sizeof(*p);
	p->name_length = ndis_put_utf16((u8 *)buf + p->name_offset,
					"NetworkAddress");
	p->value_offset = p->name_offset + p->name_length;
	p->value_length = ndis_put_utf16((u8 *)buf + p->value_offset, text);
	return p->value_offset + p->value_length;
}

int ndis_decode_u32(const void *data, u32 len, u32 *value)
{
	if (len < sizeof(*value))
		return -EINVAL;
	memcpy(value, data, sizeof(*value));
	return 0;
}

u32 ndis_decode_name(const void *data, u32 len, char *name, u32 room)
{
	const u8 *from = data;
	u32 n = 0;

	if (!room)
		return 0;
	while (len >= 2 && n < room - 1 && (from[0] || from[1])) {
		name[n++] = from[1] || from[0] < ' ' || from[0] > '~' ?
			    '?' : from[0];
		from += 2;
		len -= 2;
	}
	name[n] = 0;
	return n;
}
