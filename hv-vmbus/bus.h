/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bus.h - what the files of hv_vmbus.ko share with each other
 *
 * Locks, outermost first:
 *   device_lock of a device     binding, and telling its driver of sub-channels
 *   hvl_channel.mutex           opening, closing, retargeting one channel
 *   hvl_bus.mutex               the list of devices, their sub-channels, CPU load
 *   hvl_channel.out_lock        the guest->host ring; any context
 *   hvl_core.lock               ids and requests; any context; innermost
 * The CPU hot-plug lock is outside hvl_channel.mutex.
 */
#ifndef HVL_BUS_H
#define HVL_BUS_H

#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <hv/vmbus_device.h>
#include "hv_wire.h"
#include "ring.h"
#include "vmbus_core.h"

/* A reply that takes longer than this will not come. */
#define HVL_REPLY_SECONDS	60

/**
 * struct hvl_channel - a channel, primary or sub
 * @core: id and state in the connection's core; first, the interrupt uses it
 * @ready: the rings exist and @fn may be called; cleared before they go
 * @broken: the host broke the ring
 * @slow_signal: not just a hypercall: monitor page or shared interrupt page
 * @polled: the interrupt calls @fn; there is no tasklet
 * @budget: packets that the running callback may still take
 * @packet: private copy of the packet being handled, @max_packet bytes
 * @in: consumer side; the tasklet's alone, as @answered and @lingers
 * @answered: completions that have come
 * @lingers: the ring was drained, but is still masked; see channel_tasklet()
 * @out: producer side; under @out_lock
 * @asked: completions asked for; under @out_lock.  Less @answered it tells, but
 *         does not promise, how many are to come
 * @open: under @mutex
 * @kobj: channels/<relid> in sysfs; its release frees the channel
 * @link: in hvl_device_priv.subs, under hvl_bus.mutex; sub-channels only
 * @announced: the driver was told of it; under the device's lock
 * @stale: belongs to a binding that is over; the host will rescind it
 * @add_work: makes the device, or tells the driver of a sub-channel
 * @rescind_work: takes it away again
 */
struct hvl_channel {
	struct hvl_core_chan core;
	bool ready;
	bool broken;
	bool slow_signal;
	bool polled;
	int budget;
	u32 connection_id;
	void *packet;
	u32 max_packet;
	struct hvl_in_ring in;
	hvl_channel_fn fn;
	void *ctx;
	struct tasklet_struct tasklet;
	u32 answered;
	bool lingers;
	u64 interrupts;
	u64 intr_in_full;

	spinlock_t out_lock ____cacheline_aligned_in_smp;
	struct hvl_out_ring out;
	u32 asked;
	u64 sig_events;

	struct mutex mutex ____cacheline_aligned_in_smp;
	bool open;
	struct page **pages;
	u32 nr_pages;
	u32 out_pages;
	void *out_map;
	void *in_map;
	u32 gpadl;
	unsigned int target_cpu;
	bool perf;
	void *priv;
	struct hvl_device *dev;
	struct kobject kobj;
	bool kobj_added;
	struct list_head link;
	bool announced;
	bool stale;
	struct work_struct add_work;
	struct work_struct rescind_work;
};

static inline struct hvl_channel *to_channel(struct hvl_core_chan *c)
{
	return container_of(c, struct hvl_channel, core);
}

/**
 * struct hvl_device_priv - a device, with what drivers do not see
 * @registered: device_register() has succeeded
 * @bound: a driver's probe() has succeeded; under the device's lock
 * @override: sysfs driver_override; under the device's lock
 * @subs: sub-channels; under hvl_bus.mutex
 */
struct hvl_device_priv {
	struct hvl_device d;
	bool registered;
	bool bound;
	const char *override;
	struct list_head subs;
	struct list_head link;
	struct kset *channels;
	u64 dma_mask;
	struct device_dma_parameters dma_parms;
};

#define to_priv(dev) container_of(dev, struct hvl_device_priv, d)

/**
 * struct hvl_cpu - the SynIC of one CPU
 * @messages: its message page, @events: its event-flag page, NULL if none
 * @post: input page of HvCallPostMessage; used with interrupts off
 * @slot: our slot in @messages
 * @area: our area in @events
 * @vp: its number with the hypervisor
 * @timers: message-mode timers of this CPU were set up by us
 */
struct hvl_cpu {
	void *messages;
	void *events;
	struct hvl_post_input *post;
	struct hvl_message *slot;
	struct hvl_event_area *area;
	u32 vp;
	bool timers;
	struct tasklet_struct message_tasklet;
};

/**
 * struct hvl_bus - the one bus
 * @core: connection
 * @parent: the ACPI device that all devices hang under
 * @int_page: shared interrupt page of old protocols
 * @monitor: host->guest and guest->host monitor pages
 * @connect_cpu: the CPU that control messages come to
 * @mutex: see the head of this file
 * @control: offers and rescinds, in the order they came
 * @primary, @sub: probing devices; telling drivers of sub-channels
 * @rescind: taking devices away
 * @leaving: the module goes, or the bus sleeps; offers are ignored, ids are not
 *           given back
 * @waking: offers are matched with the devices that are there
 * @can_sleep: the kernel tells the bus when it does
 */
struct hvl_bus {
	struct hvl_core core;
	struct device *parent;
	struct hvl_cpu __percpu *cpu;
	void *int_page;
	struct hvl_monitor_page *monitor[2];
	unsigned int connect_cpu;
	struct mutex mutex;
	struct list_head devices;
	unsigned int *cpu_load;
	struct workqueue_struct *control;
	struct workqueue_struct *primary;
	struct workqueue_struct *sub;
	struct workqueue_struct *rescind;
	bool leaving;
	bool waking;
	bool can_sleep;
};

extern struct hvl_bus hvl_bus;

/**
 * struct hvl_waiter - a request and somebody who sleeps until it is answered
 */
struct hvl_waiter {
	struct hvl_request req;
	struct completion done;
};

/* connection.c */
int hvl_connect(void);
void hvl_disconnect(void);
bool hvl_leave(void);
int hvl_rejoin(void);
void hvl_unload_dying(void);
int hvl_post(const void *msg, u32 len);
int hvl_waiter_start(struct hvl_waiter *w, u32 type, u32 relid, u32 key);
int hvl_waiter_finish(struct hvl_waiter *w);
void hvl_wake_request(struct hvl_request *req);

/* gpadl.c */
int hvl_gpadl_create(struct hvl_channel *ch, struct page **pages, u32 nr,
		     u32 *handle, bool *gone);
int hvl_gpadl_teardown(struct hvl_channel *ch, u32 handle);

/* channel.c */
void hvl_channel_init(struct hvl_channel *ch);
void hvl_channel_offered_again(struct hvl_channel *ch, const struct hvl_offer *o);
int hvl_channel_retarget(struct hvl_channel *ch, unsigned int cpu);
void hvl_signal_slow(struct hvl_channel *ch);

/* dispatch.c */
int hvl_dispatch_init(void);
void hvl_dispatch_exit(void);
void hvl_dispatch_cpu_init(struct hvl_cpu *hc);
void hvl_isr(void);
struct hvl_queued;
struct hvl_queued *hvl_queued_next(void);
const void *hvl_queued_payload(const struct hvl_queued *q, u32 *len);
void hvl_queued_free(struct hvl_queued *q);
bool hvl_slot_free(struct hvl_message *slot, u32 type);

/* offer.c */
int hvl_offers_init(void);
void hvl_offers_exit(void);
void hvl_offers_kick(void);
void hvl_remove_all_devices(void);
void hvl_offers_sleep(void);
void hvl_offers_waking(void);
void hvl_offers_woken(void);

/* device.c */
extern struct bus_type hvl_bus_type;
int hvl_bus_register(void);
void hvl_bus_unregister(void);
struct hvl_device_priv *hvl_device_new(struct hvl_channel *primary);
int hvl_device_add(struct hvl_device_priv *p);
void hvl_device_remove(struct hvl_device_priv *p);
void hvl_device_announce(struct hvl_device_priv *p, struct hvl_channel *sub);
void hvl_device_moved(struct hvl_channel *ch);

/* device_sysfs.c */
extern const struct attribute_group *hvl_device_groups[];
void hvl_guid_format(char text[37], const struct hvl_guid *g);
u32 hvl_device_kind(const struct hvl_guid *type);
bool hvl_device_is_perf(const struct hvl_guid *type);

/* channel_sysfs.c */
int hvl_channel_sysfs_add(struct hvl_channel *ch);
void hvl_channel_sysfs_remove(struct hvl_channel *ch);
extern struct kobj_type hvl_channel_ktype;

/* cpu.c */
int hvl_cpus_start(void);
void hvl_cpus_stop(void);
void hvl_cpus_sleep(void);
void hvl_cpus_wake(void);
bool hvl_cpus_tick(void);
u32 hvl_cpu_vp(unsigned int cpu);
void hvl_synic_off_lockless(void);
void hvl_cpu_pick(struct hvl_channel *ch);
void hvl_cpu_drop(struct hvl_channel *ch);

/* sleep.c */
extern const struct dev_pm_ops hvl_device_pm;
extern const struct dev_pm_ops hvl_bus_pm;
int hvl_sleep_init(void);
void hvl_sleep_exit(void);

/* power.c */
int hvl_power_init(void);
void hvl_power_exit(void);

#endif /* HVL_BUS_H */
