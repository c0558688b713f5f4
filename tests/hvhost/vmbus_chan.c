// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_chan.c - sessions: open channels, their rings, threads and doorbells
 *
 * A session lives from OPENCHANNEL to the close; one that was closed never comes back: what a
 * worker still owes cannot reach the next.  A reference keeps the structure, not the rings.
 *
 * Locks: signal slot lock (one per channel id: id -> session), then wake_lock.  service_lock
 * is held while the in ring is served, by the session's thread or in a window of guest time
 * (vtime.h) by the vCPU; out_lock nests inside it.  out_lock guards out ring, backlog and
 * closed; synic's vp->lock and wake_lock nest inside it.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hostile.h"
#include "meeting.h"
#include "vmbus_grant.h"
#include "vmbus_int.h"
#include "vtime.h"

#define BACKLOG_MAX	1024	/* packets; the guest is not read beyond that */
#define CREDITS_MAX	4
#define POLL_FULL_NS	1000000	/* guests below 2.4 do not signal free space */

struct out_packet {
	struct out_packet *next;
	struct packet_desc d;
	size_t len;
	uint8_t payload[];
};

struct chan {
	atomic_uint refs;
	struct vmbus_dev *dev;
	unsigned int sub_index;
	uint32_t id;
	uint8_t **pages;
	struct gpadl_list *gpadls;	/* of the slot, while the channel is open */
	bool polls;			/* protocol without free-space signals */
	bool by_page;			/* interrupts by the interrupt page */
	atomic_uint target_vp;
	pthread_t thread;

	/* session thread */
	struct ring in;
	pthread_mutex_t service_lock;
	uint8_t *packet;
	struct gpa_range *ranges;
	size_t max_ranges;
	struct grants granted;		/* has a lock of its own */
	bool broken;

	pthread_mutex_t out_lock;
	struct ring out;
	struct out_packet *backlog, **backlog_tail;
	bool closed;
	bool out_broken;
	atomic_uint backlog_len;

	pthread_mutex_t wake_lock;
	pthread_cond_t wake;
	bool kicked, stop;

	/* In a window of guest time the vCPU stands in for the thread. */
	struct work step;
	bool stepping, again;		/* step is posted; a signal came since */

	/*
	 * Signals that the guest is entitled to: one each time the host went to
	 * sleep with the mask off, or asked for room.  One more is abuse.
	 */
	atomic_int credits;
	atomic_int sabotage;		/* enum ring_break and 1, see vmbus_dev_break() */
};

static struct signal_slot {
	pthread_mutex_t lock;
	struct chan *session;
} signal_slots[CHANNEL_ID_MAX + 1] = {
	[0 ... CHANNEL_ID_MAX] = { .lock = PTHREAD_MUTEX_INITIALIZER },
};

#define DEV_COUNT(c, name, n) count_add(&(c)->dev->count.name, (n))

/* ---- references ----------------------------------------------------------------- */

struct chan *chan_get(struct chan *c)
{
	atomic_fetch_add(&c->refs, 1);
	return c;
}

void chan_put(struct chan *c)
{
	if (atomic_fetch_sub(&c->refs, 1) != 1)
		return;
	pthread_mutex_destroy(&c->service_lock);
	pthread_mutex_destroy(&c->out_lock);
	pthread_mutex_destroy(&c->wake_lock);
	pthread_cond_destroy(&c->wake);
	free(c->pages);
	free(c->packet);
	free(c->ranges);
	free(c);
}

struct vmbus_dev *chan_dev(struct chan *c)
{
	return c->dev;
}

unsigned int chan_sub_index(struct chan *c)
{
	return c->sub_index;
}

/* ---- doorbells ---------------------------------------------------------------------- */

static void wake_in_window(struct chan *c);

static void wake_session(struct chan *c)
{
	if (vtime_here()) {
		wake_in_window(c);
		return;
	}
	pthread_mutex_lock(&c->wake_lock);
	c->kicked = true;
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->wake_lock);
}

static void add_credit(struct chan *c)
{
	if (atomic_load(&c->credits) < CREDITS_MAX)
		atomic_fetch_add(&c->credits, 1);
}

static void take_credit(struct chan *c)
{
	int have = atomic_load(&c->credits);

	while (have > 0)
		if (atomic_compare_exchange_weak(&c->credits, &have, have - 1))
			return;
	TOTAL(spurious_signals);
	DEV_COUNT(c, spurious_signals, 1);
}

bool session_kick(uint32_t id, enum kick_source source)
{
	struct signal_slot *s = &signal_slots[id];
	const struct vmbus_dev *dev = NULL;
	struct chan *c;

	pthread_mutex_lock(&s->lock);
	c = s->session;
	if (c) {
		dev = c->dev;
		if (source == KICK_MONITOR)
			DEV_COUNT(c, monitor_kicks, 1);
		else
			DEV_COUNT(c, signals, 1);
		take_credit(c);
		wake_session(c);
	}
	pthread_mutex_unlock(&s->lock);
	meeting_attend(source == KICK_MONITOR ? NULL : dev);
	return dev;
}

/* Protocol 0.13: one connection for all, the bitmap says for whom. */
static bool scan_bitmap(void)
{
	uint8_t *page = conn_interrupt_page();
	uint32_t *words, bits, i, b;
	bool any = false;

	if (!page)
		return false;
	words = (uint32_t *)(page + 2048);
	for (i = 0; i <= CHANNEL_ID_MAX / 32; i++) {
		if (!__atomic_load_n(&words[i], __ATOMIC_RELAXED))
			continue;
		bits = __atomic_exchange_n(&words[i], 0, __ATOMIC_SEQ_CST);
		for (b = 0; b < 32; b++)
			if (bits & (1u << b))
				any |= session_kick(i * 32 + b, KICK_BITMAP);
	}
	return any;
}

uint16_t vmbus_signal(uint32_t connection_id, uint16_t flag)
{
	uint32_t id = connection_id & 0xfff, version;
	bool connected;

	conn_state(&version, &connected);
	if (connection_id == CONN_ID_EVENT_SHARED && connected && version < VMBUS_V2_4) {
		if (!scan_bitmap())
			TOTAL(unknown_signals);
		return HV_SUCCESS;
	}
	if (!connected || connection_id >> 12 != VMBUS_SINT || !id || id > CHANNEL_ID_MAX) {
		TOTAL(unknown_signals);
		return HV_INVALID_CONNECTION_ID;
	}
	if (flag)
		return HV_INVALID_PARAMETER;
	if (!session_kick(id, KICK_SIGNAL))
		TOTAL(unknown_signals);
	return HV_SUCCESS;
}

struct chan *session_of(const struct vmbus_dev *dev, unsigned int nth)
{
	struct chan *found[16], *c;
	unsigned int n = 0, i;
	uint32_t id;

	for (id = 1; id <= CHANNEL_ID_MAX && n < 16; id++) {
		pthread_mutex_lock(&signal_slots[id].lock);
		c = signal_slots[id].session;
		if (c && c->dev == dev)
			found[n++] = chan_get(c);
		pthread_mutex_unlock(&signal_slots[id].lock);
	}
	if (!n)
		return NULL;
	for (i = 0; i < n; i++)
		if (i != nth % n)
			chan_put(found[i]);
	return found[nth % n];
}

/* out_lock held, or called by the session's thread. */
static void interrupt_guest(struct chan *c)
{
	uint32_t vp = atomic_load(&c->target_vp);
	uint8_t *page, bit = (uint8_t)(1u << (c->id % 8));
	bool raised;

	if (vp == VP_NONE)
		return;
	if (c->by_page) {
		page = conn_interrupt_page();
		if (!page)
			return;
		__atomic_fetch_or(page + c->id / 8, bit, __ATOMIC_SEQ_CST);
		raised = synic_signal(0, VMBUS_SINT, 0);
	} else {
		raised = synic_signal(vp, VMBUS_SINT, c->id);
	}
	if (raised) {
		DEV_COUNT(c, interrupts, 1);
		TOTAL(channel_interrupts);
	}
}

/* ---- host to guest -------------------------------------------------------------------- */

/* out_lock held. */
static void out_failed(struct chan *c, const char *why)
{
	if (c->out_broken)
		return;
	c->out_broken = true;
	TOTAL(ring_errors);
	DEV_COUNT(c, ring_errors, 1);
	host_warn("%s channel %u: host->guest ring: %s", c->dev->name, c->id, why);
}

/* out_lock held. */
static enum ring_result write_now(struct chan *c, const struct packet_desc *d,
				  const void *payload, size_t len)
{
	const char *why = NULL;
	bool signal = false;
	enum ring_result r;

	r = ring_out_write(&c->out, d, payload, len, &signal, &why);
	if (r == RING_CORRUPT)
		out_failed(c, why);
	if (r != RING_OK)
		return r;
	DEV_COUNT(c, packets_out, 1);
	DEV_COUNT(c, bytes_out, len);
	TOTAL(packets_out);
	count_add(&totals.bytes_out, len);
	if (signal)
		interrupt_guest(c);
	return r;
}

/* out_lock held: nothing fits; true if room has come meanwhile. */
static bool wait_for_room(struct chan *c, size_t len)
{
	const char *why = NULL;
	bool room;

	add_credit(c);
	room = ring_out_wait(&c->out, packet_space(len), &why);
	if (why)
		out_failed(c, why);
	return room;
}

/* out_lock held: move queued packets into the ring. */
static void flush_backlog(struct chan *c)
{
	struct out_packet *o;
	enum ring_result r;

	while ((o = c->backlog) && !c->out_broken) {
		r = write_now(c, &o->d, o->payload, o->len);
		if (r == RING_FULL && !wait_for_room(c, o->len))
			return;
		if (r != RING_OK)
			continue;
		c->backlog = o->next;
		if (!c->backlog) {
			c->backlog_tail = &c->backlog;
			/* Nobody waits any more. */
			__atomic_store_n(&c->out.hdr->pending_send_size, 0, __ATOMIC_RELEASE);
		}
		atomic_fetch_sub(&c->backlog_len, 1);
		free(o);
	}
}

/* out_lock held. */
static void enqueue(struct chan *c, const struct packet_desc *d, const void *payload,
		    size_t len)
{
	struct out_packet *o = calloc(1, sizeof(*o) + len);

	if (!o)
		host_die("out of memory");
	o->d = *d;
	o->len = len;
	memcpy(o->payload, payload, len);
	*c->backlog_tail = o;
	c->backlog_tail = &o->next;
	atomic_fetch_add(&c->backlog_len, 1);
	DEV_COUNT(c, backlogged, 1);
}

bool chan_send_desc(struct chan *c, const struct packet_desc *d, const void *payload,
		    size_t len)
{
	bool open, poll = false;

	/* Once the guest can see the completion the pages are its own. */
	if (d->type == PACKET_COMPLETION)
		grant_packet_end(&c->granted, d->id);
	pthread_mutex_lock(&c->out_lock);
	open = !c->closed && !c->out_broken;
	if (open && (len > 0x7fff0 - 16 || packet_space(len) >= c->out.size - 8)) {
		host_warn("%s channel %u: a packet of %zu bytes does not fit in the ring",
			  c->dev->name, c->id, len);
		open = false;
	}
	if (open && (c->backlog || write_now(c, d, payload, len) == RING_FULL)) {
		bool first = !c->backlog;

		enqueue(c, d, payload, len);
		if (first)
			flush_backlog(c);
		poll = c->polls && c->backlog;
	}
	pthread_mutex_unlock(&c->out_lock);
	if (poll)
		wake_session(c);
	return open;
}

uint8_t **chan_map_gpadl(struct chan *c, uint32_t handle, uint32_t *n)
{
	return gpadl_map(c->gpadls, handle, n);
}

void chan_unmap_gpadl(struct chan *c, uint32_t handle)
{
	gpadl_unmap(c->gpadls, handle);
	conn_work(WORK_UNMAPPED, c->dev, 0, false);
}

static bool send_desc(struct chan *c, const struct packet_desc *d, const void *payload,
		      size_t len)
{
	if (!hostile_target(c->dev))
		return chan_send_desc(c, d, payload, len);
	hostile_packet(c, d, payload, len);
	return true;
}

bool chan_send_pages(struct chan *c, uint16_t set, const struct page_span *spans,
		     unsigned int n, const void *payload, size_t len, uint64_t id)
{
	uint32_t head[2] = { set, n };
	size_t list = n * sizeof(*spans);
	struct packet_desc d = {
		.type = PACKET_TRANSFER_PAGES, .offset8 = (uint16_t)(3 + n),
		.length8 = (uint16_t)(3 + n + (len + 7) / 8),
		.flags = PACKET_WANTS_COMPLETION, .id = id,
	};
	uint8_t *p = malloc(sizeof(head) + list + len);
	bool sent;

	if (!p)
		host_die("out of memory");
	memcpy(p, head, sizeof(head));
	memcpy(p + sizeof(head), spans, list);
	memcpy(p + sizeof(head) + list, payload, len);
	sent = send_desc(c, &d, p, sizeof(head) + list + len);
	free(p);
	return sent;
}

static bool send_packet(struct chan *c, uint16_t type, const void *payload, size_t len,
			uint64_t id, bool want_completion)
{
	struct packet_desc d = {
		.type = type, .offset8 = 2,
		.length8 = (uint16_t)(2 + (len + 7) / 8),
		.flags = want_completion ? PACKET_WANTS_COMPLETION : 0, .id = id,
	};

	return send_desc(c, &d, payload, len);
}

bool chan_complete(struct chan *c, uint64_t id, const void *payload, size_t len)
{
	return send_packet(c, PACKET_COMPLETION, payload, len, id, false);
}

bool chan_send(struct chan *c, const void *payload, size_t len, uint64_t id,
	       bool want_completion)
{
	return send_packet(c, PACKET_IN_BAND, payload, len, id, want_completion);
}

/* ---- guest to host ----------------------------------------------------------------------- */

static void in_failed(struct chan *c, const char *why)
{
	c->broken = true;
	/* What we broke ourselves is not the guest's mistake. */
	if (atomic_load(&c->sabotage))
		return;
	TOTAL(ring_errors);
	DEV_COUNT(c, ring_errors, 1);
	host_warn("%s channel %u: guest->host ring: %s", c->dev->name, c->id, why);
}

/* One packet from the ring to the VSP; false when there is none. */
static bool one_packet(struct chan *c)
{
	const char *why = NULL;
	struct guest_packet p;
	enum ring_result r;
	size_t len = 0;

	r = ring_in_next(&c->in, c->packet, &len, &why);
	if (r == RING_CORRUPT)
		in_failed(c, why);
	if (r != RING_OK)
		return false;
	if (ring_in_commit(&c->in, len, &why)) {
		DEV_COUNT(c, space_signals, 1);
		interrupt_guest(c);
	}
	if (why || !packet_parse(c->packet, len, &p, c->ranges, c->max_ranges, &why)) {
		in_failed(c, why);
		return false;
	}
	grant_packet(&c->granted, &p);
	DEV_COUNT(c, packets_in, 1);
	DEV_COUNT(c, bytes_in, p.len);
	TOTAL(packets_in);
	count_add(&totals.bytes_in, p.len);
	if (!c->dev->ops->packet(c, c->dev->priv, &p)) {
		in_failed(c, "the device refused a packet");
		return false;
	}
	return true;
}

static bool stopping(struct chan *c)
{
	bool stop;

	pthread_mutex_lock(&c->wake_lock);
	stop = c->stop;
	pthread_mutex_unlock(&c->wake_lock);
	return stop;
}

/* The read index is this thread's to break: it would be put right by a commit. */
static bool sabotaged(struct chan *c)
{
	int what = atomic_load(&c->sabotage);

	if (what == 1 + BREAK_READ_BEYOND)
		__atomic_store_n(&c->in.hdr->read_index, c->in.size, __ATOMIC_RELEASE);
	return what;
}

static void service_begin(struct chan *c)
{
	pthread_mutex_lock(&c->out_lock);
	flush_backlog(c);
	pthread_mutex_unlock(&c->out_lock);
}

/*
 * service_lock held.  Take one packet, with the guest's signals masked; false
 * when the guest has to ring again.
 */
static bool service_step(struct chan *c)
{
	if (c->broken || sabotaged(c) || stopping(c))
		return false;
	if (!c->in.mask)
		ring_in_set_mask(&c->in, 1);
	if (atomic_load(&c->backlog_len) >= BACKLOG_MAX)
		return false;
	if (one_packet(c))
		return true;
	if (c->broken)
		return false;
	add_credit(c);
	ring_in_set_mask(&c->in, 0);
	return !ring_in_empty(&c->in);
}

/* wake_lock held. */
static void wait_for_kick(struct chan *c)
{
	struct timespec ts;

	if (!c->polls || !atomic_load(&c->backlog_len)) {
		pthread_cond_wait(&c->wake, &c->wake_lock);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_nsec += POLL_FULL_NS;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	if (pthread_cond_timedwait(&c->wake, &c->wake_lock, &ts))
		c->kicked = true;
}

static void *session_thread(void *arg)
{
	struct chan *c = arg;
	bool stop;

	for (;;) {
		pthread_mutex_lock(&c->wake_lock);
		while (!c->kicked && !c->stop)
			wait_for_kick(c);
		c->kicked = false;
		stop = c->stop;
		pthread_mutex_unlock(&c->wake_lock);
		if (stop)
			return NULL;
		pthread_mutex_lock(&c->service_lock);
		service_begin(c);
		while (service_step(c))
			;
		pthread_mutex_unlock(&c->service_lock);
	}
}

/* An event of a window, with a reference to the session. */
static void step_in_window(struct work *w)
{
	struct chan *c = (struct chan *)((char *)w - offsetof(struct chan, step));
	uint64_t pause = 0;

	pthread_mutex_lock(&c->service_lock);
	service_begin(c);
	if (service_step(c) || c->again)
		pause = VTIME_PACKET_NS;
	else if (c->polls && atomic_load(&c->backlog_len))
		pause = POLL_FULL_NS;
	pthread_mutex_unlock(&c->service_lock);

	c->again = false;
	if (pause) {
		vtime_post(w, vtime_now() + pause);
		return;
	}
	c->stepping = false;
	chan_put(c);
}

static void wake_in_window(struct chan *c)
{
	if (c->stepping) {
		c->again = true;
		return;
	}
	c->stepping = true;
	c->step.run = step_in_window;
	vtime_post(&chan_get(c)->step, vtime_now() + VTIME_WAKE_NS);
}

/* ---- open and close: connection thread ----------------------------------------------------- */

static struct chan *session_new(struct slot *s, const struct session_desc *d)
{
	struct chan *c = calloc(1, sizeof(*c));

	if (!c)
		host_die("out of memory");
	atomic_init(&c->refs, 1);
	c->dev = s->dev;
	c->sub_index = s->sub_index;
	c->id = s->id;
	c->pages = d->pages;
	c->gpadls = d->gpadls;
	c->polls = c->by_page = conn_version() < VMBUS_V2_4;
	atomic_init(&c->target_vp, d->target_vp);
	pthread_mutex_init(&c->service_lock, NULL);
	pthread_mutex_init(&c->out_lock, NULL);
	pthread_mutex_init(&c->wake_lock, NULL);
	pthread_cond_init(&c->wake, NULL);
	c->backlog_tail = &c->backlog;
	c->kicked = true;
	return c;
}

static bool session_rings(struct chan *c, const struct session_desc *d)
{
	if (!ring_in_init(&c->in, d->pages, d->downstream_page) ||
	    !ring_out_init(&c->out, d->pages + d->downstream_page,
			   d->nr_pages - d->downstream_page)) {
		conn_bad("open of channel %u: a ring index is illegal", c->id);
		return false;
	}
	grant_rings(c->dev->name, d);
	c->packet = malloc(c->in.size);
	c->max_ranges = c->in.size / 16;
	c->ranges = calloc(c->max_ranges, sizeof(*c->ranges));
	if (!c->packet || !c->ranges)
		host_die("out of memory");
	return true;
}

/* Take the session away from vCPU and worker threads. */
static void session_retire(struct chan *c)
{
	struct out_packet *o;

	pthread_mutex_lock(&signal_slots[c->id].lock);
	signal_slots[c->id].session = NULL;
	pthread_mutex_unlock(&signal_slots[c->id].lock);

	pthread_mutex_lock(&c->out_lock);
	c->closed = true;
	while ((o = c->backlog)) {
		c->backlog = o->next;
		free(o);
	}
	c->backlog_tail = &c->backlog;
	pthread_mutex_unlock(&c->out_lock);
	grant_packets_void(&c->granted);
}

uint32_t session_open(struct slot *s, const struct session_desc *d, struct chan **out)
{
	struct chan *c = session_new(s, d);
	uint32_t status;

	if (!session_rings(c, d)) {
		chan_put(c);
		return STATUS_FAILURE;
	}
	status = c->dev->ops->open(c, c->dev->priv);
	if (!status && hostile_target(c->dev))
		hostile_opened(c);
	if (status) {
		session_retire(c);
		chan_put(c);
		return status;
	}
	pthread_mutex_lock(&signal_slots[c->id].lock);
	signal_slots[c->id].session = c;
	pthread_mutex_unlock(&signal_slots[c->id].lock);
	if (pthread_create(&c->thread, NULL, session_thread, c))
		host_die("cannot start a channel thread");
	DEV_COUNT(c, opens, 1);
	host_trace("%s channel %u opened: rings %u and %u bytes, vp %d", c->dev->name, c->id,
		   c->in.size, c->out.size, (int)d->target_vp);
	*out = c;
	return 0;
}

void session_close(struct chan *c)
{
	pthread_mutex_lock(&c->wake_lock);
	c->stop = true;
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->wake_lock);
	pthread_join(c->thread, NULL);
	c->dev->ops->close(c, c->dev->priv);
	session_retire(c);
	DEV_COUNT(c, closes, 1);
	host_trace("%s channel %u closed", c->dev->name, c->id);
	chan_put(c);
}

/* out_lock held: send a packet that nobody minds, and see the guest drain the ring. */
static void wait_drained(struct chan *c)
{
	static const uint8_t nothing[64];
	struct packet_desc d = { .type = PACKET_IN_BAND, .offset8 = 2, .length8 = 10 };
	unsigned long spins;

	if (write_now(c, &d, nothing, sizeof(nothing)) != RING_OK)
		return;
	/* No sleep: the guest will look at the write index once more in a moment. */
	for (spins = 0; spins < 2000000000; spins++)
		if (__atomic_load_n(&c->out.hdr->read_index, __ATOMIC_ACQUIRE) == c->out.index)
			return;
}

/* out_lock held. */
static void break_ring(struct chan *c, enum ring_break what)
{
	struct packet_desc d = { .type = PACKET_IN_BAND, .offset8 = 2, .length8 = 0x7fff };
	uint32_t index = what == BREAK_WRITE_ODD ? 12 : c->out.size + 8, masked = 0;
	uint64_t rest = 0;

	if (what == BREAK_WRITE_LATE)
		wait_drained(c);
	atomic_store(&c->sabotage, 1 + (int)what);
	if (what == BREAK_PACKET) {
		write_now(c, &d, &rest, sizeof(rest));
	} else if (what != BREAK_READ_BEYOND) {
		__atomic_store_n(&c->out.hdr->write_index, index, __ATOMIC_SEQ_CST);
		masked = __atomic_load_n(&c->out.hdr->interrupt_mask, __ATOMIC_SEQ_CST);
	}
	c->out_broken = true;
	/* A guest that has masked the ring looks at it again when it unmasks. */
	if (what != BREAK_READ_BEYOND && !(what == BREAK_WRITE_LATE && masked))
		interrupt_guest(c);
	host_trace("%s channel %u broken (%d)%s", c->dev->name, c->id, (int)what,
		   masked ? " under the guest's mask" : "");
}

/*
 * Do what a host must not do, and let the channel alone from then on: the guest
 * has to notice and close it.
 */
bool vmbus_dev_break(const struct vmbus_dev *dev, enum ring_break what)
{
	struct chan *c = session_of(dev, 0);
	bool open;

	if (!c)
		return false;
	pthread_mutex_lock(&c->out_lock);
	/* A closed channel's pages are the guest's own again. */
	open = !c->closed;
	if (open)
		break_ring(c, what);
	pthread_mutex_unlock(&c->out_lock);
	wake_session(c);
	chan_put(c);
	return open;
}

void session_set_vp(struct chan *c, uint32_t vp)
{
	/* Under out_lock: after the response no interrupt goes to the old VP. */
	pthread_mutex_lock(&c->out_lock);
	atomic_store(&c->target_vp, vp);
	pthread_mutex_unlock(&c->out_lock);
}

/* A closed channel's pages are the guest's own again: under out_lock, not then. */
void chan_smash(struct chan *c, uint64_t *random)
{
	bool in = hostile_random(random) & 1;

	pthread_mutex_lock(&c->out_lock);
	if (!c->closed)
		hostile_mutate(in ? &hostile_ring_in : &hostile_ring_out, random,
			       in ? c->in.hdr : c->out.hdr, sizeof(struct ring_header));
	pthread_mutex_unlock(&c->out_lock);
}
