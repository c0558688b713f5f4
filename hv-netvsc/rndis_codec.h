/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rndis_codec.h - RNDIS messages to and from plain values
 *
 * Pure functions without state.  A decoder looks at no byte beyond the length
 * that it is given and returns 0 or -EINVAL; on error its result is not set.
 */
#ifndef _RNDIS_CODEC_H
#define _RNDIS_CODEC_H

#include "rndis_wire.h"

/**
 * struct rndis_limits - how messages may be put together
 * @max_packets: in one NVSP message, at least 1
 * @max_transfer: bytes of one NVSP message
 * @align: messages that others follow begin and end at multiples of this
 */
struct rndis_limits {
	u32 max_packets;
	u32 max_transfer;
	u32 align;
};

/* What a packet has besides its data. */
#define RNDIS_HAS_CSUM		0x1
#define RNDIS_HAS_LSO		0x2
#define RNDIS_HAS_VLAN		0x4
#define RNDIS_HAS_HASH		0x8
#define RNDIS_HAS_RSC		0x10

/**
 * struct rndis_meta - per-packet information
 * @has: RNDIS_HAS_*: which of the others are valid
 * @csum: RNDIS_TXCSUM_* with the offset, or RNDIS_RXCSUM_*
 * @lso: RNDIS_LSO_*
 * @vlan_tci: as in an Ethernet header
 * @hash: of the flow
 * @rsc: RNDIS_RSC_*
 */
struct rndis_meta {
	u32 has;
	u32 csum;
	u32 lso;
	u32 hash;
	u32 rsc;
	u16 vlan_tci;
};

/**
 * struct rndis_frame - where the data of a received packet are
 * @offset: in the message
 * @len: bytes, not 0
 */
struct rndis_frame {
	u32 offset;
	u32 len;
};

/* What an indication means to us. */
enum rndis_news {
	RNDIS_NEWS_NONE,
	RNDIS_NEWS_UP,
	RNDIS_NEWS_DOWN,
	RNDIS_NEWS_CHANGE,
	RNDIS_NEWS_SPEED,
};

/* Requests; each returns the bytes to send.  @data may be NULL if @len is 0. */
u32 rndis_encode_initialize(void *buf, u32 id);
u32 rndis_encode_halt(void *buf, u32 id);
u32 rndis_encode_request(void *buf, u32 type, u32 id, u32 oid, const void *data,
			 u32 len);

/*
 * The common header of a message in @room bytes: its type; its length, header
 * included, in *len, never more than @room.  0 if there is none.
 */
u32 rndis_decode_head(const void *msg, u32 room, u32 *len);

/* Request id of a completion, 0 if it is too short to have one. */
u32 rndis_decode_id(const void *msg, u32 len);

int rndis_decode_initialized(const void *msg, u32 len, u32 *status,
			     struct rndis_limits *lim);
int rndis_decode_set(const void *msg, u32 len, u32 *status);

/* *data points into @msg; if the status is not success *data_len may be 0. */
int rndis_decode_query(const void *msg, u32 len, u32 *status, const void **data,
		       u32 *data_len);

/*
 * @room is what was received, which may be more than the length in the message:
 * some hosts leave the speed out of that (section 5).  Speed in 100 bit/s.
 */
enum rndis_news rndis_decode_indication(const void *msg, u32 len, u32 room,
					u32 *speed);

/* The head of a packet with @len bytes of data that follow at once. */
u32 rndis_encode_packet(void *buf, const struct rndis_meta *meta, u32 len);

/* The packet at @buf is this long all in all: bytes come behind its data. */
void rndis_packet_length(void *buf, u32 length);

/**
 * rndis_decode_packet - the head of a received packet
 * @head: a private copy of the first RNDIS_PACKET_HEAD bytes of the message
 * @room: bytes of the message, all told
 * @frame: where the data are
 * @ppi_offset: where the information is, in the message
 * @ppi_len: its length, 0 if there is none
 */
static inline int rndis_decode_packet(const struct rndis_message *head, u32 room,
				      struct rndis_frame *frame, u32 *ppi_offset,
				      u32 *ppi_len)
{
	const struct rndis_packet *p = &head->u.packet;
	u32 body;

	if (head->head.length < RNDIS_PACKET_HEAD || head->head.length > room)
		return -EINVAL;
	body = head->head.length - sizeof(struct rndis_head);
	if (p->data_offset < sizeof(*p) || p->data_offset > body ||
	    !p->data_length || p->data_length > body - p->data_offset)
		return -EINVAL;
	frame->offset = p->data_offset + sizeof(struct rndis_head);
	frame->len = p->data_length;
	*ppi_len = 0;
	if (p->ppi_length) {
		if (p->ppi_offset < sizeof(*p) || p->ppi_offset > body ||
		    p->ppi_length > body - p->ppi_offset)
			return -EINVAL;
		*ppi_offset = p->ppi_offset + sizeof(struct rndis_head);
		*ppi_len = p->ppi_length;
	}
	return 0;
}

/*
 * The records in a private copy of the information; what is wrong ends the walk.
 * meta->has says what was found.  Returns -EINVAL if something was wrong.
 */
int rndis_decode_ppi(const void *ppi, u32 len, struct rndis_meta *meta);

#endif /* _RNDIS_CODEC_H */
