// SPDX-License-Identifier: GPL-2.0-only
/*
 * synic.c - the synthetic interrupt controller: messages and event flags
 *
 * A message goes into the guest's slot only while the slot's type is 0;
 * otherwise it waits in our queue, the slot's pending flag is set, and an EOM
 * write (or the next message) brings the queue forward.
 *
 * Locks: vp->lock, one per virtual processor; never two at once.  irq_lock is
 * taken inside it.  vmbus_slot_freed() is called with no lock held.
 */
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "partition.h"

/* vp->lock held. */
static bool page_on(uint64_t reg)
{
	return (reg & HV_MSR_ENABLE) != 0;
}

/* vp->lock held: the slot of a SINT, or NULL while the guest has none. */
static struct hv_message *slot_of(struct vp *vp, unsigned int sint)
{
	uint8_t *page;

	if (!(vp->scontrol & 1) || !page_on(vp->simp))
		return NULL;
	page = gpa_ptr(vp->simp & HV_MSR_GPA_MASK, HV_PAGE);
	return page ? (struct hv_message *)(page + sint * sizeof(struct hv_message)) : NULL;
}

/* vp->lock held.  True if the guest's APIC was told. */
static bool sint_interrupt(struct vp *vp, unsigned int sint)
{
	uint64_t s = vp->sint[sint];

	if (s & SINT_POLLING)
		return false;
	if (s & SINT_MASKED) {
		TOTAL(interrupts_lost);
		return false;
	}
	irq_raise(vp->index, SINT_VECTOR(s));
	return true;
}

/* vp->lock held: put one message into an empty slot. */
static void fill_slot(struct vp *vp, struct hv_message *slot, unsigned int sint,
		      struct queued_message *q)
{
	if (q->timer >= 0) {
		struct hv_timer_payload *p = (void *)q->m.payload;

		p->delivery = refclock_now();
		stimer_message_sent(vp, (unsigned int)q->timer);
		TOTAL(timer_messages);
	} else {
		TOTAL(messages_to_guest);
	}
	memcpy(slot->payload, q->m.payload, q->m.payload_size);
	slot->payload_size = q->m.payload_size;
	slot->reserved = 0;
	slot->origin = q->m.origin;
	__atomic_store_n(&slot->flags, q->next ? HV_MESSAGE_PENDING : 0, __ATOMIC_RELAXED);
	if (q->next)
		TOTAL(messages_pending);
	__atomic_store_n(&slot->type, q->m.type, __ATOMIC_SEQ_CST);
	sint_interrupt(vp, sint);
}

/* vp->lock held: move the queue of one SINT forward as far as it goes. */
static void deliver(struct vp *vp, unsigned int sint)
{
	struct hv_message *slot = slot_of(vp, sint);
	struct queued_message *q;

	if (!slot || ((vp->sint[sint] & SINT_MASKED) && !(vp->sint[sint] & SINT_POLLING)))
		return;
	while ((q = vp->queue[sint])) {
		if (__atomic_load_n(&slot->type, __ATOMIC_SEQ_CST)) {
			if (!(__atomic_fetch_or(&slot->flags, HV_MESSAGE_PENDING,
						__ATOMIC_SEQ_CST) & HV_MESSAGE_PENDING))
				TOTAL(messages_pending);
			/* The guest may have emptied the slot before it could
			 * see the flag: look again. */
			if (__atomic_load_n(&slot->type, __ATOMIC_SEQ_CST))
				return;
		}
		fill_slot(vp, slot, sint, q);
		vp->queue[sint] = q->next;
		free(q);
	}
}

/* vp->lock held. */
static void enqueue(struct vp *vp, unsigned int sint, struct queued_message *q)
{
	struct queued_message **p = &vp->queue[sint];

	while (*p)
		p = &(*p)->next;
	*p = q;
	deliver(vp, sint);
}

static struct queued_message *new_message(uint32_t type, uint64_t origin,
					  const void *payload, size_t len)
{
	struct queued_message *q = calloc(1, sizeof(*q));

	if (!q)
		host_die("out of memory");
	q->m.type = type;
	q->m.origin = origin;
	q->m.payload_size = (uint8_t)len;
	memcpy(q->m.payload, payload, len);
	q->timer = -1;
	return q;
}

bool synic_post(uint32_t index, unsigned int sint, uint32_t type, uint64_t origin,
		const void *payload, size_t len)
{
	struct vp *vp = partition_vp(index);

	if (!vp || sint >= NR_SINTS || len > HV_MESSAGE_MAX)
		return false;
	pthread_mutex_lock(&vp->lock);
	enqueue(vp, sint, new_message(type, origin, payload, len));
	pthread_mutex_unlock(&vp->lock);
	return true;
}

/*
 * A stopped or re-armed timer takes back a message that has not reached its
 * slot: the guest may have forgotten the timer by the time the slot is free.
 */
void synic_cancel_timer(struct vp *vp, unsigned int timer)
{
	struct queued_message **p, *q;
	unsigned int s;

	for (s = 0; vp->timer[timer].message_queued && s < NR_SINTS; s++) {
		for (p = &vp->queue[s]; (q = *p); p = &q->next) {
			if (q->timer != (int)timer)
				continue;
			*p = q->next;
			free(q);
			vp->timer[timer].message_queued = false;
			break;
		}
	}
}

bool synic_post_timer(struct vp *vp, unsigned int timer)
{
	struct stimer *t = &vp->timer[timer];
	struct hv_timer_payload p = { .index = timer, .expiration = t->due };
	struct queued_message *q;

	/* Without a SynIC to take it the expiry is lost. */
	if (!slot_of(vp, STIMER_SINT(t->config)) ||
	    (vp->sint[STIMER_SINT(t->config)] & SINT_MASKED))
		return false;
	q = new_message(HV_MESSAGE_TIMER, 0, &p, sizeof(p));
	q->timer = (int)timer;
	t->message_queued = true;
	enqueue(vp, STIMER_SINT(t->config), q);
	return true;
}

bool synic_signal(uint32_t index, unsigned int sint, unsigned int flag)
{
	struct vp *vp = partition_vp(index);
	uint8_t *page, bit = (uint8_t)(1u << (flag % 8));
	bool raised = false;

	if (!vp || flag >= HV_EVENT_FLAGS)
		return false;
	pthread_mutex_lock(&vp->lock);
	page = page_on(vp->siefp) && (vp->scontrol & 1) ?
		gpa_ptr(vp->siefp & HV_MSR_GPA_MASK, HV_PAGE) : NULL;
	if (page) {
		page += sint * HV_EVENT_AREA + flag / 8;
		if (!(__atomic_fetch_or(page, bit, __ATOMIC_SEQ_CST) & bit))
			raised = sint_interrupt(vp, sint);
	} else {
		TOTAL(interrupts_lost);
	}
	pthread_mutex_unlock(&vp->lock);
	return raised;
}

bool synic_backlog(uint32_t index, unsigned int sint)
{
	struct vp *vp = partition_vp(index);
	bool waiting;

	if (!vp)
		return false;
	pthread_mutex_lock(&vp->lock);
	waiting = vp->queue[sint] != NULL;
	pthread_mutex_unlock(&vp->lock);
	return waiting;
}

void synic_drop_messages(void)
{
	struct queued_message **p, *q;
	struct vp *vp;
	unsigned int i, s;

	for (i = 0; (vp = partition_vp(i)); i++) {
		pthread_mutex_lock(&vp->lock);
		for (s = 0; s < NR_SINTS; s++) {
			for (p = &vp->queue[s]; (q = *p);) {
				if (q->timer >= 0) {
					p = &q->next;
					continue;
				}
				*p = q->next;
				free(q);
			}
		}
		pthread_mutex_unlock(&vp->lock);
	}
}

/*
 * vp->lock held: which vectors end by themselves (hypervisor.md 2.3).  Masking a
 * SINT does not change that: an interrupt may be on its way to the APIC, and
 * left in service it would block all others.  Only unmasking the vector without
 * AutoEOI does.
 */
static void update_auto_eoi(struct vp *vp, uint64_t sint)
{
	uint8_t vector = SINT_VECTOR(sint);

	if (sint & SINT_AUTO_EOI)
		atomic_fetch_or(&vp->auto_eoi[vector / 32], 1u << (vector % 32));
	else if (!(sint & SINT_MASKED))
		atomic_fetch_and(&vp->auto_eoi[vector / 32], ~(1u << (vector % 32)));
}

/* vp->lock held. */
static void deliver_all(struct vp *vp)
{
	unsigned int i;

	for (i = 0; i < NR_SINTS; i++)
		if (vp->queue[i])
			deliver(vp, i);
}

void synic_reset(struct vp *vp)
{
	struct queued_message *q;
	unsigned int i;

	pthread_mutex_lock(&vp->lock);
	vp->scontrol = 0;
	vp->simp = 0;
	vp->siefp = 0;
	vp->vp_assist = 0;
	for (i = 0; i < NR_SINTS; i++) {
		vp->sint[i] = SINT_MASKED;
		while ((q = vp->queue[i])) {
			vp->queue[i] = q->next;
			free(q);
		}
	}
	for (i = 0; i < 8; i++)
		atomic_store(&vp->auto_eoi[i], 0);
	pthread_mutex_unlock(&vp->lock);
}

bool synic_rdmsr(struct vp *vp, uint32_t msr, uint64_t *value)
{
	bool known = true;

	pthread_mutex_lock(&vp->lock);
	if (msr == MSR_SCONTROL)
		*value = vp->scontrol;
	else if (msr == MSR_SVERSION)
		*value = 1;
	else if (msr == MSR_SIEFP)
		*value = vp->siefp;
	else if (msr == MSR_SIMP)
		*value = vp->simp;
	else if (msr == MSR_EOM)
		*value = 0;
	else if (msr >= MSR_SINT0 && msr <= MSR_SINT15)
		*value = vp->sint[msr - MSR_SINT0];
	else
		known = false;
	pthread_mutex_unlock(&vp->lock);
	return known;
}

/* vp->lock held.  False if real hardware would fault. */
static bool write_sint(struct vp *vp, unsigned int n, uint64_t value)
{
	if (!(value & SINT_MASKED) && !(value & SINT_POLLING) && SINT_VECTOR(value) < 16)
		return false;
	vp->sint[n] = value;
	update_auto_eoi(vp, value);
	return true;
}

bool synic_wrmsr(struct vp *vp, uint32_t msr, uint64_t value)
{
	bool ok = true;

	pthread_mutex_lock(&vp->lock);
	if (msr == MSR_SCONTROL)
		vp->scontrol = value;
	else if (msr == MSR_SIEFP)
		vp->siefp = value;
	else if (msr == MSR_SIMP)
		vp->simp = value;
	else if (msr == MSR_EOM)
		TOTAL(eom_writes);
	else if (msr >= MSR_SINT0 && msr <= MSR_SINT15)
		ok = write_sint(vp, msr - MSR_SINT0, value);
	else
		ok = false;
	if (ok)
		deliver_all(vp);
	pthread_mutex_unlock(&vp->lock);
	if (ok)
		vmbus_slot_freed();
	return ok;
}
