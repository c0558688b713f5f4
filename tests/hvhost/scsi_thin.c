// SPDX-License-Identifier: GPL-2.0-only
/*
 * scsi_thin.c - UNMAP and WRITE SAME
 *
 * Limits as storvsc.md section 12 has them; no locks of its own.
 */
#include "scsi.h"

#include <stdlib.h>
#include <string.h>

#define UNMAP_DESCRIPTORS	4096u
#define WRITE_SAME_MAX_BLOCKS	((8u << 20) / STORE_SECTOR)

/* 0, or the sense for a parameter list that is not as it has to be. */
static uint32_t check_unmap_list(const struct scsi_command *c, unsigned int *nr)
{
	if (be16(c->cdb + 7) != c->len || c->len < 8)
		return SENSE_BAD_CDB_FIELD;
	if (be16(c->data) != c->len - 2 || be16(c->data + 2) != c->len - 8 ||
	    (c->len - 8) % 16)
		return SENSE_BAD_PARAMETER;
	*nr = (unsigned int)((c->len - 8) / 16);
	return *nr > UNMAP_DESCRIPTORS ? SENSE_BAD_PARAMETER : 0;
}

void scsi_unmap(struct scsi_unit *u, struct scsi_command *c)
{
	uint64_t lba, blocks, size = store_size(u->store) / STORE_SECTOR;
	uint32_t sense;
	unsigned int i, nr = 0;

	/* An empty list is allowed and asks for nothing. */
	if (u->thin && !be16(c->cdb + 7) && !c->len) {
		scsi_good(c, 0);
		return;
	}
	if (!u->thin)
		sense = SENSE_BAD_OPCODE;
	else
		sense = check_unmap_list(c, &nr);
	for (i = 0; !sense && i < nr; i++) {
		lba = be64(c->data + 8 + 16 * i);
		blocks = be32(c->data + 16 + 16 * i);
		if (blocks > size || lba > size - blocks)
			sense = SENSE_BAD_LBA;
	}
	if (sense) {
		scsi_check(c, sense);
		return;
	}
	for (i = 0; i < nr; i++) {
		lba = be64(c->data + 8 + 16 * i);
		blocks = be32(c->data + 16 + 16 * i);
		/* A hint: a failing file is not the guest's concern. */
		if (blocks)
			store_discard(u->store, lba * STORE_SECTOR,
				      blocks * STORE_SECTOR);
	}
	scsi_good(c, c->len);
}

static int write_blocks(struct scsi_unit *u, const uint8_t *block, uint64_t lba,
			uint64_t blocks)
{
	enum { CHUNK = 128 };
	uint8_t *many = malloc(CHUNK * STORE_SECTOR);
	uint64_t n;
	int i, ret = 0;

	if (!many)
		return -1;
	for (i = 0; i < CHUNK; i++)
		memcpy(many + i * STORE_SECTOR, block, STORE_SECTOR);
	while (blocks && !ret) {
		n = blocks < CHUNK ? blocks : CHUNK;
		ret = store_write(u->store, lba * STORE_SECTOR, many,
				  (size_t)n * STORE_SECTOR, false);
		lba += n;
		blocks -= n;
	}
	free(many);
	return ret;
}

void scsi_write_same(struct scsi_unit *u, struct scsi_command *c)
{
	bool sixteen = c->cdb[0] == OP_WRITE_SAME_16;
	uint64_t lba = sixteen ? be64(c->cdb + 2) : be32(c->cdb + 2);
	uint64_t blocks = sixteen ? be32(c->cdb + 10) : be16(c->cdb + 7);
	uint64_t size = store_size(u->store) / STORE_SECTOR;
	int ret;

	if (!blocks || blocks > size || lba > size - blocks) {
		scsi_check(c, SENSE_BAD_LBA);
		return;
	}
	/* Not offered: no data block, anchors; one block of data is needed. */
	if (c->cdb[1] & 0x11 || blocks > WRITE_SAME_MAX_BLOCKS ||
	    c->len < STORE_SECTOR || c->may_return) {
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	if (c->cdb[1] & 0x08 && u->thin)
		ret = store_discard(u->store, lba * STORE_SECTOR,
				    blocks * STORE_SECTOR);
	else
		ret = write_blocks(u, c->data, lba, blocks);
	scsi_store_result(c, ret, SENSE_WRITE_ERROR, STORE_SECTOR);
}
