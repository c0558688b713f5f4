// SPDX-License-Identifier: GPL-2.0-only
/*
 * scsi_disk.c - the commands of a disk, and the results all commands share
 *
 * Locks: scsi_unit->lock for the unit attention, a leaf.
 */
#include "scsi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vsp_storage_wire.h"

/* ---- results ---------------------------------------------------------------- */

void scsi_good(struct scsi_command *c, size_t transferred)
{
	c->srb_status = SRB_SUCCESS;
	c->scsi_status = SAM_GOOD;
	c->sense_len = 0;
	c->transferred = (uint32_t)transferred;
}

void scsi_fill_sense(uint8_t *buf, uint32_t sense)
{
	memset(buf, 0, SENSE_LENGTH);
	buf[0] = 0x70;
	buf[2] = (sense >> 16) & 0x0f;
	buf[7] = SENSE_LENGTH - 8;
	buf[12] = (uint8_t)(sense >> 8);
	buf[13] = (uint8_t)sense;
}

void scsi_check(struct scsi_command *c, uint32_t sense)
{
	bool illegal = (sense >> 16) == 5;

	c->srb_status = (illegal ? SRB_INVALID_REQUEST : SRB_ERROR) |
			SRB_AUTOSENSE;
	c->scsi_status = SAM_CHECK_CONDITION;
	scsi_fill_sense(c->sense, sense);
	c->sense_len = SENSE_LENGTH;
	c->transferred = 0;
}

void scsi_return(struct scsi_command *c, const void *answer, size_t have,
		 size_t allocation)
{
	size_t n = have < allocation ? have : allocation;

	if (n > c->len || (n && !c->may_return)) {
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	if (n)
		memcpy(c->data, answer, n);
	scsi_good(c, n);
}

/* Turn what the store said into a result; sense is for a failing file. */
void scsi_store_result(struct scsi_command *c, int ret, uint32_t sense,
		       size_t transferred)
{
	if (!ret)
		scsi_good(c, transferred);
	else if (ret == -ENODEV)
		c->vanish = true;
	else if (ret == -EROFS)
		scsi_check(c, SENSE_WRITE_PROTECTED);
	else if (ret == -EINVAL)		/* shrunk since the check */
		scsi_check(c, SENSE_BAD_LBA);
	else
		scsi_check(c, sense);
}

/* ---- reading and writing ---------------------------------------------------- */

struct extent {
	uint64_t lba;
	uint64_t blocks;
};

/* Position and length by the size of the command (its group code). */
static struct extent extent_of(const uint8_t *cdb)
{
	struct extent e;

	switch (cdb[0] >> 5) {
	case 0:
		e.lba = (uint64_t)(cdb[1] & 0x1f) << 16 | be16(cdb + 2);
		e.blocks = cdb[4] ? cdb[4] : 256;
		break;
	case 4:
		e.lba = be64(cdb + 2);
		e.blocks = be32(cdb + 10);
		break;
	case 5:
		e.lba = be32(cdb + 2);
		e.blocks = be32(cdb + 6);
		break;
	default:
		e.lba = be32(cdb + 2);
		e.blocks = be16(cdb + 7);
	}
	return e;
}

static bool on_disk(struct scsi_unit *u, struct extent e)
{
	uint64_t blocks = store_size(u->store) / STORE_SECTOR;

	return e.blocks && e.blocks <= blocks && e.lba <= blocks - e.blocks;
}

/*
 * A transfer has to lie on the disk, to be no longer than the limit given at
 * initialisation, and to fit the guest's buffer.
 */
static bool transfer_ok(struct scsi_unit *u, struct scsi_command *c,
			struct extent e)
{
	if (!on_disk(u, e) || e.blocks * STORE_SECTOR > u->max_transfer)
		scsi_check(c, SENSE_BAD_LBA);
	else if (e.blocks * STORE_SECTOR > c->len)
		scsi_check(c, SENSE_BAD_CDB_FIELD);
	else
		return true;
	return false;
}

static void disk_read(struct scsi_unit *u, struct scsi_command *c)
{
	struct extent e = extent_of(c->cdb);
	size_t n = (size_t)e.blocks * STORE_SECTOR;

	if (!transfer_ok(u, c, e))
		return;
	if (!c->may_return) {
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	scsi_store_result(c, store_read(u->store, e.lba * STORE_SECTOR, c->data, n),
			  SENSE_READ_ERROR, n);
}

static void disk_write(struct scsi_unit *u, struct scsi_command *c)
{
	struct extent e = extent_of(c->cdb);
	size_t n = (size_t)e.blocks * STORE_SECTOR;
	bool through = c->cdb[0] != OP_WRITE_6 && (c->cdb[1] & 0x08);

	if (!transfer_ok(u, c, e))
		return;
	if (c->may_return) {		/* the buffer was not sent, but lent */
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	scsi_store_result(c, store_write(u->store, e.lba * STORE_SECTOR, c->data,
					 n, through), SENSE_WRITE_ERROR, n);
}

static void disk_verify(struct scsi_unit *u, struct scsi_command *c)
{
	struct extent e = extent_of(c->cdb);
	unsigned int compare = (c->cdb[1] >> 1) & 3;
	size_t n = (size_t)e.blocks * STORE_SECTOR;
	uint8_t *stored;
	int ret;

	if (!e.blocks) {			/* nothing to verify is not an error */
		scsi_good(c, 0);
		return;
	}
	if (compare > 1) {
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	if (!compare) {
		if (on_disk(u, e))
			scsi_good(c, 0);
		else
			scsi_check(c, SENSE_BAD_LBA);
		return;
	}
	if (!transfer_ok(u, c, e))
		return;
	stored = malloc(n);
	if (!stored) {
		scsi_check(c, SENSE_READ_ERROR);
		return;
	}
	ret = store_read(u->store, e.lba * STORE_SECTOR, stored, n);
	if (!ret && memcmp(stored, c->data, n))
		scsi_check(c, SENSE_MISCOMPARE);
	else
		scsi_store_result(c, ret, SENSE_READ_ERROR, n);
	free(stored);
}

/* ---- capacity, cache ---------------------------------------------------------- */

static void read_capacity_10(struct scsi_unit *u, struct scsi_command *c)
{
	uint64_t last = store_size(u->store) / STORE_SECTOR - 1;
	uint8_t a[8];

	put_be32(a, last > 0xffffffff ? 0xffffffff : (uint32_t)last);
	put_be32(a + 4, STORE_SECTOR);
	scsi_return(c, a, sizeof(a), sizeof(a));
}

static void read_capacity_16(struct scsi_unit *u, struct scsi_command *c)
{
	uint8_t a[32] = { 0 };

	if ((c->cdb[1] & 0x1f) != 0x10) {
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	put_be64(a, store_size(u->store) / STORE_SECTOR - 1);
	put_be32(a + 8, STORE_SECTOR);
	if (u->thin)
		a[14] = 0xc0;			/* thin, unmapped reads zero */
	scsi_return(c, a, sizeof(a), be32(c->cdb + 10));
}

static void start_stop(struct scsi_unit *u, struct scsi_command *c)
{
	/* A disk that is stopped has its cache on the medium. */
	int ret = c->cdb[4] & 1 ? 0 : store_sync(u->store);

	scsi_store_result(c, ret, SENSE_WRITE_ERROR, 0);
}

/* ---- dispatch ------------------------------------------------------------------ */

void scsi_disk_execute(struct scsi_unit *u, struct scsi_command *c)
{
	switch (c->cdb[0]) {
	case OP_READ_6:
	case OP_READ_10:
	case OP_READ_12:
	case OP_READ_16:
		disk_read(u, c);
		return;
	case OP_WRITE_6:
	case OP_WRITE_10:
	case OP_WRITE_12:
	case OP_WRITE_16:
		disk_write(u, c);
		return;
	case OP_VERIFY_10:
	case OP_VERIFY_12:
	case OP_VERIFY_16:
		disk_verify(u, c);
		return;
	case OP_SYNC_CACHE_10:
	case OP_SYNC_CACHE_16:
		scsi_store_result(c, store_sync(u->store), SENSE_WRITE_ERROR, 0);
		return;
	case OP_READ_CAPACITY_10:
		read_capacity_10(u, c);
		return;
	case OP_SERVICE_ACTION_IN_16:
		read_capacity_16(u, c);
		return;
	case OP_WRITE_SAME_10:
	case OP_WRITE_SAME_16:
		scsi_write_same(u, c);
		return;
	case OP_MODE_SELECT_6:
	case OP_MODE_SELECT_10:
		scsi_mode_select(u, c);
		return;
	case OP_UNMAP:
		scsi_unmap(u, c);
		return;
	case OP_START_STOP:
		start_stop(u, c);
		return;
	case OP_TEST_UNIT_READY:
		scsi_good(c, 0);
		return;
	}
	scsi_check(c, SENSE_BAD_OPCODE);
}

/* True if this command has to report that the disk was resized. */
static bool attention(struct scsi_unit *u, uint8_t opcode)
{
	bool raise;

	if (opcode == OP_INQUIRY || opcode == OP_REQUEST_SENSE ||
	    opcode == OP_REPORT_LUNS)
		return false;
	pthread_mutex_lock(&u->lock);
	raise = u->capacity_changed;
	u->capacity_changed = false;
	pthread_mutex_unlock(&u->lock);
	return raise;
}

void scsi_execute(struct scsi_unit *u, struct scsi_command *c)
{
	if (attention(u, c->cdb[0])) {
		scsi_check(c, SENSE_CAPACITY_CHANGED);
		return;
	}
	switch (c->cdb[0]) {
	case OP_INQUIRY:
		scsi_inquiry(u, c);
		return;
	case OP_MODE_SENSE_6:
	case OP_MODE_SENSE_10:
		scsi_mode_sense(u, c);
		return;
	case OP_REQUEST_SENSE:
		scsi_request_sense(u, c);
		return;
	}
	if (u->dvd)
		scsi_dvd_execute(u, c);
	else
		scsi_disk_execute(u, c);
}
