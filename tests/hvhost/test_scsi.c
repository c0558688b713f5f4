// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_scsi.c - the SCSI commands: data, limits, and the sense that they give
 *
 * build-with: disk_store.c scsi_disk.c scsi_thin.c scsi_vpd.c scsi_dvd.c
 */
#include "check.h"

#include <unistd.h>

#include "scsi.h"
#include "vsp_storage_wire.h"

#define BLOCKS		4096u
#define DATA_MAX	(256u * 1024)

static char path[64];
static struct scsi_unit unit;
static struct scsi_command cmd;
static uint8_t cdb[16];
static uint8_t data[DATA_MAX];

static void setup(bool dvd)
{
	struct store_options o = { .path = path, .write_cache = true,
				   .size = BLOCKS * 512 };
	char why[200];

	snprintf(path, sizeof(path), "/tmp/test_scsi.%d.img", (int)getpid());
	unlink(path);
	memset(&unit, 0, sizeof(unit));
	unit.store = store_open(&o, why, sizeof(why));
	if (unit.store && dvd) {
		store_close(unit.store);
		o.size = 0;
		o.read_only = true;
		unit.store = store_open(&o, why, sizeof(why));
	}
	if (!unit.store) {
		printf("%s\n", why);
		exit(1);
	}
	pthread_mutex_init(&unit.lock, NULL);
	unit.dvd = dvd;
	unit.thin = !dvd;
	unit.scsi_version = 5;
	unit.max_transfer = DATA_MAX;
	strcpy(unit.serial, "SERIAL-1");
	memcpy(unit.naa, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
}

static void teardown(void)
{
	store_close(unit.store);
	unlink(path);
}

/* Run a CDB given as a string of bytes; len is the guest's buffer. */
static void run(const char *bytes, size_t n, bool in, size_t len)
{
	memset(cdb, 0, sizeof(cdb));
	memcpy(cdb, bytes, n);
	memset(&cmd, 0, sizeof(cmd));
	cmd.cdb = cdb;
	cmd.may_return = in;
	cmd.data = data;
	cmd.len = len;
	if (in)
		memset(data, 0xee, sizeof(data));
	scsi_execute(&unit, &cmd);
}

#define RUN(bytes, in, len)	run(bytes, sizeof(bytes) - 1, in, len)

static bool good(size_t transferred)
{
	return cmd.srb_status == SRB_SUCCESS && cmd.scsi_status == SAM_GOOD &&
	       !cmd.sense_len && cmd.transferred == transferred;
}

static bool failed(uint32_t sense)
{
	uint8_t srb = (sense >> 16) == 5 ? SRB_INVALID_REQUEST : SRB_ERROR;

	return cmd.srb_status == (srb | SRB_AUTOSENSE) && !cmd.transferred &&
	       cmd.scsi_status == SAM_CHECK_CONDITION && cmd.sense_len == 18 &&
	       cmd.sense[0] == 0x70 && cmd.sense[7] == 10 &&
	       cmd.sense[2] == (sense >> 16) && cmd.sense[12] == ((sense >> 8) & 0xff) &&
	       cmd.sense[13] == (sense & 0xff);
}

static void pattern(size_t len, uint8_t salt)
{
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 13 + i / 512 + salt);
}

static bool has_pattern(size_t len, uint8_t salt)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (data[i] != (uint8_t)(i * 13 + i / 512 + salt))
			return false;
	return true;
}

TEST(inquiry)
{
	setup(false);
	RUN("\x12\0\0\0\x24\0", true, 36);
	CHECK(good(36));
	CHECK_EQ(data[0], 0);
	CHECK_EQ(data[2], 5);
	CHECK_EQ(data[3] & 15, 2);
	CHECK_EQ(data[4], 99);
	CHECK(data[7] & 2);
	CHECK(!memcmp(data + 8, "Msft    Virtual Disk    1.0 ", 28));
	CHECK_EQ(data[36], 0xee);
	RUN("\x12\0\0\0\xff\0", true, 255);
	CHECK(good(104));
	RUN("\x12\0\x80\0\xff\0", true, 255);	/* a page without EVPD */
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	RUN("\x12\0\0\0\x24\0", true, 20);	/* short buffer */
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	RUN("\x12\0\0\0\x24\0", false, 36);	/* not asked for data */
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	teardown();
}

TEST(vpd)
{
	setup(false);
	RUN("\x12\x01\0\0\xff\0", true, 255);
	CHECK(good(10));
	CHECK(!memcmp(data, "\0\0\0\x06\0\x80\x83\xb0\xb1\xb2", 10));
	RUN("\x12\x01\x80\0\xff\0", true, 255);
	CHECK(good(12));
	CHECK(!memcmp(data + 4, "SERIAL-1", 8));
	RUN("\x12\x01\x83\0\xff\0", true, 255);
	CHECK(good(4 + 28 + 20));
	CHECK_EQ(be16(data + 2), 48);
	CHECK_EQ(data[4 + 28 + 1], 3);
	CHECK(!memcmp(data + 4 + 28 + 4, "\x60\x02\x24\x80\x01\x23\x45\x67", 8));
	RUN("\x12\x01\xb0\0\xff\0", true, 255);
	CHECK(good(64));
	CHECK_EQ(be32(data + 8), DATA_MAX / 512);
	CHECK_EQ(be32(data + 20), 0xffffffff);
	CHECK_EQ(be32(data + 24), 4096);
	CHECK_EQ(data[32] & 0x80, 0x80);
	CHECK_EQ(be64(data + 36), DATA_MAX / 512);
	RUN("\x12\x01\xb1\0\xff\0", true, 255);
	CHECK(good(64));
	RUN("\x12\x01\xb2\0\xff\0", true, 255);
	CHECK(good(8));
	CHECK_EQ(data[5], 0x80);
	CHECK_EQ(data[6] & 7, 2);
	RUN("\x12\x01\x8f\0\xff\0", true, 255);
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	unit.thin = false;
	unit.serial[0] = 0;
	RUN("\x12\x01\xb0\0\xff\0", true, 255);
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	RUN("\x12\x01\x80\0\xff\0", true, 255);
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	RUN("\x12\x01\0\0\xff\0", true, 255);
	CHECK(good(6));
	teardown();
}

TEST(capacity)
{
	setup(false);
	RUN("\x25", true, 8);
	CHECK(good(8));
	CHECK_EQ(be32(data), BLOCKS - 1);
	CHECK_EQ(be32(data + 4), 512);
	RUN("\x9e\x10\0\0\0\0\0\0\0\0\0\0\0\x20\0\0", true, 32);
	CHECK(good(32));
	CHECK_EQ(be64(data), BLOCKS - 1);
	CHECK_EQ(data[14], 0xc0);
	RUN("\x9e\x12\0\0\0\0\0\0\0\0\0\0\0\x20\0\0", true, 32);
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	teardown();
}

TEST(capacity_beyond_2_tib)
{
	setup(false);
	CHECK_EQ(store_resize(unit.store, 0x100000001ull * 512), 0);
	RUN("\x25", true, 8);
	CHECK_EQ(be32(data), 0xffffffff);
	RUN("\x9e\x10\0\0\0\0\0\0\0\0\0\0\0\x20\0\0", true, 32);
	CHECK_EQ(be64(data), 0x100000000ull);
	pattern(512, 7);
	RUN("\x8a\0\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0", false, 512);
	CHECK(good(512));
	RUN("\x88\0\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0", true, 512);
	CHECK(good(512));
	CHECK(has_pattern(512, 7));
	teardown();
}

TEST(read_write_all_sizes)
{
	static const struct {
		char write[17], read[17];
	} c[] = {
		{ "\x0a\0\0\x10\x08\0", "\x08\0\0\x10\x08\0" },
		{ "\x2a\0\0\0\0\x20\0\0\x08\0", "\x28\0\0\0\0\x20\0\0\x08\0" },
		{ "\xaa\0\0\0\0\x30\0\0\0\x08\0\0", "\xa8\0\0\0\0\x30\0\0\0\x08\0\0" },
		{ "\x8a\0\0\0\0\0\0\0\0\x40\0\0\0\x08\0\0",
		  "\x88\0\0\0\0\0\0\0\0\x40\0\0\0\x08\0\0" },
	};
	uint8_t i;

	setup(false);
	for (i = 0; i < 4; i++) {
		pattern(4096, i);
		run(c[i].write, 16, false, 4096);
		CHECK(good(4096));
	}
	for (i = 0; i < 4; i++) {
		run(c[i].read, 16, true, 4096);
		CHECK(good(4096));
		CHECK(has_pattern(4096, i));
	}
	/* The 6-byte form counts 0 as 256. */
	RUN("\x08\0\0\0\0\0", true, 256 * 512);
	CHECK(good(256 * 512));
	teardown();
}

TEST(transfer_limits)
{
	setup(false);
	RUN("\x28\0\0\0\x0f\xff\0\0\x01\0", true, 512);
	CHECK(good(512));
	RUN("\x28\0\0\0\x10\0\0\0\x01\0", true, 512);
	CHECK(failed(SENSE_BAD_LBA));
	RUN("\x28\0\0\0\x0f\xff\0\0\x02\0", true, 1024);
	CHECK(failed(SENSE_BAD_LBA));
	RUN("\x28\0\0\0\0\0\0\0\0\0", true, 512);
	CHECK(failed(SENSE_BAD_LBA));
	RUN("\x88\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\x01\0\0", true, 512);
	CHECK(failed(SENSE_BAD_LBA));
	RUN("\x28\0\0\0\0\0\0\x02\x01\0", true, DATA_MAX);	/* over the limit */
	CHECK(failed(SENSE_BAD_LBA));
	RUN("\x28\0\0\0\0\0\0\0\x02\0", true, 512);
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	RUN("\x28\0\0\0\0\0\0\0\x01\0", false, 512);
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	RUN("\x2a\0\0\0\0\0\0\0\x01\0", true, 512);
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	teardown();
}

TEST(cache_commands)
{
	struct store_stats st;

	setup(false);
	pattern(512, 1);
	RUN("\x2a\0\0\0\0\0\0\0\x01\0", false, 512);
	store_get_stats(unit.store, &st);
	CHECK_EQ(st.cached_bytes, 512);
	RUN("\x35", false, 0);
	CHECK(good(0));
	store_get_stats(unit.store, &st);
	CHECK_EQ(st.cached_bytes, 0);
	RUN("\x2a\x08\0\0\0\0\0\0\x01\0", false, 512);	/* FUA */
	CHECK(good(512));
	store_get_stats(unit.store, &st);
	CHECK_EQ(st.cached_bytes, 0);
	RUN("\x2a\0\0\0\0\0\0\0\x01\0", false, 512);
	RUN("\x91", false, 0);
	CHECK(good(0));
	RUN("\x2a\0\0\0\0\0\0\0\x01\0", false, 512);
	RUN("\x1b\0\0\0\0\0", false, 0);		/* stop */
	CHECK(good(0));
	store_get_stats(unit.store, &st);
	CHECK_EQ(st.cached_bytes, 0);
	CHECK_EQ(st.flushes, 3);
	teardown();
}

TEST(mode_sense)
{
	setup(false);
	RUN("\x1a\x08\x08\0\xff\0", true, 255);
	CHECK(good(24));
	CHECK_EQ(data[0], 23);
	CHECK_EQ(data[2], 0x10);
	CHECK_EQ(data[3], 0);
	CHECK_EQ(data[4], 8);
	CHECK_EQ(data[6] & 4, 4);
	RUN("\x1a\0\x3f\0\xff\0", true, 255);
	CHECK(good(32));
	CHECK_EQ(data[3], 8);
	CHECK_EQ(be32(data + 4), BLOCKS);
	RUN("\x5a\x08\x08\0\0\0\0\0\xff\0", true, 255);
	CHECK(good(28));
	CHECK_EQ(be16(data), 26);
	CHECK_EQ(data[10] & 4, 4);
	RUN("\x1a\x08\x08\0\x04\0", true, 4);		/* only the head */
	CHECK(good(4));
	RUN("\x1a\x08\x48\0\xff\0", true, 255);		/* changeable: the cache */
	CHECK(good(24));
	CHECK_EQ(data[6], 4);
	RUN("\x1a\x08\xc8\0\xff\0", true, 255);
	CHECK(failed(SENSE_NO_SAVING));
	RUN("\x1a\x08\x1c\0\xff\0", true, 255);
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	store_set_cache(unit.store, false);
	RUN("\x1a\x08\x08\0\xff\0", true, 255);
	CHECK_EQ(data[6] & 4, 0);
	CHECK_EQ(data[2], 0);
	teardown();
}

TEST(mode_select)
{
	setup(false);
	memset(data, 0, 64);
	memcpy(data, "\0\0\0\0\x08\x12\0", 7);
	RUN("\x15\x10\0\0\x18\0", false, 24);
	CHECK(good(24));
	CHECK(!store_has_cache(unit.store));
	memset(data, 0, 64);
	data[7] = 8;				/* a block descriptor to skip */
	memcpy(data + 16, "\x08\x12\x04", 3);
	RUN("\x55\x10\0\0\0\0\0\0\x24\0", false, 36);
	CHECK(good(36));
	CHECK(store_has_cache(unit.store));
	RUN("\x55\x11\0\0\0\0\0\0\x24\0", false, 36);	/* to be saved */
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	RUN("\x55\x10\0\0\0\0\0\0\x24\0", false, 20);
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	RUN("\x55\x10\0\0\0\0\0\0\x20\0", false, 32);	/* the page is cut */
	CHECK(failed(SENSE_BAD_PARAMETER));
	data[6] = 0xff;				/* descriptors behind the end */
	RUN("\x55\x10\0\0\0\0\0\0\x24\0", false, 36);
	CHECK(failed(SENSE_BAD_PARAMETER));
	RUN("\x15\x10\0\0\x02\0", false, 2);
	CHECK(failed(SENSE_BAD_PARAMETER));
	CHECK(store_has_cache(unit.store));
	teardown();
}

TEST(unmap)
{
	static const uint8_t list[24] = {
		0, 22, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 8,
	};

	setup(false);
	pattern(16 * 512, 3);
	RUN("\x2a\0\0\0\0\0\0\0\x10\0", false, 16 * 512);
	memcpy(data, list, sizeof(list));
	RUN("\x42\0\0\0\0\0\0\0\x18\0", false, 24);
	CHECK(good(24));
	RUN("\x28\0\0\0\0\0\0\0\x10\0", true, 16 * 512);
	CHECK(has_pattern(8 * 512, 3));
	CHECK_EQ(data[8 * 512], 0);
	CHECK_EQ(data[16 * 512 - 1], 0);
	memcpy(data, list, sizeof(list));
	RUN("\x42\0\0\0\0\0\0\0\x10\0", false, 24);	/* length unequal to buffer */
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	data[1] = 20;					/* header length wrong */
	RUN("\x42\0\0\0\0\0\0\0\x18\0", false, 24);
	CHECK(failed(SENSE_BAD_PARAMETER));
	memcpy(data, list, sizeof(list));
	data[12] = 1;					/* far behind the end */
	RUN("\x42\0\0\0\0\0\0\0\x18\0", false, 24);
	CHECK(failed(SENSE_BAD_LBA));
	RUN("\x42\0\0\0\0\0\0\0\0\0", false, 0);
	CHECK(good(0));
	unit.thin = false;
	memcpy(data, list, sizeof(list));
	RUN("\x42\0\0\0\0\0\0\0\x18\0", false, 24);
	CHECK(failed(SENSE_BAD_OPCODE));
	teardown();
}

TEST(write_same)
{
	unsigned int i;

	setup(false);
	pattern(512, 9);
	RUN("\x41\0\0\0\0\x05\0\0\x90\0", false, 512);
	CHECK(good(512));
	RUN("\x28\0\0\0\0\x05\0\0\x90\0", true, 0x90 * 512);
	for (i = 1; i < 0x90; i++)
		CHECK(!memcmp(data, data + 512 * i, 512));
	CHECK(has_pattern(512, 9));
	RUN("\x93\x08\0\0\0\0\0\0\0\x05\0\0\0\x10\0\0", false, 512);	/* unmap */
	CHECK(good(512));
	RUN("\x28\0\0\0\0\x05\0\0\x01\0", true, 512);
	CHECK_EQ(data[3], 0);
	RUN("\x93\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", false, 512);
	CHECK(failed(SENSE_BAD_LBA));
	RUN("\x93\0\0\0\0\0\0\0\x10\0\0\0\0\x01\0\0", false, 512);
	CHECK(failed(SENSE_BAD_LBA));
	RUN("\x93\x01\0\0\0\0\0\0\0\0\0\0\0\x01\0\0", false, 0);
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	RUN("\x93\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0", false, 0);
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	teardown();
}

TEST(verify)
{
	setup(false);
	pattern(1024, 2);
	RUN("\x2a\0\0\0\0\0\0\0\x02\0", false, 1024);
	RUN("\x2f\0\0\0\0\0\0\0\x02\0", false, 0);
	CHECK(good(0));
	RUN("\x2f\0\0\0\x10\0\0\0\x02\0", false, 0);
	CHECK(failed(SENSE_BAD_LBA));
	pattern(1024, 2);
	RUN("\x2f\x02\0\0\0\0\0\0\x02\0", false, 1024);
	CHECK(good(1024));
	data[700]++;
	RUN("\x8f\x02\0\0\0\0\0\0\0\0\0\0\0\x02\0\0", false, 1024);
	CHECK(failed(SENSE_MISCOMPARE));
	teardown();
}

TEST(attention_once)
{
	setup(false);
	unit.capacity_changed = true;
	RUN("\x12\0\0\0\x24\0", true, 36);
	CHECK(good(36));
	RUN("\0\0\0\0\0\0", false, 0);
	CHECK(failed(SENSE_CAPACITY_CHANGED));
	RUN("\0\0\0\0\0\0", false, 0);
	CHECK(good(0));
	unit.capacity_changed = true;
	RUN("\x03\0\0\0\x12\0", true, 18);
	CHECK(good(18));
	CHECK_EQ(data[2], 6);
	CHECK_EQ(data[12], 0x2a);
	RUN("\x03\0\0\0\x12\0", true, 18);
	CHECK(good(18));
	CHECK_EQ(data[2], 0);
	teardown();
}

TEST(unknown_opcodes)
{
	int op, refused = 0;

	setup(false);
	for (op = 0; op < 256; op++) {
		char bytes[16] = { (char)op };

		run(bytes, 16, true, 512);
		/* Whatever comes, there is a result. */
		CHECK(cmd.srb_status);
		refused += failed(SENSE_BAD_OPCODE);
	}
	CHECK(refused > 200);
	RUN("\xa3\x0c", true, 512);
	CHECK(failed(SENSE_BAD_OPCODE));
	teardown();
}

TEST(absent_and_report_luns)
{
	static const uint8_t luns[] = { 0, 3, 200 };

	setup(false);
	memset(&cmd, 0, sizeof(cmd));
	cmd.cdb = cdb;
	cmd.data = data;
	cmd.len = 36;
	cmd.may_return = true;
	memset(cdb, 0, sizeof(cdb));
	memcpy(cdb, "\x12\0\0\0\x24", 5);
	scsi_inquiry_absent(0, &cmd);
	CHECK(good(36));
	CHECK_EQ(data[0], 0x7f);
	CHECK(!memcmp(data + 8, "Msft", 4));
	scsi_inquiry_absent(1, &cmd);
	CHECK(good(36));
	CHECK_EQ(data[8], 0);
	cdb[1] = 1;
	scsi_inquiry_absent(1, &cmd);
	CHECK(failed(SENSE_BAD_CDB_FIELD));
	memcpy(cdb, "\xa0\0\0\0\0\0\0\0\x10\0", 10);
	cmd.len = 4096;
	scsi_report_luns(luns, 3, &cmd);
	CHECK(good(32));
	CHECK_EQ(be32(data), 24);
	CHECK_EQ(be16(data + 16), 3);
	CHECK_EQ(be16(data + 24), 200);
	scsi_report_luns(luns, 0, &cmd);
	CHECK(good(8));
	CHECK_EQ(be32(data), 0);
	cmd.len = 4;
	scsi_report_luns(luns, 3, &cmd);
	CHECK(good(0));
	teardown();
}

TEST(dvd)
{
	setup(true);
	RUN("\x12\0\0\0\x24\0", true, 36);
	CHECK(good(36));
	CHECK_EQ(data[0], 5);
	CHECK_EQ(data[1] & 0x80, 0x80);
	RUN("\x25", true, 8);
	CHECK_EQ(be32(data), BLOCKS / 4 - 1);
	CHECK_EQ(be32(data + 4), 2048);
	RUN("\x28\0\0\0\0\0\0\0\x02\0", true, 4096);
	CHECK(good(4096));
	RUN("\x28\0\0\0\x03\xff\0\0\x02\0", true, 4096);
	CHECK(failed(SENSE_BAD_LBA));
	RUN("\x2a\0\0\0\0\0\0\0\x01\0", false, 2048);
	CHECK(failed(SENSE_BAD_OPCODE));
	RUN("\x43\0\0\0\0\0\0\0\x14\0", true, 20);
	CHECK(good(20));
	CHECK_EQ(be16(data), 18);
	CHECK_EQ(be32(data + 16), BLOCKS / 4);
	RUN("\x43\0\x01\0\0\0\0\0\x0c\0", true, 12);
	CHECK(good(12));
	RUN("\x46\0\0\0\0\0\0\0\x08\0", true, 8);
	CHECK(good(8));
	CHECK_EQ(be16(data + 6), 0x10);
	RUN("\x4a\x01\0\0\x10\0\0\0\x08\0", true, 8);
	CHECK(good(8));
	CHECK_EQ(data[5], 2);
	RUN("\x1b\0\0\0\x02\0", false, 0);		/* eject */
	CHECK(good(0));
	RUN("\0\0\0\0\0\0", false, 0);
	CHECK(failed(SENSE_NOT_READY_NO_MEDIUM));
	RUN("\x4a\x01\0\0\x10\0\0\0\x08\0", true, 8);
	CHECK_EQ(data[4], 3);
	CHECK_EQ(data[5], 1);
	RUN("\x4a\x01\0\0\x10\0\0\0\x08\0", true, 8);
	CHECK_EQ(data[4], 0);
	RUN("\x1b\0\0\0\x03\0", false, 0);		/* load */
	RUN("\0\0\0\0\0\0", false, 0);
	CHECK(good(0));
	RUN("\x4a\x01\0\0\x10\0\0\0\x08\0", true, 8);
	CHECK_EQ(data[4], 2);
	teardown();
}

/* Last: it cuts the power of this whole process. */
TEST(no_answer_without_power)
{
	setup(false);
	store_cut_power();
	RUN("\x35", false, 0);
	CHECK(cmd.vanish);
	RUN("\x28\0\0\0\0\0\0\0\x01\0", true, 512);
	CHECK(cmd.vanish);
	teardown();
}

TEST_MAIN(CASE(inquiry), CASE(vpd), CASE(capacity), CASE(capacity_beyond_2_tib),
	  CASE(read_write_all_sizes), CASE(transfer_limits), CASE(cache_commands),
	  CASE(mode_sense), CASE(mode_select), CASE(unmap), CASE(write_same), CASE(verify),
	  CASE(attention_once), CASE(unknown_opcodes), CASE(absent_and_report_luns),
	  CASE(dvd), CASE(no_answer_without_power))
