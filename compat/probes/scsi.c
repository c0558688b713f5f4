/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The SCSI layer as storvsc uses it; the shadow headers in compat/include/scsi
 * fill what is missing.
 */
/// include linux/blkdev.h
/// include scsi/scsi.h
/// include scsi/scsi_cmnd.h
/// include scsi/scsi_device.h
/// include scsi/scsi_host.h
/// include scsi/scsi_eh.h

/// probe SCSI_DONE
	/* 5.16: the pointer scsi_cmnd.scsi_done became a function */
	(void)&scsi_done;

/// probe SCSI_CMD_TO_RQ
	/* 5.15: scsi_cmnd.request went away */
	struct request *rq = scsi_cmd_to_rq((struct scsi_cmnd *)0);
	(void)rq;

/// probe SCSI_BUILD_SENSE
	/* 5.14: sets the result as well as the sense buffer */
	(void)&scsi_build_sense;

/// probe SCSI_EH_TIMED_OUT_ACTION
	/* 6.2: eh_timed_out() answers with a type of its own */
	enum scsi_timeout_action a = SCSI_EH_NOT_HANDLED;
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->eh_timed_out,
			enum scsi_timeout_action (*)(struct scsi_cmnd *)) ? 1 : -1];
	(void)a;

/// probe SCSI_EH_TIMED_OUT_BLK
	/* 2.6.28 to 6.1 */
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->eh_timed_out,
			enum blk_eh_timer_return (*)(struct scsi_cmnd *)) ? 1 : -1];

/// group scsi_host_template.eh_timed_out SCSI_EH_TIMED_OUT_ACTION SCSI_EH_TIMED_OUT_BLK

/// probe SCSI_RESCAN_SDEV
	/* 6.6, and stable kernels: takes the scsi_device, not its device */
	scsi_rescan_device((struct scsi_device *)0);
	typedef char fits[HVL_IS(&scsi_rescan_device, void (*)(struct device *)) ? -1 : 1];

/// probe SCSI_VIRT_BOUNDARY
	/* 5.2: Scsi_Host.virt_boundary_mask */
	((struct Scsi_Host *)0)->virt_boundary_mask = 4095;
