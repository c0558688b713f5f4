/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scsi/scsi_cmnd.h - commands as the kernel of 6.12 has them
 */
#ifndef HVL_COMPAT_SCSI_CMND_H
#define HVL_COMPAT_SCSI_CMND_H

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

#ifndef HAVE_SCSI_BUILD_SENSE
#include <scsi/scsi.h>
#include <scsi/scsi_common.h>

static inline void hvl_compat_scsi_build_sense(struct scsi_cmnd *cmd, int desc,
					       u8 key, u8 asc, u8 ascq)
{
	scsi_build_sense_buffer(desc, cmd->sense_buffer, key, asc, ascq);
	cmd->result = DRIVER_SENSE << 24 | SAM_STAT_CHECK_CONDITION;
}
#define scsi_build_sense(cmd, desc, key, asc, ascq) \
	hvl_compat_scsi_build_sense(cmd, desc, key, asc, ascq)
#endif

#endif /* HVL_COMPAT_SCSI_CMND_H */
