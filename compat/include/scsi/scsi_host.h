/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scsi/scsi_host.h - hosts as the kernel of 6.12 has them
 */
#ifndef HVL_COMPAT_SCSI_HOST_H
#define HVL_COMPAT_SCSI_HOST_H

#include_next <scsi/scsi_host.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_tcq.h>

/* The same answers under other names. */
#ifdef HAVE_SCSI_EH_TIMED_OUT_BLK
#include <linux/blkdev.h>

#define scsi_timeout_action	blk_eh_timer_return
#define SCSI_EH_RESET_TIMER	BLK_EH_RESET_TIMER
#ifdef HAVE_BLK_EH_DONE
#define SCSI_EH_DONE		BLK_EH_DONE
#define SCSI_EH_NOT_HANDLED	BLK_EH_DONE
#else
#define SCSI_EH_DONE		BLK_EH_HANDLED
#define SCSI_EH_NOT_HANDLED	BLK_EH_NOT_HANDLED
#endif
#endif

#ifdef HAVE_SCSI_EH_TIMED_OUT_MAGIC
#define scsi_timeout_action	scsi_eh_timer_return
#define SCSI_EH_DONE		EH_HANDLED
#define SCSI_EH_RESET_TIMER	EH_RESET_TIMER
#define SCSI_EH_NOT_HANDLED	EH_NOT_HANDLED
#endif

#ifndef HAVE_SCSI_RESCAN_SDEV
static inline void hvl_compat_scsi_rescan_device(struct scsi_device *sdev)
{
	scsi_rescan_device(&sdev->sdev_gendev);
}
#define scsi_rescan_device(sdev) hvl_compat_scsi_rescan_device(sdev)
#endif

#ifndef HAVE_SCSI_CHANGE_QUEUE_DEPTH
static inline int hvl_compat_set_depth(struct scsi_device *sdev, int depth)
{
	depth = clamp(depth, 1, sdev->host->can_queue);
	scsi_adjust_queue_depth(sdev, scsi_get_tag_type(sdev), depth);
	return sdev->queue_depth;
}

#ifdef HAVE_SCSI_QUEUE_DEPTH_REASON
static inline int hvl_compat_change_queue_depth(struct scsi_device *sdev,
						int depth, int reason)
{
	if (reason != SCSI_QDEPTH_QFULL)
		return hvl_compat_set_depth(sdev, depth);
	scsi_track_queue_full(sdev, depth);
	return sdev->queue_depth;
}
#define scsi_change_queue_depth	hvl_compat_change_queue_depth
#else
#define scsi_change_queue_depth	hvl_compat_set_depth
#endif
#endif /* HAVE_SCSI_CHANGE_QUEUE_DEPTH */

#endif /* HVL_COMPAT_SCSI_HOST_H */
