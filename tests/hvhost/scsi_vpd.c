// SPDX-License-Identifier: GPL-2.0-only
/*
 * scsi_vpd.c - what a unit says about itself: INQUIRY, VPD pages, MODE SENSE
 * and SELECT, REQUEST SENSE, REPORT LUNS
 *
 * Answers as storvsc.md section 12 has them.  Locks: scsi_unit->lock, a leaf.
 */
#include "scsi.h"

#include <string.h>

#include "vsp_storage_wire.h"

#define STANDARD_INQUIRY	104u
#define WRITE_SAME_MAX_BYTES	(8u << 20)

/* The allocation length of INQUIRY is two bytes since SPC-3. */
static size_t inquiry_allocation(const uint8_t *cdb)
{
	return be16(cdb + 3);
}

static void standard_inquiry(uint8_t *a, bool dvd, uint8_t version)
{
	a[0] = dvd ? 0x05 : 0x00;
	a[1] = dvd ? 0x80 : 0x00;		/* removable medium */
	a[2] = version;
	a[3] = 0x02;				/* response data format */
	a[4] = STANDARD_INQUIRY - 5;
	a[7] = dvd ? 0x00 : 0x02;		/* command queueing */
	memcpy(a + 8, "Msft    ", 8);
	memcpy(a + 16, dvd ? "Virtual DVD-ROM " : "Virtual Disk    ", 16);
	memcpy(a + 32, "1.0 ", 4);
}

static size_t vpd_list(const struct scsi_unit *u, uint8_t *a)
{
	size_t n = 4;

	a[n++] = 0x00;
	if (u->serial[0])
		a[n++] = 0x80;
	a[n++] = 0x83;
	if (u->thin) {
		a[n++] = 0xb0;
		a[n++] = 0xb1;
		a[n++] = 0xb2;
	}
	return n;
}

/* A vendor-specific name (T10) and a world-wide one (NAA 6). */
static size_t vpd_identification(const struct scsi_unit *u, uint8_t *a)
{
	uint8_t *d = a + 4;
	unsigned int i;

	d[0] = 0x02;				/* ASCII */
	d[1] = 0x01;				/* of the logical unit, T10 */
	d[3] = 8 + 16;
	memcpy(d + 4, "MSFT    ", 8);
	for (i = 0; i < 8; i++) {
		d[12 + 2 * i] = (uint8_t)"0123456789ABCDEF"[u->naa[i] >> 4];
		d[13 + 2 * i] = (uint8_t)"0123456789ABCDEF"[u->naa[i] & 15];
	}
	d += 4 + 24;
	d[0] = 0x01;				/* binary */
	d[1] = 0x03;				/* NAA */
	d[3] = 16;
	memcpy(d + 4, "\x60\x02\x24\x80", 4);
	memcpy(d + 8, u->naa, 8);
	put_be32(d + 16, u->number);
	d += 4 + 16;
	return (size_t)(d - a);
}

static size_t vpd_block_limits(const struct scsi_unit *u, uint8_t *a)
{
	uint32_t transfer = u->max_transfer / STORE_SECTOR;
	uint64_t same = u->max_transfer < WRITE_SAME_MAX_BYTES ?
			transfer : WRITE_SAME_MAX_BYTES / STORE_SECTOR;

	put_be32(a + 8, transfer);
	put_be32(a + 20, 0xffffffff);		/* LBAs of one UNMAP */
	put_be32(a + 24, 4096);			/* its descriptors */
	put_be32(a + 28, 1);			/* granularity */
	a[32] = 0x80;				/* alignment is given: 0 */
	put_be64(a + 36, same);
	return 64;
}

static size_t vpd_page(const struct scsi_unit *u, uint8_t page, uint8_t *a)
{
	size_t n;

	switch (page) {
	case 0x00:
		return vpd_list(u, a);
	case 0x80:
		n = strlen(u->serial);
		memcpy(a + 4, u->serial, n);
		return n ? n + 4 : 0;
	case 0x83:
		return vpd_identification(u, a);
	case 0xb0:
		return u->thin ? vpd_block_limits(u, a) : 0;
	case 0xb1:
		put_be16(a + 4, 1);		/* does not rotate */
		return u->thin ? 64 : 0;
	case 0xb2:
		a[5] = 0x80;			/* UNMAP */
		a[6] = 0x02;			/* thin */
		return u->thin ? 8 : 0;
	}
	return 0;
}

void scsi_inquiry(struct scsi_unit *u, struct scsi_command *c)
{
	size_t allocation = inquiry_allocation(c->cdb);
	uint8_t a[256] = { 0 };
	size_t n;

	if (!(c->cdb[1] & 1)) {
		if (c->cdb[2]) {
			scsi_check(c, SENSE_BAD_CDB_FIELD);
			return;
		}
		standard_inquiry(a, u->dvd, u->scsi_version);
		scsi_return(c, a, STANDARD_INQUIRY, allocation);
		return;
	}
	n = vpd_page(u, c->cdb[2], a);
	if (!n) {
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	a[0] = u->dvd ? 0x05 : 0x00;
	a[1] = c->cdb[2];
	put_be16(a + 2, (uint16_t)(n - 4));
	scsi_return(c, a, n, allocation);
}

/* storvsc.md 12, "INQUIRY, absent LUN" */
void scsi_inquiry_absent(unsigned int lun, struct scsi_command *c)
{
	size_t allocation = inquiry_allocation(c->cdb);
	uint8_t a[STANDARD_INQUIRY] = { 0 };

	if (c->cdb[1] & 1 || c->cdb[2] || allocation < 5) {
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	standard_inquiry(a, false, 5);
	a[0] = 0x7f;
	if (lun)
		memset(a + 8, 0, 28);
	scsi_return(c, a, sizeof(a), allocation);
}

/* ---- MODE SENSE ------------------------------------------------------------ */

#define PAGE_CACHING	0x08
#define PAGE_CAPABILITY	0x2a
#define PAGE_ALL	0x3f

/* Append the pages asked for; 0 if there is no such page. */
static size_t mode_pages(struct scsi_unit *u, uint8_t page, bool changeable,
			 uint8_t *a)
{
	size_t n = 0;

	if (!u->dvd && (page == PAGE_CACHING || page == PAGE_ALL)) {
		a[n] = PAGE_CACHING;
		a[n + 1] = 0x12;
		if (changeable ? !store_read_only(u->store) :
				 store_has_cache(u->store))
			a[n + 2] = 0x04;	/* write cache enabled */
		n += 0x14;
	}
	if (u->dvd && (page == PAGE_CAPABILITY || page == PAGE_ALL)) {
		a[n] = PAGE_CAPABILITY;
		a[n + 1] = 0x12;
		if (!changeable) {
			a[n + 2] = 0x08;	/* reads DVD-ROM */
			a[n + 6] = 0x20;	/* loads by tray */
		}
		n += 0x14;
	}
	return n;
}

void scsi_mode_sense(struct scsi_unit *u, struct scsi_command *c)
{
	bool ten = c->cdb[0] == OP_MODE_SENSE_10;
	size_t allocation = ten ? be16(c->cdb + 7) : c->cdb[4];
	bool descriptor = !(c->cdb[1] & 0x08) && !u->dvd;
	uint8_t control = c->cdb[2] >> 6;
	size_t head = ten ? 8 : 4, n, pages;
	uint64_t blocks = store_size(u->store) / STORE_SECTOR;
	uint8_t a[128] = { 0 };
	uint8_t specific = 0;

	if (control == 3) {
		scsi_check(c, SENSE_NO_SAVING);
		return;
	}
	n = head;
	if (descriptor) {
		put_be32(a + n, blocks > 0xffffffff ? 0xffffffff :
			 (uint32_t)blocks);
		put_be32(a + n + 4, STORE_SECTOR);
		n += 8;
	}
	pages = mode_pages(u, c->cdb[2] & 0x3f, control == 1, a + n);
	if (!pages) {
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	n += pages;

	if (!u->dvd && store_read_only(u->store))
		specific |= 0x80;
	if (!u->dvd && store_has_cache(u->store))
		specific |= 0x10;		/* force unit access works */
	if (ten) {
		put_be16(a, (uint16_t)(n - 2));
		a[3] = specific;
		a[7] = descriptor ? 8 : 0;
	} else {
		a[0] = (uint8_t)(n - 1);
		a[2] = specific;
		a[3] = descriptor ? 8 : 0;
	}
	scsi_return(c, a, n, allocation);
}

/*
 * A guest may switch the write cache, and nothing else.  Pages cannot be saved;
 * a list that ends early is refused.
 */
void scsi_mode_select(struct scsi_unit *u, struct scsi_command *c)
{
	bool ten = c->cdb[0] == OP_MODE_SELECT_10;
	size_t len = ten ? be16(c->cdb + 7) : c->cdb[4];
	size_t at = ten ? 8 : 4;

	if (!len) {
		scsi_good(c, 0);
		return;
	}
	if (len > c->len || c->may_return || c->cdb[1] & 1) {
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	if (len >= at)
		at += ten ? be16(c->data + 6) : c->data[3];
	if (len < at + 0x14 || (c->data[at] & 0x7f) != PAGE_CACHING ||
	    c->data[at + 1] != 0x12) {
		scsi_check(c, SENSE_BAD_PARAMETER);
		return;
	}
	store_set_cache(u->store, c->data[at + 2] & 0x04);
	scsi_good(c, len);
}

/* ---- REQUEST SENSE, REPORT LUNS --------------------------------------------- */

void scsi_request_sense(struct scsi_unit *u, struct scsi_command *c)
{
	uint8_t a[SENSE_LENGTH];
	uint32_t sense = 0;

	pthread_mutex_lock(&u->lock);
	if (u->capacity_changed)
		sense = SENSE_CAPACITY_CHANGED;
	u->capacity_changed = false;
	pthread_mutex_unlock(&u->lock);
	scsi_fill_sense(a, sense);
	scsi_return(c, a, sizeof(a), c->cdb[4]);
}

void scsi_report_luns(const uint8_t *luns, unsigned int nr,
		      struct scsi_command *c)
{
	uint8_t a[8 + 256 * 8] = { 0 };
	unsigned int i;

	if (c->cdb[2] > 2) {			/* select report */
		scsi_check(c, SENSE_BAD_CDB_FIELD);
		return;
	}
	if (c->len < 8) {
		scsi_good(c, 0);
		return;
	}
	put_be32(a, nr * 8);
	for (i = 0; i < nr; i++)
		put_be16(a + 8 + 8 * i, luns[i]);
	scsi_return(c, a, 8 + 8 * (size_t)nr, be32(c->cdb + 6));
}
