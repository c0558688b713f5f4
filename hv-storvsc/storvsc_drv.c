// SPDX-License-Identifier: GPL-2.0-only
/*
 * storvsc_drv.c - hv_storvsc.ko: the driver on the bus
 *
 * Probe and remove, opening and closing of channels, and recovery from a host
 * that does not answer or breaks a ring.  What a command becomes is in
 * storvsc_scsi.c, the protocol in storvsc_core.c.
 *
 * Locks: owns stor_host.lock; see storvsc_drv.h for the order.
 *
 * A buffer goes back to the upper layer only when the host has answered for it,
 * or when the channel it was named on has been closed, after which the host
 * touches nothing (hv/vmbus.h, hvl_channel_close()).
 */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include "storvsc_drv.h"

int logging_level = STOR_LOG_ERROR;
module_param(logging_level, int, 0644);
MODULE_PARM_DESC(logging_level,
		 "Logging level: 0 none, 1 errors (default), 2 warnings");

static int storvsc_ringbuffer_size = 128 * 1024;
module_param(storvsc_ringbuffer_size, int, 0444);
MODULE_PARM_DESC(storvsc_ringbuffer_size,
		 "Ring buffer size of each direction, in bytes");

static unsigned int storvsc_max_hw_queues;
module_param(storvsc_max_hw_queues, uint, 0644);
MODULE_PARM_DESC(storvsc_max_hw_queues,
		 "Maximum number of hardware queues (0: one for each CPU)");

static int storvsc_vcpus_per_sub_channel = 4;
module_param(storvsc_vcpus_per_sub_channel, int, 0444);
MODULE_PARM_DESC(storvsc_vcpus_per_sub_channel,
		 "Ratio of VCPUs to sub-channels that queue depths are planned for");

static int ring_avail_percent_lowater = 10;
module_param(ring_avail_percent_lowater, int, 0444);
MODULE_PARM_DESC(ring_avail_percent_lowater,
		 "Take another channel's ring only if more than this percentage is free");

/* Replies to initialization may take long while a host is starting disks. */
#define STOR_START_TIMEOUT	(180 * HZ)
#define STOR_RESET_TIMEOUT	(10 * HZ)
/* How long a drain goes on without one more request being answered. */
#define STOR_DRAIN_TIMEOUT	(2 * HZ)
#define STOR_SLICE		(HZ / 4)

/* Never more packets at once than this on one controller. */
#define STOR_MAX_SLOTS		16384
#define STOR_QUEUE_MAX		10240

/* Bytes in a ring that one request is planned for (storvsc.md 1.3). */
#define STOR_RING_PER_REQ	(288 + STOR_PACKET_SIZE + 8)

/* ---- the way up from the core ---------------------------------------------- */

static void stor_started(void *ctx, int err)
{
	struct stor_host *h = ctx;

	h->start_err = err;
	complete(&h->started);
}

static void stor_ready(void *ctx)
{
	stor_started(ctx, 0);
}

static void stor_bus_changed(void *ctx)
{
	stor_event(ctx, STOR_EV_BUS);
}

static void stor_reset_done(void *ctx)
{
	struct stor_host *h = ctx;

	complete(&h->reset);
}

static void stor_drained(void *ctx)
{
	struct stor_host *h = ctx;

	complete(&h->drained);
}

static void stor_fault(void *ctx, enum stor_fault fault, u64 id)
{
	static const char *const what[STOR_FAULTS] = {
		[STOR_FAULT_SHORT] = "a packet that is too short",
		[STOR_FAULT_OP] = "a completion of something else",
		[STOR_FAULT_TYPE] = "a packet of an unknown type",
		[STOR_FAULT_ID_ZERO] = "a completion without an id",
		[STOR_FAULT_UNKNOWN] = "a completion of nothing",
		[STOR_FAULT_DOUBLE] = "a second completion",
		[STOR_FAULT_LATE] = "a late completion",
		[STOR_FAULT_RING] = "a corrupt ring",
	};
	struct stor_host *h = ctx;

	stor_log(h, STOR_LOG_ERROR, "ignored %s from the host (id 0x%llx)\n",
		 what[fault], (unsigned long long)id);
	if (fault == STOR_FAULT_RING) {
		stor_started(h, -EIO);
		stor_event(h, STOR_EV_BROKEN);
	}
}

static int stor_node_of_cpu(void *ctx, unsigned int cpu)
{
	return cpu_possible(cpu) ? cpu_to_node(cpu) : 0;
}

static const struct stor_ops stor_ops = {
	.ready		= stor_ready,
	.failed		= stor_started,
	.good		= stor_good,
	.done		= stor_done,
	.bus_changed	= stor_bus_changed,
	.reset_done	= stor_reset_done,
	.drained	= stor_drained,
	.fault		= stor_fault,
	.node_of_cpu	= stor_node_of_cpu,
};

/* ---- channels ------------------------------------------------------------------ */

static int stor_open(struct stor_host *h, struct hvl_channel *ch,
		     struct stor_queue *q)
{
	/* A channel is opened with empty properties (section 1.3). */
	struct stor_wire_properties none = { 0 };
	struct hvl_open_params p = {
		.out_bytes	= h->ring_bytes,
		.in_bytes	= h->ring_bytes,
		.user		= &none,
		.user_len	= sizeof(none),
		.max_packet	= HVL_PAGE_SIZE,
		.fn		= stor_core_receive,
		.ctx		= q,
	};

	return hvl_channel_open(ch, &p);
}

static bool stor_lost(struct stor_host *h)
{
	return hvl_channel_rescinded(h->dev->channel) ||
	       stor_core_state(&h->core) == STOR_DEAD;
}

/* Wait, but not for a host that is gone.  True if it was completed. */
static bool stor_wait(struct stor_host *h, struct completion *c,
		      unsigned long timeout)
{
	unsigned long end = jiffies + timeout;

	while (!wait_for_completion_timeout(c, STOR_SLICE)) {
		if (stor_lost(h) || time_after(jiffies, end))
			return try_wait_for_completion(c);
	}
	return true;
}

/* h->lock is held.  On failure the channel is closed again. */
static int stor_start(struct stor_host *h)
{
	int rc;

	reinit_completion(&h->started);
	rc = stor_open(h, h->dev->channel, &h->core.queues[0]);
	if (rc)
		return rc;
	rc = stor_core_start(&h->core);
	if (!rc && !stor_wait(h, &h->started, STOR_START_TIMEOUT))
		rc = stor_lost(h) ? -ENODEV : -ETIMEDOUT;
	if (!rc)
		rc = h->start_err;
	if (!rc)
		return 0;
	stor_core_stop(&h->core);
	hvl_channel_close(h->dev->channel);
	return rc;
}

/*
 * h->lock is held and the core is stopped.  Sub-channels are forgotten: the
 * host offers new ones when it is asked again (vmbus.md section 8).  Returns 0
 * if the host can touch nothing any more, else -ETIMEDOUT.
 */
static int stor_close_all(struct stor_host *h)
{
	struct stor_queue *q;
	int rc = 0, err;
	u32 i;

	for (i = 1; i < h->core.nr_queues; i++) {
		if (h->core.queues[i].ch)
			stor_core_queue_down(&h->core.queues[i]);
	}
	synchronize_rcu();
	for (i = 1; i < h->core.nr_queues; i++) {
		q = &h->core.queues[i];
		if (!q->ch)
			continue;
		err = hvl_channel_close(q->ch);
		rc = rc ? rc : err;
		stor_core_queue_del(q);
	}
	err = hvl_channel_close(h->dev->channel);
	return rc ? rc : err;
}

/* h->lock is held.  Nothing goes to the host any more, nothing stays open. */
static void stor_die_locked(struct stor_host *h)
{
	stor_core_kill(&h->core);
	synchronize_rcu();
	if (stor_close_all(h)) {
		dev_err(&h->dev->device, "the host keeps its rings; pages it may write are leaked\n");
		stor_pin_outstanding(h);
	}
	stor_core_fail(&h->core, NULL, STOR_END_GONE);
}

void stor_die(struct stor_host *h)
{
	/* At first, so that whoever waits under the lock stops waiting. */
	stor_core_kill(&h->core);
	mutex_lock(&h->lock);
	stor_die_locked(h);
	mutex_unlock(&h->lock);
}

/* The core is stopped.  True if the host has answered all that it was asked. */
static bool stor_settle(struct stor_host *h)
{
	unsigned long end;
	u32 left, now;

	left = stor_core_outstanding(&h->core, NULL);
	end = jiffies + STOR_DRAIN_TIMEOUT;
	while (left && !stor_lost(h) && time_before(jiffies, end)) {
		wait_for_completion_timeout(&h->drained, STOR_SLICE);
		now = stor_core_outstanding(&h->core, NULL);
		if (now < left)
			end = jiffies + STOR_DRAIN_TIMEOUT;
		left = now;
	}
	return !left;
}

/* The core is stopped.  Let the host finish what it has; true if it did. */
static bool stor_drain(struct stor_host *h)
{
	reinit_completion(&h->reset);
	reinit_completion(&h->drained);
	if (!stor_core_reset_bus(&h->core))
		stor_wait(h, &h->reset, STOR_RESET_TIMEOUT);
	return stor_settle(h);
}

/**
 * stor_recover - get the controller going again
 * @h: the controller
 * @broken: a ring is corrupt; there is no point in asking the host
 *
 * h->lock is held.  When it returns 0 the controller works and no request is
 * out: those that were have been answered, or were taken back after the
 * channels had been closed.  Otherwise the controller is dead and no request
 * is out either.
 */
int stor_recover(struct stor_host *h, bool broken)
{
	u32 left;
	int rc;

	if (stor_core_state(&h->core) == STOR_DEAD)
		return -ENODEV;
	stor_core_stop(&h->core);
	synchronize_rcu();
	if (!broken && !stor_lost(h) && stor_drain(h) &&
	    !stor_core_resume(&h->core))
		return 0;

	rc = stor_lost(h) ? -ENODEV : stor_close_all(h);
	/* Interrupts and submissions up to here may each have told of the old rings. */
	clear_bit(STOR_EV_BROKEN, &h->events);
	if (!rc) {
		left = stor_core_fail(&h->core, NULL, STOR_END_RESET);
		dev_warn(&h->dev->device, "reset: took back %u requests that the host did not answer\n",
			 left);
		rc = stor_start(h);
	}
	if (rc) {
		dev_err(&h->dev->device, "reset failed: error %d\n", rc);
		stor_die_locked(h);
	}
	return rc;
}

static void stor_subchannel(struct hvl_device *dev, struct hvl_channel *sub)
{
	struct stor_host *h = hvl_get_drvdata(dev);
	struct stor_queue *q;
	int rc;

	if (!h)
		return;
	mutex_lock(&h->lock);
	if (stor_core_state(&h->core) == STOR_READY) {
		q = stor_core_queue_add(&h->core, sub);
		rc = q ? stor_open(h, sub, q) : -ENOSPC;
		if (!rc) {
			stor_core_queue_up(q);
		} else {
			if (q)
				stor_core_queue_del(q);
			dev_warn(&dev->device, "sub-channel %u is not used: error %d\n",
				 hvl_channel_sub_index(sub), rc);
		}
	}
	mutex_unlock(&h->lock);
}

static void stor_subchannel_gone(struct hvl_device *dev,
				 struct hvl_channel *sub)
{
	struct stor_host *h = hvl_get_drvdata(dev);
	struct stor_queue *q;

	if (!h)
		return;
	mutex_lock(&h->lock);
	q = stor_core_queue_of(&h->core, sub);
	if (q && q->index) {
		stor_core_queue_down(q);
		synchronize_rcu();
		hvl_channel_close(sub);
		stor_core_fail(&h->core, q, STOR_END_RESET);
		stor_core_queue_del(q);
	}
	mutex_unlock(&h->lock);
}

/* Each CPU submits where its own interrupts come from, if there is such a channel. */
static void stor_channel_moved(struct hvl_device *dev, struct hvl_channel *ch)
{
	struct stor_host *h = hvl_get_drvdata(dev);

	if (h)
		stor_core_remap(&h->core);
}

/* ---- probe ------------------------------------------------------------------------- */

/*
 * Until probe() has returned the bus cannot tell us that the device is gone,
 * and a scan would wait for its answers.
 */
static void stor_watch(struct work_struct *work)
{
	struct stor_host *h = container_of(work, struct stor_host, watch.work);

	if (hvl_channel_rescinded(h->dev->channel))
		stor_die(h);
	else
		schedule_delayed_work(&h->watch, HZ);
}

/* How many hardware queues, which is returned, and how many requests in each. */
static u32 stor_plan(struct stor_host *h)
{
	u32 cpus = num_online_cpus();
	u32 per_channel, planned = 0, hwq = 1, depth;

	h->ring_bytes = ALIGN(max(storvsc_ringbuffer_size, 0), HVL_PAGE_SIZE);
	h->ring_bytes = clamp_t(u32, h->ring_bytes, 4 * HVL_PAGE_SIZE, 4u << 20);
	per_channel = (h->ring_bytes - HVL_PAGE_SIZE) /
		      ALIGN(STOR_RING_PER_REQ, 8);
	if (h->kind == STOR_KIND_SCSI) {
		hwq = num_present_cpus();
		if (storvsc_max_hw_queues && storvsc_max_hw_queues < hwq)
			hwq = storvsc_max_hw_queues;
		planned = (cpus - 1) / max(storvsc_vcpus_per_sub_channel, 1);
	}
	hwq = hvl_scsi_hw_queues(h->shost, hwq);
	per_channel = max(per_channel * 9 / 10, 1u);
	depth = min_t(u32, per_channel * (planned + 1), STOR_QUEUE_MAX);
	if (depth * hwq > STOR_MAX_SLOTS)
		depth = max(STOR_MAX_SLOTS / hwq, per_channel);
	h->shost->can_queue = depth;
	return hwq;
}

static int stor_core_setup(struct stor_host *h, u32 hw_queues)
{
	struct stor_config cfg = {
		.kind		= h->kind,
		.nr_slots	= h->shost->can_queue * hw_queues,
		.nr_cpus	= nr_cpu_ids,
		.room_percent	= ring_avail_percent_lowater,
		.ops		= &stor_ops,
		.ctx		= h,
	};

	if (h->kind == STOR_KIND_SCSI)
		cfg.want_sub_channels = num_online_cpus() - 1;
	cfg.slots = kvcalloc(cfg.nr_slots + STOR_CTLS, sizeof(*cfg.slots),
			     GFP_KERNEL);
	cfg.cpu_queue = kcalloc(cfg.nr_cpus, sizeof(*cfg.cpu_queue),
				GFP_KERNEL);
	if (!cfg.slots || !cfg.cpu_queue ||
	    hvl_scsi_cmds_init(&h->cmds, h->shost->can_queue, hw_queues,
			       sizeof(struct stor_cmd), stor_cmd_init)) {
		kvfree(cfg.slots);
		kfree(cfg.cpu_queue);
		return -ENOMEM;
	}
	stor_core_init(&h->core, &cfg, h->dev->channel);
	return 0;
}

static void stor_core_free(struct stor_host *h)
{
	hvl_scsi_cmds_free(&h->cmds);
	kfree(h->core.cfg.cpu_queue);
	kvfree(h->core.cfg.slots);
}

static struct stor_host *stor_host_new(struct hvl_device *dev,
				       enum stor_kind kind)
{
	struct Scsi_Host *shost = stor_shost_alloc(kind);
	struct stor_host *h;

	if (!shost)
		return NULL;
	h = shost_priv(shost);
	h->shost = shost;
	h->dev = dev;
	h->kind = kind;
	mutex_init(&h->lock);
	init_completion(&h->started);
	init_completion(&h->reset);
	init_completion(&h->drained);
	INIT_DELAYED_WORK(&h->watch, stor_watch);
	if (stor_core_setup(h, stor_plan(h))) {
		scsi_host_put(shost);
		return NULL;
	}
	if (stor_events_init(h)) {
		stor_core_free(h);
		scsi_host_put(shost);
		return NULL;
	}
	return h;
}

/* The channels are closed and the SCSI host is removed or was never added. */
static void stor_host_free(struct stor_host *h)
{
	stor_events_exit(h);
	stor_shost_free_pools(h);
	stor_core_free(h);
	scsi_host_put(h->shost);
}

static void stor_find_disks(struct stor_host *h)
{
	const u8 *instance = h->dev->instance.b;

	schedule_delayed_work(&h->watch, HZ);
	WRITE_ONCE(h->scanned, true);
	if (h->kind == STOR_KIND_IDE)
		/* One disk; its number is in the instance (section 1.1). */
		scsi_add_device(h->shost, 0, instance[5] << 8 | instance[4], 0);
	else
		scsi_scan_host(h->shost);
	cancel_delayed_work_sync(&h->watch);
}

static int stor_probe(struct hvl_device *dev, const struct hvl_device_id *id)
{
	struct stor_host *h = stor_host_new(dev, id->driver_data);
	int rc;

	if (!h)
		return -ENOMEM;
	hvl_set_drvdata(dev, h);

	mutex_lock(&h->lock);
	rc = stor_start(h);
	mutex_unlock(&h->lock);
	if (rc) {
		dev_err(&dev->device, "the host does not start this disk controller: error %d\n",
			rc);
		goto fail;
	}
	rc = stor_shost_limits(h);
	if (!rc)
		rc = scsi_add_host(h->shost, &dev->device);
	if (rc)
		goto fail;
	stor_find_disks(h);
	return 0;

fail:
	stor_die(h);
	hvl_set_drvdata(dev, NULL);
	stor_host_free(h);
	return rc;
}

/*
 * If the device is gone, nothing that the SCSI layer still wants of it while
 * it is taken down may wait for an answer; if it is there, caches are flushed
 * through it.
 */
static void stor_remove(struct hvl_device *dev)
{
	struct stor_host *h = hvl_get_drvdata(dev);

	if (hvl_channel_rescinded(dev->channel))
		stor_die(h);
	scsi_remove_host(h->shost);
	stor_die(h);
	hvl_set_drvdata(dev, NULL);
	stor_host_free(h);
}

/*
 * The kernel hibernates.  What the host does not answer in time is sent again after
 * the sleep; so are commands that come meanwhile, which the core does not take.
 */
static int stor_suspend(struct hvl_device *dev)
{
	struct stor_host *h = hvl_get_drvdata(dev);
	int rc = 0;

	mutex_lock(&h->lock);
	if (stor_core_state(&h->core) != STOR_DEAD) {
		stor_core_stop(&h->core);
		synchronize_rcu();
		reinit_completion(&h->drained);
		stor_settle(h);
		rc = stor_close_all(h);
		if (rc)
			stor_die_locked(h);
		else
			stor_core_fail(&h->core, NULL, STOR_END_RESET);
	}
	mutex_unlock(&h->lock);
	return rc;
}

static void stor_resume(struct hvl_device *dev)
{
	struct stor_host *h = hvl_get_drvdata(dev);
	int rc;

	mutex_lock(&h->lock);
	if (stor_core_state(&h->core) != STOR_DEAD) {
		rc = stor_start(h);
		if (rc) {
			dev_err(&dev->device, "the controller is gone after the sleep: error %d\n",
				rc);
			stor_die_locked(h);
		}
	}
	mutex_unlock(&h->lock);
}

/* ba6163d9-04a1-4d29-b605-72e2ffb1dc7f */
#define STOR_TYPE_SCSI	d9,63,61,ba,a1,04,29,4d,b6,05,72,e2,ff,b1,dc,7f
/* 32412632-86cb-44a2-9b5c-50d1417354f5 */
#define STOR_TYPE_IDE	32,26,41,32,cb,86,a2,44,9b,5c,50,d1,41,73,54,f5

static const struct hvl_device_id stor_ids[] = {
	{ HVL_DEVICE_TYPE(STOR_TYPE_SCSI), STOR_KIND_SCSI },
	{ HVL_DEVICE_TYPE(STOR_TYPE_IDE), STOR_KIND_IDE },
	{ { { 0 } }, 0 }
};
HVL_DEVICE_ALIAS(STOR_TYPE_SCSI);
HVL_DEVICE_ALIAS(STOR_TYPE_IDE);

static struct hvl_driver stor_driver = {
	.name			= "hv_storvsc",
	.id_table		= stor_ids,
	.probe			= stor_probe,
	.remove			= stor_remove,
	.subchannel		= stor_subchannel,
	.subchannel_gone	= stor_subchannel_gone,
	.suspend		= stor_suspend,
	.resume			= stor_resume,
	.channel_moved		= stor_channel_moved,
};

static int __init stor_init(void)
{
	return hvl_driver_register(&stor_driver);
}

static void __exit stor_exit(void)
{
	hvl_driver_unregister(&stor_driver);
	stor_twin_exit();
}

module_init(stor_init);
module_exit(stor_exit);

MODULE_LICENSE("GPL");
MODULE_VERSION(HVL_MODULE_VERSION);
MODULE_DESCRIPTION("Microsoft Hyper-V virtual storage driver");
