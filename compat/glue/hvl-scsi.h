/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-scsi.h - what a SCSI driver asks of kernels that differ in kind
 *
 * The driver writes the callbacks of 6.12.  HVL_SCSI_CALLBACKS() emits adapters
 * where the kernel wants others; the other macros are what goes into the host
 * template.
 */
#ifndef HVL_GLUE_SCSI_H
#define HVL_GLUE_SCSI_H

#include <linux/blkdev.h>
#include <scsi/scsi.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

/* ---- callbacks ----------------------------------------------------------------- */

/*
 * Submission never needs the host's lock.  RHEL 6 does not take it if asked;
 * before that it is held around the call, with interrupts off: they stay off.
 */
#if defined(HAVE_SCSI_QUEUECOMMAND_HOST)
#define HVL_SCSI_QUEUECOMMAND(fn)	fn
#define HVL_SCSI_ADAPT_QUEUECOMMAND(fn)
#elif defined(HAVE_SCSI_QUEUECOMMAND_STATUS)
#define HVL_SCSI_QUEUECOMMAND(fn)	fn##_adapter
#define HVL_SCSI_ADAPT_QUEUECOMMAND(fn)					\
static enum scsi_qc_status fn##_adapter(struct Scsi_Host *shost,	\
					struct scsi_cmnd *cmd)		\
{									\
	return (enum scsi_qc_status)fn(shost, cmd);			\
}
#else
#ifdef HAVE_SCSI_LOCKLESS
#define hvl_scsi_drop_host_lock(shost)	do { } while (0)
#define hvl_scsi_take_host_lock(shost)	do { } while (0)
#else
#define hvl_scsi_drop_host_lock(shost)	spin_unlock((shost)->host_lock)
#define hvl_scsi_take_host_lock(shost)	spin_lock((shost)->host_lock)
#endif
#define HVL_SCSI_QUEUECOMMAND(fn)	fn##_adapter
/* One that is still out keeps its done(): it will be called for that one. */
#define HVL_SCSI_ADAPT_QUEUECOMMAND(fn)					\
static int fn##_adapter(struct scsi_cmnd *cmd,				\
			void (*done)(struct scsi_cmnd *))		\
{									\
	struct Scsi_Host *shost = cmd->device->host;			\
	int ret;							\
									\
	if (cmd->host_scribble)						\
		return SCSI_MLQUEUE_HOST_BUSY;				\
	cmd->scsi_done = done;						\
	hvl_scsi_drop_host_lock(shost);					\
	ret = fn(shost, cmd);						\
	hvl_scsi_take_host_lock(shost);					\
	return ret;							\
}
#endif

#ifdef HAVE_SCSI_SDEV_CONFIGURE
#define HVL_SCSI_ADAPT_CONFIGURE(fn)					\
static int fn##_adapter(struct scsi_device *sdev,			\
			struct queue_limits *limits)			\
{									\
	return fn(sdev);						\
}
#define HVL_SCSI_SDEV(alloc, configure, destroy)			\
	.sdev_init = alloc,						\
	.sdev_configure = configure##_adapter,				\
	.sdev_destroy = destroy,
#else
#define HVL_SCSI_ADAPT_CONFIGURE(fn)
#define HVL_SCSI_SDEV(alloc, configure, destroy)			\
	.slave_alloc = alloc,						\
	.slave_configure = configure,					\
	.slave_destroy = destroy,
#endif

/* The geometry; the driver is not told the block device, which it must not need. */
#ifdef HAVE_SCSI_BIOS_PARAM_DISK
#define HVL_SCSI_ADAPT_BIOS_PARAM(fn)					\
static int fn##_adapter(struct scsi_device *sdev, struct gendisk *disk,	\
			sector_t capacity, int *geo)			\
{									\
	return fn(sdev, capacity, geo);					\
}
#else
#define HVL_SCSI_ADAPT_BIOS_PARAM(fn)					\
static int fn##_adapter(struct scsi_device *sdev,			\
			struct block_device *bdev, sector_t capacity,	\
			int *geo)					\
{									\
	return fn(sdev, capacity, geo);					\
}
#endif
#define HVL_SCSI_BIOS_PARAM(fn)		fn##_adapter

#define HVL_SCSI_CALLBACKS(queuecommand, configure, bios_param)		\
	HVL_SCSI_ADAPT_QUEUECOMMAND(queuecommand)			\
	HVL_SCSI_ADAPT_CONFIGURE(configure)				\
	HVL_SCSI_ADAPT_BIOS_PARAM(bios_param)

/* ---- members of the template that not every kernel has --------------------------- */

#ifdef HAVE_SCSI_EH_TIMED_OUT_MAGIC
#define HVL_SCSI_EH_TIMED_OUT(fn)					\
	.proc_info = (void *)RH_EXTENDED_MAGIC,				\
	.eh_timed_out = fn,
#else
#define HVL_SCSI_EH_TIMED_OUT(fn)					\
	.eh_timed_out = fn,
#endif

#ifdef HAVE_SCSI_LOCKLESS
#define HVL_SCSI_FLAG_LOCKLESS	.lockless = 1,
#else
#define HVL_SCSI_FLAG_LOCKLESS
#endif
#ifdef HAVE_SCSI_TRACK_QUEUE_DEPTH
#define HVL_SCSI_FLAG_TRACK	.track_queue_depth = 1,
#else
#define HVL_SCSI_FLAG_TRACK
#endif
#ifdef HAVE_SCSI_USE_CLUSTERING
#define HVL_SCSI_FLAG_CLUSTER	.use_clustering = 1,
#else
#define HVL_SCSI_FLAG_CLUSTER
#endif
#define HVL_SCSI_FLAGS							\
	HVL_SCSI_FLAG_LOCKLESS						\
	HVL_SCSI_FLAG_TRACK						\
	HVL_SCSI_FLAG_CLUSTER

/* ---- what to ask of the layer ------------------------------------------------------ */

/*
 * Look for disks that have come since the host's first scan.  Where the scan may run by
 * itself, RHEL 6's layer shows every disk of the host to user space once more, those
 * that it has shown before too.  No header tells; the form of queuecommand tells the
 * kernels of that age, and what they do for one target is right on all of them.
 */
#ifdef HAVE_SCSI_QUEUECOMMAND_DONE
static inline void hvl_scsi_rescan_host(struct Scsi_Host *shost)
{
	unsigned int channel, id;

	for (channel = 0; channel <= shost->max_channel; channel++)
		for (id = 0; id < shost->max_id; id++)
			scsi_scan_target(&shost->shost_gendev, channel, id,
					 SCAN_WILD_CARD, 1);
}
#else
static inline void hvl_scsi_rescan_host(struct Scsi_Host *shost)
{
	scsi_scan_host(shost);
}
#endif

/*
 * Ask that no request has a gap: inside one, every boundary between two
 * elements is a multiple of @mask + 1.  True if this kernel sees to it; then
 * the driver need not be ready to copy.
 */
static inline bool hvl_scsi_virt_boundary(struct Scsi_Host *shost,
					  unsigned long mask)
{
#ifdef HAVE_SCSI_VIRT_BOUNDARY
	shost->virt_boundary_mask = mask;
	return true;
#else
	return false;
#endif
}

/* From slave_configure(): how long a command may take. */
static inline void hvl_scsi_set_timeout(struct scsi_device *sdev,
					unsigned int timeout)
{
#ifdef HAVE_BLK_QUEUE_RQ_TIMEOUT
	blk_queue_rq_timeout(sdev->request_queue, timeout);
#else
	sdev->timeout = timeout;
#endif
}

/* Kernels that do not know these commands send none. */
static inline void hvl_scsi_spare(struct scsi_device *sdev, bool opcodes,
				  bool write_same)
{
#ifdef HAVE_SCSI_NO_WRITE_SAME
	sdev->no_report_opcodes = opcodes;
	sdev->no_write_same = write_same;
#endif
}

#endif /* HVL_GLUE_SCSI_H */
