// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_vmbus_core.c - the connection's state machine, whatever the host sends
 *
 * The input is a sequence of what can happen to a connection: messages of any
 * bytes, plausible answers, people who wait for answers and give up, the worker
 * that takes offers and rescinds, leaving and connecting again.  What must hold:
 * a request ends once, with what the host said or with why not; a channel stands
 * in the table exactly while it is mapped, is handed out for removal once and
 * gives its id back once.
 *
 * fuzz-with: hv-vmbus/vmbus_core.c hv-vmbus/vmbus_codec.c
 * fuzz-cover: hv-vmbus/vmbus_core.c
 */
#include <hv/os.h>
#include <hv/vmbus.h>
#include "vmbus_core.h"
#include "fuzz.h"

#define REQUESTS	6
#define CHANNELS	6
#define RELIDS		8	/* plus some at the end of the range */

static struct hvl_core core;
static struct hvl_request req[REQUESTS];
static bool waiting[REQUESTS], woken[REQUESTS];
static struct hvl_core_chan chan[CHANNELS];
static bool mapped[CHANNELS], taken[CHANNELS];

static void wake(struct hvl_request *r)
{
	long n = r - req;

	HOLDS(n >= 0 && n < REQUESTS);
	HOLDS(waiting[n] && !woken[n] && r->done);
	woken[n] = true;
	if (!r->result) {
		HOLDS(r->reply.type == r->type && r->reply.key == r->key);
		HOLDS(!r->reply.relid || r->reply.relid == r->relid);
	} else {
		HOLDS(r->result == -ENODEV && r->relid);
	}
}

static u32 relid_of(u8 n)
{
	return n & 0x80 ? HVL_MAX_RELID - (n & 3) : 1 + n % RELIDS;
}

static struct hvl_core_chan *in_table(u32 relid)
{
	u32 i;

	for (i = 0; i < CHANNELS; i++) {
		if (mapped[i] && chan[i].offer.relid == relid)
			return &chan[i];
	}
	return NULL;
}

static void request_start(u8 n, u8 type, u8 relid, u8 key)
{
	static const u32 types[] = { 4, 6, 10, 12, 15, 17, 24, 1 };
	struct hvl_request *r = &req[n % REQUESTS];
	struct hvl_core_chan *c;
	int ret;

	n %= REQUESTS;
	if (waiting[n])
		return;
	memset(r, 0, sizeof(*r));
	r->type = types[type % ARRAY_SIZE(types)];
	r->relid = relid & 0x40 ? 0 : relid_of(relid);
	r->key = key & 7;
	waiting[n] = true;
	woken[n] = false;
	ret = hvl_core_request_add(&core, r);
	c = r->relid ? in_table(r->relid) : NULL;
	HOLDS(ret == (r->relid && (!c || c->rescinded) ? -ENODEV : 0));
	waiting[n] = !ret;
}

static void request_stop(u8 n)
{
	int ret;

	n %= REQUESTS;
	if (!waiting[n])
		return;
	ret = hvl_core_request_end(&core, &req[n]);
	HOLDS(ret == (woken[n] ? req[n].result : -ETIMEDOUT));
	waiting[n] = false;
}

static void chan_map(u8 n, u32 relid)
{
	bool free_id = !in_table(relid);
	int ret;

	n %= CHANNELS;
	if (mapped[n])
		return;
	memset(&chan[n], 0, sizeof(chan[n]));
	chan[n].offer.relid = relid;
	taken[n] = false;
	ret = hvl_core_map(&core, &chan[n]);
	if (core.state != HVL_CONNECTED)
		HOLDS(ret == -ENOTCONN);
	else
		HOLDS(ret == (free_id ? 0 : -EEXIST));
	mapped[n] = !ret;
}

static void chan_unmap(u8 n)
{
	n %= CHANNELS;
	HOLDS(hvl_core_unmap(&core, &chan[n]) == mapped[n]);
	mapped[n] = false;
}

static void chan_rescind(u32 relid)
{
	struct hvl_core_chan *was = relid <= HVL_MAX_RELID ? in_table(relid) : NULL;
	struct hvl_core_chan *c = hvl_core_rescind(&core, relid);

	HOLDS(!c || c == was);
	if (!was)
		return;
	HOLDS(was->rescinded && !!c == !taken[was - chan]);
	taken[was - chan] = true;
}

/* As the worker does with what hvl_core_input() leaves to it. */
static void work(const u8 *msg, u32 len, u8 n)
{
	struct hvl_offer o;
	u32 type, relid;

	HOLDS(!hvl_decode_type(msg, len, &type));
	HOLDS(type == HVL_MSG_OFFER || type == HVL_MSG_RESCIND);
	if (type == HVL_MSG_RESCIND) {
		HOLDS(!hvl_decode_rescind(msg, len, &relid));
		chan_rescind(relid);
	} else if (!hvl_decode_offer(msg, len, core.version, &o)) {
		chan_map(n, o.relid);
	}
}

static void input(const u8 *msg, u32 len, u8 n)
{
	u32 bad = core.bad_messages, stray = core.stray_replies;
	bool connected = core.state == HVL_CONNECTED;

	if (hvl_core_input(&core, msg, len) == HVL_ACT_QUEUE) {
		HOLDS(connected && bad == core.bad_messages);
		work(msg, len, n);
	}
	HOLDS(core.bad_messages - bad + core.stray_replies - stray <= 1);
}

/* An answer, offer or rescind that makes sense in itself. */
static void plausible(u8 n, u8 type, u8 relid, u8 key)
{
	static const u32 types[] = { 1, 2, 4, 6, 10, 12, 15, 17, 24 };
	u8 *msg = calloc(1, 196);
	u32 m[5] = { types[type % ARRAY_SIZE(types)], 0, relid_of(relid),
		     key & 7, n };

	HOLDS(msg);
	if (m[0] == 12)
		m[2] = key & 7;
	memcpy(msg, m, sizeof(m));
	m[0] = relid_of(relid);
	if (msg[0] == 1)
		memcpy(msg + 184, m, 4);
	input(msg, 196, n);
	free(msg);
}

/* However the host refuses a message, it is given up some time, and waits grow. */
static void refused(u8 status, u8 attempt, bool contact)
{
	u32 usec = hvl_core_post_again(status, attempt, contact);
	u32 next = hvl_core_post_again(status, attempt + 1u, contact);

	HOLDS(usec <= 1u << 21 && (!next || next >= usec));
	HOLDS(attempt < 99 || !usec);
	HOLDS(usec || !next);
}

static void connection(u8 how, u8 a)
{
	static const int errors[] = { 0, -ENXIO, -EIO, -ETIMEDOUT };
	struct hvl_reply r = { .supported = a & 1, .status = a >> 1 & 1,
			       .connection_id = a };
	u32 version = hvl_core_version(a >> 4);
	enum hvl_contact_next next;
	bool was;
	u32 i;

	switch (how & 3) {
	case 0:
		was = core.state == HVL_CONNECTED;
		HOLDS(hvl_core_disconnect(&core) == was);
		HOLDS(!hvl_core_disconnect(&core));
		break;
	case 1:
		/* Ids are void: whoever disconnects has taken all away before. */
		for (i = 0; i < CHANNELS; i++)
			chan_unmap(i);
		hvl_core_disconnected(&core);
		break;
	default:
		if (core.state != HVL_DISCONNECTED || !version)
			break;
		core.state = HVL_CONNECTING;
		next = hvl_core_contacted(&core, version,
					  errors[(how >> 2) % ARRAY_SIZE(errors)], &r);
		HOLDS((next == HVL_CONTACT_OK) == (core.state == HVL_CONNECTED));
		HOLDS(hvl_core_contact_id(version) == (version < 0x50000 ? 1 : 4));
		if (next == HVL_CONTACT_OK)
			HOLDS(core.version == version && (a & 3) == 1);
		else
			core.state = HVL_DISCONNECTED;
		HOLDS(hvl_core_lent(&core));
		break;
	}
}

static void table_is_right(void)
{
	u32 i;

	for (i = 0; i < HVL_NR_RELIDS; i++) {
		HOLDS(core.chan[i] == (i ? in_table(i) : NULL));
		HOLDS(!core.chan[i] || i <= core.top_relid);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hvl_reply r = { .supported = true, .connection_id = 9 };
	struct fuzz_input in = { data, size };
	u8 first = fuzz_u8(&in), op, a, b, c, *msg;
	size_t len;
	u32 i;

	memset(waiting, 0, sizeof(waiting));
	memset(mapped, 0, sizeof(mapped));
	memset(chan, 0, sizeof(chan));
	hvl_core_init(&core, wake);
	core.next_gpadl = ~0u - (first >> 4);
	core.state = HVL_CONNECTING;
	hvl_core_contacted(&core, hvl_core_version(first & 7), 0, &r);

	while (in.left) {
		op = fuzz_u8(&in);
		a = fuzz_u8(&in);
		b = fuzz_u8(&in);
		c = fuzz_u8(&in);
		switch (op & 7) {
		case 0: request_start(op >> 3, a, b, c); break;
		case 1: request_stop(op >> 3); break;
		case 2: chan_map(a, relid_of(b)); break;
		case 3: chan_unmap(a); break;
		case 4: chan_rescind(c & 8 ? c << 8 : relid_of(b)); break;
		case 5: plausible(op >> 3, a, b, c); break;
		case 6:
			msg = fuzz_bytes(&in, a, &len);
			input(msg, len, b);
			free(msg);
			break;
		case 7:
			connection(a, b);
			refused(b, c, op >> 7);
			(void)hvl_core_new_gpadl(&core);
			break;
		}
		HOLDS(core.next_gpadl);
	}
	table_is_right();
	for (i = 0; i < REQUESTS; i++)
		request_stop(i);
	HOLDS(list_empty(&core.requests));
	return 0;
}
