// SPDX-License-Identifier: GPL-2.0-only
/*
 * storage_fault.c - requests that fail, come late, or never come
 *
 * A held request is kept as it arrived: its data move when it is let go, so a
 * guest that gave the buffer to somebody else meanwhile is found out.  When its
 * session closes, a held request is dropped; one that was never to be answered
 * stays as an orphan of which only the id is used again.
 *
 * Locks: stor_dev->lock; see vsp_storage.h.
 */
#include "vsp_storage.h"

#include <stdlib.h>

void storage_fault_add(struct stor_dev *dev, const struct fault *f)
{
	struct fault *copy = malloc(sizeof(*copy)), **end;

	if (!copy)
		abort();
	*copy = *f;
	copy->next = NULL;
	pthread_mutex_lock(&dev->lock);
	for (end = &dev->faults; *end; end = &(*end)->next)
		;
	*end = copy;
	pthread_mutex_unlock(&dev->lock);
}

void storage_fault_clear(struct stor_dev *dev)
{
	struct fault *f, *next;

	pthread_mutex_lock(&dev->lock);
	f = dev->faults;
	dev->faults = NULL;
	pthread_mutex_unlock(&dev->lock);
	for (; f; f = next) {
		next = f->next;
		free(f);
	}
}

enum fault_kind storage_fault_match(struct stor_dev *dev, unsigned int lun,
				    uint8_t opcode, struct fault *out)
{
	enum fault_kind kind = FAULT_NONE;
	struct fault **p = &dev->faults, *f;

	while ((f = *p)) {
		if ((f->lun >= 0 && (unsigned int)f->lun != lun) ||
		    (f->opcode >= 0 && f->opcode != opcode)) {
			p = &f->next;
			continue;
		}
		f->seen++;
		if (f->seen >= f->nth && kind == FAULT_NONE) {
			kind = f->kind;
			*out = *f;
		}
		if (f->count && f->seen >= f->nth + f->count - 1) {
			*p = f->next;
			free(f);
		} else {
			p = &f->next;
		}
	}
	return kind;
}

unsigned int storage_release(struct stor_dev *dev, enum fault_kind kind)
{
	struct stor_request *list = NULL, **end = &list, **p, *r;
	unsigned int n = 0;

	pthread_mutex_lock(&dev->lock);
	for (p = &dev->held; (r = *p);) {
		if (r->fault != kind) {
			p = &r->next;
			continue;
		}
		*p = r->next;
		r->next = NULL;
		*end = r;
		end = &r->next;
		dev->stats.late += kind == FAULT_NEVER;
		n++;
	}
	pthread_mutex_unlock(&dev->lock);
	while ((r = list)) {
		list = r->next;
		pool_submit(&r->work);
	}
	return n;
}

struct stor_request *storage_held_close(struct stor_dev *dev,
					struct stor_session *s)
{
	struct stor_request *gone = NULL, **p, *r;

	for (p = &dev->held; (r = *p);) {
		if (r->session != s) {
			p = &r->next;
			continue;
		}
		*p = r->next;
		if (r->fault == FAULT_NEVER) {
			r->next = dev->orphans;
			dev->orphans = r;
		} else {
			r->next = gone;
			gone = r;
			dev->stats.dropped++;
		}
	}
	return gone;
}

unsigned int storage_answer_orphans(struct stor_dev *dev)
{
	struct vstor_packet v = {
		.header.operation = VSTOR_COMPLETE_IO,
		.srb = { .length = VSTOR_REQUEST_V2, .srb_status = SRB_SUCCESS,
			 .cdb_length = 16 },
	};
	struct stor_request *list, *r;
	struct stor_session *s;
	struct chan *c = NULL;
	unsigned int n = 0;

	pthread_mutex_lock(&dev->lock);
	s = storage_primary(dev);
	if (s)
		c = chan_get(s->chan);
	list = c ? dev->orphans : NULL;
	if (c)
		dev->orphans = NULL;
	pthread_mutex_unlock(&dev->lock);
	while ((r = list)) {
		list = r->next;
		v.srb.data_in = r->packet.srb.data_in;
		v.srb.data_transfer_length = r->packet.srb.data_transfer_length;
		n += chan_complete(c, r->id, &v, r->answer_len);
		storage_drop(r);
	}
	if (c)
		chan_put(c);
	pthread_mutex_lock(&dev->lock);
	dev->stats.late += n;
	pthread_mutex_unlock(&dev->lock);
	return n;
}
