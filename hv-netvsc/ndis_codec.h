/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ndis_codec.h - what RNDIS carries: offloads, spreading of flows, parameters
 *
 * Pure functions without state.  A decoder looks at no byte beyond the length
 * that it is given and returns 0 or -EINVAL; on error its result is not set.
 */
#ifndef _NDIS_CODEC_H
#define _NDIS_CODEC_H

#include "rndis_wire.h"

/* Things that the host can do for us. */
#define NDIS_CAN_TCP4		0x01
#define NDIS_CAN_UDP4		0x02
#define NDIS_CAN_TCP6		0x04
#define NDIS_CAN_UDP6		0x08
#define NDIS_CAN_LSO4		0x10
#define NDIS_CAN_LSO6		0x20
#define NDIS_CAN_RSC		0x40

/**
 * struct ndis_abilities - what the host says it does
 * @can: NDIS_CAN_*; checksums are of packets that we send
 * @rx: the same bits, for checksums of packets that we receive
 * @lso_max: bytes of the largest packet to cut up; 0 if it cuts none
 */
struct ndis_abilities {
	u32 can;
	u32 rx;
	u32 lso_max;
};

/**
 * struct ndis_rss - how flows are spread
 * @on: whether they are
 * @entries: of @table, 1 to NDIS_RSS_TABLE_MAX
 * @table: channel of each
 * @key: of the hash
 */
struct ndis_rss {
	bool on;
	u32 entries;
	u16 table[NDIS_RSS_TABLE_MAX];
	u8 key[NDIS_RSS_KEY_SIZE];
};

/* Input of the query for offload capabilities; returns its length. */
u32 ndis_encode_offload_query(void *buf, u32 nvsp_version);
int ndis_decode_offload(const void *data, u32 len, struct ndis_abilities *a);

/*
 * Offloads as we want them, out of what the host can do: the bits of @want that
 * are not in @a are left off.  Returns the length.
 */
u32 ndis_encode_offload_params(void *buf, u32 nvsp_version,
			       const struct ndis_abilities *a, u32 want);

/* Input of the query for RSS capabilities; returns its length. */
u32 ndis_encode_rss_query(void *buf);
int ndis_decode_rss_caps(const void *data, u32 len, u32 *queues, u32 *entries);

#define NDIS_RSS_BYTES_MAX	(sizeof(struct ndis_rss_params) + \
				 4 * NDIS_RSS_TABLE_MAX + NDIS_RSS_KEY_SIZE)
u32 ndis_encode_rss(void *buf, const struct ndis_rss *rss);

#define NDIS_ADDRESS_PARAM_BYTES	72
u32 ndis_encode_address_param(void *buf, const u8 *mac);

/* Numbers that are answered as such. */
int ndis_decode_u32(const void *data, u32 len, u32 *value);

/*
 * UTF-16 to at most @room bytes of ASCII with a zero at the end; what is not ASCII
 * becomes '?'.  Returns the length without the zero.
 */
u32 ndis_decode_name(const void *data, u32 len, char *name, u32 room);

#endif /* _NDIS_CODEC_H */
