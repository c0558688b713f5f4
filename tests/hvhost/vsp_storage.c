// SPDX-License-Identifier: GPL-2.0-only
/*
 * vsp_storage.c - the storage protocol: sessions, negotiation, dispatch
 *
 * State machine and strictness as storvsc.md sections 3, 5 and 13 describe
 * them: a legal operation in the wrong state is answered with an error, a
 * packet that no driver may send stops the channel.
 *
 * Locks: stor_dev->lock; see vsp_storage.h.
 */
#include "vsp_storage.h"

#include <stdlib.h>
#include <string.h>

const uint16_t *storage_versions(enum host_generation g)
{
	static const uint16_t all[] = {
		VSTOR_WIN10, VSTOR_WIN8_1, VSTOR_WIN8, VSTOR_WIN7, VSTOR_WIN6, 0
	};

	switch (g) {
	case HOST_WS2008:
		return all + 4;
	case HOST_WS2008R2:
		return all + 3;
	case HOST_WS2012:
		return all + 2;
	case HOST_WS2012R2:
		return all + 1;
	default:
		return all;
	}
}

/* ---- lives ------------------------------------------------------------------- */

void stor_dev_put(struct stor_dev *dev)
{
	bool last;

	pthread_mutex_lock(&dev->lock);
	last = --dev->refs == 0;
	pthread_mutex_unlock(&dev->lock);
	if (!last)
		return;
	storage_fault_clear(dev);
	pthread_cond_destroy(&dev->idle);
	pthread_mutex_destroy(&dev->lock);
	free(dev);
}

static void session_put(struct stor_dev *dev, struct stor_session *s)
{
	bool last;

	pthread_mutex_lock(&dev->lock);
	last = --s->refs == 0;
	pthread_mutex_unlock(&dev->lock);
	if (!last)
		return;
	chan_put(s->chan);
	free(s);
}

void storage_drop(struct stor_request *r)
{
	session_put(r->dev, r->session);
	stor_dev_put(r->dev);
	free(r);
}

struct stor_session *storage_primary(struct stor_dev *dev)
{
	struct stor_session *s;

	for (s = dev->sessions; s; s = s->next)
		if (!s->sub)
			return s;
	return NULL;
}

static struct stor_session *session_of(struct stor_dev *dev, struct chan *c)
{
	struct stor_session *s;

	for (s = dev->sessions; s; s = s->next)
		if (s->chan == c)
			return s;
	return NULL;
}

static uint32_t storage_open(struct chan *c, void *priv)
{
	struct stor_session *s = calloc(1, sizeof(*s));
	struct stor_dev *dev = priv;
	bool refuse;

	if (!s)
		return NT_UNSUCCESSFUL;
	s->chan = chan_get(c);
	s->sub = chan_sub_index(c);
	s->refs = 1;
	pthread_mutex_lock(&dev->lock);
	/* One opening at a time, and no sub-channel without its primary. */
	refuse = session_of(dev, c) || (s->sub ? !storage_primary(dev) :
					storage_primary(dev) != NULL);
	if (!refuse) {
		s->next = dev->sessions;
		dev->sessions = s;
	}
	pthread_mutex_unlock(&dev->lock);
	if (!refuse)
		return NT_SUCCESS;
	chan_put(c);
	free(s);
	return NT_UNSUCCESSFUL;
}

static void drop_list(struct stor_request *list)
{
	struct stor_request *next;

	for (; list; list = next) {
		next = list->next;
		storage_drop(list);
	}
}

static void storage_close(struct chan *c, void *priv)
{
	struct stor_request *waiting, *held;
	struct stor_session *s, **p;
	struct stor_dev *dev = priv;

	pthread_mutex_lock(&dev->lock);
	s = session_of(dev, c);
	if (!s) {
		pthread_mutex_unlock(&dev->lock);
		return;
	}
	s->closed = true;
	for (p = &dev->sessions; *p != s; p = &(*p)->next)
		;
	*p = s->next;
	if (!s->sub) {
		dev->state = STOR_BEGIN;
		dev->version = 0;
		dev->subchannels_made = false;
	}
	waiting = s->waiting;
	s->waiting = NULL;
	held = storage_held_close(dev, s);
	/* Workers in the middle of a transfer: let them finish. */
	while (s->busy)
		pthread_cond_wait(&dev->idle, &dev->lock);
	pthread_mutex_unlock(&dev->lock);
	drop_list(waiting);
	drop_list(held);
	session_put(dev, s);
}

/* ---- unsolicited ---------------------------------------------------------------- */

bool storage_send(struct stor_dev *dev, uint32_t operation, uint32_t status)
{
	struct vstor_packet v = { .header = { operation, 0, status } };
	struct stor_session *s;
	struct chan *c = NULL;
	size_t len;
	bool sent;

	pthread_mutex_lock(&dev->lock);
	s = storage_primary(dev);
	if (s)
		c = chan_get(s->chan);
	len = sizeof(v.header) + (dev->version >= VSTOR_WIN8 ?
				  VSTOR_REQUEST_V2 : VSTOR_REQUEST_V1);
	pthread_mutex_unlock(&dev->lock);
	if (!c)
		return false;
	sent = chan_send(c, &v, len, 0, false);
	chan_put(c);
	return sent;
}

bool storage_notify(struct stor_dev *dev, uint32_t operation)
{
	bool possible;

	/* Before that the guest is going to scan anyway (storvsc.md 10). */
	pthread_mutex_lock(&dev->lock);
	possible = dev->state == STOR_READY && dev->version >= VSTOR_WIN7;
	pthread_mutex_unlock(&dev->lock);
	return possible && storage_send(dev, operation, 0);
}

/* ---- negotiation ------------------------------------------------------------------ */

static bool version_known(const struct stor_dev *dev, uint16_t word)
{
	const uint16_t *v;

	for (v = storage_versions(host_generation()); *v; v++)
		if (*v == word)
			return word <= dev->newest;
	return false;
}

/* The steps that each lead to the next; returns the NTSTATUS. */
static uint32_t negotiate(struct stor_dev *dev, const struct vstor_packet *in,
			  struct vstor_packet *out)
{
	bool multi = dev->version >= VSTOR_WIN8;

	switch (in->header.operation) {
	case VSTOR_BEGIN_INIT:
		if (dev->state != STOR_BEGIN)
			break;
		dev->state = STOR_QUERY_VERSION;
		return NT_SUCCESS;
	case VSTOR_QUERY_VERSION:
		if (dev->state != STOR_QUERY_VERSION)
			break;
		out->version = in->version;
		if (!version_known(dev, in->version.word))
			return NT_REVISION_MISMATCH;
		dev->version = in->version.word;
		dev->state = STOR_QUERY_PROPERTIES;
		return NT_SUCCESS;
	case VSTOR_QUERY_PROPERTIES:
		if (dev->state != STOR_QUERY_PROPERTIES)
			break;
		out->properties.max_sub_channels =
			multi ? dev->max_subchannels : 0;
		out->properties.flags = multi ? VSTOR_PROP_MULTI_CHANNEL : 0;
		out->properties.max_transfer_bytes = dev->max_transfer;
		dev->state = STOR_END_INIT;
		return NT_SUCCESS;
	case VSTOR_END_INIT:
		if (dev->state != STOR_END_INIT)
			break;
		dev->state = STOR_READY;
		return NT_SUCCESS;
	case VSTOR_RESET_LUN:
	case VSTOR_RESET_ADAPTER:
	case VSTOR_RESET_BUS:
		/* Answered, and no request is aborted (storvsc.md 11). */
		if (dev->state == STOR_READY)
			return NT_SUCCESS;
	}
	return NT_INVALID_STATE;
}

/* Once between QUERY_PROPERTIES and END, and again when ready. */
static uint32_t create_subchannels(struct stor_dev *dev, uint16_t count)
{
	if (dev->version < VSTOR_WIN8 ||
	    !(dev->state == STOR_READY ||
	      (dev->state == STOR_END_INIT && !dev->subchannels_made)))
		return NT_INVALID_STATE;
	if (count > dev->max_subchannels)
		return NT_INVALID_PARAMETER;
	dev->subchannels_made = true;
	return NT_SUCCESS;
}

static struct stor_request *take_waiting(struct stor_dev *dev)
{
	struct stor_request *list = NULL, **end = &list;
	struct stor_session *s;

	for (s = dev->sessions; s; s = s->next) {
		*end = s->waiting;
		s->waiting = NULL;
		while (*end)
			end = &(*end)->next;
	}
	return list;
}

static void dispatch(struct stor_request *r);

static void control(struct stor_request *r)
{
	struct vstor_packet answer = { .header.operation = VSTOR_COMPLETE_IO };
	uint32_t op = r->packet.header.operation;
	struct stor_request *list = NULL, *next;
	struct stor_dev *dev = r->dev;
	unsigned int offer = 0;

	pthread_mutex_lock(&dev->lock);
	if (r->session->sub && op != VSTOR_RESET_LUN &&
	    op != VSTOR_RESET_ADAPTER && op != VSTOR_RESET_BUS)
		answer.header.status = NT_INVALID_STATE;
	else if (op == VSTOR_CREATE_SUBCHANNELS)
		answer.header.status =
			create_subchannels(dev, r->packet.sub_channel_count);
	else
		answer.header.status = negotiate(dev, &r->packet, &answer);
	if (answer.header.status == NT_SUCCESS) {
		if (op == VSTOR_CREATE_SUBCHANNELS)
			offer = r->packet.sub_channel_count;
		if (op == VSTOR_END_INIT)
			list = take_waiting(dev);
	}
	pthread_mutex_unlock(&dev->lock);

	storage_answer(r, &answer);
	if (offer)
		vmbus_dev_offer_subchannels(chan_dev(r->session->chan), offer);
	storage_drop(r);
	for (; list; list = next) {
		next = list->next;
		dispatch(list);
	}
}

/* ---- packets ------------------------------------------------------------------------ */

static void execute_srb(struct stor_request *r)
{
	struct vstor_packet answer = {
		.header = { VSTOR_COMPLETE_IO, 0, NT_INVALID_STATE },
	};
	bool ready;

	pthread_mutex_lock(&r->dev->lock);
	ready = r->dev->state == STOR_READY;
	pthread_mutex_unlock(&r->dev->lock);
	if (ready) {
		storage_submit(r);
		return;
	}
	storage_answer(r, &answer);
	storage_drop(r);
}

static void dispatch(struct stor_request *r)
{
	if (r->packet.header.operation == VSTOR_EXECUTE_SRB)
		execute_srb(r);
	else
		control(r);
}

/* False for what no driver may send (storvsc.md 13). */
static bool packet_legal(const struct guest_packet *p,
			 const struct vstor_packet *v)
{
	if (p->type != 6 && p->type != 9)
		return false;
	if (!p->completion_requested || p->len < sizeof(v->header))
		return false;
	switch (v->header.operation) {
	case VSTOR_EXECUTE_SRB:
		return storage_srb_valid(p, v);
	case VSTOR_QUERY_VERSION:
		return p->len >= sizeof(v->header) + 4;
	case VSTOR_CREATE_SUBCHANNELS:
		return p->len >= sizeof(v->header) + 2;
	case VSTOR_RESET_LUN:
	case VSTOR_RESET_ADAPTER:
	case VSTOR_RESET_BUS:
	case VSTOR_BEGIN_INIT:
	case VSTOR_END_INIT:
	case VSTOR_QUERY_PROPERTIES:
		return true;
	}
	return false;
}

static struct stor_request *request_new(struct stor_dev *dev,
					const struct guest_packet *p,
					const struct vstor_packet *v)
{
	const struct gpa_range *g = p->nr_ranges ? p->ranges : NULL;
	size_t nr = g ? g->nr_pfns : 0;
	struct stor_request *r = calloc(1, sizeof(*r) + nr * sizeof(r->pfns[0]));

	if (!r)
		return NULL;
	r->dev = dev;
	r->id = p->id;
	r->packet = *v;
	r->answer_len = p->len < sizeof(*v) ? p->len : sizeof(*v);
	if (g) {
		r->buffer_len = v->srb.data_transfer_length;
		r->offset = g->offset;
		r->nr_pfns = g->nr_pfns;
		memcpy(r->pfns, g->pfns, nr * sizeof(r->pfns[0]));
	}
	return r;
}

static bool storage_packet(struct chan *c, void *priv,
			   const struct guest_packet *p)
{
	struct stor_request *r, **end;
	struct stor_dev *dev = priv;
	struct vstor_packet v = { 0 };
	struct stor_session *s;
	bool legal, wait = false;

	memcpy(&v, p->payload, p->len < sizeof(v) ? p->len : sizeof(v));
	legal = packet_legal(p, &v);
	r = legal ? request_new(dev, p, &v) : NULL;

	pthread_mutex_lock(&dev->lock);
	s = session_of(dev, c);
	if (!r || !s) {
		dev->stats.broken += !legal;
		pthread_mutex_unlock(&dev->lock);
		free(r);
		return false;
	}
	dev->stats.requests++;
	dev->refs++;
	s->refs++;
	r->session = s;
	if (s->sub && dev->state != STOR_READY) {
		for (end = &s->waiting; *end; end = &(*end)->next)
			;
		*end = r;
		wait = true;
	}
	pthread_mutex_unlock(&dev->lock);
	if (!wait)
		dispatch(r);
	return true;
}

const struct vsp_ops storage_ops = {
	.name = "storage",
	.open = storage_open,
	.close = storage_close,
	.packet = storage_packet,
	.layout = storage_layout,
};
