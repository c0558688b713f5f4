// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpu.c - the SynIC of each CPU, CPUs that come and go, and which CPU a channel
 *         interrupts
 *
 * Locks: hvl_bus.mutex for the load table; called with the CPU hot-plug lock
 * held from the hot-plug callbacks.
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "bus.h"
#include "hypervisor.h"

static int cpuhp_slot = -1;

/*
 * On hosts without direct-mode timers a kernel can have its tick as messages of
 * ours.  Off by default: when the module goes the tick has to go back to the
 * local APIC's timer, and the kernels that have such timers (seen on 6.1) may by
 * then use that one for broadcasts and find no other; the CPU stands still.
 * With it on the module therefore stays for good.
 */
static bool message_timers;
module_param(message_timers, bool, 0444);
MODULE_PARM_DESC(message_timers,
		 "Tick by synthetic timers on hosts that send them as messages; the module cannot be unloaded then (default: N)");

static bool timers_wanted(void)
{
	return message_timers && hvl_hv_timer_messages();
}

/* A page of the SynIC: enable bit and page number, the rest as it was. */
static void synic_page_on(u32 msr, void *page)
{
	u64 v = hvl_hv_get_msr(msr) & ~(HVL_MSR_GPN_MASK | HVL_MSR_ENABLE);

	hvl_hv_set_msr(msr, v | virt_to_phys(page) | HVL_MSR_ENABLE);
}

static void synic_page_off(u32 msr)
{
	hvl_hv_set_msr(msr, hvl_hv_get_msr(msr) &
		       ~(HVL_MSR_GPN_MASK | HVL_MSR_ENABLE));
}

/*
 * On the CPU itself.  An earlier kernel may have left all of it in use, so every
 * field is written, and the SINT is masked before it is changed (2.3, 9.6).
 */
static void synic_on(struct hvl_cpu *hc)
{
	u32 sint = HVL_MSR_SINT0 + HVL_SINT_VMBUS;
	u64 v = hvl_hv_get_msr(sint);

	if (!(v & HVL_SINT_MASKED))
		hvl_hv_set_msr(sint, v | HVL_SINT_MASKED);
	synic_page_on(HVL_MSR_SIMP, hc->messages);
	synic_page_on(HVL_MSR_SIEFP, hc->events);

	v &= ~(HVL_SINT_VECTOR_MASK | HVL_SINT_MASKED | HVL_SINT_AUTO_EOI |
	       HVL_SINT_POLLING);
	v |= hvl_hv_vector();
	if (hvl_hv_auto_eoi())
		v |= HVL_SINT_AUTO_EOI;
	hvl_hv_set_msr(sint, v);

	hvl_hv_set_msr(HVL_MSR_SCONTROL,
		       hvl_hv_get_msr(HVL_MSR_SCONTROL) | HVL_MSR_ENABLE);
}

static void synic_off(void)
{
	u32 sint = HVL_MSR_SINT0 + HVL_SINT_VMBUS;

	hvl_hv_set_msr(sint, hvl_hv_get_msr(sint) | HVL_SINT_MASKED);
	synic_page_off(HVL_MSR_SIMP);
	synic_page_off(HVL_MSR_SIEFP);
	hvl_hv_set_msr(HVL_MSR_SCONTROL,
		       hvl_hv_get_msr(HVL_MSR_SCONTROL) & ~HVL_MSR_ENABLE);
}

/* On the dying CPU, with nothing else allowed. */
void hvl_synic_off_lockless(void)
{
	synic_off();
}

static void synic_off_here(void *unused)
{
	if (this_cpu_ptr(hvl_bus.cpu)->messages)
		synic_off();
}

static void synic_on_here(void *unused)
{
	struct hvl_cpu *hc = this_cpu_ptr(hvl_bus.cpu);

	if (!hc->messages)
		return;
	memset(hc->messages, 0, HVL_PAGE_SIZE);
	memset(hc->events, 0, HVL_PAGE_SIZE);
	synic_on(hc);
}

/* All that are online; the others are switched off, and on again as they come. */
void hvl_cpus_sleep(void)
{
	on_each_cpu(synic_off_here, NULL, 1);
}

void hvl_cpus_wake(void)
{
	on_each_cpu(synic_on_here, NULL, 1);
}

/* Do the host's messages carry the kernel's tick? */
bool hvl_cpus_tick(void)
{
	return timers_wanted();
}

static void cpu_pages_free(struct hvl_cpu *hc)
{
	free_page((unsigned long)hc->messages);
	free_page((unsigned long)hc->events);
	free_page((unsigned long)hc->post);
	hc->messages = NULL;
	hc->events = NULL;
	hc->post = NULL;
	hc->slot = NULL;
	hc->area = NULL;
}

static int cpu_pages_alloc(struct hvl_cpu *hc)
{
	hc->messages = (void *)get_zeroed_page(GFP_KERNEL);
	hc->events = (void *)get_zeroed_page(GFP_KERNEL);
	hc->post = (void *)get_zeroed_page(GFP_KERNEL);
	if (!hc->messages || !hc->events || !hc->post) {
		cpu_pages_free(hc);
		return -ENOMEM;
	}
	hc->slot = (struct hvl_message *)hc->messages + HVL_SINT_VMBUS;
	hc->area = (struct hvl_event_area *)hc->events + HVL_SINT_VMBUS;
	return 0;
}

static int vp_up(unsigned int cpu)
{
	struct hvl_cpu *hc = per_cpu_ptr(hvl_bus.cpu, cpu);

	if (!hc->messages) {
		if (cpu_pages_alloc(hc))
			return -ENOMEM;
	} else {
		memset(hc->messages, 0, HVL_PAGE_SIZE);
		memset(hc->events, 0, HVL_PAGE_SIZE);
	}
	hc->vp = hvl_hv_get_msr(HVL_MSR_VP_INDEX);
	synic_on(hc);

	if (timers_wanted()) {
		/*
		 * The first expiry may come from inside the call, and there is no
		 * second without it.
		 */
		WRITE_ONCE(hc->timers, true);
		hvl_hv_timer_cpu_up(cpu);
	}
	return 0;
}

/* The hypervisor's number of a CPU that has been up; only it can tell. */
u32 hvl_cpu_vp(unsigned int cpu)
{
	return per_cpu_ptr(hvl_bus.cpu, cpu)->vp;
}

/* A channel that interrupts @cpu, with a reference, or NULL. */
static struct hvl_channel *channel_on(unsigned int cpu)
{
	struct hvl_channel *found = NULL, *sub;
	struct hvl_device_priv *p;

	mutex_lock(&hvl_bus.mutex);
	list_for_each_entry(p, &hvl_bus.devices, link) {
		if (p->d.channel->target_cpu == cpu)
			found = p->d.channel;
		list_for_each_entry(sub, &p->subs, link) {
			if (sub->target_cpu == cpu)
				found = sub;
		}
	}
	if (found)
		kobject_get(&found->kobj);
	mutex_unlock(&hvl_bus.mutex);
	return found;
}

static unsigned int another_cpu(unsigned int cpu)
{
	unsigned int best = hvl_bus.connect_cpu, other;

	mutex_lock(&hvl_bus.mutex);
	for_each_online_cpu(other) {
		if (other != cpu &&
		    hvl_bus.cpu_load[other] < hvl_bus.cpu_load[best])
			best = other;
	}
	mutex_unlock(&hvl_bus.mutex);
	return best;
}

/* Events that were raised before the host knew of the move (9.2). */
static bool events_drained(struct hvl_cpu *hc)
{
	unsigned int tries, i;
	unsigned long left;

	for (tries = 0; tries < 3; tries++) {
		left = READ_ONCE(hc->area->word[0]) & ~1ul;
		for (i = 1; i < HVL_EVENT_WORDS; i++)
			left |= READ_ONCE(hc->area->word[i]);
		if (!left)
			return true;
		usleep_range(10000, 20000);
	}
	return false;
}

static int cpu_vacate(unsigned int cpu)
{
	struct hvl_channel *ch;
	int ret;

	/* The host cannot be told of another CPU for its messages. */
	if (cpu == hvl_bus.connect_cpu)
		return -EBUSY;
	while ((ch = channel_on(cpu))) {
		ret = hvl_channel_retarget(ch, another_cpu(cpu));
		kobject_put(&ch->kobj);
		if (ret)
			return -EBUSY;
	}
	return events_drained(per_cpu_ptr(hvl_bus.cpu, cpu)) ? 0 : -EBUSY;
}

static int vp_down(unsigned int cpu)
{
	struct hvl_cpu *hc = per_cpu_ptr(hvl_bus.cpu, cpu);
	int ret;

	if (!hc->messages)
		return 0;
	if (READ_ONCE(hvl_bus.core.state) == HVL_CONNECTED) {
		ret = cpu_vacate(cpu);
		if (ret)
			return ret;
	}
	if (hc->timers) {
		hvl_hv_timer_cpu_down(cpu);
		WRITE_ONCE(hc->timers, false);
	}
	synic_off();
	return 0;
}

/* No CPU is inside the handler; also if only some of them were set up. */
static void cpus_free(void)
{
	struct hvl_cpu *hc;
	unsigned int cpu;

	if (hvl_bus.cpu) {
		for_each_possible_cpu(cpu) {
			hc = per_cpu_ptr(hvl_bus.cpu, cpu);
			tasklet_kill(&hc->message_tasklet);
			cpu_pages_free(hc);
		}
	}
	free_percpu(hvl_bus.cpu);
	hvl_bus.cpu = NULL;
	kfree(hvl_bus.cpu_load);
	hvl_bus.cpu_load = NULL;
}

int hvl_cpus_start(void)
{
	unsigned int cpu;
	int ret;

	hvl_bus.cpu = alloc_percpu(struct hvl_cpu);
	hvl_bus.cpu_load = kcalloc(nr_cpu_ids, sizeof(*hvl_bus.cpu_load),
				   GFP_KERNEL);
	if (!hvl_bus.cpu || !hvl_bus.cpu_load) {
		ret = -ENOMEM;
		goto free;
	}
	for_each_possible_cpu(cpu)
		hvl_dispatch_cpu_init(per_cpu_ptr(hvl_bus.cpu, cpu));

	ret = hvl_hv_irq_start(hvl_isr);
	if (ret)
		goto free;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "hyperv/vmbus:online",
				vp_up, vp_down);
	if (ret < 0) {
		pr_err("the CPUs cannot be set up: error %d\n", ret);
		hvl_hv_irq_stop();
		synchronize_rcu();
		goto free;
	}
	cpuhp_slot = ret;
	if (timers_wanted())
		__module_get(THIS_MODULE);
	return 0;
free:
	cpus_free();
	return ret;
}

/*
 * Each CPU masks its own SINT first; then the handler goes, and only when no
 * CPU can be inside it any more, the memory.
 */
void hvl_cpus_stop(void)
{
	cpuhp_remove_state(cpuhp_slot);
	hvl_hv_irq_stop();
	synchronize_rcu();
	cpus_free();
}

/* Is another channel of this device on that CPU?  Under hvl_bus.mutex. */
static bool device_uses_cpu(struct hvl_channel *ch, unsigned int cpu)
{
	struct hvl_device_priv *p;
	struct hvl_channel *sub;

	if (!ch->dev || ch->dev->channel == ch)
		return false;
	p = to_priv(ch->dev);
	if (p->d.channel->target_cpu == cpu)
		return true;
	list_for_each_entry(sub, &p->subs, link) {
		if (sub != ch && sub->target_cpu == cpu)
			return true;
	}
	return false;
}

/*
 * Channels that carry load are spread: first to a CPU that no channel of the
 * device interrupts, among those to the one with the fewest.  The others, and
 * all of a host that knows one target only, go to the connect CPU.
 */
void hvl_cpu_pick(struct hvl_channel *ch)
{
	unsigned int best = hvl_bus.connect_cpu;
	unsigned int cost, best_cost = ~0u, cpu;

	cpus_read_lock();
	mutex_lock(&hvl_bus.mutex);
	if (ch->perf && hvl_bus.core.version >= HVL_VMBUS_2_4) {
		for_each_online_cpu(cpu) {
			cost = hvl_bus.cpu_load[cpu];
			if (device_uses_cpu(ch, cpu))
				cost += 0x10000;
			if (cost < best_cost) {
				best_cost = cost;
				best = cpu;
			}
		}
	}
	hvl_bus.cpu_load[best]++;
	WRITE_ONCE(ch->target_cpu, best);
	mutex_unlock(&hvl_bus.mutex);
	cpus_read_unlock();
}

/* The channel is gone for good. */
void hvl_cpu_drop(struct hvl_channel *ch)
{
	mutex_lock(&hvl_bus.mutex);
	hvl_bus.cpu_load[ch->target_cpu]--;
	mutex_unlock(&hvl_bus.mutex);
}
