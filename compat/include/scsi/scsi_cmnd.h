/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scsi/scsi_cmnd.h - commands as the kernel of 6.12 has them
 */
#ifndef HVL_COMPAT_SCSI_CMND_H
#define HVL_COMPAT_SCSI_CMND_H

#include <linux/scatterlist.h>
#include_next <scsi/scsi_cmnd.h>

#ifndef HAVE_SCSI_DONE
static inline void hvl_compat_scsi_done(struct scsi_cmnd *cmd)
{
	cmd->scsi_done(cmd);
}
#define scsi_done(cmd) hvl_compat_scsi_done(cmd)
#endif

#ifndef HAVE_SCSI_CMD_TO_RQ
static inline struct request *hvl_compat_scsi_cmd_to_rq(struct scsi_cmnd *cmd)
{
	return cmd->request;
}
#define scsi_cmd_to_rq(cmd) hvl_compat_scsi_cmd_to_rq(cmd)
#endif

/* Users include scsi/scsi_eh.h too, which on some kernels includes this file. */
#ifndef HAVE_SCSI_BUILD_SENSE
#define scsi_build_sense(cmd, desc, key, asc, ascq)			\
	do {								\
		scsi_build_sense_buffer(desc, (cmd)->sense_buffer,	\
					key, asc, ascq);		\
		(cmd)->result = DRIVER_SENSE << 24 |			\
				SAM_STAT_CHECK_CONDITION;		\
	} while (0)
#endif

#ifndef HAVE_SCSI_ALWAYS_SG
/*
 * Before 2.6.25 a command of the SCSI layer's own may have one plain buffer.
 * Its element is made in the part of the command that is the driver's.
 */
static inline struct scatterlist *hvl_compat_scsi_sglist(struct scsi_cmnd *cmd)
{
	struct scatterlist *one = (void *)&cmd->SCp;

	BUILD_BUG_ON(sizeof(*one) > sizeof(cmd->SCp));
	if (cmd->use_sg)
		return cmd->request_buffer;
	sg_init_one(one, cmd->request_buffer, cmd->request_bufflen);
	return one;
}
#undef scsi_sglist
#define scsi_sglist(cmd) hvl_compat_scsi_sglist(cmd)
#undef scsi_sg_count
#define scsi_sg_count(cmd) ((cmd)->use_sg ? (cmd)->use_sg : 1)
#endif

#endif /* HVL_COMPAT_SCSI_CMND_H */
