// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_offer.c - devices, channel ids, offers, rescinds, sub-channels
 *
 * Channel ids, slots and their states belong to the connection thread.  Other
 * threads ask it through conn_work().
 *
 * Locks: devs_lock, a leaf, guards the list of devices and their named counters.
 * The connection thread alone changes the list, so it reads it without.
 */
#include <stdlib.h>
#include <string.h>

#include "vmbus_grant.h"
#include "vmbus_int.h"

static pthread_mutex_t devs_lock = PTHREAD_MUTEX_INITIALIZER;
static struct vmbus_dev *devs;
static struct slot *by_id[CHANNEL_ID_MAX + 1];
static bool monitor_used[MONITOR_IDS];

/* ---- any thread ---------------------------------------------------------- */

struct vmbus_dev *dev_find(const char *name)
{
	struct vmbus_dev *d;

	pthread_mutex_lock(&devs_lock);
	for (d = devs; d; d = d->next)
		if (!d->removed && !strcmp(d->name, name))
			break;
	pthread_mutex_unlock(&devs_lock);
	return d;
}

void dev_for_each(void (*fn)(struct vmbus_dev *dev, void *arg), void *arg)
{
	struct vmbus_dev *d;

	pthread_mutex_lock(&devs_lock);
	d = devs;
	pthread_mutex_unlock(&devs_lock);
	/* Devices are never freed and are added at the end. */
	for (; d; d = __atomic_load_n(&d->next, __ATOMIC_ACQUIRE))
		if (!d->removed)
			fn(d, arg);
}

void dev_named_counters(struct vmbus_dev *dev,
			void (*fn)(const char *name, uint64_t value, void *arg), void *arg)
{
	struct named_counter *n;

	pthread_mutex_lock(&devs_lock);
	for (n = dev->named; n; n = n->next)
		fn(n->name, n->value, arg);
	pthread_mutex_unlock(&devs_lock);
}

void vmbus_dev_count(struct vmbus_dev *dev, const char *what, uint64_t add)
{
	struct named_counter *n;

	pthread_mutex_lock(&devs_lock);
	for (n = dev->named; n; n = n->next)
		if (!strcmp(n->name, what))
			break;
	if (!n) {
		n = calloc(1, sizeof(*n));
		if (n)
			n->name = strdup(what);
		if (!n || !n->name)
			host_die("out of memory");
		n->next = dev->named;
		dev->named = n;
	}
	n->value += add;
	pthread_mutex_unlock(&devs_lock);
}

struct vmbus_dev *vmbus_dev_add(const char *name, const struct offer_desc *d,
				const struct vsp_ops *ops, void *priv)
{
	struct vmbus_dev *dev = calloc(1, sizeof(*dev)), **p;

	if (dev)
		dev->name = strdup(name);
	if (!dev || !dev->name)
		host_die("out of memory");
	dev->desc = *d;
	dev->ops = ops;
	dev->priv = priv;
	pthread_mutex_lock(&devs_lock);
	for (p = &devs; *p; p = &(*p)->next)
		;
	__atomic_store_n(p, dev, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&devs_lock);
	conn_work(WORK_ADD, dev, 0, true);
	return dev;
}

void vmbus_dev_remove(struct vmbus_dev *dev)
{
	conn_work(WORK_REMOVE, dev, 0, true);
}

bool vmbus_dev_rescind(struct vmbus_dev *dev)
{
	if (dev->revoked)
		return false;
	conn_work(WORK_REVOKE, dev, 0, true);
	return true;
}

bool vmbus_dev_reoffer(struct vmbus_dev *dev)
{
	if (!dev->revoked || dev->removed)
		return false;
	conn_work(WORK_REOFFER, dev, 0, true);
	return true;
}

void vmbus_dev_offer_subchannels(struct vmbus_dev *dev, unsigned int n)
{
	conn_work(WORK_SUBCHANNELS, dev, n, false);
}

/* ---- slots: connection thread ------------------------------------------------ */

struct slot *slot_by_id(uint32_t id)
{
	return id && id <= CHANNEL_ID_MAX ? by_id[id] : NULL;
}

static struct slot *slot_new(struct vmbus_dev *dev, unsigned int sub_index)
{
	struct slot *s = calloc(1, sizeof(*s)), **p;
	int m;

	if (!s)
		host_die("out of memory");
	s->dev = dev;
	s->sub_index = sub_index;
	s->monitor_id = -1;
	for (s->id = 1; s->id <= CHANNEL_ID_MAX && by_id[s->id]; s->id++)
		;
	if (s->id > CHANNEL_ID_MAX)
		host_die("no channel id is free for the device %s", dev->name);
	by_id[s->id] = s;
	for (m = 0; dev->desc.monitored && m < (int)MONITOR_IDS; m++) {
		if (!monitor_used[m]) {
			monitor_used[m] = true;
			s->monitor_id = m;
			break;
		}
	}
	for (p = &dev->slots; *p; p = &(*p)->next)
		;
	*p = s;
	return s;
}

static void drop_gpadl(struct slot *s, struct gpadl *g)
{
	if (g->granted)
		grant_gpadl_end(g);
	gpadl_free(&s->gpadls, g);
}

/* The guest wants its pages back: from when it is told on they are its own. */
static void give_back(struct slot *s, struct gpadl *g)
{
	struct msg_gpadl_torndown r = { .h.type = MSG_GPADL_TORNDOWN, .gpadl = g->handle };

	TOTAL(gpadls_returned);
	if (g->granted)
		grant_gpadl_end(g);
	if (conn_send(&r, sizeof(r)) == TOLD_NOTHING && g->granted)
		grant_gpadl_keep(g);
	gpadl_free(&s->gpadls, g);
}

static void slot_drop_gpadls(struct slot *s)
{
	while (s->gpadls.first)
		drop_gpadl(s, s->gpadls.first);
	s->ring_gpadl = NULL;
}

static void slot_free(struct slot *s)
{
	struct slot **p = &s->dev->slots;

	while (*p != s)
		p = &(*p)->next;
	*p = s->next;
	by_id[s->id] = NULL;
	if (s->monitor_id >= 0)
		monitor_used[s->monitor_id] = false;
	slot_drop_gpadls(s);
	free(s);
}

/* Answer teardowns that had to wait for someone to be done with the memory. */
static void teardown_late(struct slot *s)
{
	struct gpadl *g, *next;

	for (g = s->gpadls.first; g; g = next) {
		next = g->next;
		if (g->teardown_wanted && !g->in_use && !gpadl_mapped(g))
			give_back(s, g);
	}
}

void offer_do_unmapped(struct vmbus_dev *dev)
{
	struct slot *s;

	for (s = dev->slots; s; s = s->next)
		teardown_late(s);
}

/* Close an open channel; its GPADLs stay until the guest tears them down. */
void slot_close(struct slot *s)
{
	struct gpadl *g;

	if (!s->session)
		return;
	monitor_channel(s->monitor_id, 0);
	session_close(s->session);
	s->session = NULL;
	s->reserved = false;
	if (s->state == SLOT_OPEN)
		s->state = SLOT_CLOSED;
	if (s->ring_gpadl)
		s->ring_gpadl->in_use = false;
	s->ring_gpadl = NULL;
	for (g = s->gpadls.first; g; g = g->next)
		gpadl_unmap(&s->gpadls, g->handle);
	teardown_late(s);
}

/* ---- offers ---------------------------------------------------------------------- */

static void send_offer(struct slot *s)
{
	const struct offer_desc *d = &s->dev->desc;
	uint32_t version = conn_version();
	struct msg_offer m = { .h.type = MSG_OFFER };

	memcpy(m.type, d->type, sizeof(m.type));
	memcpy(m.instance, d->instance, sizeof(m.instance));
	m.channel_flags = d->channel_flags;
	m.mmio_megabytes = d->mmio_megabytes;
	memcpy(m.user_defined, d->user_defined, sizeof(m.user_defined));
	m.sub_index = (uint16_t)s->sub_index;
	m.channel_id = s->id;
	m.monitor_id = s->monitor_id < 0 ? 0xff : (uint8_t)s->monitor_id;
	m.monitor_allocated = s->monitor_id >= 0;
	m.dedicated = version >= VMBUS_V1_1;
	m.connection_id = version >= VMBUS_V1_1 ? s->id | VMBUS_SINT << 12 :
						  CONN_ID_EVENT_SHARED;
	s->state = SLOT_CLOSED;
	conn_send(&m, sizeof(m));
}

static void send_rescind(struct slot *s)
{
	struct msg_channel m = { .h.type = MSG_RESCIND, .channel_id = s->id };

	s->state = SLOT_REVOKED;
	conn_send(&m, sizeof(m));
}

/* Another device of the same instance whose ids the guest still holds? */
static bool instance_held(const struct vmbus_dev *dev)
{
	const struct vmbus_dev *d;

	for (d = devs; d; d = d->next)
		if (d != dev && d->revoked && d->slots &&
		    !memcmp(d->desc.instance, dev->desc.instance, 16))
			return true;
	return false;
}

static void offer_device(struct vmbus_dev *dev)
{
	if (dev->revoked || instance_held(dev))
		return;
	if (!dev->slots)
		slot_new(dev, 0);
	if (dev->slots->state == SLOT_UNOFFERED)
		send_offer(dev->slots);
}

static int by_type(const void *a, const void *b)
{
	const struct vmbus_dev *const *x = a, *const *y = b;

	return memcmp((*x)->desc.type, (*y)->desc.type, 16);
}

/* Answer to REQUESTOFFERS: sorted by interface, then as they were added. */
void offers_send_all(void)
{
	struct vmbus_dev **list, *d;
	size_t n = 0, i, j;

	for (d = devs; d; d = d->next)
		n++;
	if (!n)
		return;
	list = calloc(n, sizeof(*list));
	if (!list)
		host_die("out of memory");
	for (i = 0, d = devs; d; d = d->next) {
		/* Insertion keeps the order of equals, which qsort() does not. */
		for (j = i++; j && by_type(&list[j - 1], &d) > 0; j--)
			list[j] = list[j - 1];
		list[j] = d;
	}
	for (i = 0; i < n; i++)
		offer_device(list[i]);
	free(list);
}

static void forget_slots(struct vmbus_dev *d, bool reserved_too)
{
	struct slot *s, *next;
	struct gpadl *g;

	for (s = d->slots; s; s = next) {
		next = s->next;
		if (s->reserved && !reserved_too)
			continue;
		if (s->session) {
			/* No TORNDOWN now: the handles are void. */
			for (g = s->gpadls.first; g; g = g->next)
				g->teardown_wanted = false;
			slot_close(s);
		}
		slot_drop_gpadls(s);
		s->state = SLOT_UNOFFERED;
		if (s->sub_index || d->revoked)
			slot_free(s);
	}
	if (d->revoked && d->reoffer && !d->slots) {
		d->revoked = false;
		d->reoffer = false;
	}
}

/* The connection ends: nothing of it is left. */
void offers_close_all(bool reserved_too)
{
	struct vmbus_dev *d;

	for (d = devs; d; d = d->next)
		forget_slots(d, reserved_too);
}

void offer_do_add(struct vmbus_dev *dev)
{
	slot_new(dev, 0);
	if (conn_offers_sent())
		offer_device(dev);
}

void offer_do_revoke(struct vmbus_dev *dev, bool remove)
{
	struct slot *s, *next;

	if (remove)
		dev->removed = true;
	if (dev->revoked) {
		if (remove)
			dev->reoffer = false;
		return;
	}
	dev->revoked = true;
	/* Sub-channels first, the primary last. */
	for (s = dev->slots; s; s = s->next)
		if (s->sub_index)
			slot_close(s);
	for (s = dev->slots; s; s = s->next)
		slot_close(s);
	for (s = dev->slots; s; s = next) {
		next = s->next;
		if (s->state == SLOT_CLOSED)
			send_rescind(s);
		else if (s->state != SLOT_REVOKED)
			slot_free(s);
	}
}

void offer_do_reoffer(struct vmbus_dev *dev)
{
	if (!dev->revoked || dev->removed)
		return;
	if (dev->slots) {
		dev->reoffer = true;
		return;
	}
	dev->revoked = false;
	slot_new(dev, 0);
	if (conn_offers_sent())
		offer_device(dev);
}

void offer_do_subchannels(struct vmbus_dev *dev, unsigned int n)
{
	struct slot *s;
	unsigned int i;

	if (dev->revoked || !conn_offers_sent() || conn_version() < VMBUS_V2_4 ||
	    !dev->slots || dev->slots->state != SLOT_OPEN)
		return;
	for (i = 1; i <= n; i++) {
		for (s = dev->slots; s; s = s->next)
			if (s->sub_index == i && s->state != SLOT_REVOKED)
				break;
		if (!s)
			send_offer(slot_new(dev, i));
	}
}

/* The primary was closed by the guest: its sub-channels end. */
static void revoke_subchannels(struct vmbus_dev *dev)
{
	struct slot *s;

	for (s = dev->slots; s; s = s->next) {
		if (!s->sub_index || s->state == SLOT_REVOKED)
			continue;
		slot_close(s);
		send_rescind(s);
	}
}

/* ids of dev are free again: who waited for that? */
static void after_release(struct vmbus_dev *dev)
{
	struct vmbus_dev *d;

	if (dev->slots)
		return;
	if (dev->revoked && dev->reoffer) {
		dev->reoffer = false;
		offer_do_reoffer(dev);
		return;
	}
	for (d = devs; d && conn_offers_sent(); d = d->next)
		if (d != dev && !memcmp(d->desc.instance, dev->desc.instance, 16))
			offer_device(d);
}

/* ---- messages about channels ------------------------------------------------------ */

void msg_relid_released(const struct msg_channel *m)
{
	struct slot *s = slot_by_id(m->channel_id);
	struct vmbus_dev *dev;

	if (!s || (s->state != SLOT_REVOKED && s->state != SLOT_CLOSED) || s->reserved) {
		conn_bad("RELID_RELEASED for channel %u, which is not the guest's to release",
			 m->channel_id);
		return;
	}
	TOTAL(ids_released);
	dev = s->dev;
	slot_drop_gpadls(s);
	if (s->state == SLOT_REVOKED || s->sub_index) {
		slot_free(s);
		after_release(dev);
	} else {
		s->state = SLOT_RELEASED;
	}
}

/* Where the rings lie, from a GPADL; NULL with a reason. */
static struct gpadl *ring_memory(struct slot *s, uint32_t handle, uint32_t downstream,
				 struct session_desc *d, const char **why)
{
	struct gpadl *g = gpadl_find(&s->gpadls, handle);

	if (!g || !g->complete || g->in_use || gpadl_mapped(g)) {
		*why = "its ring GPADL does not exist or is in use";
		return NULL;
	}
	d->pages = gpadl_ring_pages(g, &d->nr_pages, why);
	if (!d->pages)
		return NULL;
	/* Each ring needs its header and a page of data. */
	if (downstream < 2 || d->nr_pages < 4 || downstream > d->nr_pages - 2) {
		*why = "its downstream offset leaves a ring without data";
		free(d->pages);
		return NULL;
	}
	d->downstream_page = downstream;
	return g;
}

static uint32_t open_slot(struct slot *s, uint32_t handle, uint32_t downstream,
			  uint32_t vp)
{
	struct session_desc d = { .target_vp = vp, .gpadls = &s->gpadls };
	const char *why = NULL;
	struct gpadl *g;
	uint32_t status;

	if (vp != VP_NONE && vp >= partition_vps()) {
		conn_bad("open of channel %u: there is no vp %u", s->id, vp);
		return STATUS_FAILURE;
	}
	g = ring_memory(s, handle, downstream, &d, &why);
	if (!g) {
		conn_bad("open of channel %u: %s", s->id, why);
		return STATUS_FAILURE;
	}
	status = session_open(s, &d, &s->session);
	if (status)
		return status;
	g->in_use = true;
	s->ring_gpadl = g;
	s->state = SLOT_OPEN;
	monitor_channel(s->monitor_id, s->id);
	return 0;
}

void msg_open(const struct msg_open *m)
{
	struct slot *s = slot_by_id(m->channel_id);
	struct msg_open_result r = { .h.type = MSG_OPEN_RESULT,
				     .channel_id = m->channel_id,
				     .open_id = m->open_id };

	if (s && s->state == SLOT_REVOKED)
		return;
	if (!s || s->state != SLOT_CLOSED || s->reserved) {
		conn_bad("OPENCHANNEL for channel %u, which is not closed", m->channel_id);
		return;
	}
	r.status = open_slot(s, m->gpadl, m->downstream_page,
			     conn_version() >= VMBUS_V2_4 ? m->target_vp : 0);
	conn_send(&r, sizeof(r));
}

void msg_close(const struct msg_channel *m)
{
	struct slot *s = slot_by_id(m->channel_id);

	if (s && s->state == SLOT_REVOKED)
		return;
	if (!s || s->state != SLOT_OPEN || s->reserved) {
		conn_bad("CLOSECHANNEL for channel %u, which is not open", m->channel_id);
		return;
	}
	slot_close(s);
	if (!s->sub_index)
		revoke_subchannels(s->dev);
}

void msg_modify(const struct msg_modify_channel *m)
{
	struct slot *s = slot_by_id(m->channel_id);
	struct msg_modify_channel_response r = { .h.type = MSG_MODIFY_CHANNEL_RESPONSE,
						 .channel_id = m->channel_id };

	if (s && s->state == SLOT_OPEN && !s->reserved && m->target_vp < partition_vps())
		session_set_vp(s->session, m->target_vp);
	else
		r.status = STATUS_FAILURE;
	if (conn_version() >= VMBUS_V5_3)
		conn_send(&r, sizeof(r));
	else if (r.status)
		conn_bad("MODIFYCHANNEL of channel %u to vp %u", m->channel_id, m->target_vp);
}

void msg_open_reserved(const struct msg_open_reserved *m)
{
	struct slot *s = slot_by_id(m->channel_id);
	struct msg_open_result r = { .h.type = MSG_OPEN_RESULT,
				     .channel_id = m->channel_id };

	if (!s || s->state != SLOT_CLOSED || s->reserved ||
	    m->target_vp >= partition_vps() || !m->target_sint || m->target_sint >= NR_SINTS) {
		conn_bad("reserved open of channel %u is not possible", m->channel_id);
		return;
	}
	r.status = open_slot(s, m->gpadl, m->downstream_page, VP_NONE);
	s->reserved = !r.status;
	conn_send_to(m->target_vp, m->target_sint, &r, sizeof(r));
}

void msg_close_reserved(const struct msg_close_reserved *m)
{
	struct slot *s = slot_by_id(m->channel_id);
	struct msg_channel r = { .h.type = MSG_CLOSE_RESERVED_RESPONSE,
				 .channel_id = m->channel_id };

	if (!s || !s->reserved || m->target_vp >= partition_vps() || !m->target_sint ||
	    m->target_sint >= NR_SINTS) {
		conn_bad("reserved close of channel %u, which is not reserved", m->channel_id);
		return;
	}
	slot_close(s);
	slot_drop_gpadls(s);
	if (!conn_offers_sent())
		s->state = SLOT_UNOFFERED;
	conn_send_to(m->target_vp, m->target_sint, &r, sizeof(r));
}

/* ---- GPADL messages ------------------------------------------------------------------- */

static enum told gpadl_created(uint32_t channel, uint32_t handle, uint32_t status)
{
	struct msg_gpadl_created r = { .h.type = MSG_GPADL_CREATED, .channel_id = channel,
				       .gpadl = handle, .status = status };

	return conn_send(&r, sizeof(r));
}

static void gpadl_finish(struct slot *s, struct gpadl *g)
{
	uint32_t handle = g->handle;
	const char *why = NULL;

	if (!g->complete)
		return;
	if (gpadl_check(g, &why)) {
		TOTAL(gpadls_created);
		grant_gpadl(g);
		/* Told that it failed, the guest may use the pages for anything. */
		g->granted = gpadl_created(s->id, handle, 0) != TOLD_LIES;
		if (!g->granted)
			grant_gpadl_end(g);
		return;
	}
	conn_bad("GPADL %#x of channel %u: %s", handle, s->id, why);
	gpadl_free(&s->gpadls, g);
	gpadl_created(s->id, handle, STATUS_FAILURE);
}

/* Bodies carry no channel id: handles of unfinished GPADLs are unique. */
static struct gpadl *unfinished(uint32_t handle, struct slot **owner)
{
	struct gpadl *g;
	uint32_t id;

	for (id = 1; id <= CHANNEL_ID_MAX; id++) {
		if (!by_id[id])
			continue;
		g = gpadl_find(&by_id[id]->gpadls, handle);
		if (g && !g->complete) {
			*owner = by_id[id];
			return g;
		}
	}
	return NULL;
}

void msg_gpadl_header(const struct msg_gpadl_header *m, size_t len)
{
	struct slot *s = slot_by_id(m->channel_id), *other;
	const char *why = "its channel does not exist";
	struct gpadl *g = NULL;

	if (s && (s->state == SLOT_UNOFFERED || s->state == SLOT_RELEASED))
		why = "its channel is not offered";
	else if (s && s->reserved)
		why = "its channel is reserved";
	else if (s && unfinished(m->gpadl, &other))
		why = "its handle is being created";
	else if (s)
		g = gpadl_begin(&s->gpadls, m, len - sizeof(*m), &why);
	if (!g) {
		conn_bad("GPADL %#x of channel %u: %s", m->gpadl, m->channel_id, why);
		gpadl_created(m->channel_id, m->gpadl, STATUS_FAILURE);
		return;
	}
	gpadl_finish(s, g);
}

void msg_gpadl_body(const struct msg_gpadl_body *m, size_t len)
{
	struct slot *s;
	struct gpadl *g = unfinished(m->gpadl, &s);

	if (!g) {
		conn_bad("GPADL body for %#x, which is not being created", m->gpadl);
		return;
	}
	gpadl_add(g, m->data, len - sizeof(*m));
	gpadl_finish(s, g);
}

void msg_gpadl_teardown(const struct msg_gpadl_teardown *m)
{
	struct slot *s = slot_by_id(m->channel_id);
	struct gpadl *g = s ? gpadl_find(&s->gpadls, m->gpadl) : NULL;

	if (!g || !g->complete || g->teardown_wanted || s->reserved) {
		conn_bad("teardown of GPADL %#x of channel %u, which is not possible",
			 m->gpadl, m->channel_id);
		return;
	}
	if (g->in_use || gpadl_mapped(g)) {
		/* The host still uses it: answer when the channel closes, or before. */
		g->teardown_wanted = true;
		return;
	}
	give_back(s, g);
}
