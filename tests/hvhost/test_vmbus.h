/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_vmbus.h - a VMBus host in memory, for the tests of service providers
 *
 * Implements vmbus_host.h for one device.  The test opens channels, sends
 * packets as a guest would, and waits for what comes back.  Guest memory is an
 * array; gpa_ptr() counts how often it is asked.
 *
 * Locks: wire_lock covers all answers that have come; a leaf.
 */
#ifndef HVHOST_TEST_VMBUS_H
#define HVHOST_TEST_VMBUS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host.h"
#include "hostile.h"
#include "test_log.h"
#include "test_window.h"

#define GUEST_BYTES	(1u << 20)
#define MAX_ANSWERS	512

struct vmbus_dev {
	struct offer_desc desc;
	const struct vsp_ops *ops;
	void *priv;
	unsigned int offered;		/* sub-channels */
	bool removed;
};

struct chan {
	struct vmbus_dev *dev;
	unsigned int sub;
	bool closed;
	atomic_uint refs;
};

struct answer {
	struct chan *chan;
	bool solicited;
	uint64_t id;
	size_t len;
	uint8_t bytes[96];
	unsigned int nr_spans;		/* of a transfer-page packet */
	struct page_span spans[64];
};

#define ANSWER_BYTES	sizeof(((struct answer *)0)->bytes)

static enum host_generation test_generation = HOST_WS2019;
static uint8_t guest[GUEST_BYTES] __attribute__((aligned(4096)));
static atomic_ulong guest_asked;
static struct vmbus_dev test_dev;
static struct chan *test_chans[8];

static pthread_mutex_t wire_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wire_cond = PTHREAD_COND_INITIALIZER;
static struct answer answers[MAX_ANSWERS];
static unsigned int nr_answers, taken;

/* What the guest has shared: whole pages of guest[] by handle, which it maps once. */
#define MAX_GPADLS	8
static struct test_gpadl { uint32_t first, n; bool mapped; } test_gpadls[MAX_GPADLS];

enum host_generation host_generation(void)
{
	return test_generation;
}

bool hostile_target(const struct vmbus_dev *d)
{
	(void)d;
	return false;
}

void hostile_bytes(const struct vmbus_dev *d, struct hostile_layout *l, void *buf, size_t len)
{
	(void)d;
	(void)l;
	(void)buf;
	(void)len;
}

uint8_t **chan_map_gpadl(struct chan *c, uint32_t handle, uint32_t *n)
{
	struct test_gpadl *g = handle < MAX_GPADLS ? &test_gpadls[handle] : NULL;
	uint8_t **pages;
	uint32_t i;

	(void)c;
	if (!g || !g->n || g->mapped)
		return NULL;
	g->mapped = true;
	*n = g->n;
	pages = calloc(g->n, sizeof(*pages));
	for (i = 0; i < g->n; i++)
		pages[i] = guest + (g->first + i) * 4096ul;
	return pages;
}

void chan_unmap_gpadl(struct chan *c, uint32_t handle)
{
	(void)c;
	test_gpadls[handle].mapped = false;
}

void *gpa_ptr(uint64_t gpa, size_t len)
{
	atomic_fetch_add(&guest_asked, 1);
	return gpa + len <= GUEST_BYTES ? guest + gpa : NULL;
}

bool guest_dma(uint64_t gpa, void *data, size_t n, bool to_guest)
{
	void *mem = gpa_ptr(gpa, n);

	if (mem && to_guest)
		memcpy(mem, data, n);
	else if (mem)
		memcpy(data, mem, n);
	return mem;
}

struct vmbus_dev *vmbus_dev_add(const char *name, const struct offer_desc *d,
				const struct vsp_ops *ops, void *priv)
{
	(void)name;
	test_dev = (struct vmbus_dev){ .desc = *d, .ops = ops, .priv = priv };
	return &test_dev;
}

void vmbus_dev_offer_subchannels(struct vmbus_dev *dev, unsigned int n)
{
	dev->offered = n;
}

struct vmbus_dev *chan_dev(struct chan *c)
{
	return c->dev;
}

unsigned int chan_sub_index(struct chan *c)
{
	return c->sub;
}

struct chan *chan_get(struct chan *c)
{
	atomic_fetch_add(&c->refs, 1);
	return c;
}

void chan_put(struct chan *c)
{
	if (atomic_fetch_sub(&c->refs, 1) == 1)
		free(c);
}

static bool put_answer(struct chan *c, uint64_t id, const void *payload,
		       size_t len, bool solicited, const struct page_span *spans,
		       unsigned int n)
{
	struct answer *a;
	bool open;

	pthread_mutex_lock(&wire_lock);
	open = !c->closed && nr_answers < MAX_ANSWERS && len <= ANSWER_BYTES &&
	       n <= sizeof(a->spans) / sizeof(a->spans[0]);
	if (open) {
		a = &answers[nr_answers++];
		a->chan = c;
		a->solicited = solicited;
		a->id = id;
		a->len = len;
		memcpy(a->bytes, payload, len);
		a->nr_spans = n;
		if (n)
			memcpy(a->spans, spans, n * sizeof(*spans));
		pthread_cond_broadcast(&wire_cond);
	}
	pthread_mutex_unlock(&wire_lock);
	return open;
}

bool chan_complete(struct chan *c, uint64_t id, const void *payload, size_t len)
{
	return put_answer(c, id, payload, len, true, NULL, 0);
}

bool chan_send(struct chan *c, const void *payload, size_t len, uint64_t id,
	       bool want_completion)
{
	(void)want_completion;
	return put_answer(c, id, payload, len, false, NULL, 0);
}

bool chan_send_pages(struct chan *c, uint16_t set, const struct page_span *spans,
		     unsigned int n, const void *payload, size_t len, uint64_t id)
{
	(void)set;
	return put_answer(c, id, payload, len, false, spans, n);
}

void vmbus_dev_count(struct vmbus_dev *dev, const char *what, uint64_t add)
{
	(void)dev;
	(void)what;
	(void)add;
}

/* ---- the guest's part ------------------------------------------------------- */

/* Open a channel; NULL if the device refuses. */
static inline struct chan *guest_open(unsigned int sub)
{
	struct chan *c = calloc(1, sizeof(*c));

	c->dev = &test_dev;
	c->sub = sub;
	c->refs = 1;
	if (test_dev.ops->open(c, test_dev.priv)) {
		chan_put(c);
		return NULL;
	}
	test_chans[sub] = c;
	return c;
}

static void guest_close(unsigned int sub)
{
	struct chan *c = test_chans[sub];

	if (!c)
		return;
	pthread_mutex_lock(&wire_lock);
	c->closed = true;
	pthread_mutex_unlock(&wire_lock);
	test_dev.ops->close(c, test_dev.priv);
	test_chans[sub] = NULL;
	chan_put(c);
}

void vmbus_dev_remove(struct vmbus_dev *dev)
{
	int i;

	for (i = 7; i >= 0; i--)
		guest_close((unsigned int)i);
	dev->removed = true;
}

/* The next answer, or NULL if none comes within 10 s (a lost one). */
static inline struct answer *next_answer(void)
{
	struct answer *a = NULL;
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += 10;
	pthread_mutex_lock(&wire_lock);
	while (taken == nr_answers &&
	       !pthread_cond_timedwait(&wire_cond, &wire_lock, &t))
		;
	if (taken < nr_answers)
		a = &answers[taken++];
	pthread_mutex_unlock(&wire_lock);
	return a;
}

static inline unsigned int answers_waiting(void)
{
	unsigned int n;

	pthread_mutex_lock(&wire_lock);
	n = nr_answers - taken;
	pthread_mutex_unlock(&wire_lock);
	return n;
}

static inline void forget_answers(void)
{
	pthread_mutex_lock(&wire_lock);
	nr_answers = taken = 0;
	pthread_mutex_unlock(&wire_lock);
}

#endif /* HVHOST_TEST_VMBUS_H */
