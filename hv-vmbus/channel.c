// SPDX-License-Identifier: GPL-2.0-only
/*
 * channel.c - the channel API: open, close, send, receive
 *
 * Locks: hvl_channel.mutex for opening, closing and retargeting;
 * hvl_channel.out_lock for the guest->host ring, any context, nothing inside.
 * The host->guest ring belongs to the channel's tasklet.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>
#include <asm/sync_bitops.h>
#include "bus.h"
#include "hypervisor.h"

/* Packets that one run of a channel's callback may take. */
#define PACKET_BUDGET	1024
/* A poller has a budget of its own. */
#define POLL_BUDGET	INT_MAX

/* ---- signalling ------------------------------------------------------------- */

/*
 * With a monitor page the doorbell is a bit that the hypervisor looks at in
 * time; without a connection of its own the channel's bit in the shared page
 * tells the host who rings (vmbus.md 10).
 */
void hvl_signal_slow(struct hvl_channel *ch)
{
	const struct hvl_offer *o = &ch->core.offer;

	if (!o->dedicated)
		sync_set_bit(o->relid,
			     (unsigned long *)((u8 *)hvl_bus.int_page +
					       HVL_PAGE_SIZE / 2));
	if (o->monitored) {
		struct hvl_monitor_group *g;

		g = &hvl_bus.monitor[1]->group[o->monitor_id / 32];
		sync_set_bit(o->monitor_id % 32, (unsigned long *)&g->pending);
		return;
	}
	hvl_hv_signal(ch->connection_id);
}

static inline void channel_signal(struct hvl_channel *ch)
{
	ch->sig_events++;
	if (ch->slow_signal)
		hvl_signal_slow(ch);
	else
		hvl_hv_signal(ch->connection_id);
}

/* The host broke the ring: nothing more goes in or out until it is closed. */
static noinline int channel_broken(struct hvl_channel *ch, const char *ring)
{
	if (!ch->broken)
		pr_err_ratelimited("channel %u: the host broke the %s ring\n",
				   ch->core.offer.relid, ring);
	WRITE_ONCE(ch->broken, true);
	return -EIO;
}

/* ---- sending ------------------------------------------------------------------ */

/*
 * Under out_lock: may a packet of @bytes (descriptor included, trailer not) go
 * into the ring now?
 */
static inline int send_room(struct hvl_channel *ch, u32 bytes)
{
	int ret;

	if (unlikely(!ch->ready || ch->broken || ch->core.rescinded))
		return ch->broken && ch->ready ? -EIO : -ENODEV;
	ret = hvl_out_ring_room(&ch->out, bytes + HVL_RING_TRAILER);
	if (unlikely(ret)) {
		if (ret == -EIO)
			channel_broken(ch, "outgoing");
		else if (bytes + 2 * HVL_RING_TRAILER > ch->out.size)
			ret = -EINVAL;
	}
	return ret;
}

/*
 * Under out_lock, interrupts off: the host has answered something.  If it is this CPU
 * that it interrupts for the channel, that comes before anything else does.
 */
static noinline bool signal_held(struct hvl_channel *ch)
{
	return !ch->polled && raw_smp_processor_id() == READ_ONCE(ch->target_cpu) &&
		hvl_ring_hold(&ch->out, &ch->in);
}

/* Under out_lock: the packet is in place. */
static inline void send_show(struct hvl_channel *ch, u32 bytes)
{
	if (hvl_out_ring_publish(&ch->out, bytes + HVL_RING_TRAILER)) {
		if (hvl_in_ring_waits(&ch->in) && signal_held(ch))
			return;
	} else if (!hvl_ring_held(&ch->out)) {
		return;
	}
	channel_signal(ch);
}

static inline u64 desc_word(u16 type, u32 offset, u32 bytes, u16 flags)
{
	return type | (u64)(offset >> 3) << 16 | (u64)(bytes >> 3) << 32 |
		(u64)flags << 48;
}

/* Payload and the zero bytes that pad it. */
static inline void put_payload(u8 *at, const void *data, u32 len, u32 padded)
{
	if (padded)
		*(u64 *)(at + padded - 8) = 0;
	memcpy(at, data, len);
}

static int send_plain(struct hvl_channel *ch, u16 type, const void *data,
		      u32 len, u64 id, u16 pkt_flags)
{
	u32 padded = ALIGN(len, 8), bytes = 16 + padded;
	unsigned long flags;
	u8 *at;
	int ret;

	if (unlikely(len > HVL_PACKET_MAX - 16))
		return -EINVAL;
	spin_lock_irqsave(&ch->out_lock, flags);
	ret = send_room(ch, bytes);
	if (unlikely(ret))
		goto unlock;
	at = ch->out.data + ch->out.write;
	((u64 *)at)[0] = desc_word(type, 16, bytes, pkt_flags);
	ch->asked += pkt_flags & HVL_PKT_FLAG_COMPLETION_REQUESTED;
	((u64 *)at)[1] = id;
	put_payload(at + 16, data, len, padded);
	send_show(ch, bytes);
unlock:
	spin_unlock_irqrestore(&ch->out_lock, flags);
	return ret;
}

int hvl_channel_send(struct hvl_channel *ch, const void *data, u32 len,
		     u64 id, u16 flags)
{
	return send_plain(ch, HVL_PKT_INBAND, data, len, id, flags);
}
EXPORT_SYMBOL_GPL(hvl_channel_send);

int hvl_channel_send_completion(struct hvl_channel *ch, const void *data,
				u32 len, u64 id)
{
	return send_plain(ch, HVL_PKT_COMPLETION, data, len, id, 0);
}
EXPORT_SYMBOL_GPL(hvl_channel_send_completion);

static inline u32 range_pages(const struct hvl_gpa_range *r)
{
	return (r->offset + r->len + HVL_PAGE_SIZE - 1) >> HVL_PAGE_SHIFT;
}

/* Inlined twice: for the one range that a disk request has, and for several. */
static __always_inline int send_gpa(struct hvl_channel *ch,
				    const struct hvl_gpa_range *ranges,
				    u32 nr_ranges, const void *data, u32 len,
				    u64 id)
{
	u32 padded = ALIGN(len, 8), offset = 24, bytes, i, n;
	unsigned long flags;
	u8 *at;
	int ret;

	if (unlikely(len > HVL_PACKET_MAX))
		return -EINVAL;
	for (i = 0; i < nr_ranges; i++) {
		offset += 8 + range_pages(&ranges[i]) * 8;
		if (unlikely(offset > HVL_PACKET_MAX))
			return -EINVAL;
	}
	bytes = offset + padded;
	if (unlikely(bytes > HVL_PACKET_MAX))
		return -EINVAL;
	spin_lock_irqsave(&ch->out_lock, flags);
	ret = send_room(ch, bytes);
	if (unlikely(ret))
		goto unlock;

	at = ch->out.data + ch->out.write;
	((u64 *)at)[0] = desc_word(HVL_PKT_GPA_DIRECT, offset, bytes,
				   HVL_PKT_FLAG_COMPLETION_REQUESTED);
	((u64 *)at)[1] = id;
	((u64 *)at)[2] = (u64)nr_ranges << 32;
	ch->asked++;
	at += 24;
	for (i = 0; i < nr_ranges; i++) {
		*(u64 *)at = ranges[i].len | (u64)ranges[i].offset << 32;
		at += 8;
		n = range_pages(&ranges[i]);
		if (n == 1)
			*(u64 *)at = ranges[i].pfns[0];
		else
			memcpy(at, ranges[i].pfns, n * 8);
		at += n * 8;
	}
	put_payload(at, data, len, padded);
	send_show(ch, bytes);
unlock:
	spin_unlock_irqrestore(&ch->out_lock, flags);
	return ret;
}

int hvl_channel_send_gpa(struct hvl_channel *ch,
			 const struct hvl_gpa_range *ranges, u32 nr_ranges,
			 const void *data, u32 len, u64 id)
{
	if (likely(nr_ranges == 1))
		return send_gpa(ch, ranges, 1, data, len, id);
	if (unlikely(!nr_ranges))
		return -EINVAL;
	return send_gpa(ch, ranges, nr_ranges, data, len, id);
}
EXPORT_SYMBOL_GPL(hvl_channel_send_gpa);

u32 hvl_channel_room_percent(const struct hvl_channel *ch)
{
	u32 size = ch->out.size;

	if (!smp_load_acquire(&ch->ready))
		return 0;
	/* Rings are whole pages; so neither product nor quotient needs 64 bits. */
	return ((size - hvl_out_ring_used(&ch->out)) >> 8) * 100 / (size >> 8);
}
EXPORT_SYMBOL_GPL(hvl_channel_room_percent);

/* ---- receiving ---------------------------------------------------------------- */

int hvl_channel_recv(struct hvl_channel *ch, struct hvl_packet *pkt)
{
	const struct hvl_packet_desc *d = ch->packet;
	u32 bytes, offset;
	int ret;

	if (unlikely(ch->budget-- <= 0 || ch->broken)) {
		hvl_in_ring_publish(&ch->in);
		return ch->broken ? -EIO : 0;
	}
	ret = hvl_in_ring_take(&ch->in, ch->packet, ch->max_packet, &bytes);
	if (ret <= 0) {
		if (unlikely(ret))
			channel_broken(ch, "incoming");
		return ret;
	}
	offset = d->data_offset8 << 3;
	pkt->type = d->type;
	ch->answered += d->type == HVL_PKT_COMPLETION;
	pkt->flags = d->flags;
	pkt->id = d->id;
	pkt->head_len = offset - 16;
	pkt->head = offset > 16 ? (u8 *)ch->packet + 16 : NULL;
	pkt->data = (u8 *)ch->packet + offset;
	pkt->len = bytes - offset;
	return 1;
}
EXPORT_SYMBOL_GPL(hvl_channel_recv);

/*
 * The ring is drained.  More answers are to come, and what the ones just taken
 * have started (the softirq that ends block requests) runs before the tasklet
 * does again: leave the interrupt masked until then, and spare those that would
 * only interrupt it.
 */
static inline bool linger(struct hvl_channel *ch)
{
	ch->lingers = !ch->lingers && READ_ONCE(ch->asked) != ch->answered;
	return ch->lingers;
}

/* Softirq.  Until it unmasks, the host raises no interrupt for the channel. */
static void channel_tasklet(struct tasklet_struct *t)
{
	struct hvl_channel *ch = container_of(t, struct hvl_channel, tasklet);
	int ret;

	if (unlikely(!smp_load_acquire(&ch->ready)))
		return;
	ch->budget = PACKET_BUDGET;
	for (;;) {
		if (!ch->lingers)
			ch->fn(ch, ch->ctx);
		if (unlikely(ch->broken))
			return;
		/* As soon as may be; for certain, it is looked at after the unmasking. */
		if (hvl_ring_held(&ch->out))
			channel_signal(ch);
		if (linger(ch))
			break;
		ret = hvl_in_ring_unmask(&ch->in);
		if (unlikely(ret)) {
			if (ret < 0) {
				/* Once more: the driver hears of it from its next look. */
				channel_broken(ch, "incoming");
				continue;
			}
			if (ret & HVL_RING_SIGNAL) {
				ch->intr_in_full++;
				channel_signal(ch);
			}
		}
		if (hvl_ring_held(&ch->out))
			channel_signal(ch);
		if (likely(!(ret & HVL_RING_MORE)))
			return;
		if (ch->budget <= 0)
			break;
	}
	/* Also if the host refills faster than we drain: let others run first. */
	tasklet_schedule(t);
}

bool hvl_channel_poll_done(struct hvl_channel *ch)
{
	int ret;

	if (unlikely(ch->broken))
		return false;
	ch->budget = POLL_BUDGET;
	ret = hvl_in_ring_unmask(&ch->in);
	if (unlikely(ret < 0)) {
		/* The driver hears of it from its next look. */
		channel_broken(ch, "incoming");
		return true;
	}
	if (unlikely(ret & HVL_RING_SIGNAL)) {
		ch->intr_in_full++;
		channel_signal(ch);
	}
	return ret & HVL_RING_MORE;
}
EXPORT_SYMBOL_GPL(hvl_channel_poll_done);

/* ---- opening -------------------------------------------------------------------- */

static void pages_free(struct hvl_channel *ch)
{
	u32 i;

	for (i = 0; i < ch->nr_pages; i++) {
		if (ch->pages[i])
			__free_page(ch->pages[i]);
	}
}

/* The mappings and what else only we know of; the pages stay. */
static void unmap(struct hvl_channel *ch)
{
	vunmap(ch->out_map);
	vunmap(ch->in_map);
	kvfree(ch->packet);
	kvfree(ch->pages);
	ch->out_map = NULL;
	ch->in_map = NULL;
	ch->packet = NULL;
	ch->pages = NULL;
	ch->nr_pages = 0;
}

/* Header page once, data pages twice, in a row. */
static void *map_twice(struct page **ring, u32 nr)
{
	u32 total = 2 * nr - 1;
	struct page **list;
	void *map;

	list = kvmalloc_array(total, sizeof(*list), GFP_KERNEL);
	if (!list)
		return NULL;
	memcpy(list, ring, nr * sizeof(*list));
	memcpy(list + nr, ring + 1, (nr - 1) * sizeof(*list));
	map = vmap(list, total, VM_MAP, PAGE_KERNEL);
	kvfree(list);
	return map;
}

static int rings_alloc(struct hvl_channel *ch, const struct hvl_open_params *p)
{
	int node = cpu_to_node(ch->target_cpu);
	u32 out = p->out_bytes >> HVL_PAGE_SHIFT;
	u32 in = p->in_bytes >> HVL_PAGE_SHIFT;
	u32 i;

	ch->nr_pages = out + in;
	ch->out_pages = out;
	ch->pages = kvcalloc(ch->nr_pages, sizeof(*ch->pages), GFP_KERNEL);
	if (!ch->pages) {
		ch->nr_pages = 0;
		return -ENOMEM;
	}
	for (i = 0; i < ch->nr_pages; i++) {
		ch->pages[i] = alloc_pages_node(node, GFP_KERNEL | __GFP_ZERO,
						0);
		if (!ch->pages[i])
			goto fail;
	}
	ch->out_map = map_twice(ch->pages, out);
	ch->in_map = map_twice(ch->pages + out, in);
	ch->max_packet = ALIGN(p->max_packet, 8);
	ch->packet = kvmalloc(ch->max_packet, GFP_KERNEL);
	if (!ch->out_map || !ch->in_map || !ch->packet)
		goto fail;
	hvl_out_ring_init(&ch->out, ch->out_map,
			  (u8 *)ch->out_map + HVL_PAGE_SIZE,
			  p->out_bytes - HVL_PAGE_SIZE);
	hvl_in_ring_init(&ch->in, ch->in_map,
			 (u8 *)ch->in_map + HVL_PAGE_SIZE,
			 p->in_bytes - HVL_PAGE_SIZE);
	return 0;
fail:
	pages_free(ch);
	unmap(ch);
	return -ENOMEM;
}

/* Nothing calls the driver any more, nothing of ours is in the rings. */
static void quiesce(struct hvl_channel *ch)
{
	unsigned long flags;

	spin_lock_irqsave(&ch->out_lock, flags);
	smp_store_release(&ch->ready, false);
	spin_unlock_irqrestore(&ch->out_lock, flags);
	/* An interrupt handler that saw it ready has scheduled by now. */
	synchronize_rcu();
	tasklet_kill(&ch->tasklet);
}

/* Take the rings back from the host and free them, or leak them. */
static int rings_free(struct hvl_channel *ch)
{
	int ret = hvl_gpadl_teardown(ch, ch->gpadl);

	if (!ret)
		pages_free(ch);
	unmap(ch);
	return ret ? -ETIMEDOUT : 0;
}

static bool params_ok(const struct hvl_open_params *p)
{
	u32 pages = (p->out_bytes >> HVL_PAGE_SHIFT) +
		(p->in_bytes >> HVL_PAGE_SHIFT);

	return p->fn && p->user_len <= HVL_USER_DEFINED &&
		!((p->out_bytes | p->in_bytes) & (HVL_PAGE_SIZE - 1)) &&
		p->out_bytes >= 2 * HVL_PAGE_SIZE &&
		p->in_bytes >= 2 * HVL_PAGE_SIZE &&
		pages <= HVL_GPADL_MAX_PAGES && p->max_packet >= 16;
}

/* Tell the host to open; the rings are lent to it already. */
static int host_open(struct hvl_channel *ch, const struct hvl_open_params *p)
{
	u32 relid = ch->core.offer.relid;
	u8 msg[HVL_MESSAGE_PAYLOAD];
	struct hvl_waiter w;
	u32 len;
	int ret;

	ret = hvl_waiter_start(&w, HVL_MSG_OPEN_RESULT, relid, relid);
	if (ret)
		return ret;
	len = hvl_encode_open(msg, relid, relid, ch->gpadl,
			      hvl_bus.core.version >= HVL_VMBUS_2_4 ?
			      hvl_cpu_vp(ch->target_cpu) : 0,
			      ch->out_pages, p->user, p->user_len);
	ret = hvl_post(msg, len);
	if (ret) {
		hvl_core_request_end(&hvl_bus.core, &w.req);
		return ret;
	}
	ret = hvl_waiter_finish(&w);
	if (!ret && w.req.reply.status) {
		pr_err_ratelimited("channel %u: the host does not open it: status %#x\n",
				   relid, w.req.reply.status);
		ret = -ECONNREFUSED;
	}
	return ret;
}

static int open_locked(struct hvl_channel *ch, const struct hvl_open_params *p)
{
	bool gone;
	int ret;

	if (ch->open)
		return -EBUSY;
	if (READ_ONCE(ch->core.rescinded))
		return -ENODEV;
	ret = rings_alloc(ch, p);
	if (ret)
		return ret;
	ret = hvl_gpadl_create(ch, ch->pages, ch->nr_pages, &ch->gpadl, &gone);
	if (ret) {
		if (!gone)
			pages_free(ch);
		unmap(ch);
		return ret;
	}
	ch->fn = p->fn;
	ch->ctx = p->ctx;
	ch->polled = p->polled;
	ch->budget = POLL_BUDGET;
	ch->broken = false;
	ch->asked = 0;
	ch->answered = 0;
	ch->lingers = false;
	/* The host may interrupt before its result has come. */
	smp_store_release(&ch->ready, true);
	ret = host_open(ch, p);
	if (ret) {
		quiesce(ch);
		rings_free(ch);
		return ret;
	}
	ch->open = true;
	return 0;
}

int hvl_channel_open(struct hvl_channel *ch, const struct hvl_open_params *p)
{
	int ret;

	if (!params_ok(p))
		return -EINVAL;
	mutex_lock(&ch->mutex);
	ret = open_locked(ch, p);
	mutex_unlock(&ch->mutex);
	return ret;
}
EXPORT_SYMBOL_GPL(hvl_channel_open);

int hvl_channel_close(struct hvl_channel *ch)
{
	u8 msg[sizeof(struct hvl_msg_relid)];
	int ret = 0;

	mutex_lock(&ch->mutex);
	if (!ch->open)
		goto out;
	ch->open = false;
	quiesce(ch);
	/* There is no answer; a rescinded channel's host ignores it. */
	ret = hvl_post(msg, hvl_encode_relid(msg, HVL_MSG_CLOSE,
					     ch->core.offer.relid));
	if (ret) {
		unmap(ch);
		ret = -ETIMEDOUT;
	} else {
		ret = rings_free(ch);
	}
out:
	mutex_unlock(&ch->mutex);
	return ret;
}
EXPORT_SYMBOL_GPL(hvl_channel_close);

/* ---- where it interrupts ------------------------------------------------------- */

static int host_retarget(struct hvl_channel *ch, unsigned int cpu)
{
	bool answered = hvl_bus.core.version >= HVL_VMBUS_5_3;
	u8 msg[sizeof(struct hvl_msg_modify_channel)];
	struct hvl_waiter w;
	u32 len;
	int ret;

	if (hvl_bus.core.version < HVL_VMBUS_4_1)
		return -EOPNOTSUPP;
	if (answered) {
		ret = hvl_waiter_start(&w, HVL_MSG_MODIFY_CHANNEL_RESPONSE,
				       ch->core.offer.relid, 0);
		if (ret)
			return ret;
	}
	len = hvl_encode_modify(msg, ch->core.offer.relid, hvl_cpu_vp(cpu));
	ret = hvl_post(msg, len);
	if (!answered)
		return ret;
	if (ret) {
		hvl_core_request_end(&hvl_bus.core, &w.req);
		return ret;
	}
	ret = hvl_waiter_finish(&w);
	if (!ret && w.req.reply.status)
		ret = -EIO;
	return ret;
}

/*
 * hvl_channel_retarget - have the host interrupt another CPU for a channel
 *
 * The CPU stays online meanwhile: the caller holds the hot-plug lock.
 */
int hvl_channel_retarget(struct hvl_channel *ch, unsigned int cpu)
{
	int ret = 0;

	mutex_lock(&ch->mutex);
	if (ch->open && !READ_ONCE(ch->core.rescinded))
		ret = host_retarget(ch, cpu);
	if (!ret || ret == -ENODEV) {
		mutex_lock(&hvl_bus.mutex);
		hvl_bus.cpu_load[ch->target_cpu]--;
		hvl_bus.cpu_load[cpu]++;
		WRITE_ONCE(ch->target_cpu, cpu);
		mutex_unlock(&hvl_bus.mutex);
		ret = 0;
		if (ch->open)
			hvl_device_moved(ch);
	}
	mutex_unlock(&ch->mutex);
	return ret;
}

/* ---- small answers ---------------------------------------------------------------- */

/* While it has no id in use: what the host calls it from now on. */
void hvl_channel_offered_again(struct hvl_channel *ch, const struct hvl_offer *o)
{
	if (o != &ch->core.offer)
		ch->core.offer = *o;
	ch->connection_id = o->connection_id;
	ch->slow_signal = o->monitored || !o->dedicated;
}

void hvl_channel_init(struct hvl_channel *ch)
{
	spin_lock_init(&ch->out_lock);
	mutex_init(&ch->mutex);
	INIT_LIST_HEAD(&ch->link);
	tasklet_setup(&ch->tasklet, channel_tasklet);
	hvl_channel_offered_again(ch, &ch->core.offer);
}

bool hvl_channel_rescinded(const struct hvl_channel *ch)
{
	return READ_ONCE(ch->core.rescinded);
}
EXPORT_SYMBOL_GPL(hvl_channel_rescinded);

struct hvl_device *hvl_channel_device(const struct hvl_channel *ch)
{
	return ch->dev;
}
EXPORT_SYMBOL_GPL(hvl_channel_device);

u16 hvl_channel_sub_index(const struct hvl_channel *ch)
{
	return ch->core.offer.sub_index;
}
EXPORT_SYMBOL_GPL(hvl_channel_sub_index);

unsigned int hvl_channel_target_cpu(const struct hvl_channel *ch)
{
	return READ_ONCE(ch->target_cpu);
}
EXPORT_SYMBOL_GPL(hvl_channel_target_cpu);

void *hvl_channel_get_priv(const struct hvl_channel *ch)
{
	return ch->priv;
}
EXPORT_SYMBOL_GPL(hvl_channel_get_priv);

void hvl_channel_set_priv(struct hvl_channel *ch, void *priv)
{
	ch->priv = priv;
}
EXPORT_SYMBOL_GPL(hvl_channel_set_priv);
