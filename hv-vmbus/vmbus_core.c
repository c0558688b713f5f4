// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmbus_core.c - the state machine of the VMBus connection
 *
 * Locks: struct hvl_core.lock only, innermost, interrupts off.
 */
#include "vmbus_core.h"
#include "hv_wire.h"
#include <hv/vmbus.h>

static const u32 versions[] = {
	HVL_VMBUS_6_0, HVL_VMBUS_5_3, HVL_VMBUS_5_2, HVL_VMBUS_5_1,
	HVL_VMBUS_5_0, HVL_VMBUS_4_1, HVL_VMBUS_4_0, HVL_VMBUS_3_0,
	HVL_VMBUS_2_4, HVL_VMBUS_1_1, HVL_VMBUS_0_13,
};

/* Handles count up from here; any non-zero start would do (vmbus.md 4.7). */
#define FIRST_GPADL	0x000e1e10u

void hvl_core_init(struct hvl_core *c, void (*wake)(struct hvl_request *req))
{
	memset(c, 0, sizeof(*c));
	spin_lock_init(&c->lock);
	INIT_LIST_HEAD(&c->requests);
	c->wake = wake;
	c->next_gpadl = FIRST_GPADL;
	c->state = HVL_DISCONNECTED;
}

u32 hvl_core_version(unsigned int n)
{
	return n < ARRAY_SIZE(versions) ? versions[n] : 0;
}

u32 hvl_core_contact_id(u32 version)
{
	return version >= HVL_VMBUS_5_0 ?
		HVL_CONN_ID_MULTICLIENT : HVL_CONN_ID_OLD;
}

/*
 * The schedule of hypervisor.md 4: 1 us, doubled up to 2^21 us, 100 attempts, for
 * a host that is short of something.  A connection that does not exist is said to
 * be seen too where messages come too fast, which is over in no time; the id comes
 * from the host, who may have made it up, so a few seconds are all that it gets.
 */
#define POST_ATTEMPTS		100
#define POST_ATTEMPTS_NO_CONN	22
#define POST_MAX_SHIFT		21

u32 hvl_core_post_again(u32 status, unsigned int attempt, bool contact)
{
	unsigned int attempts;

	switch (status) {
	case HVL_STATUS_INVALID_CONNECTION:
		attempts = contact ? 1 : POST_ATTEMPTS_NO_CONN;
		break;
	case HVL_STATUS_INSUFFICIENT_BUFFERS:
	case HVL_STATUS_INSUFFICIENT_MEMORY:
	case HVL_STATUS_TIME_OUT:
		attempts = POST_ATTEMPTS;
		break;
	default:
		return 0;
	}
	if (attempt + 1 >= attempts)
		return 0;
	return 1u << (attempt < POST_MAX_SHIFT ? attempt : POST_MAX_SHIFT);
}

enum hvl_contact_next hvl_core_contacted(struct hvl_core *c, u32 version,
					 int posted,
					 const struct hvl_reply *reply)
{
	unsigned long flags;

	/*
	 * Connection 4 does not exist on hosts below 5.0.  Any other failure
	 * to post is one of the transport, which no version mends.
	 */
	if (posted == -ETIMEDOUT)
		c->unanswered = true;
	if (posted)
		return posted == -ENXIO && version >= HVL_VMBUS_5_0 ?
			HVL_CONTACT_LOWER : HVL_CONTACT_FAIL;
	if (!reply->supported)
		return HVL_CONTACT_LOWER;
	if (reply->status)
		return HVL_CONTACT_FAIL;

	spin_lock_irqsave(&c->lock, flags);
	c->version = version;
	c->connection_id = version >= HVL_VMBUS_5_0 ?
		reply->connection_id : HVL_CONN_ID_OLD;
	c->state = HVL_CONNECTED;
	spin_unlock_irqrestore(&c->lock, flags);
	return HVL_CONTACT_OK;
}

bool hvl_core_disconnect(struct hvl_core *c)
{
	if (cmpxchg(&c->state, HVL_CONNECTED, HVL_DISCONNECTING) !=
	    HVL_CONNECTED)
		return false;
	WRITE_ONCE(c->unloaded, false);
	return true;
}

bool hvl_core_lent(struct hvl_core *c)
{
	return c->version || c->unanswered;
}

void hvl_core_disconnected(struct hvl_core *c)
{
	unsigned long flags;

	spin_lock_irqsave(&c->lock, flags);
	c->state = HVL_DISCONNECTED;
	spin_unlock_irqrestore(&c->lock, flags);
}

int hvl_core_request_add(struct hvl_core *c, struct hvl_request *req)
{
	struct hvl_core_chan *ch;
	unsigned long flags;
	int ret = 0;

	req->done = false;
	req->result = 0;
	spin_lock_irqsave(&c->lock, flags);
	ch = req->relid ? c->chan[req->relid] : NULL;
	if (req->relid && (!ch || ch->rescinded))
		ret = -ENODEV;
	else
		list_add_tail(&req->link, &c->requests);
	spin_unlock_irqrestore(&c->lock, flags);
	return ret;
}

int hvl_core_request_end(struct hvl_core *c, struct hvl_request *req)
{
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&c->lock, flags);
	if (req->done) {
		ret = req->result;
	} else {
		list_del(&req->link);
		ret = -ETIMEDOUT;
	}
	spin_unlock_irqrestore(&c->lock, flags);
	return ret;
}

u32 hvl_core_new_gpadl(struct hvl_core *c)
{
	unsigned long flags;
	u32 handle;

	/*
	 * 2^32 handles: by the time they come round, one that a driver still
	 * holds would have to be four thousand million openings old.
	 */
	spin_lock_irqsave(&c->lock, flags);
	handle = c->next_gpadl++;
	if (!c->next_gpadl)
		c->next_gpadl = 1;
	spin_unlock_irqrestore(&c->lock, flags);
	return handle;
}

/* Under the lock: the request is over. */
static void finish(struct hvl_core *c, struct hvl_request *req, int result)
{
	list_del(&req->link);
	req->done = true;
	req->result = result;
	c->wake(req);
}

static bool answers(const struct hvl_request *req, const struct hvl_reply *r)
{
	if (req->type != r->type || req->key != r->key)
		return false;
	/* TORNDOWN names its handle only, the first three nothing at all. */
	return !r->relid || req->relid == r->relid;
}

static void input_reply(struct hvl_core *c, const void *msg, u32 len)
{
	struct hvl_request *req;
	struct hvl_reply r;
	unsigned long flags;
	int bad;

	bad = hvl_decode_reply(msg, len, &r);
	spin_lock_irqsave(&c->lock, flags);
	if (bad) {
		c->bad_messages++;
		goto out;
	}
	list_for_each_entry(req, &c->requests, link) {
		if (answers(req, &r)) {
			req->reply = r;
			finish(c, req, 0);
			goto out;
		}
	}
	c->stray_replies++;
out:
	spin_unlock_irqrestore(&c->lock, flags);
}

/* Under the lock: mark, and wake whoever waits for this channel. */
static void rescind(struct hvl_core *c, struct hvl_core_chan *ch)
{
	struct hvl_request *req, *next;

	WRITE_ONCE(ch->rescinded, true);
	list_for_each_entry_safe(req, next, &c->requests, link) {
		/* A teardown is answered even so, and is waited for (7.3). */
		if (req->relid == ch->offer.relid)
			finish(c, req, -ENODEV);
	}
}

enum hvl_action hvl_core_input(struct hvl_core *c, const void *msg, u32 len)
{
	struct hvl_core_chan *ch;
	unsigned long flags;
	u32 type, relid;

	if (hvl_decode_type(msg, len, &type))
		goto bad;

	switch (type) {
	case HVL_MSG_OFFER:
		return READ_ONCE(c->state) == HVL_CONNECTED ?
			HVL_ACT_QUEUE : HVL_ACT_NONE;
	case HVL_MSG_RESCIND:
		if (hvl_decode_rescind(msg, len, &relid))
			goto bad;
		/*
		 * Waiters must not sleep on until the worker gets here: it may
		 * be behind the very probe that waits.
		 */
		spin_lock_irqsave(&c->lock, flags);
		ch = c->chan[relid];
		if (ch)
			rescind(c, ch);
		spin_unlock_irqrestore(&c->lock, flags);
		return READ_ONCE(c->state) == HVL_CONNECTED ?
			HVL_ACT_QUEUE : HVL_ACT_NONE;
	case HVL_MSG_UNLOAD_RESPONSE:
		WRITE_ONCE(c->unloaded, true);
		input_reply(c, msg, len);
		return HVL_ACT_NONE;
	case HVL_MSG_ALL_OFFERS:
	case HVL_MSG_OPEN_RESULT:
	case HVL_MSG_GPADL_CREATED:
	case HVL_MSG_GPADL_TORNDOWN:
	case HVL_MSG_VERSION_RESPONSE:
	case HVL_MSG_MODIFY_CHANNEL_RESPONSE:
		input_reply(c, msg, len);
		return HVL_ACT_NONE;
	default:
		/* Known to nobody, or a message that only guests send. */
		break;
	}
bad:
	spin_lock_irqsave(&c->lock, flags);
	c->bad_messages++;
	spin_unlock_irqrestore(&c->lock, flags);
	return HVL_ACT_NONE;
}

int hvl_core_map(struct hvl_core *c, struct hvl_core_chan *ch)
{
	u32 relid = ch->offer.relid;
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&c->lock, flags);
	if (c->state != HVL_CONNECTED) {
		ret = -ENOTCONN;
	} else if (c->chan[relid]) {
		c->bad_messages++;
		ret = -EEXIST;
	} else {
		ch->mapped = true;
		if (relid > c->top_relid)
			WRITE_ONCE(c->top_relid, relid);
		smp_store_release(&c->chan[relid], ch);
	}
	spin_unlock_irqrestore(&c->lock, flags);
	return ret;
}

struct hvl_core_chan *hvl_core_rescind(struct hvl_core *c, u32 relid)
{
	struct hvl_core_chan *ch;
	unsigned long flags;

	spin_lock_irqsave(&c->lock, flags);
	ch = relid <= HVL_MAX_RELID ? c->chan[relid] : NULL;
	if (ch) {
		rescind(c, ch);
		if (ch->rescind_taken)
			ch = NULL;
		else
			ch->rescind_taken = true;
	}
	spin_unlock_irqrestore(&c->lock, flags);
	return ch;
}

bool hvl_core_unmap(struct hvl_core *c, struct hvl_core_chan *ch)
{
	unsigned long flags;
	bool was;

	spin_lock_irqsave(&c->lock, flags);
	was = ch->mapped;
	if (was) {
		ch->mapped = false;
		WRITE_ONCE(c->chan[ch->offer.relid], NULL);
	}
	spin_unlock_irqrestore(&c->lock, flags);
	return was;
}
