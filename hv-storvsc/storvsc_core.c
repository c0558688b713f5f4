// SPDX-License-Identifier: GPL-2.0-only
/*
 * storvsc_core.c - the storage protocol: initialization, channels, requests
 *
 * Built unchanged in the module and, over an in-memory channel, in the unit
 * tests.  Nothing here sleeps or allocates.
 *
 * Locks: core->lock only, and not on the way of a request: submitting and
 * completing touch the slot, the ring of the channel, and read the state and
 * the table of channels.  Two users of a slot meet at slot->live, see
 * stor_slot_take().
 */
#include "storvsc_core.h"

void stor_core_init(struct stor_core *core, const struct stor_config *cfg,
		    struct hvl_channel *primary)
{
	u32 i;

	memset(core, 0, sizeof(*core));
	core->cfg = *cfg;
	core->state = STOR_IDLE;
	spin_lock_init(&core->lock);
	for (i = 0; i < STOR_MAX_QUEUES; i++) {
		core->queues[i].core = core;
		core->queues[i].index = i;
	}
	core->queues[0].ch = primary;
	core->queues[0].up = true;
	core->nr_queues = 1;
	for (i = 0; i < cfg->nr_cpus; i++)
		core->cfg.cpu_queue[i] = &core->queues[0];
}

static void stor_fault(struct stor_core *core, enum stor_fault fault, u64 id)
{
	core->faults[fault]++;
	core->cfg.ops->fault(core->cfg.ctx, fault, id);
}

/* ---- slots ------------------------------------------------------------- */

static u64 stor_slot_id(u32 slot_nr, u32 gen)
{
	return (u64)gen << 32 | (slot_nr + 1);
}

/* Put a request into a free slot that only the caller may use. */
static u32 stor_slot_arm(struct stor_slot *slot, struct stor_req *req,
			  u32 queue)
{
	u32 gen = slot->gen + 1;

	if (unlikely(!gen))
		gen = 1;
	slot->gen = gen;
	slot->req = req;
	slot->queue = queue;
	smp_store_release(&slot->live, gen);
	return gen;
}

/*
 * Become the one who ends generation @gen of this slot.  Its request must be
 * read before the slot can be armed again, that is, before it is ended.
 */
static bool stor_slot_take(struct stor_slot *slot, u32 gen)
{
	return cmpxchg(&slot->live, gen, 0) == gen;
}

static struct stor_slot *stor_control_slot(struct stor_core *core,
					   enum stor_control ctl)
{
	return &core->cfg.slots[core->cfg.nr_slots + ctl];
}

static int stor_control_send(struct stor_core *core, enum stor_control ctl,
			     const struct stor_wire_packet *p, u32 len)
{
	struct stor_slot *slot = stor_control_slot(core, ctl);
	u32 gen;
	int rc;

	/* A question that was never answered is given up for the new one. */
	gen = READ_ONCE(slot->live);
	if (gen && stor_slot_take(slot, gen))
		slot->taken = gen;
	gen = stor_slot_arm(slot, NULL, 0);
	rc = hvl_channel_send(core->queues[0].ch, p, len,
			      stor_slot_id(core->cfg.nr_slots + ctl, gen),
			      HVL_PKT_FLAG_COMPLETION_REQUESTED);
	if (rc && stor_slot_take(slot, gen))
		slot->taken = gen;
	return rc;
}

/* ---- initialization (storvsc.md section 5) ------------------------------- */

static int stor_init_send(struct stor_core *core, u32 step)
{
	struct stor_wire_packet p;
	u32 len;

	switch (step) {
	case STOR_OP_QUERY_VERSION:
		len = stor_encode_version_query(&p, core->asked);
		break;
	case STOR_OP_CREATE_SUB_CHANNELS:
		len = stor_encode_sub_channels(&p, core->sub_channels,
					       core->version);
		break;
	default:
		len = stor_encode_control(&p, step, core->version);
		break;
	}
	core->step = step;
	return stor_control_send(core, STOR_CTL_INIT, &p, len);
}

/* From @from to @to; false if something else happened meanwhile. */
static bool stor_set_state(struct stor_core *core, enum stor_state from,
			   enum stor_state to)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&core->lock, flags);
	ok = core->state == from;
	if (ok)
		WRITE_ONCE(core->state, to);
	spin_unlock_irqrestore(&core->lock, flags);
	return ok;
}

static void stor_init_failed(struct stor_core *core, int err)
{
	if (stor_set_state(core, STOR_STARTING, STOR_STOPPED))
		core->cfg.ops->failed(core->cfg.ctx, err);
}

/*
 * Sub-channels are asked for but not waited for: without them the disk works
 * too.
 */
static void stor_init_ready(struct stor_core *core)
{
	u32 n = core->prop.max_sub_channels;

	if (n > core->cfg.want_sub_channels)
		n = core->cfg.want_sub_channels;
	if (n > STOR_MAX_QUEUES - 1)
		n = STOR_MAX_QUEUES - 1;
	core->sub_channels = core->cfg.kind == STOR_KIND_IDE ? 0 : n;

	if (core->sub_channels &&
	    stor_init_send(core, STOR_OP_CREATE_SUB_CHANNELS))
		core->sub_channels = 0;
	core->initialized = true;
	if (stor_set_state(core, STOR_STARTING, STOR_READY))
		core->cfg.ops->ready(core->cfg.ctx);
}

static int stor_init_version(struct stor_core *core, u32 status)
{
	if (!status) {
		core->version = core->asked;
		return STOR_OP_QUERY_PROPERTIES;
	}
	core->asked = stor_version_below(core->asked);
	return core->asked ? STOR_OP_QUERY_VERSION : -EPROTONOSUPPORT;
}

static int stor_init_properties(struct stor_core *core, u32 status,
				const void *data, u32 len)
{
	if (status || stor_decode_properties(data, len, core->version,
					     &core->prop))
		return -EPROTO;
	/* Less than a page cannot move anything. */
	if (core->prop.max_transfer < HVL_PAGE_SIZE)
		return -EPROTO;
	return STOR_OP_END_INIT;
}

/* The host answered the step that we are in. */
static void stor_init_answer(struct stor_core *core, u32 status,
			     const void *data, u32 len)
{
	int next = -EPROTO;

	if (core->step == STOR_OP_CREATE_SUB_CHANNELS) {
		if (status)
			core->sub_channels = 0;
		return;
	}
	if (READ_ONCE(core->state) != STOR_STARTING)
		return;

	switch (core->step) {
	case STOR_OP_BEGIN_INIT:
		if (!status)
			next = STOR_OP_QUERY_VERSION;
		break;
	case STOR_OP_QUERY_VERSION:
		next = stor_init_version(core, status);
		break;
	case STOR_OP_QUERY_PROPERTIES:
		next = stor_init_properties(core, status, data, len);
		break;
	case STOR_OP_END_INIT:
		if (!status) {
			stor_init_ready(core);
			return;
		}
		break;
	}
	if (next > 0)
		next = stor_init_send(core, next);
	if (next < 0)
		stor_init_failed(core, next);
}

int stor_core_start(struct stor_core *core)
{
	int rc;

	if (stor_core_outstanding(core, NULL))
		return -EBUSY;
	if (!stor_set_state(core, STOR_IDLE, STOR_STARTING) &&
	    !stor_set_state(core, STOR_STOPPED, STOR_STARTING))
		return READ_ONCE(core->state) == STOR_DEAD ? -ENODEV : -EBUSY;

	core->initialized = false;
	core->version = 0;
	core->asked = STOR_VERSION_WIN10;
	core->sub_channels = 0;
	rc = stor_init_send(core, STOR_OP_BEGIN_INIT);
	if (rc)
		stor_set_state(core, STOR_STARTING, STOR_STOPPED);
	return rc;
}

void stor_core_stop(struct stor_core *core)
{
	unsigned long flags;

	spin_lock_irqsave(&core->lock, flags);
	if (core->state != STOR_DEAD)
		WRITE_ONCE(core->state, STOR_STOPPED);
	spin_unlock_irqrestore(&core->lock, flags);
}

int stor_core_resume(struct stor_core *core)
{
	if (!core->initialized || stor_core_outstanding(core, NULL) ||
	    !stor_set_state(core, STOR_STOPPED, STOR_READY))
		return -EBUSY;
	return 0;
}

void stor_core_kill(struct stor_core *core)
{
	unsigned long flags;

	spin_lock_irqsave(&core->lock, flags);
	WRITE_ONCE(core->state, STOR_DEAD);
	spin_unlock_irqrestore(&core->lock, flags);
}

/* ---- channels (section 7) -------------------------------------------------- */

/* The @nth channel that is up, on node @node or, if that is -1, on any. */
static struct stor_queue *stor_queue_nth(struct stor_core *core, int node,
					 u32 nth)
{
	const struct stor_config *cfg = &core->cfg;
	struct stor_queue *q;
	u32 i;

	for (i = 0; i < core->nr_queues; i++) {
		q = &core->queues[i];
		if (!q->up)
			continue;
		if (node >= 0 && node != cfg->ops->node_of_cpu(cfg->ctx,
					hvl_channel_target_cpu(q->ch)))
			continue;
		if (!nth--)
			return q;
	}
	return NULL;
}

static u32 stor_queue_count(struct stor_core *core, int node)
{
	u32 n = 0;

	while (n < core->nr_queues && stor_queue_nth(core, node, n))
		n++;
	return n;
}

/*
 * A CPU uses the channel whose interrupts it takes; else the CPUs of a node
 * share the channels of their node evenly, else all channels.
 */
static void stor_remap_locked(struct stor_core *core)
{
	const struct stor_config *cfg = &core->cfg;
	struct stor_queue *q;
	u32 cpu, i, n;
	int node;

	for (cpu = 0; cpu < cfg->nr_cpus; cpu++) {
		q = NULL;
		for (i = 0; i < core->nr_queues && !q; i++) {
			if (core->queues[i].up &&
			    hvl_channel_target_cpu(core->queues[i].ch) == cpu)
				q = &core->queues[i];
		}
		if (!q) {
			node = cfg->ops->node_of_cpu(cfg->ctx, cpu);
			n = stor_queue_count(core, node);
			if (!n) {
				node = -1;
				n = stor_queue_count(core, node);
			}
			if (n)
				q = stor_queue_nth(core, node, cpu % n);
		}
		WRITE_ONCE(cfg->cpu_queue[cpu], q ? q : &core->queues[0]);
	}
}

void stor_core_remap(struct stor_core *core)
{
	unsigned long flags;

	spin_lock_irqsave(&core->lock, flags);
	stor_remap_locked(core);
	spin_unlock_irqrestore(&core->lock, flags);
}

struct stor_queue *stor_core_queue_add(struct stor_core *core,
				       struct hvl_channel *ch)
{
	struct stor_queue *q = NULL;
	unsigned long flags;
	u32 i;

	spin_lock_irqsave(&core->lock, flags);
	for (i = 1; i < STOR_MAX_QUEUES && !q; i++) {
		if (!core->queues[i].ch)
			q = &core->queues[i];
	}
	if (q) {
		q->ch = ch;
		q->up = false;
		if (q->index >= core->nr_queues)
			core->nr_queues = q->index + 1;
	}
	spin_unlock_irqrestore(&core->lock, flags);
	return q;
}

struct stor_queue *stor_core_queue_of(struct stor_core *core,
				      const struct hvl_channel *ch)
{
	struct stor_queue *q = NULL;
	unsigned long flags;
	u32 i;

	spin_lock_irqsave(&core->lock, flags);
	for (i = 0; i < core->nr_queues && !q; i++) {
		if (core->queues[i].ch == ch)
			q = &core->queues[i];
	}
	spin_unlock_irqrestore(&core->lock, flags);
	return q;
}

static void stor_queue_set_up(struct stor_queue *q, bool up)
{
	struct stor_core *core = q->core;
	unsigned long flags;

	spin_lock_irqsave(&core->lock, flags);
	WRITE_ONCE(q->up, up);
	stor_remap_locked(core);
	spin_unlock_irqrestore(&core->lock, flags);
}

void stor_core_queue_up(struct stor_queue *q)
{
	stor_queue_set_up(q, true);
}

void stor_core_queue_down(struct stor_queue *q)
{
	stor_queue_set_up(q, false);
}

void stor_core_queue_del(struct stor_queue *q)
{
	unsigned long flags;

	spin_lock_irqsave(&q->core->lock, flags);
	q->ch = NULL;
	spin_unlock_irqrestore(&q->core->lock, flags);
}

/* ---- sending ------------------------------------------------------------------ */

static inline int stor_send_on(struct stor_queue *q, const struct stor_req *req,
			u32 len, u64 id)
{
	const struct stor_wire_packet *p = &req->packet;

	if (!req->buf.len)
		return hvl_channel_send(q->ch, p, len, id,
					HVL_PKT_FLAG_COMPLETION_REQUESTED);
	return hvl_channel_send_gpa(q->ch, &req->buf, 1, p, len, id);
}

/*
 * The ring of the CPU's own channel is full: try the others, at first those
 * with room to spare.  The slot is live, but no answer can come before the
 * packet is sent, so that its queue may still be changed.
 */
static int stor_send_elsewhere(struct stor_core *core, struct stor_slot *slot,
			       const struct stor_queue *own,
			       const struct stor_req *req, u32 len, u64 id)
{
	struct stor_queue *q;
	int pass, rc;
	u32 i, n = READ_ONCE(core->nr_queues);

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < n; i++) {
			q = &core->queues[i];
			if (q == own || !READ_ONCE(q->up))
				continue;
			if (!pass && hvl_channel_room_percent(q->ch) <=
				     core->cfg.room_percent)
				continue;
			WRITE_ONCE(slot->queue, i);
			rc = stor_send_on(q, req, len, id);
			if (rc != -EAGAIN)
				return rc;
		}
	}
	return -EAGAIN;
}

/* Why a request cannot be taken in a state that is not READY. */
static int stor_not_ready(enum stor_state state)
{
	return state == STOR_DEAD ? -ENODEV : -EAGAIN;
}

int stor_core_submit(struct stor_core *core, unsigned int cpu, u32 slot_nr,
		     struct stor_req *req)
{
	struct stor_queue *q;
	struct stor_slot *slot;
	u32 len, gen;
	u64 id;
	int rc;

	if (unlikely(READ_ONCE(core->state) != STOR_READY))
		return stor_not_ready(READ_ONCE(core->state));
	if (unlikely(slot_nr >= core->cfg.nr_slots ||
		     cpu >= core->cfg.nr_cpus ||
		     req->cdb_len > STOR_CDB_MAX))
		return -EINVAL;

	slot = &core->cfg.slots[slot_nr];
	if (unlikely(READ_ONCE(slot->live)))
		return -EBUSY;

	q = READ_ONCE(core->cfg.cpu_queue[cpu]);
	len = stor_encode_srb(req, core->version);
	gen = stor_slot_arm(slot, req, q->index);
	id = stor_slot_id(slot_nr, gen);
	rc = stor_send_on(q, req, len, id);
	if (unlikely(rc == -EAGAIN))
		rc = stor_send_elsewhere(core, slot, q, req, len, id);
	if (likely(!rc))
		return 0;
	/* Not sent; but it may have been ended from elsewhere meanwhile. */
	return stor_slot_take(slot, gen) ? rc : 0;
}

int stor_core_reset_bus(struct stor_core *core)
{
	struct stor_wire_packet p;
	u32 len;

	len = stor_encode_control(&p, STOR_OP_RESET_BUS, core->version);
	return stor_control_send(core, STOR_CTL_RESET, &p, len);
}

/* ---- taking requests back --------------------------------------------------- */

u32 stor_core_outstanding(const struct stor_core *core,
			  const struct stor_queue *q)
{
	u32 i, n = 0;

	for (i = 0; i < core->cfg.nr_slots; i++) {
		if (READ_ONCE(core->cfg.slots[i].live) &&
		    (!q || READ_ONCE(core->cfg.slots[i].queue) == q->index))
			n++;
	}
	return n;
}

u32 stor_core_fail(struct stor_core *core, const struct stor_queue *q,
		   enum stor_end end)
{
	struct stor_slot *slot;
	struct stor_req *req;
	u32 i, gen, n = 0;

	for (i = 0; i < core->cfg.nr_slots; i++) {
		slot = &core->cfg.slots[i];
		gen = READ_ONCE(slot->live);
		if (!gen || (q && READ_ONCE(slot->queue) != q->index))
			continue;
		if (!stor_slot_take(slot, gen))
			continue;
		slot->taken = gen;
		req = slot->req;
		core->cfg.ops->done(core->cfg.ctx, req, end, NULL);
		n++;
	}
	return n;
}

/* ---- receiving ------------------------------------------------------------------ */

/* A completion whose generation is not the one that is out. */
static noinline void stor_stale(struct stor_core *core, const struct stor_slot *slot,
		       u64 id)
{
	u32 gen = id >> 32;
	u32 now = READ_ONCE(slot->gen);

	/* Given out at all?  Older than the newest, in modular arithmetic. */
	if (!gen || (s32)(now - gen) < 0)
		stor_fault(core, STOR_FAULT_UNKNOWN, id);
	else if (gen == READ_ONCE(slot->taken))
		stor_fault(core, STOR_FAULT_LATE, id);
	else
		stor_fault(core, STOR_FAULT_DOUBLE, id);
}

static void stor_control_answer(struct stor_core *core, struct stor_slot *slot,
				const struct stor_wire_head *head,
				const struct hvl_packet *pkt)
{
	if (slot == stor_control_slot(core, STOR_CTL_INIT))
		stor_init_answer(core, head->status, pkt->data, pkt->len);
	else
		core->cfg.ops->reset_done(core->cfg.ctx);
}

/* A completion of a control request, or of nothing at all. */
static noinline void stor_completion_other(struct stor_core *core,
					   const struct hvl_packet *pkt)
{
	const struct stor_config *cfg = &core->cfg;
	u32 at = (u32)pkt->id - 1, gen = pkt->id >> 32;
	struct stor_wire_head head;
	struct stor_slot *slot;

	if (!pkt->id) {
		stor_fault(core, STOR_FAULT_ID_ZERO, 0);
		return;
	}
	if (at >= cfg->nr_slots + STOR_CTLS) {
		stor_fault(core, STOR_FAULT_UNKNOWN, pkt->id);
		return;
	}
	slot = &cfg->slots[at];
	if (!gen || !stor_slot_take(slot, gen)) {
		stor_stale(core, slot, pkt->id);
		return;
	}
	if (stor_decode_head(pkt->data, pkt->len, &head) ||
	    head.operation != STOR_OP_COMPLETE_IO) {
		/* As good as a refusal. */
		stor_fault(core, STOR_FAULT_OP, pkt->id);
		head.status = ~0u;
	}
	stor_control_answer(core, slot, &head, pkt);
}

/* The request is ours to end, whatever the packet says. */
static noinline void stor_completion_bad(struct stor_core *core,
					 struct stor_req *req,
					 const struct hvl_packet *pkt)
{
	const struct stor_config *cfg = &core->cfg;
	struct stor_wire_head head;
	struct stor_result res;

	if (!stor_decode_head(pkt->data, pkt->len, &head) &&
	    head.operation != STOR_OP_COMPLETE_IO) {
		stor_fault(core, STOR_FAULT_OP, pkt->id);
		cfg->ops->done(cfg->ctx, req, STOR_END_BAD_ANSWER, NULL);
	} else if (stor_decode_result(pkt->data, pkt->len, req->buf.len, &res)) {
		stor_fault(core, STOR_FAULT_SHORT, pkt->id);
		cfg->ops->done(cfg->ctx, req, STOR_END_BAD_ANSWER, NULL);
	} else {
		cfg->ops->done(cfg->ctx, req, STOR_END_ANSWERED, &res);
	}
}

static inline void stor_completion(struct stor_core *core,
				   const struct hvl_packet *pkt)
{
	const struct stor_config *cfg = &core->cfg;
	u32 at = (u32)pkt->id - 1, gen = pkt->id >> 32;
	struct stor_slot *slot;
	struct stor_req *req;

	if (unlikely(at >= cfg->nr_slots)) {
		stor_completion_other(core, pkt);
		return;
	}
	slot = &cfg->slots[at];
	if (unlikely(!gen || !stor_slot_take(slot, gen))) {
		stor_stale(core, slot, pkt->id);
		return;
	}
	req = slot->req;
	if (likely(stor_answer_good(pkt->data, pkt->len, req->buf.len)))
		cfg->ops->good(cfg->ctx, req);
	else
		stor_completion_bad(core, req, pkt);
}

/* Section 10.  An operation that we do not know is ignored. */
static noinline void stor_unsolicited(struct stor_core *core,
			     const struct hvl_packet *pkt)
{
	struct stor_wire_head head;

	if (stor_decode_head(pkt->data, pkt->len, &head)) {
		stor_fault(core, STOR_FAULT_SHORT, pkt->id);
		return;
	}
	switch (head.operation) {
	case STOR_OP_ENUMERATE_BUS:
	case STOR_OP_REMOVE_DEVICE:
		core->cfg.ops->bus_changed(core->cfg.ctx);
		break;
	case STOR_OP_COMPLETE_IO:
		stor_fault(core, STOR_FAULT_ID_ZERO, pkt->id);
		break;
	}
}

void stor_core_receive(struct hvl_channel *ch, void *ctx)
{
	struct stor_queue *q = ctx;
	struct stor_core *core = q->core;
	u32 budget = 1024;
	int rc = 0;

	while (budget-- && (rc = hvl_channel_recv(ch, &q->pkt)) > 0) {
		if (likely(q->pkt.type == HVL_PKT_COMPLETION))
			stor_completion(core, &q->pkt);
		else if (q->pkt.type == HVL_PKT_INBAND)
			stor_unsolicited(core, &q->pkt);
		else
			stor_fault(core, STOR_FAULT_TYPE, q->pkt.id);
	}
	if (unlikely(rc < 0))
		stor_fault(core, STOR_FAULT_RING, 0);
	if (unlikely(READ_ONCE(core->state) == STOR_STOPPED) &&
	    !stor_core_outstanding(core, NULL))
		core->cfg.ops->drained(core->cfg.ctx);
}
