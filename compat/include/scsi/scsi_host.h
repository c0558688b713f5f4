/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scsi/scsi_host.h - hosts as the kernel of 6.12 has them
 */
#ifndef HVL_COMPAT_SCSI_HOST_H
#define HVL_COMPAT_SCSI_HOST_H

#include_next <scsi/scsi_host.h>
#include <scsi/scsi_device.h>

#ifdef HAVE_SCSI_EH_TIMED_OUT_BLK
/* The same answers under the names of the block layer. */
#include <linux/blkdev.h>

#define scsi_timeout_action	blk_eh_timer_return
#define SCSI_EH_DONE		BLK_EH_DONE
#define SCSI_EH_RESET_TIMER	BLK_EH_RESET_TIMER
#define SCSI_EH_NOT_HANDLED	BLK_EH_DONE
#endif

#ifndef HAVE_SCSI_RESCAN_SDEV
static inline void hvl_compat_scsi_rescan_device(struct scsi_device *sdev)
{
	scsi_rescan_device(&sdev->sdev_gendev);
}
#define scsi_rescan_device(sdev) hvl_compat_scsi_rescan_device(sdev)
#endif

#endif /* HVL_COMPAT_SCSI_HOST_H */
