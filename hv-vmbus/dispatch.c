// SPDX-License-Identifier: GPL-2.0-only
/*
 * dispatch.c - from the interrupt to the channel's callback, and from the
 *              message slot to the queue of control messages
 *
 * The interrupt handler takes event flags first, then looks at the slot; it
 * takes no lock: channels are found by id, and a channel's memory outlives the
 * handlers that may have found it (RCU).
 *
 * Control messages are copied into nodes of a fixed pool.  When the pool is
 * empty the message stays in its slot, which stops the host from sending more,
 * until the worker has given a node back; so a flood costs the guest nothing.
 *
 * Locks: pool.lock guards the pool's two lists; taken with interrupts off,
 * nothing is taken inside it.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/percpu.h>
#include <linux/slab.h>
#include <asm/sync_bitops.h>
#include "bus.h"
#include "hypervisor.h"

#define POOL_NODES	256
/* Messages taken from a slot before others may run. */
#define SLOT_BUDGET	16

struct hvl_queued {
	struct list_head link;
	struct hvl_message msg;
};

static struct {
	spinlock_t lock;
	struct list_head free;
	struct list_head queue;
	struct hvl_queued *nodes;
	bool starved;
	unsigned int starved_cpu;
	struct work_struct kick;
} pool;

/* ---- the message slot ------------------------------------------------------- */

/*
 * Give the slot back.  The type is swapped against the value that was read, so
 * that a dying CPU which polls all slots cannot erase a newer message; the swap
 * is also the full barrier between freeing the slot and looking at the pending
 * flag (hypervisor.md 6).  Returns false if the slot held something else.
 */
bool hvl_slot_free(struct hvl_message *slot, u32 type)
{
	if (sync_cmpxchg(&slot->type, type, HVL_MSG_NONE) != type)
		return false;
	if (READ_ONCE(slot->flags) & HVL_MESSAGE_PENDING)
		hvl_hv_set_msr(HVL_MSR_EOM, 0);
	return true;
}

static struct hvl_queued *pool_get(void)
{
	struct hvl_queued *q = NULL;
	unsigned long flags;

	spin_lock_irqsave(&pool.lock, flags);
	if (list_empty(&pool.free)) {
		pool.starved = true;
		pool.starved_cpu = smp_processor_id();
	} else {
		q = list_first_entry(&pool.free, struct hvl_queued, link);
		list_del(&q->link);
	}
	spin_unlock_irqrestore(&pool.lock, flags);
	return q;
}

void hvl_queued_free(struct hvl_queued *q)
{
	unsigned long flags;
	bool kick;

	spin_lock_irqsave(&pool.lock, flags);
	list_add(&q->link, &pool.free);
	kick = pool.starved;
	pool.starved = false;
	spin_unlock_irqrestore(&pool.lock, flags);
	/* EOM is per VP: the slot is read on its own CPU only. */
	if (kick)
		schedule_work_on(pool.starved_cpu, &pool.kick);
}

static void kick_slot(struct work_struct *work)
{
	struct hvl_cpu *hc;

	local_bh_disable();
	hc = this_cpu_ptr(hvl_bus.cpu);
	if (hc->slot)
		tasklet_schedule(&hc->message_tasklet);
	local_bh_enable();
}

/* The next offer or rescind, in the order they came; NULL if there is none. */
struct hvl_queued *hvl_queued_next(void)
{
	struct hvl_queued *q = NULL;
	unsigned long flags;

	spin_lock_irqsave(&pool.lock, flags);
	if (!list_empty(&pool.queue)) {
		q = list_first_entry(&pool.queue, struct hvl_queued, link);
		list_del(&q->link);
	}
	spin_unlock_irqrestore(&pool.lock, flags);
	return q;
}

const void *hvl_queued_payload(const struct hvl_queued *q, u32 *len)
{
	*len = min_t(u32, q->msg.payload_size, HVL_MESSAGE_PAYLOAD);
	return q->msg.payload;
}

static void take_message(struct hvl_queued *q)
{
	unsigned long flags;
	const void *msg;
	u32 len;

	msg = hvl_queued_payload(q, &len);
	if (q->msg.type != HVL_MSG_VMBUS ||
	    hvl_core_input(&hvl_bus.core, msg, len) != HVL_ACT_QUEUE) {
		hvl_queued_free(q);
		return;
	}
	spin_lock_irqsave(&pool.lock, flags);
	list_add_tail(&q->link, &pool.queue);
	spin_unlock_irqrestore(&pool.lock, flags);
	hvl_offers_kick();
}

/* Softirq, on the CPU whose slot it is. */
static void message_tasklet(struct tasklet_struct *t)
{
	struct hvl_cpu *hc = container_of(t, struct hvl_cpu, message_tasklet);
	unsigned int n;

	for (n = 0; n < SLOT_BUDGET; n++) {
		struct hvl_queued *q;
		u32 type = READ_ONCE(hc->slot->type);

		/* A timer's interrupt is on its way and will find it. */
		if (type == HVL_MSG_NONE || type == HVL_MSG_TIMER_EXPIRED)
			return;
		q = pool_get();
		if (!q)
			return;
		virt_rmb();
		memcpy(&q->msg, hc->slot, sizeof(q->msg));
		q->msg.type = type;
		hvl_slot_free(hc->slot, type);
		take_message(q);
	}
	tasklet_schedule(t);
}

void hvl_dispatch_cpu_init(struct hvl_cpu *hc)
{
	memset(hc, 0, sizeof(*hc));
	tasklet_setup(&hc->message_tasklet, message_tasklet);
}

/* ---- the interrupt ------------------------------------------------------------ */

static void channel_event(u32 relid)
{
	struct hvl_core_chan *c;
	struct hvl_channel *ch;

	c = smp_load_acquire(&hvl_bus.core.chan[relid]);
	if (unlikely(!c))
		return;
	ch = to_channel(c);
	if (unlikely(!smp_load_acquire(&ch->ready)))
		return;
	ch->interrupts++;
	hvl_in_ring_mask(&ch->in);
	if (ch->polled)
		ch->fn(ch, ch->ctx);
	else
		tasklet_schedule(&ch->tasklet);
}

static void scan_flags(unsigned long *word, unsigned int words)
{
	unsigned long bits;
	unsigned int i;

	for (i = 0; i < words; i++) {
		if (!READ_ONCE(word[i]))
			continue;
		bits = xchg(&word[i], 0);
		do {
			channel_event(i * BITS_PER_LONG + __ffs(bits));
			bits &= bits - 1;
		} while (bits);
	}
}

/* Old protocols: flag 0 says "look into the shared interrupt page". */
static noinline void scan_interrupt_page(void)
{
	scan_flags(hvl_bus.int_page, HVL_EVENT_WORDS);
}

static noinline void message_irq(struct hvl_cpu *hc, u32 type)
{
	/*
	 * The timer's owner first, then the slot: it may arm the timer again, and
	 * the next expiry must find the slot taken or be delivered after it.
	 */
	if (type == HVL_MSG_TIMER_EXPIRED) {
		if (READ_ONCE(hc->timers))
			hvl_hv_timer_message();
		hvl_slot_free(hc->slot, type);
		return;
	}
	tasklet_schedule(&hc->message_tasklet);
}

/* Interrupts off, on the CPU that the SINT interrupted. */
void hvl_isr(void)
{
	struct hvl_cpu *hc = this_cpu_ptr(hvl_bus.cpu);
	unsigned int words;
	u32 type;

	if (unlikely(!hc->slot))
		return;

	words = READ_ONCE(hvl_bus.core.top_relid) / BITS_PER_LONG + 1;
	if (unlikely(hvl_bus.core.version < HVL_VMBUS_2_4) &&
	    sync_test_and_clear_bit(0, hc->area->word))
		scan_interrupt_page();
	scan_flags(hc->area->word, words);

	type = READ_ONCE(hc->slot->type);
	if (unlikely(type != HVL_MSG_NONE))
		message_irq(hc, type);
	hvl_hv_randomness();
}

/* ---- set-up ---------------------------------------------------------------------- */

int hvl_dispatch_init(void)
{
	unsigned int i;

	pool.nodes = kcalloc(POOL_NODES, sizeof(*pool.nodes), GFP_KERNEL);
	if (!pool.nodes)
		return -ENOMEM;
	spin_lock_init(&pool.lock);
	INIT_LIST_HEAD(&pool.free);
	INIT_LIST_HEAD(&pool.queue);
	INIT_WORK(&pool.kick, kick_slot);
	pool.starved = false;
	for (i = 0; i < POOL_NODES; i++)
		list_add_tail(&pool.nodes[i].link, &pool.free);
	return 0;
}

/* No interrupt and no tasklet runs any more. */
void hvl_dispatch_exit(void)
{
	cancel_work_sync(&pool.kick);
	kfree(pool.nodes);
	pool.nodes = NULL;
}
