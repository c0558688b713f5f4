// SPDX-License-Identifier: GPL-2.0-only
/*
 * scsi_dvd.c - the few commands of a DVD drive with one read-only image
 *
 * Blocks are 2048 bytes.  The tray opens and closes by START STOP UNIT; with it
 * open there is no medium.  Locks: scsi_unit->lock, a leaf.
 */
#include "scsi.h"

#include <string.h>

#define DVD_BLOCK	2048u

static bool no_medium(struct scsi_unit *u)
{
	bool open;

	pthread_mutex_lock(&u->lock);
	open = u->stopped;
	pthread_mutex_unlock(&u->lock);
	return open;
}

static void dvd_read(struct scsi_unit *u, struct scsi_command *c)
{
	bool twelve = c->cdb[0] == OP_READ_12;
	uint64_t lba = be32(c->cdb + 2);
	uint64_t blocks = twelve ? be32(c->cdb + 6) : be16(c->cdb + 7);
	uint64_t size = store_size(u->store) / DVD_BLOCK;
	size_t n = (size_t)blocks * DVD_BLOCK;

	if (!blocks || blocks > size || lba > size - blocks ||
	    n > u->max_transfer)
		scsi_check(c, SENSE_BAD_LBA);
	else if (n > c->len || !c->may_return)
		scsi_check(c, SENSE_BAD_CDB_FIELD);
	else
		scsi_store_result(c, store_read(u->store, lba * DVD_BLOCK,
						c->data, n),
				  SENSE_READ_ERROR, n);
}

static void dvd_capacity(struct scsi_unit *u, struct scsi_command *c)
{
	uint8_t a[8];

	put_be32(a, (uint32_t)(store_size(u->store) / DVD_BLOCK - 1));
	put_be32(a + 4, DVD_BLOCK);
	scsi_return(c, a, sizeof(a), sizeof(a));
}

/* One data track and the lead-out; addresses as minute:second:frame or LBA. */
static void dvd_toc(struct scsi_unit *u, struct scsi_command *c)
{
	uint32_t at[2] = { 0, (uint32_t)(store_size(u->store) / DVD_BLOCK) };
	bool msf = c->cdb[1] & 0x02;
	unsigned int format = c->cdb[2] & 0x0f, first = c->cdb[6], i, n = 4;
	uint8_t a[20] = { 0 };

	if (format == 0)			/* some put it into the last byte */
		format = c->cdb[9] >> 6;
	if (format > 1 || (format == 0 && first > 1 && first != 0xaa)) {
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	a[2] = 1;				/* first and last track */
	a[3] = 1;
	for (i = format == 0 && first == 0xaa ? 1 : 0; i < 2; i++) {
		uint32_t frames = at[i] + 150;

		a[n + 1] = 0x14;		/* data track */
		a[n + 2] = i ? 0xaa : 1;
		if (msf) {
			a[n + 5] = (uint8_t)(frames / (60 * 75));
			a[n + 6] = (uint8_t)(frames / 75 % 60);
			a[n + 7] = (uint8_t)(frames % 75);
		} else {
			put_be32(a + n + 4, at[i]);
		}
		n += 8;
		if (format == 1)		/* one session: its first track */
			break;
	}
	put_be16(a, (uint16_t)(n - 2));
	scsi_return(c, a, n, be16(c->cdb + 7));
}

/* Profile list only: DVD-ROM, current while there is a medium. */
static void dvd_configuration(struct scsi_unit *u, struct scsi_command *c)
{
	bool present = !no_medium(u);
	uint8_t a[16] = { 0 };
	size_t n = be16(c->cdb + 2) ? 8 : 16;

	put_be32(a, (uint32_t)(n - 4));
	put_be16(a + 6, present ? 0x0010 : 0);
	a[10] = 0x03;				/* persistent, current */
	a[11] = 4;
	put_be16(a + 12, 0x0010);
	a[14] = present;
	scsi_return(c, a, n, be16(c->cdb + 7));
}

static void dvd_event_status(struct scsi_unit *u, struct scsi_command *c)
{
	uint8_t a[8] = { 0 };
	size_t n = 4;

	if (!(c->cdb[1] & 1)) {			/* only polling is offered */
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	a[3] = 0x10;				/* classes: media */
	if (c->cdb[4] & 0x10) {
		a[2] = 0x04;
		pthread_mutex_lock(&u->lock);
		a[4] = u->medium_event ? (u->stopped ? 3 : 2) : 0;
		a[5] = u->stopped ? 0x01 : 0x02;
		u->medium_event = false;
		pthread_mutex_unlock(&u->lock);
		n = 8;
	} else {
		a[2] = 0x80;			/* no event of that class */
	}
	put_be16(a, (uint16_t)(n - 2));
	scsi_return(c, a, n, be16(c->cdb + 7));
}

static void dvd_start_stop(struct scsi_unit *u, struct scsi_command *c)
{
	bool load = c->cdb[4] & 1;

	if (c->cdb[4] & 2) {			/* load or eject */
		pthread_mutex_lock(&u->lock);
		u->medium_event = u->stopped == load;
		u->stopped = !load;
		pthread_mutex_unlock(&u->lock);
	}
	scsi_good(c, 0);
}

void scsi_dvd_execute(struct scsi_unit *u, struct scsi_command *c)
{
	switch (c->cdb[0]) {
	case OP_TEST_UNIT_READY:
	case OP_READ_10:
	case OP_READ_12:
	case OP_READ_CAPACITY_10:
	case OP_READ_TOC:
		if (no_medium(u)) {
			scsi_check(c, SENSE_NOT_READY_NO_MEDIUM);
			return;
		}
		break;
	}
	switch (c->cdb[0]) {
	case OP_TEST_UNIT_READY:
	case OP_PREVENT_REMOVAL:
		scsi_good(c, 0);
		return;
	case OP_READ_10:
	case OP_READ_12:
		dvd_read(u, c);
		return;
	case OP_READ_CAPACITY_10:
		dvd_capacity(u, c);
		return;
	case OP_READ_TOC:
		dvd_toc(u, c);
		return;
	case OP_GET_CONFIGURATION:
		dvd_configuration(u, c);
		return;
	case OP_GET_EVENT_STATUS:
		dvd_event_status(u, c);
		return;
	case OP_START_STOP:
		dvd_start_stop(u, c);
		return;
	}
	scsi_check(c, SENSE_BAD_OPCODE);
}
