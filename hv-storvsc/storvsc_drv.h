/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storvsc_drv.h - what the files of the storage DIM share
 *
 * storvsc_drv.c     the driver on the bus: probe, remove, channels, recovery
 * storvsc_scsi.c    the SCSI host: commands in, results out
 * storvsc_events.c  what must be done in process context: scan, remove, resize
 * storvsc_bounce.c  a buffer that the host's rule about pages does not fit
 * storvsc_twin.c    an IDE disk and its emulated twin: only one is used
 *
 * Locks, outermost first:
 *   stor_host.lock    mutex; opening and closing of channels, recovery.  Held
 *                     while waiting for the host, but every such wait ends
 *                     when the channel is rescinded or the core is killed
 *   core.lock         see storvsc_core.h
 * Submission runs under rcu_read_lock(); synchronize_rcu() after the core was
 * stopped therefore waits for submissions that are under way.
 */
#ifndef _STORVSC_DRV_H
#define _STORVSC_DRV_H

#include <linux/completion.h>
#include <linux/dev_printk.h>
#include <linux/mempool.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include <hv/vmbus_device.h>

#include "hvl-scsi-cmds.h"
#include "storvsc_core.h"
#include "storvsc_status.h"

/* Pages that a command holds itself: 256 KiB that begin inside a page. */
#define STOR_INLINE_PFNS	65

/* No request is made larger than this, whatever the host would take. */
#define STOR_MAX_TRANSFER	(1u << 20)

/* Values of logging_level, as the in-box driver has them. */
enum stor_logging {
	STOR_LOG_NONE,
	STOR_LOG_ERROR,
	STOR_LOG_WARN,
};

extern int logging_level;

#define stor_log(h, level, fmt, ...)					\
	do {								\
		if (logging_level >= (level))				\
			dev_warn_ratelimited(&(h)->dev->device, fmt,	\
					     ##__VA_ARGS__);		\
	} while (0)

/* Bits of stor_host.events and of stor_unit.events. */
enum stor_event {
	STOR_EV_BUS,		/* host: disks came or went */
	STOR_EV_UNITS,		/* host: some unit has an event */
	STOR_EV_BROKEN,		/* host: a ring is corrupt */
	STOR_EV_REMOVE,		/* unit: is gone */
	STOR_EV_RESCAN,		/* unit: has changed */
};

/**
 * struct stor_unit - scsi_device.hostdata
 * @events: bits STOR_EV_REMOVE and STOR_EV_RESCAN, for the worker
 * @claimed: the disk is ours, and not its emulated twin's (storvsc_twin.c)
 */
struct stor_unit {
	unsigned long events;
	bool claimed;
};

/**
 * struct stor_bounce - pages that stand in for those of a command
 * @nr: how many
 * @page: each a whole page
 */
struct stor_bounce {
	unsigned int nr;
	struct page *page[];
};

/**
 * struct stor_cmd - our part of a scsi_cmnd
 * @base: the command that this is a part of
 * @req: what the core sees
 * @pool_pfns: list of pages from stor_host.pfn_pool, or NULL
 * @bounce: or NULL
 * @pfns: list of pages of a command that is not too long
 */
struct stor_cmd {
	struct hvl_scsi_cmd base;
	struct stor_req req;
	u64 *pool_pfns;
	struct stor_bounce *bounce;
	u64 pfns[STOR_INLINE_PFNS];
};

/**
 * struct stor_host - one controller
 * @shost: its SCSI host; this struct is the private part of it
 * @dev: its device on the bus
 * @core: protocol
 * @kind: of device
 * @cmds: our parts of commands, and their numbers, which are the core's slots
 * @ring_bytes: size of each ring
 * @max_pages: pages of the longest request, one for the offset included
 * @gapless: the block layer makes only requests that the host can take
 * @pfn_pool: lists of @max_pages pages, or NULL if the inline one suffices
 * @bounce_pool: struct stor_bounce
 * @page_pool: reserve of pages for one bounce, or NULL if @gapless
 * @lock: see the head of this file
 * @started: initialization has ended, with @start_err
 * @reset: the host has answered RESET_BUS
 * @drained: the last request has ended
 * @wq: ordered; runs @work
 * @work: handles @events
 * @events: bits STOR_EV_*
 * @scanned: the first scan has begun; before, news about disks need no work
 * @recoveries: from a corrupt ring, so far
 * @watch: while probe() runs, notices that the device is gone
 */
struct stor_host {
	struct Scsi_Host *shost;
	struct hvl_device *dev;
	struct stor_core core;
	enum stor_kind kind;
	struct hvl_scsi_cmds cmds;
	u32 ring_bytes;
	u32 max_pages;
	bool gapless;
	mempool_t *pfn_pool;
	mempool_t *bounce_pool;
	mempool_t *page_pool;
	struct mutex lock;
	struct completion started;
	int start_err;
	struct completion reset;
	struct completion drained;
	struct workqueue_struct *wq;
	struct work_struct work;
	unsigned long events;
	bool scanned;
	unsigned int recoveries;
	struct delayed_work watch;
};

/* storvsc_drv.c */
int stor_recover(struct stor_host *h, bool broken);
void stor_die(struct stor_host *h);

/* storvsc_scsi.c */
struct Scsi_Host *stor_shost_alloc(enum stor_kind kind);
void stor_cmd_init(struct hvl_scsi_cmd *base);
int stor_shost_limits(struct stor_host *h);
void stor_shost_free_pools(struct stor_host *h);
void stor_good(void *ctx, struct stor_req *req);
void stor_done(void *ctx, struct stor_req *req, enum stor_end end,
	       const struct stor_result *res);
void stor_pin_outstanding(struct stor_host *h);

/* storvsc_events.c */
int stor_events_init(struct stor_host *h);
void stor_events_exit(struct stor_host *h);
void stor_event(struct stor_host *h, enum stor_event ev);
void stor_unit_event(struct stor_host *h, struct scsi_device *sdev,
		     enum stor_action action);

/* storvsc_bounce.c */
int stor_bounce_init(struct stor_host *h);
void stor_bounce_exit(struct stor_host *h);
int stor_bounce_map(struct stor_host *h, struct stor_cmd *sc, u64 *pfns);
void stor_bounce_unmap(struct stor_host *h, struct stor_cmd *sc, u32 moved);

/* storvsc_twin.c */
int stor_twin_claim(struct stor_host *h, struct scsi_device *sdev);
void stor_twin_release(struct stor_host *h, struct scsi_device *sdev);
void stor_twin_exit(void);

#endif /* _STORVSC_DRV_H */
