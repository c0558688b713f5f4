// SPDX-License-Identifier: GPL-2.0-only
/*
 * storvsc_events.c - what must be done in process context
 *
 * Disks come, go, grow; a ring breaks.  The news arrive in softirq context and
 * leave a bit; one work item on an ordered queue of the controller serves the
 * bits, so that scanning, removing and rescanning never overlap and nothing is
 * allocated to note an event.
 *
 * No locks of its own.  The SCSI layer's scan mutex is taken inside the work.
 */
#include <linux/workqueue.h>
#include <scsi/scsi_eh.h>
#include "hvl-scsi.h"
#include "storvsc_drv.h"

/* Asked of a unit that the host may have removed; it answers at once. */
#define STOR_PING_TIMEOUT	(30 * HZ)

/* Corrupt rings that are forgiven; a host that goes on so is given up. */
#define STOR_MAX_RECOVERIES	8

void stor_event(struct stor_host *h, enum stor_event ev)
{
	set_bit(ev, &h->events);
	queue_work(h->wq, &h->work);
}

/* Any context.  The caller has a reference, through a command of the unit. */
void stor_unit_event(struct stor_host *h, struct scsi_device *sdev,
		     enum stor_action action)
{
	struct stor_unit *unit = sdev->hostdata;

	if (!unit)
		return;
	set_bit(action == STOR_A_REMOVE ? STOR_EV_REMOVE : STOR_EV_RESCAN,
		&unit->events);
	stor_event(h, STOR_EV_UNITS);
}

/* A unit that is gone says so, and that ends in stor_unit_event(). */
static void stor_ping_units(struct stor_host *h)
{
	struct scsi_sense_hdr sshdr;
	struct scsi_device *sdev;

	shost_for_each_device(sdev, h->shost)
		scsi_test_unit_ready(sdev, STOR_PING_TIMEOUT, 1, &sshdr);
}

static void stor_serve_units(struct stor_host *h)
{
	struct scsi_device *sdev;
	struct stor_unit *unit;

	shost_for_each_device(sdev, h->shost) {
		unit = sdev->hostdata;
		if (!unit)
			continue;
		if (test_and_clear_bit(STOR_EV_REMOVE, &unit->events)) {
			clear_bit(STOR_EV_RESCAN, &unit->events);
			sdev_printk(KERN_INFO, sdev, "removed by the host\n");
			scsi_remove_device(sdev);
		} else if (test_and_clear_bit(STOR_EV_RESCAN, &unit->events)) {
			scsi_rescan_device(sdev);
		}
	}
}

static void stor_repair(struct stor_host *h)
{
	if (h->recoveries < STOR_MAX_RECOVERIES) {
		h->recoveries++;
		mutex_lock(&h->lock);
		stor_recover(h, true);
		mutex_unlock(&h->lock);
	} else if (stor_core_state(&h->core) != STOR_DEAD) {
		dev_err(&h->dev->device, "the host breaks its rings again and again; given up\n");
		stor_die(h);
	}
}

static void stor_work(struct work_struct *work)
{
	struct stor_host *h = container_of(work, struct stor_host, work);
	bool bus;

	if (test_and_clear_bit(STOR_EV_BROKEN, &h->events))
		stor_repair(h);
	if (!READ_ONCE(h->scanned))
		return;
	bus = test_and_clear_bit(STOR_EV_BUS, &h->events);
	if (bus)
		stor_ping_units(h);
	if (test_and_clear_bit(STOR_EV_UNITS, &h->events))
		stor_serve_units(h);
	if (bus && h->kind != STOR_KIND_IDE)
		hvl_scsi_rescan_host(h->shost);
}

int stor_events_init(struct stor_host *h)
{
	INIT_WORK(&h->work, stor_work);
	/* No rescuer: removing a unit waits for queues that have none either. */
	h->wq = alloc_ordered_workqueue("storvsc", 0);
	return h->wq ? 0 : -ENOMEM;
}

/* The channels are closed: nothing queues work any more. */
void stor_events_exit(struct stor_host *h)
{
	if (h->wq)
		destroy_workqueue(h->wq);
	h->wq = NULL;
}
