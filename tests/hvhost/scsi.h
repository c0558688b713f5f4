/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scsi.h - the SCSI devices behind the storage VSP: disks and DVD drives
 *
 * A command comes with its data in one private buffer; the caller has copied
 * what the guest sends into it and takes out what the guest gets.  Commands to
 * one unit may run on several threads at once.
 */
#ifndef HVHOST_SCSI_H
#define HVHOST_SCSI_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk_store.h"

#define SENSE_LENGTH	18		/* storvsc.md 8.5 */

/* SAM status (storvsc.md 8.2) */
#define SAM_GOOD		0x00
#define SAM_CHECK_CONDITION	0x02
#define SAM_BUSY		0x08
#define SAM_RESERVATION		0x18
#define SAM_TASK_SET_FULL	0x28
#define SAM_TASK_ABORTED	0x40

enum scsi_opcode {
	OP_TEST_UNIT_READY = 0x00,
	OP_REQUEST_SENSE = 0x03,
	OP_READ_6 = 0x08,
	OP_WRITE_6 = 0x0a,
	OP_INQUIRY = 0x12,
	OP_MODE_SELECT_6 = 0x15,
	OP_MODE_SENSE_6 = 0x1a,
	OP_START_STOP = 0x1b,
	OP_PREVENT_REMOVAL = 0x1e,
	OP_READ_CAPACITY_10 = 0x25,
	OP_READ_10 = 0x28,
	OP_WRITE_10 = 0x2a,
	OP_VERIFY_10 = 0x2f,
	OP_SYNC_CACHE_10 = 0x35,
	OP_WRITE_SAME_10 = 0x41,
	OP_UNMAP = 0x42,
	OP_READ_TOC = 0x43,
	OP_GET_CONFIGURATION = 0x46,
	OP_GET_EVENT_STATUS = 0x4a,
	OP_MODE_SELECT_10 = 0x55,
	OP_MODE_SENSE_10 = 0x5a,
	OP_READ_16 = 0x88,
	OP_WRITE_16 = 0x8a,
	OP_VERIFY_16 = 0x8f,
	OP_SYNC_CACHE_16 = 0x91,
	OP_WRITE_SAME_16 = 0x93,
	OP_SERVICE_ACTION_IN_16 = 0x9e,
	OP_REPORT_LUNS = 0xa0,
	OP_READ_12 = 0xa8,
	OP_WRITE_12 = 0xaa,
	OP_VERIFY_12 = 0xaf,
};

/* Sense key << 16 | ASC << 8 | ASCQ */
#define SENSE(key, asc, ascq)	((key) << 16 | (asc) << 8 | (ascq))
#define SENSE_NOT_READY_NO_MEDIUM SENSE(2, 0x3a, 0x00)
#define SENSE_WRITE_ERROR	SENSE(3, 0x03, 0x00)
#define SENSE_READ_ERROR	SENSE(3, 0x11, 0x00)
#define SENSE_BAD_OPCODE	SENSE(5, 0x20, 0x00)
#define SENSE_BAD_LBA		SENSE(5, 0x21, 0x00)
#define SENSE_BAD_CDB_FIELD	SENSE(5, 0x24, 0x00)
#define SENSE_BAD_PARAMETER	SENSE(5, 0x26, 0x00)
#define SENSE_NO_SAVING		SENSE(5, 0x39, 0x00)
#define SENSE_CAPACITY_CHANGED	SENSE(6, 0x2a, 0x09)
#define SENSE_WRITE_PROTECTED	SENSE(7, 0x27, 0x00)
#define SENSE_MISCOMPARE	SENSE(0xe, 0x1d, 0x00)

struct scsi_unit {
	bool dvd;
	bool thin;
	uint8_t scsi_version;		/* byte 2 of INQUIRY */
	uint8_t number;			/* the LUN */
	uint32_t max_transfer;		/* bytes, of one command */
	char serial[33];
	uint8_t naa[8];			/* world-wide name, stable over runs */
	struct store *store;

	pthread_mutex_t lock;		/* leaf; what follows */
	bool capacity_changed;		/* unit attention not yet reported */
	bool medium_event;		/* DVD: insertion not yet reported */
	bool stopped;			/* DVD: tray open */
};

struct scsi_command {
	const uint8_t *cdb;		/* 16 bytes, zero-padded */
	bool may_return;		/* the guest asked for data */
	uint8_t *data;
	size_t len;			/* of data */
	/* the result */
	uint8_t srb_status;		/* with the autosense bit */
	uint8_t scsi_status;
	uint8_t sense[SENSE_LENGTH];
	uint8_t sense_len;
	uint32_t transferred;
	bool vanish;			/* the power is off: give no answer */
};

/* Run one command on a disk or DVD drive. */
void scsi_execute(struct scsi_unit *u, struct scsi_command *c);

/* ---- between the files of this layer -------------------------------------- */

void scsi_good(struct scsi_command *c, size_t transferred);
void scsi_check(struct scsi_command *c, uint32_t sense);
void scsi_fill_sense(uint8_t *buf, uint32_t sense);
/* Give the guest min(have, allocation) bytes of answer; rules of storvsc.md 12. */
void scsi_return(struct scsi_command *c, const void *answer, size_t have,
		 size_t allocation);

void scsi_inquiry(struct scsi_unit *u, struct scsi_command *c);
void scsi_inquiry_absent(unsigned int lun, struct scsi_command *c);
void scsi_mode_sense(struct scsi_unit *u, struct scsi_command *c);
void scsi_mode_select(struct scsi_unit *u, struct scsi_command *c);
void scsi_request_sense(struct scsi_unit *u, struct scsi_command *c);
void scsi_disk_execute(struct scsi_unit *u, struct scsi_command *c);
void scsi_dvd_execute(struct scsi_unit *u, struct scsi_command *c);
void scsi_unmap(struct scsi_unit *u, struct scsi_command *c);
void scsi_write_same(struct scsi_unit *u, struct scsi_command *c);
void scsi_store_result(struct scsi_command *c, int ret, uint32_t sense,
		       size_t transferred);

/* Ascending LUN numbers of the command's path and target. */
void scsi_report_luns(const uint8_t *luns, unsigned int nr,
		      struct scsi_command *c);

static inline uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static inline uint64_t be64(const uint8_t *p)
{
	return (uint64_t)be32(p) << 32 | be32(p + 4);
}

static inline void put_be16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void put_be32(uint8_t *p, uint32_t v)
{
	put_be16(p, (uint16_t)(v >> 16));
	put_be16(p + 2, (uint16_t)v);
}

static inline void put_be64(uint8_t *p, uint64_t v)
{
	put_be32(p, (uint32_t)(v >> 32));
	put_be32(p + 4, (uint32_t)v);
}

#endif /* HVHOST_SCSI_H */
