// SPDX-License-Identifier: GPL-2.0-only
/*
 * offer.c - what becomes of offers and rescinds
 *
 * One worker (control) takes both in the order they came: an offer gets its id
 * mapped and its place in the lists, a rescind is matched with the channel.
 * What may take long goes to other workers: probing a device, telling a driver
 * of a sub-channel, taking a device away.  The last waits for the first, so a
 * rescind that overtakes a probe is handled when the probe is over; the probe
 * does not hang on the host, because a rescind wakes those who wait for it.
 *
 * Locks: device_lock, then hvl_bus.mutex (see bus.h).
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/rcupdate.h>
#include <linux/slab.h>
#include "bus.h"

static void control_work(struct work_struct *work);
static DECLARE_WORK(control, control_work);

void hvl_offers_kick(void)
{
	queue_work(hvl_bus.control, &control);
}

/*
 * The last thing that is done for a channel: from here on the host may give the
 * id to another.
 */
static void relid_release(struct hvl_channel *ch)
{
	u8 msg[sizeof(struct hvl_msg_relid)];

	if (!hvl_core_unmap(&hvl_bus.core, &ch->core))
		return;
	/* No interrupt handler holds the pointer any more. */
	synchronize_rcu();
	if (!hvl_bus.leaving &&
	    READ_ONCE(hvl_bus.core.state) == HVL_CONNECTED)
		hvl_post(msg, hvl_encode_relid(msg, HVL_MSG_RELID_RELEASED,
					       ch->core.offer.relid));
}

/* ---- offers -------------------------------------------------------------------- */

static void primary_add(struct work_struct *work)
{
	struct hvl_channel *ch = container_of(work, struct hvl_channel,
					      add_work);

	if (!READ_ONCE(ch->core.rescinded) && !hvl_bus.leaving)
		hvl_device_add(to_priv(ch->dev));
}

static void sub_add(struct work_struct *work)
{
	struct hvl_channel *ch = container_of(work, struct hvl_channel,
					      add_work);
	struct hvl_device_priv *p = to_priv(ch->dev);

	/* Sub-channels may come while the driver's probe is not over. */
	flush_work(&p->d.channel->add_work);
	device_lock(&p->d.device);
	if (p->registered && !READ_ONCE(ch->core.rescinded) &&
	    !hvl_bus.leaving) {
		hvl_channel_sysfs_add(ch);
		if (p->bound)
			hvl_device_announce(p, ch);
	}
	device_unlock(&p->d.device);
}

/* hvl_bus.mutex held.  The instance names the device, in sysfs too. */
static struct hvl_device_priv *find_device(const struct hvl_offer *o)
{
	struct hvl_device_priv *p;

	list_for_each_entry(p, &hvl_bus.devices, link) {
		if (hvl_guid_equal(&p->d.instance, &o->instance))
			return p;
	}
	return NULL;
}

static void primary_gone(struct work_struct *work);
static void sub_gone(struct work_struct *work);

/* Returns 0, or why the offer is of no use. */
static int place_channel(struct hvl_channel *ch)
{
	const struct hvl_offer *o = &ch->core.offer;
	struct hvl_device_priv *p;
	int ret = 0;

	mutex_lock(&hvl_bus.mutex);
	p = find_device(o);
	if (o->sub_index) {
		INIT_WORK(&ch->add_work, sub_add);
		INIT_WORK(&ch->rescind_work, sub_gone);
		if (p && hvl_guid_equal(&p->d.type, &o->type)) {
			get_device(&p->d.device);
			ch->dev = &p->d;
			list_add_tail(&ch->link, &p->subs);
		} else {
			ret = -ENOENT;
		}
	} else {
		INIT_WORK(&ch->add_work, primary_add);
		INIT_WORK(&ch->rescind_work, primary_gone);
		if (p) {
			ret = -EEXIST;
		} else {
			p = hvl_device_new(ch);
			if (p)
				list_add_tail(&p->link, &hvl_bus.devices);
			else
				ret = -ENOMEM;
		}
	}
	mutex_unlock(&hvl_bus.mutex);
	return ret;
}

/* Nothing can use it: give the id back. */
static void useless_gone(struct work_struct *work)
{
	struct hvl_channel *ch = container_of(work, struct hvl_channel,
					      rescind_work);

	relid_release(ch);
	kobject_put(&ch->kobj);
}

/*
 * After a sleep: the offer of a device that is there.  Its channel, closed, gets the
 * new ids; the device never knows.
 */
static bool readopt(const struct hvl_offer *o)
{
	struct hvl_device_priv *p;
	struct hvl_channel *ch;

	if (!hvl_bus.waking || o->sub_index)
		return false;
	mutex_lock(&hvl_bus.mutex);
	p = find_device(o);
	ch = p && hvl_guid_equal(&p->d.type, &o->type) ? p->d.channel : NULL;
	if (ch && (ch->core.mapped || READ_ONCE(ch->core.rescinded)))
		ch = NULL;
	if (ch)
		hvl_channel_offered_again(ch, o);
	mutex_unlock(&hvl_bus.mutex);
	return ch && !hvl_core_map(&hvl_bus.core, &ch->core);
}

/*
 * Runs in the one work item that empties the queue of messages, so it must not
 * post: a host with messages for us takes none (vmbus.md 6), and would wait for
 * us while we wait for it.
 */
static void handle_offer(const void *msg, u32 len)
{
	struct hvl_channel *ch;
	u32 relid;
	int ret;

	ch = kzalloc(sizeof(*ch), GFP_KERNEL);
	if (!ch) {
		pr_err_ratelimited("no memory for an offered channel\n");
		return;
	}
	kobject_init(&ch->kobj, &hvl_channel_ktype);
	ret = hvl_decode_offer(msg, len, hvl_bus.core.version,
			       &ch->core.offer);
	if (ret) {
		pr_err_ratelimited("the host sent a malformed offer\n");
		kobject_put(&ch->kobj);
		return;
	}
	if (readopt(&ch->core.offer)) {
		kobject_put(&ch->kobj);
		return;
	}
	relid = ch->core.offer.relid;
	hvl_channel_init(ch);
	ret = hvl_core_map(&hvl_bus.core, &ch->core);
	if (ret) {
		pr_err_ratelimited("the host offered channel %u: %s\n", relid,
				   ret == -EEXIST ? "its id is in use" :
				   "not connected");
		kobject_put(&ch->kobj);
		return;
	}
	ret = place_channel(ch);
	if (ret) {
		pr_err_ratelimited("channel %u cannot be used: error %d\n",
				   relid, ret);
		INIT_WORK(&ch->rescind_work, useless_gone);
		/* As if the host had rescinded it: its own rescind comes too late. */
		if (hvl_core_rescind(&hvl_bus.core, relid))
			queue_work(hvl_bus.rescind, &ch->rescind_work);
		return;
	}
	ch->perf = hvl_device_is_perf(&ch->core.offer.type);
	hvl_cpu_pick(ch);
	queue_work(ch->core.offer.sub_index ? hvl_bus.sub : hvl_bus.primary,
		   &ch->add_work);
}

/* ---- rescinds -------------------------------------------------------------------- */

static void sub_remove(struct hvl_channel *ch)
{
	struct hvl_device_priv *p = to_priv(ch->dev);
	const struct hvl_driver *drv;

	flush_work(&ch->add_work);
	device_lock(&p->d.device);
	if (p->bound && ch->announced) {
		drv = to_hvl_driver(p->d.device.driver);
		if (drv->subchannel_gone)
			drv->subchannel_gone(&p->d, ch);
	}
	device_unlock(&p->d.device);
	hvl_channel_close(ch);
	hvl_channel_sysfs_remove(ch);

	mutex_lock(&hvl_bus.mutex);
	list_del_init(&ch->link);
	mutex_unlock(&hvl_bus.mutex);
	hvl_cpu_drop(ch);
	relid_release(ch);
	kobject_put(&ch->kobj);
}

static void sub_gone(struct work_struct *work)
{
	sub_remove(container_of(work, struct hvl_channel, rescind_work));
}

static void primary_remove(struct hvl_channel *ch)
{
	struct hvl_device_priv *p = to_priv(ch->dev);

	flush_work(&ch->add_work);
	hvl_device_remove(p);
	hvl_channel_close(ch);

	mutex_lock(&hvl_bus.mutex);
	list_del_init(&p->link);
	mutex_unlock(&hvl_bus.mutex);
	hvl_cpu_drop(ch);
	relid_release(ch);
	put_device(&p->d.device);
}

static void primary_gone(struct work_struct *work)
{
	primary_remove(container_of(work, struct hvl_channel, rescind_work));
}

static void handle_rescind(const void *msg, u32 len)
{
	struct hvl_core_chan *c;
	u32 relid;

	if (hvl_decode_rescind(msg, len, &relid))
		return;
	c = hvl_core_rescind(&hvl_bus.core, relid);
	if (c)
		queue_work(hvl_bus.rescind, &to_channel(c)->rescind_work);
}

static void control_work(struct work_struct *work)
{
	struct hvl_queued *q;
	const void *msg;
	u32 len, type;

	while ((q = hvl_queued_next())) {
		msg = hvl_queued_payload(q, &len);
		if (!hvl_bus.leaving && !hvl_decode_type(msg, len, &type)) {
			if (type == HVL_MSG_OFFER)
				handle_offer(msg, len);
			else
				handle_rescind(msg, len);
		}
		hvl_queued_free(q);
	}
}

/* ---- leaving --------------------------------------------------------------------- */

static struct hvl_channel *any_sub(struct hvl_device_priv *p)
{
	struct hvl_channel *ch = NULL;

	mutex_lock(&hvl_bus.mutex);
	if (!list_empty(&p->subs))
		ch = list_first_entry(&p->subs, struct hvl_channel, link);
	mutex_unlock(&hvl_bus.mutex);
	return ch;
}

static struct hvl_device_priv *any_device(void)
{
	struct hvl_device_priv *p = NULL;

	mutex_lock(&hvl_bus.mutex);
	if (!list_empty(&hvl_bus.devices))
		p = list_first_entry(&hvl_bus.devices, struct hvl_device_priv,
				     link);
	mutex_unlock(&hvl_bus.mutex);
	return p;
}

static void flush_all(void)
{
	flush_workqueue(hvl_bus.control);
	flush_workqueue(hvl_bus.primary);
	flush_workqueue(hvl_bus.sub);
	flush_workqueue(hvl_bus.rescind);
}

/*
 * The module goes.  Nothing is queued after the flag is seen; what is queued is
 * waited for, and what is left is taken away here.
 */
void hvl_remove_all_devices(void)
{
	struct hvl_device_priv *p;
	struct hvl_channel *sub;

	hvl_bus.leaving = true;
	flush_all();
	while ((p = any_device())) {
		while ((sub = any_sub(p)))
			sub_remove(sub);
		primary_remove(p->d.channel);
	}
}

/*
 * The drivers have closed their channels.  Devices stay without an id; sub-channels
 * are offered anew to a driver that asks.  Nothing changes the lists now: offers and
 * rescinds are ignored from here on.
 */
void hvl_offers_sleep(void)
{
	struct hvl_device_priv *p;
	struct hvl_channel *sub;

	hvl_bus.leaving = true;
	flush_all();
	list_for_each_entry(p, &hvl_bus.devices, link) {
		while ((sub = any_sub(p)))
			sub_remove(sub);
		hvl_core_unmap(&hvl_bus.core, &p->d.channel->core);
	}
	/* No interrupt handler holds a channel any more. */
	synchronize_rcu();
}

void hvl_offers_waking(void)
{
	hvl_bus.waking = true;
	hvl_bus.leaving = false;
}

/* The host has told all it has: what it does not have any more goes. */
void hvl_offers_woken(void)
{
	struct hvl_device_priv *p;

	flush_workqueue(hvl_bus.control);
	hvl_bus.waking = false;
	mutex_lock(&hvl_bus.mutex);
	list_for_each_entry(p, &hvl_bus.devices, link) {
		struct hvl_channel *ch = p->d.channel;

		if (ch->core.mapped || READ_ONCE(ch->core.rescinded))
			continue;
		WRITE_ONCE(ch->core.rescinded, true);
		queue_work(hvl_bus.rescind, &ch->rescind_work);
	}
	mutex_unlock(&hvl_bus.mutex);
}

int hvl_offers_init(void)
{
	mutex_init(&hvl_bus.mutex);
	INIT_LIST_HEAD(&hvl_bus.devices);
	hvl_bus.leaving = false;
	hvl_bus.control = alloc_ordered_workqueue("hv_vmbus_con", WQ_MEM_RECLAIM);
	/*
	 * Probing and removing wait for work on queues of the kernel that have no
	 * rescuer (power management, for one); with one of our own we would promise
	 * a progress that is not ours to give, and the kernel warns.
	 */
	hvl_bus.primary = alloc_ordered_workqueue("hv_pri_chan", 0);
	hvl_bus.sub = alloc_ordered_workqueue("hv_sub_chan", 0);
	hvl_bus.rescind = alloc_workqueue("hv_vmbus_rescind", WQ_UNBOUND, 0);
	if (hvl_bus.control && hvl_bus.primary && hvl_bus.sub &&
	    hvl_bus.rescind)
		return 0;
	hvl_offers_exit();
	return -ENOMEM;
}

void hvl_offers_exit(void)
{
	if (hvl_bus.control)
		destroy_workqueue(hvl_bus.control);
	if (hvl_bus.primary)
		destroy_workqueue(hvl_bus.primary);
	if (hvl_bus.sub)
		destroy_workqueue(hvl_bus.sub);
	if (hvl_bus.rescind)
		destroy_workqueue(hvl_bus.rescind);
	hvl_bus.control = NULL;
	hvl_bus.primary = NULL;
	hvl_bus.sub = NULL;
	hvl_bus.rescind = NULL;
}
