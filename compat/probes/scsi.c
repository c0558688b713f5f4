/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands and devices of the SCSI layer as storvsc uses them; the shadow
 * headers in compat/include/scsi fill what is missing.
 */
/// include linux/blkdev.h
/// include scsi/scsi.h
/// include scsi/scsi_cmnd.h
/// include scsi/scsi_common.h
/// include scsi/scsi_device.h
/// include scsi/scsi_devinfo.h
/// include scsi/scsi_eh.h
/// include scsi/scsi_host.h

/* 5.16: the pointer scsi_cmnd.scsi_done became a function. */
/// probe SCSI_DONE
	(void)&scsi_done;

/* 5.15: scsi_cmnd.request went away. */
/// probe SCSI_CMD_TO_RQ
	struct request *rq = scsi_cmd_to_rq((struct scsi_cmnd *)0);
	(void)rq;

/* 5.14: sets the result as well as the sense buffer. */
/// probe SCSI_BUILD_SENSE
	(void)&scsi_build_sense;

/* 2.6.25: before, a command without a scatter list has one buffer. */
/// probe SCSI_ALWAYS_SG
	(void)((struct scsi_cmnd *)0)->sdb.table.sgl;

/* 2.6.28: TEST UNIT READY gives the sense back. */
/// probe SCSI_TEST_UNIT_READY_SENSE
	(void)scsi_test_unit_ready((struct scsi_device *)0, 1, 1, (struct scsi_sense_hdr *)0);

/* 6.6, and stable kernels: takes the scsi_device, not its device. */
/// probe SCSI_RESCAN_SDEV
	typedef char fits[HVL_IS(&scsi_rescan_device, void (*)(struct device *)) ? -1 : 1];
	scsi_rescan_device((struct scsi_device *)0);

/* 3.10 and RHEL 7: VPD pages although the level says there are none */
/// probe BLIST_TRY_VPD_PAGES
	(void)BLIST_TRY_VPD_PAGES;

/* 3.8 and RHEL 7: what not to ask of a device */
/// probe SCSI_NO_WRITE_SAME
	((struct scsi_device *)0)->no_report_opcodes = 1;
	((struct scsi_device *)0)->no_write_same = 1;

/* 2.6.28: requests are timed by the block layer. */
/// probe BLK_QUEUE_RQ_TIMEOUT
	(void)&blk_queue_rq_timeout;
