/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The template of a SCSI host: callbacks whose form moved, members that came
 * and went.  compat/glue/hvl-scsi.h bends them.
 */
/// include linux/blkdev.h
/// include linux/blk-mq.h
/// include scsi/scsi.h
/// include scsi/scsi_cmnd.h
/// include scsi/scsi_device.h
/// include scsi/scsi_host.h
/// include scsi/scsi_tcq.h

/* 7.0: the answer has a type of its own. */
/// probe SCSI_QUEUECOMMAND_STATUS
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->queuecommand,
		enum scsi_qc_status (*)(struct Scsi_Host *, struct scsi_cmnd *)) ? 1 : -1];
/* 2.6.37: called without the host's lock, done() is in the command. */
/// probe SCSI_QUEUECOMMAND_HOST
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->queuecommand,
		int (*)(struct Scsi_Host *, struct scsi_cmnd *)) ? 1 : -1];
/// probe SCSI_QUEUECOMMAND_DONE
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->queuecommand,
		int (*)(struct scsi_cmnd *, void (*)(struct scsi_cmnd *))) ? 1 : -1];
/// group scsi_host_template.queuecommand SCSI_QUEUECOMMAND_STATUS SCSI_QUEUECOMMAND_HOST SCSI_QUEUECOMMAND_DONE

/* RHEL 6: the old form, and yet without the lock for who asks. */
/// probe SCSI_LOCKLESS
	struct scsi_host_template t = { .lockless = 1 };

/*
 * 4.16: the driver's part of a command is set up when the block layer allocates
 * it; from 5.0 on each command has a tag.  Before, the driver has to have
 * commands of its own.
 */
/// probe SCSI_INIT_CMD_PRIV
	struct scsi_host_template t = { .cmd_size = 1, .init_cmd_priv = 0 };

	(void)blk_mq_unique_tag(((struct request *)0));
	(void)scsi_cmd_priv((struct scsi_cmnd *)0);

/* 6.2: eh_timed_out() answers with a type of its own. */
/// probe SCSI_EH_TIMED_OUT_ACTION
	enum scsi_timeout_action a = SCSI_EH_NOT_HANDLED;
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->eh_timed_out,
			enum scsi_timeout_action (*)(struct scsi_cmnd *)) ? 1 : -1];
	(void)a;
/* 2.6.28 to 6.1 */
/// probe SCSI_EH_TIMED_OUT_BLK
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->eh_timed_out,
			enum blk_eh_timer_return (*)(struct scsi_cmnd *)) ? 1 : -1];
/* RHEL 5: looked at if proc_info says so. */
/// probe SCSI_EH_TIMED_OUT_MAGIC
	struct scsi_host_template t = { .proc_info = (void *)RH_EXTENDED_MAGIC };
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->eh_timed_out,
			enum scsi_eh_timer_return (*)(struct scsi_cmnd *)) ? 1 : -1];
	(void)t;
/// group scsi_host_template.eh_timed_out SCSI_EH_TIMED_OUT_ACTION SCSI_EH_TIMED_OUT_BLK SCSI_EH_TIMED_OUT_MAGIC

/* 4.19: one answer instead of "handled" and "not handled" */
/// probe BLK_EH_DONE
	enum blk_eh_timer_return a = BLK_EH_DONE;
	(void)a;

/* 3.19: one function for who cannot do better. */
/// probe SCSI_CHANGE_QUEUE_DEPTH
	(void)&scsi_change_queue_depth;
/// probe SCSI_ADJUST_QUEUE_DEPTH
	(void)&scsi_adjust_queue_depth;
/// group change_queue_depth SCSI_CHANGE_QUEUE_DEPTH SCSI_ADJUST_QUEUE_DEPTH
/* 2.6.33 to 3.18, and RHEL 6: the callback is told why. */
/// probe SCSI_QUEUE_DEPTH_REASON
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->change_queue_depth,
		int (*)(struct scsi_device *, int, int)) ? 1 : -1];

/* 6.14: sdev_init(), sdev_configure() with the limits, sdev_destroy() */
/// probe SCSI_SDEV_CONFIGURE
	struct scsi_host_template t = { .sdev_init = 0, .sdev_destroy = 0 };
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->sdev_configure,
		int (*)(struct scsi_device *, struct queue_limits *)) ? 1 : -1];
	(void)t;
/// probe SCSI_SLAVE_CONFIGURE
	struct scsi_host_template t = { .slave_alloc = 0, .slave_destroy = 0 };
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->slave_configure,
		int (*)(struct scsi_device *)) ? 1 : -1];
	(void)t;
/// group scsi_host_template.slave_configure SCSI_SDEV_CONFIGURE SCSI_SLAVE_CONFIGURE

/* 6.18: a disk rather than a block device */
/// probe SCSI_BIOS_PARAM_DISK
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->bios_param,
		int (*)(struct scsi_device *, struct gendisk *, sector_t, int *)) ? 1 : -1];
/// probe SCSI_BIOS_PARAM_BDEV
	typedef char fits[HVL_IS(((struct scsi_host_template *)0)->bios_param,
		int (*)(struct scsi_device *, struct block_device *, sector_t, int *)) ? 1 : -1];
/// group scsi_host_template.bios_param SCSI_BIOS_PARAM_DISK SCSI_BIOS_PARAM_BDEV

/* 3.19: ramping the depth up again after a full queue is asked for. */
/// probe SCSI_TRACK_QUEUE_DEPTH
	struct scsi_host_template t = { .track_queue_depth = 1 };
/* Until 4.20 one had to ask for elements of more than a page. */
/// probe SCSI_USE_CLUSTERING
	struct scsi_host_template t = { .use_clustering = 1 };

/* 5.2: Scsi_Host.virt_boundary_mask */
/// probe SCSI_VIRT_BOUNDARY
	((struct Scsi_Host *)0)->virt_boundary_mask = 4095;
