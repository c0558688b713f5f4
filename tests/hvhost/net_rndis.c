// SPDX-License-Identifier: GPL-2.0-only
/*
 * net_rndis.c - RNDIS control messages: initialize, query, set, indications
 *
 * A message that got here has been completed in NVSP already; the reply follows in
 * a cell.  One that no driver may send stops the channel (rndis.md section 2).
 *
 * Locks: net_dev->lock, for short looks.
 */
#include <stdio.h>
#include <string.h>

#include "vsp_net.h"

#define MAX_PACKETS	8
#define ALIGNMENT	3		/* exponent */
#define MAX_TRANSFER	0xefffffffu

static bool initialize(struct net_dev *dev, const uint8_t *m, uint32_t len)
{
	struct rndis_initialize_complete r = {
		.h = { RNDIS_INITIALIZE | RNDIS_COMPLETION, sizeof(r) },
		.major = 1, .flags = 1, .max_packets = MAX_PACKETS,
		.max_transfer = MAX_TRANSFER, .alignment = ALIGNMENT,
	};
	struct rndis_initialize q;
	bool twice;

	if (len < sizeof(q))
		return net_fatal(dev, "an RNDIS INITIALIZE that is too short");
	memcpy(&q, m, sizeof(q));
	pthread_mutex_lock(&dev->lock);
	twice = dev->s.initialized;
	dev->s.initialized = true;
	pthread_mutex_unlock(&dev->lock);
	if (twice)
		return net_fatal(dev, "RNDIS INITIALIZE twice");
	r.id = q.id;
	net_send_control(dev, &r, sizeof(r));
	return true;
}

/* Where the data of a request is; NULL if it is not in the message. */
static const uint8_t *data_of(const struct rndis_request *q, const uint8_t *m, uint32_t len)
{
	if (!q->length)
		return m + sizeof(*q);
	if (q->offset != sizeof(*q) - RNDIS_BASE || q->length > len - sizeof(*q))
		return NULL;
	return m + sizeof(*q);
}

static bool query(struct net_dev *dev, const uint8_t *m, uint32_t len)
{
	struct rndis_query_complete r = {
		.h.type = RNDIS_QUERY | RNDIS_COMPLETION, .offset = sizeof(r) - RNDIS_BASE,
	};
	uint8_t out[NET_CONTROL_ROOM];
	struct rndis_request q;
	const uint8_t *in;
	uint32_t n = 0;

	if (len < sizeof(q))
		return net_fatal(dev, "an RNDIS QUERY that is too short");
	memcpy(&q, m, sizeof(q));
	in = data_of(&q, m, len);
	r.id = q.id;
	/* A real host refuses a query whose offset is not 20, even without data. */
	r.status = in && q.offset == sizeof(q) - RNDIS_BASE ?
		net_oid_query(dev, q.oid, in, q.length, out + sizeof(r), &n) :
		RNDIS_STATUS_INVALID_DATA;
	r.length = r.status ? 0 : n;
	r.h.length = (uint32_t)sizeof(r) + r.length;
	memcpy(out, &r, sizeof(r));
	pthread_mutex_lock(&dev->lock);
	NET_COUNT(dev, queries);
	pthread_mutex_unlock(&dev->lock);
	net_send_control(dev, out, r.h.length);
	return true;
}

static bool set(struct net_dev *dev, const uint8_t *m, uint32_t len)
{
	struct rndis_short_complete r = {
		.h = { RNDIS_SET | RNDIS_COMPLETION, sizeof(r) },
	};
	struct ndis_offload now;
	struct rndis_request q;
	const uint8_t *in;

	if (len < sizeof(q))
		return net_fatal(dev, "an RNDIS SET that is too short");
	memcpy(&q, m, sizeof(q));
	in = data_of(&q, m, len);
	r.id = q.id;
	r.status = in ? net_oid_set(dev, q.oid, in, q.length) : RNDIS_STATUS_INVALID_DATA;
	pthread_mutex_lock(&dev->lock);
	NET_COUNT(dev, sets);
	pthread_mutex_unlock(&dev->lock);
	net_send_control(dev, &r, sizeof(r));
	if (!r.status && q.oid == OID_OFFLOAD_PARAMETERS) {
		net_fill_offload(dev, &now, true, 3);
		net_indicate(dev, RNDIS_STATUS_OFFLOAD_CONFIG, &now, sizeof(now));
	}
	return true;
}

static bool keepalive(struct net_dev *dev, const uint8_t *m, uint32_t len)
{
	struct rndis_short_complete r = {
		.h = { RNDIS_KEEPALIVE | RNDIS_COMPLETION, sizeof(r) },
	};

	(void)len;			/* at least 12, vsp_net.c saw to it */
	memcpy(&r.id, m + sizeof(r.h), 4);
	net_send_control(dev, &r, sizeof(r));
	return true;
}

bool net_control(struct net_dev *dev, const uint8_t *m, uint32_t len)
{
	struct rndis_header h;

	memcpy(&h, m, sizeof(h));
	if (h.length < sizeof(h) + 4 || h.length > len)
		return net_fatal(dev, "a control message whose length is wrong");
	switch (h.type) {
	case RNDIS_INITIALIZE:
		return initialize(dev, m, h.length);
	case RNDIS_QUERY:
		return query(dev, m, h.length);
	case RNDIS_SET:
		return set(dev, m, h.length);
	case RNDIS_KEEPALIVE:
		return keepalive(dev, m, h.length);
	case RNDIS_HALT:
		return true;
	}
	return net_fatal(dev, "an RNDIS message that a guest may not send");
}

void net_indicate(struct net_dev *dev, uint32_t status, const void *buf, uint32_t len)
{
	struct rndis_indicate r = {
		.h = { RNDIS_INDICATE, (uint32_t)sizeof(r) + len }, .status = status,
		.length = len, .offset = len ? sizeof(r) - RNDIS_BASE : 0,
	};
	uint8_t out[NET_CONTROL_ROOM];
	bool ready;

	pthread_mutex_lock(&dev->lock);
	ready = dev->chans[0] && dev->s.initialized && !dev->s.ended;
	pthread_mutex_unlock(&dev->lock);
	if (!ready || len > sizeof(out) - sizeof(r))
		return;
	memcpy(out, &r, sizeof(r));
	if (len)
		memcpy(out + sizeof(r), buf, len);
	net_send_control(dev, out, r.h.length);
}
