// SPDX-License-Identifier: GPL-2.0-only
/*
 * connection.c - posting messages, waiting for replies, connecting and leaving
 *
 * No locks of its own; process context, but for hvl_unload_dying().
 */
#define pr_fmt(fmt) "hv_vmbus: " fmt

#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/nmi.h>
#include <linux/percpu.h>
#include "bus.h"
#include "hypervisor.h"

static uint max_version;
module_param(max_version, uint, 0444);
MODULE_PARM_DESC(max_version,
		 "Highest VMBus protocol version to ask for, major << 16 | minor (0: any)");

/* One attempt; returns the status of the hypercall. */
static u32 post_once(u32 connection_id, const void *msg, u32 len)
{
	struct hvl_post_input *in;
	unsigned long flags;
	u32 status;

	local_irq_save(flags);
	in = this_cpu_ptr(hvl_bus.cpu)->post;
	in->connection_id = connection_id;
	in->zero = 0;
	in->message_type = HVL_MSG_VMBUS;
	in->payload_size = len;
	memcpy(in->payload, msg, len);
	status = hvl_hv_post(in);
	local_irq_restore(flags);
	return status;
}

static void post_delay(unsigned int usec, bool can_sleep)
{
	if (!can_sleep) {
		for (; usec > 1000; usec -= 1000) {
			udelay(1000);
			touch_nmi_watchdog();
		}
		udelay(usec);
	} else if (usec < 1000) {
		udelay(usec);
	} else {
		msleep(usec / 1000);
	}
}

/*
 * Returns 0, -ENXIO when @contact and the host has no such connection, else
 * -EIO.  Success means queued in the host, not handled.
 */
static int post(u32 connection_id, const void *msg, u32 len, bool contact,
		bool can_sleep)
{
	unsigned int attempt = 0;
	u32 status, usec;

	while ((status = post_once(connection_id, msg, len))) {
		usec = hvl_core_post_again(status, attempt++, contact);
		if (!usec)
			break;
		post_delay(usec, can_sleep);
	}
	if (!status)
		return 0;
	if (contact && status == HVL_STATUS_INVALID_CONNECTION)
		return -ENXIO;
	pr_err_ratelimited("message %u: the host does not take it on connection %#x: status %#x, %u attempts\n",
			   *(const u32 *)msg, connection_id, status, attempt);
	return -EIO;
}

int hvl_post(const void *msg, u32 len)
{
	return post(hvl_bus.core.connection_id, msg, len, false, true);
}

/* ---- waiting ------------------------------------------------------------------ */

void hvl_wake_request(struct hvl_request *req)
{
	complete(&container_of(req, struct hvl_waiter, req)->done);
}

/* Before the request is posted. */
int hvl_waiter_start(struct hvl_waiter *w, u32 type, u32 relid, u32 key)
{
	memset(&w->req, 0, sizeof(w->req));
	w->req.type = type;
	w->req.relid = relid;
	w->req.key = key;
	init_completion(&w->done);
	return hvl_core_request_add(&hvl_bus.core, &w->req);
}

static int waiter_finish(struct hvl_waiter *w, unsigned int seconds)
{
	wait_for_completion_timeout(&w->done, seconds * HZ);
	return hvl_core_request_end(&hvl_bus.core, &w->req);
}

int hvl_waiter_finish(struct hvl_waiter *w)
{
	return waiter_finish(w, HVL_REPLY_SECONDS);
}

/* ---- connecting --------------------------------------------------------------- */

static int contact(u32 version, struct hvl_reply *reply)
{
	struct hvl_waiter w;
	struct hvl_contact c;
	u8 msg[HVL_MESSAGE_PAYLOAD];
	int ret, over;
	u32 len;

	c.version = version;
	c.target_vp = hvl_cpu_vp(hvl_bus.connect_cpu);
	c.interrupt_page = virt_to_phys(hvl_bus.int_page);
	c.monitor_page1 = virt_to_phys(hvl_bus.monitor[0]);
	c.monitor_page2 = virt_to_phys(hvl_bus.monitor[1]);
	len = hvl_encode_contact(msg, &c);

	ret = hvl_waiter_start(&w, HVL_MSG_VERSION_RESPONSE, 0, 0);
	if (ret)
		return ret;
	ret = post(hvl_core_contact_id(version), msg, len, true, true);
	if (ret) {
		hvl_core_request_end(&hvl_bus.core, &w.req);
		return ret;
	}
	/*
	 * The host may first have to drop the connection of an earlier kernel,
	 * which takes as long as an UNLOAD (vmbus.md 11).
	 */
	over = waiter_finish(&w, 2 * HVL_REPLY_SECONDS);
	*reply = w.req.reply;
	return over;
}

static int negotiate(void)
{
	struct hvl_reply reply;
	unsigned int n;
	u32 version;
	int ret;

	for (n = 0; (version = hvl_core_version(n)); n++) {
		if (max_version && version > max_version)
			continue;
		memset(&reply, 0, sizeof(reply));
		ret = contact(version, &reply);
		switch (hvl_core_contacted(&hvl_bus.core, version, ret,
					   &reply)) {
		case HVL_CONTACT_OK:
			pr_info("connected to the host, protocol %u.%u\n",
				version >> 16, version & 0xffff);
			return 0;
		case HVL_CONTACT_LOWER:
			break;
		default:
			pr_err("the host does not connect at protocol %u.%u: error %d, state %u\n",
			       version >> 16, version & 0xffff, ret,
			       reply.status);
			return ret ? ret : -ECONNREFUSED;
		}
	}
	pr_err("the host takes none of the protocol versions\n");
	return -EPROTONOSUPPORT;
}

static int request_offers(void)
{
	struct hvl_waiter w;
	u8 msg[sizeof(struct hvl_msg_header)];
	int ret;

	ret = hvl_waiter_start(&w, HVL_MSG_ALL_OFFERS, 0, 0);
	if (ret)
		return ret;
	ret = hvl_post(msg, hvl_encode_header(msg, HVL_MSG_REQUEST_OFFERS));
	if (ret) {
		hvl_core_request_end(&hvl_bus.core, &w.req);
		return ret;
	}
	if (hvl_waiter_finish(&w))
		pr_warn("the host did not end its list of offers\n");
	return 0;
}

static void pages_free(void)
{
	free_page((unsigned long)hvl_bus.int_page);
	free_page((unsigned long)hvl_bus.monitor[0]);
	free_page((unsigned long)hvl_bus.monitor[1]);
	hvl_bus.int_page = NULL;
	hvl_bus.monitor[0] = NULL;
	hvl_bus.monitor[1] = NULL;
}

/*
 * Connect and ask for the offers.  The interrupt handler reads the interrupt
 * page, so it is there before the SynIC is, and gone after.
 */
int hvl_connect(void)
{
	int ret;

	hvl_bus.connect_cpu = cpumask_first(cpu_online_mask);
	hvl_bus.int_page = (void *)get_zeroed_page(GFP_KERNEL);
	hvl_bus.monitor[0] = (void *)get_zeroed_page(GFP_KERNEL);
	hvl_bus.monitor[1] = (void *)get_zeroed_page(GFP_KERNEL);
	if (!hvl_bus.int_page || !hvl_bus.monitor[0] || !hvl_bus.monitor[1]) {
		pages_free();
		return -ENOMEM;
	}
	ret = hvl_cpus_start();
	if (ret) {
		pages_free();
		return ret;
	}
	hvl_bus.core.state = HVL_CONNECTING;
	ret = negotiate();
	if (!ret)
		ret = request_offers();
	if (ret)
		hvl_disconnect();
	return ret;
}

/* Again, with everything that the connection needs still in place (sleep.c). */
int hvl_rejoin(void)
{
	int ret;

	memset(hvl_bus.int_page, 0, HVL_PAGE_SIZE);
	memset(hvl_bus.monitor[0], 0, HVL_PAGE_SIZE);
	memset(hvl_bus.monitor[1], 0, HVL_PAGE_SIZE);
	hvl_offers_waking();
	hvl_bus.core.state = HVL_CONNECTING;
	ret = negotiate();
	return ret ? ret : request_offers();
}

/*
 * Leave the host: until its answer it may touch our pages.  A host below 3.0
 * cannot be connected to again after UNLOAD (vmbus.md 11), so it is not sent;
 * its next INITIATE_CONTACT replaces the connection all the same.  True if it may
 * go on touching them.
 */
bool hvl_leave(void)
{
	struct hvl_waiter w;
	u8 msg[sizeof(struct hvl_msg_header)];
	bool leak = false;

	if (hvl_core_disconnect(&hvl_bus.core) &&
	    hvl_bus.core.version >= HVL_VMBUS_3_0) {
		hvl_waiter_start(&w, HVL_MSG_UNLOAD_RESPONSE, 0, 0);
		leak = hvl_post(msg, hvl_encode_header(msg, HVL_MSG_UNLOAD));
		if (waiter_finish(&w, leak ? 0 : 2 * HVL_REPLY_SECONDS)) {
			pr_warn("the host did not answer UNLOAD\n");
			leak = true;
		}
	} else if (hvl_core_lent(&hvl_bus.core)) {
		/* Nobody told the host to let go of the pages. */
		leak = true;
	}
	hvl_core_disconnected(&hvl_bus.core);
	return leak;
}

void hvl_disconnect(void)
{
	bool leak = hvl_leave();

	hvl_cpus_stop();
	if (leak) {
		hvl_bus.int_page = NULL;
		hvl_bus.monitor[0] = NULL;
		hvl_bus.monitor[1] = NULL;
	}
	pages_free();
}

/*
 * UNLOAD from a dying kernel: no sleeping, no interrupts to rely on, other CPUs
 * perhaps stopped.  The answer is looked for in the slots of all CPUs; other
 * messages are thrown away to make room for it.  Where interrupts do come, on the
 * way to another kernel, their handler may take it first.  Azure hosts flush their disk
 * caches first: up to 100 s (vmbus.md 11).
 */
void hvl_unload_dying(void)
{
	u8 msg[sizeof(struct hvl_msg_header)];
	unsigned int tries, cpu;

	if (!hvl_core_disconnect(&hvl_bus.core) ||
	    hvl_bus.core.version < HVL_VMBUS_3_0)
		return;
	if (post(hvl_bus.core.connection_id, msg,
		 hvl_encode_header(msg, HVL_MSG_UNLOAD), false, false))
		return;
	for (tries = 0; tries < 10000; tries++) {
		if (READ_ONCE(hvl_bus.core.unloaded))
			return;
		for_each_online_cpu(cpu) {
			struct hvl_message *slot;
			u32 type, what;

			slot = per_cpu_ptr(hvl_bus.cpu, cpu)->slot;
			type = slot ? READ_ONCE(slot->type) : HVL_MSG_NONE;
			if (type == HVL_MSG_NONE)
				continue;
			virt_rmb();
			memcpy(&what, slot->payload, sizeof(what));
			hvl_slot_free(slot, type);
			if (type == HVL_MSG_VMBUS &&
			    what == HVL_MSG_UNLOAD_RESPONSE)
				return;
		}
		post_delay(10000, false);
		touch_nmi_watchdog();
	}
	pr_warn("the host did not answer UNLOAD\n");
}

u32 hvl_vmbus_version(void)
{
	return hvl_bus.core.version;
}
EXPORT_SYMBOL_GPL(hvl_vmbus_version);
