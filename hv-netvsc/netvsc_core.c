// SPDX-License-Identifier: GPL-2.0-only
/*
 * netvsc_core.c - a network card of the host: requests and what NVSP asks
 *
 * Built unchanged in the module and, over an in-memory channel, in the unit
 * tests.  Nothing here sleeps but in ops->wait().
 *
 * Locks: core->lock guards core->req, which the waiting side and the poll of the
 * primary channel share.  A request that was given up leaves its transaction id
 * behind: generations tell its late answer from that of the next one.
 */
#include "netvsc_core.h"

void net_core_init(struct net_core *core, const struct net_config *cfg)
{
	u32 i;

	memset(core, 0, sizeof(*core));
	core->cfg = *cfg;
	spin_lock_init(&core->lock);
	core->lim.max_packets = 1;
	core->lim.align = 8;
	core->rss_queues = 1;
	for (i = 0; i < NET_MAX_QUEUES; i++) {
		core->queue[i].core = core;
		core->queue[i].index = i;
		core->queue[i].batch.section = NVSP_SECTION_NONE;
	}
}

void net_fault(struct net_core *core, enum net_fault fault)
{
	core->faults[fault]++;
	core->cfg.ops->fault(core->cfg.ctx, fault);
}

/* ---- requests ----------------------------------------------------------------------- */

/* A new generation; for transaction ids, and for ids of RNDIS messages. */
u32 net_request_id(struct net_core *core)
{
	unsigned long flags;
	u32 gen;

	spin_lock_irqsave(&core->lock, flags);
	gen = ++core->req.last;
	if (!gen)
		gen = core->req.last = 1;
	spin_unlock_irqrestore(&core->lock, flags);
	return gen;
}

static u64 net_control_id(u32 gen)
{
	return (u64)gen << 32 | NET_ID_CONTROL;
}

static void net_request_arm(struct net_core *core, u32 gen, u32 want,
			    u32 rndis_want)
{
	struct net_request *r = &core->req;
	unsigned long flags;

	spin_lock_irqsave(&core->lock, flags);
	r->waiting = true;
	r->sent = true;
	r->gen = gen;
	r->want = want;
	r->rndis_want = rndis_want;
	r->err = 0;
	r->answer_len = 0;
	r->reply_len = 0;
	spin_unlock_irqrestore(&core->lock, flags);
}

/* Nobody waits any more; returns what came of the request. */
static int net_request_end(struct net_core *core, int err)
{
	struct net_request *r = &core->req;
	unsigned long flags;

	spin_lock_irqsave(&core->lock, flags);
	/* An answer that came while we gave up counts. */
	if (!r->waiting)
		err = r->err;
	r->waiting = false;
	r->rndis_want = 0;
	spin_unlock_irqrestore(&core->lock, flags);
	return err;
}

/* Under the lock: all is there that was waited for. */
static bool net_request_ready(struct net_request *r)
{
	if (!r->waiting || r->sent || (!r->err && r->rndis_want))
		return false;
	r->waiting = false;
	return true;
}

/*
 * Send an NVSP message, and wait for its answer: a message of type @want, or an
 * empty one if that is 0.  It is then in core->req.answer.
 */
int net_request_nvsp(struct net_core *core, const struct nvsp_message *m, u32 want)
{
	u32 gen = net_request_id(core);
	int rc;

	net_request_arm(core, gen, want, 0);
	rc = hvl_channel_send(core->queue[0].ch, m, sizeof(*m),
			      net_control_id(gen),
			      HVL_PKT_FLAG_COMPLETION_REQUESTED);
	if (!rc)
		rc = core->cfg.ops->wait(core->cfg.ctx);
	return net_request_end(core, rc);
}

/*
 * Send the RNDIS message of @len bytes that is in the control page, and wait until
 * the host has taken it and, unless @want is 0, replied with that type.
 */
int net_request_rndis(struct net_core *core, u32 len, u32 id, u32 want)
{
	struct hvl_gpa_range range = {
		.len = len,
		.pfns = &core->cfg.control_pfn,
	};
	struct nvsp_message m;
	int rc;

	nvsp_encode(&m, NVSP_RNDIS);
	m.u.rndis.channel = NVSP_CHANNEL_CONTROL;
	m.u.rndis.section = NVSP_SECTION_NONE;
	net_request_arm(core, id, NVSP_RNDIS_COMPLETE, want);
	WRITE_ONCE(core->req.page_gen, id);
	rc = hvl_channel_send_gpa(core->queue[0].ch, &range, 1, &m, sizeof(m),
				  net_control_id(id));
	if (rc)
		WRITE_ONCE(core->req.page_gen, 0);
	else
		rc = core->cfg.ops->wait(core->cfg.ctx);
	return net_request_end(core, rc);
}

/* Poll of the primary channel: a completion that names a control request. */
void net_request_completed(struct net_core *core, const struct hvl_packet *pkt)
{
	struct net_request *r = &core->req;
	bool known, late, ready = false;
	unsigned long flags;
	u32 status = NVSP_STATUS_SUCCESS;

	spin_lock_irqsave(&core->lock, flags);
	late = r->page_gen && pkt->id == net_control_id(r->page_gen);
	if (late)
		WRITE_ONCE(r->page_gen, 0);
	known = r->waiting && r->sent && pkt->id == net_control_id(r->gen);
	if (known) {
		r->sent = false;
		r->answer_len = min_t(u32, pkt->len, sizeof(r->answer));
		memcpy(&r->answer, pkt->data, r->answer_len);
		if (r->want && nvsp_decode_type(pkt->data, pkt->len) != r->want)
			r->err = -EPROTO;
		else if (r->want == NVSP_RNDIS_COMPLETE &&
			 (nvsp_decode_rndis_complete(pkt->data, pkt->len,
						     &status) ||
			  status != NVSP_STATUS_SUCCESS))
			r->err = -EIO;
		ready = net_request_ready(r);
	}
	spin_unlock_irqrestore(&core->lock, flags);
	if (!known && !late)
		net_fault(core, NET_FAULT_UNKNOWN);
	if (ready)
		core->cfg.ops->wake(core->cfg.ctx);
}

/* Is this reply waited for?  Under the lock, with a private copy of it. */
static bool net_reply_fits(const struct net_request *r, u32 type, u32 len)
{
	return r->waiting && r->rndis_want && type == r->rndis_want &&
	       rndis_decode_id(r->reply, len) == r->gen;
}

/* A reply to a control request, still in the receive buffer. */
static void net_reply(struct net_core *core, const u8 *msg, u32 room)
{
	struct net_request *r = &core->req;
	bool known = false, ready = false;
	unsigned long flags;
	u32 type, len = 0;

	spin_lock_irqsave(&core->lock, flags);
	/* The copy may not touch a reply that is being looked at. */
	if (r->waiting && r->rndis_want) {
		memcpy(r->reply, msg, min_t(u32, room, NET_REPLY_MAX));
		type = rndis_decode_head(r->reply, room, &len);
		known = net_reply_fits(r, type, min_t(u32, len, NET_REPLY_MAX));
	}
	if (known) {
		r->rndis_want = 0;
		r->reply_len = len;
		if (len > NET_REPLY_MAX)
			r->err = -EOVERFLOW;
		ready = net_request_ready(r);
	}
	spin_unlock_irqrestore(&core->lock, flags);
	if (!known)
		net_fault(core, NET_FAULT_RNDIS);
	if (ready)
		core->cfg.ops->wake(core->cfg.ctx);
}

/* Poll: a received RNDIS message that is no frame. */
void net_rndis_received(struct net_queue *q, const u8 *msg, u32 room)
{
	struct net_core *core = q->core;
	u8 copy[64] __attribute__((aligned(8)));
	enum rndis_news news;
	u32 type, len, speed = 0;

	memcpy(copy, msg, min_t(u32, room, sizeof(copy)));
	type = rndis_decode_head(copy, room, &len);
	if (type & RNDIS_COMPLETION && !q->index) {
		net_reply(core, msg, room);
		return;
	}
	if (type != RNDIS_INDICATE) {
		net_fault(core, NET_FAULT_RNDIS);
		return;
	}
	news = rndis_decode_indication(copy, min_t(u32, len, sizeof(copy)),
				       min_t(u32, room, sizeof(copy)), &speed);
	if (news != RNDIS_NEWS_NONE)
		core->cfg.ops->news(core->cfg.ctx, news, speed);
}

/* ---- what NVSP asks (netvsc.md section 5) -------------------------------------------- */

/* One-way messages still have an id of their own. */
static int net_tell(struct net_core *core, const struct nvsp_message *m)
{
	return hvl_channel_send(core->queue[0].ch, m, sizeof(*m),
				net_control_id(net_request_id(core)), 0);
}

int net_core_negotiate(struct net_core *core, u32 mtu)
{
	struct nvsp_message m;
	u32 version = ~0u, status;
	int rc;

	core->version = 0;
	do {
		version = nvsp_version_below(version);
		if (!version)
			return -EPROTONOSUPPORT;
		nvsp_encode_init(&m, version);
		rc = net_request_nvsp(core, &m, NVSP_INIT_COMPLETE);
		if (rc)
			return rc;
		if (nvsp_decode_init(&core->req.answer, core->req.answer_len,
				     &status))
			return -EPROTO;
	} while (status != NVSP_STATUS_SUCCESS);
	core->version = version;

	if (version >= NVSP_VERSION_2) {
		nvsp_encode_config(&m, version, mtu);
		rc = net_tell(core, &m);
		if (rc)
			return rc;
	}
	nvsp_encode_ndis_version(&m, version);
	return net_tell(core, &m);
}

static int net_lend_recv(struct net_core *core)
{
	struct nvsp_message m;
	u32 status;
	int rc;

	nvsp_encode_buffer(&m, NVSP_RECV_BUFFER, core->buf.recv_gpadl,
			   NVSP_RECV_BUFFER_ID);
	rc = net_request_nvsp(core, &m, NVSP_RECV_BUFFER_COMPLETE);
	if (rc)
		return rc;
	if (nvsp_decode_recv_buffer(&core->req.answer, core->req.answer_len,
				    core->buf.recv_bytes, &status, &core->layout))
		return -EPROTO;
	return status == NVSP_STATUS_SUCCESS ? 0 : -ENOMEM;
}

static int net_lend_send(struct net_core *core)
{
	struct nvsp_message m;
	u32 status, size;
	int rc;

	nvsp_encode_buffer(&m, NVSP_SEND_BUFFER, core->buf.send_gpadl,
			   NVSP_SEND_BUFFER_ID);
	rc = net_request_nvsp(core, &m, NVSP_SEND_BUFFER_COMPLETE);
	if (rc)
		return rc;
	if (nvsp_decode_send_buffer(&core->req.answer, core->req.answer_len,
				    &status, &size))
		return -EPROTO;
	if (status == NVSP_STATUS_SUCCESS) {
		core->section_size = size;
		core->sections = core->buf.send_bytes / size;
	}
	return 0;
}

int net_core_lend(struct net_core *core, const struct net_buffers *buf)
{
	int rc;

	core->buf = *buf;
	core->section_size = 0;
	core->sections = 0;
	rc = net_lend_recv(core);
	if (!rc && buf->send_bytes)
		rc = net_lend_send(core);
	return rc;
}

static void net_revoke(struct net_core *core, enum nvsp_type type, u16 id)
{
	struct nvsp_message m;

	nvsp_encode_revoke(&m, type, id);
	net_tell(core, &m);
}

void net_core_revoke_recv(struct net_core *core)
{
	net_revoke(core, NVSP_REVOKE_RECV_BUFFER, NVSP_RECV_BUFFER_ID);
}

void net_core_revoke_send(struct net_core *core)
{
	net_revoke(core, NVSP_REVOKE_SEND_BUFFER, NVSP_SEND_BUFFER_ID);
}

int net_core_subchannels(struct net_core *core, u32 want, u32 *given)
{
	struct nvsp_message m;
	u32 status;
	int rc;

	*given = 0;
	nvsp_encode_subchannels(&m, want);
	rc = net_request_nvsp(core, &m, NVSP_SUBCHANNEL);
	if (rc)
		return rc;
	if (nvsp_decode_subchannels(&core->req.answer, core->req.answer_len,
				    want, &status, given))
		return -EPROTO;
	return status == NVSP_STATUS_SUCCESS ? 0 : -ECONNREFUSED;
}

/* The host answers with nothing when it has switched (section 12). */
int net_core_switch_path(struct net_core *core, u32 path)
{
	struct nvsp_message m;

	nvsp_encode_path(&m, path);
	return net_request_nvsp(core, &m, 0);
}

void net_core_spread(struct net_core *core, u32 nr_channels)
{
	u32 i;

	for (i = 0; i < NVSP_TABLE_SIZE; i++)
		WRITE_ONCE(core->send_table[i], i % nr_channels);
	WRITE_ONCE(core->nr_queues, nr_channels);
}
