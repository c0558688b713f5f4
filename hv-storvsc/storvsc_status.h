/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storvsc_status.h - what the answer of a host means
 *
 * Pure C.  The mapping is that of storvsc.md section 8.3 and 8.4, with the
 * advice taken: a request whose SRB status is not success never looks good.
 */
#ifndef _STORVSC_STATUS_H
#define _STORVSC_STATUS_H

#include "storvsc_codec.h"

/* What the upper layer is told, beside the SAM status and the sense. */
enum stor_verdict {
	STOR_V_OK,		/* the SAM status says it all */
	STOR_V_ERROR,
	STOR_V_REQUEUE,		/* nothing was done; try again */
	STOR_V_NO_CONNECT,	/* no such device */
	STOR_V_TIME_OUT,
	STOR_V_RESET,
	STOR_V_PASSTHROUGH,	/* an error that only the user understands */
};

/* What the event asks for besides. */
enum stor_action {
	STOR_A_NONE,
	STOR_A_REMOVE,		/* the unit is gone */
	STOR_A_RESCAN,		/* capacity or parameters have changed */
};

/**
 * struct stor_meaning - the outcome of one request
 * @verdict: host byte, so to say
 * @action: deferred work
 * @scsi_status: SAM status to report
 * @with_sense: the sense is to be reported
 * @moved: bytes moved
 */
struct stor_meaning {
	enum stor_verdict verdict;
	enum stor_action action;
	u8 scsi_status;
	u8 with_sense;
	u32 moved;
};

#define STOR_SAM_GOOD			0x00
#define STOR_SAM_CHECK_CONDITION	0x02

/* What @res means for a command with this CDB. */
void stor_meaning(const u8 *cdb, const struct stor_result *res,
		  struct stor_meaning *m);

/*
 * True if a command must not be sent to a host that speaks @version, because
 * such hosts mishandle it (section 12).
 */
int stor_refused_here(const u8 *cdb, u16 version);

/* True if the answer is good in every respect: the usual case. */
static inline int stor_result_good(const struct stor_result *res)
{
	return res->srb_status == STOR_SRB_SUCCESS &&
	       res->scsi_status == STOR_SAM_GOOD;
}

#endif /* _STORVSC_STATUS_H */
