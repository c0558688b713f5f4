// SPDX-License-Identifier: GPL-2.0-only
/*
 * storvsc_status.c - what the answer of a host means
 *
 * Pure C, no locks, no state.  Section numbers are those of storvsc.md.
 */
#include "storvsc_status.h"

/* Opcodes that matter here; the names of the SCSI standard. */
enum {
	OP_TEST_UNIT_READY	= 0x00,
	OP_INQUIRY		= 0x12,
	OP_MODE_SENSE_6		= 0x1a,
	OP_SET_WINDOW		= 0x24,
	OP_WRITE_SAME_10	= 0x41,
	OP_MODE_SENSE_10	= 0x5a,
	OP_ATA_16		= 0x85,
	OP_ATA_12		= 0xa1,
};

/*
 * Hosts complain about pages of INQUIRY and MODE SENSE that they do not know,
 * and do answer otherwise; the complaint is to be ignored (8.3.1).
 */
static int stor_forced(const u8 *cdb)
{
	return cdb[0] == OP_INQUIRY || cdb[0] == OP_MODE_SENSE_6 ||
	       cdb[0] == OP_MODE_SENSE_10;
}

/* Additional sense code and qualifier, in either sense format; 0 if none. */
static unsigned int stor_sense_code(const struct stor_result *res)
{
	const u8 *s = res->sense;

	if (res->sense_len < 1)
		return 0;
	switch (s[0] & 0x7f) {
	case 0x70:
	case 0x71:
		return res->sense_len < 14 ? 0 : s[12] << 8 | s[13];
	case 0x72:
	case 0x73:
		return res->sense_len < 4 ? 0 : s[2] << 8 | s[3];
	}
	return 0;
}

/* Errors of the command itself, with or without sense (8.4, upper rows). */
static void stor_command_failed(const u8 *cdb, const struct stor_result *res,
				struct stor_meaning *m)
{
	unsigned int code = stor_sense_code(res);

	if (res->sense_len) {
		/* 2A/09 capacity changed; 3F/xx but 03 and 0E: parameters */
		if (code == 0x2a09 ||
		    (code >> 8 == 0x3f && code != 0x3f03 && code != 0x3f0e)) {
			m->verdict = STOR_V_REQUEUE;
			m->action = STOR_A_RESCAN;
		} else if (!m->with_sense) {
			/* Sense beside a SAM status that hides it. */
			m->verdict = res->scsi_status == STOR_SAM_GOOD ?
				     STOR_V_ERROR : STOR_V_OK;
		}
		return;
	}
	if (cdb[0] == OP_ATA_12 || cdb[0] == OP_ATA_16)
		m->verdict = STOR_V_PASSTHROUGH;
	else if (cdb[0] == OP_TEST_UNIT_READY &&
		 res->scsi_status != STOR_SAM_GOOD)
		m->verdict = STOR_V_OK;
	else
		m->verdict = STOR_V_ERROR;
}

/* Errors on the way to the unit; false: not one of those. */
static int stor_path_failed(u8 srb, const struct stor_result *res,
			    struct stor_meaning *m)
{
	switch (srb) {
	case STOR_SRB_BUSY:
	case STOR_SRB_REQUEST_FLUSHED:
		/* A SAM BUSY or TASK SET FULL knows better how to wait. */
		if (res->scsi_status == STOR_SAM_GOOD)
			m->verdict = STOR_V_REQUEUE;
		return 1;
	case STOR_SRB_INVALID_LUN:
		m->action = STOR_A_REMOVE;
		m->verdict = STOR_V_NO_CONNECT;
		return 1;
	case STOR_SRB_NO_DEVICE:
	case STOR_SRB_INVALID_PATH:
	case STOR_SRB_INVALID_TARGET:
	case STOR_SRB_SELECTION_TIMEOUT:
	case STOR_SRB_NO_HBA:
		m->verdict = STOR_V_NO_CONNECT;
		return 1;
	case STOR_SRB_TIMEOUT:
	case STOR_SRB_COMMAND_TIMEOUT:
		m->verdict = STOR_V_TIME_OUT;
		return 1;
	case STOR_SRB_BUS_RESET:
		m->verdict = STOR_V_RESET;
		return 1;
	}
	return 0;
}

void stor_meaning(const u8 *cdb, const struct stor_result *res,
		  struct stor_meaning *m)
{
	u8 srb = res->srb_status & STOR_SRB_STATUS_MASK;

	m->verdict = STOR_V_OK;
	m->action = STOR_A_NONE;
	m->scsi_status = res->scsi_status;
	m->with_sense = res->scsi_status == STOR_SAM_CHECK_CONDITION &&
			res->sense_len;
	m->moved = res->transferred;

	/* A path that is down is no complaint about a page: not forced. */
	if (stor_path_failed(srb, res, m)) {
		m->moved = 0;
		return;
	}
	if (stor_forced(cdb)) {
		m->scsi_status = STOR_SAM_GOOD;
		m->with_sense = 0;
		return;
	}
	if (srb == STOR_SRB_SUCCESS) {
		/* Sense with a check condition may come with success too. */
		return;
	}

	if (srb != STOR_SRB_DATA_OVERRUN)
		m->moved = 0;
	switch (srb) {
	case STOR_SRB_ERROR:
	case STOR_SRB_ABORTED:
	case STOR_SRB_INVALID_REQUEST:
	case STOR_SRB_INTERNAL_ERROR:
	case STOR_SRB_DATA_OVERRUN:
		stor_command_failed(cdb, res, m);
		break;
	default:
		if (res->scsi_status == STOR_SAM_GOOD)
			m->verdict = STOR_V_ERROR;
		break;
	}
}

int stor_refused_here(const u8 *cdb, u16 version)
{
	return version <= STOR_VERSION_WIN8 &&
	       (cdb[0] == OP_WRITE_SAME_10 || cdb[0] == OP_SET_WINDOW);
}
