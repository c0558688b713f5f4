// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_storvsc_status.c - what the answer of a host means
 *
 * build-with: hv-storvsc/storvsc_status.c
 * build-flags: -Ihv-storvsc
 */
#include "check.h"
#include "storvsc_status.h"

static u8 sense[20];

/* The meaning of one answer to a command with this opcode, 512 bytes moved. */
static struct stor_meaning mean(u8 op, u8 srb, u8 sam, int asc, int ascq)
{
	struct stor_result res = {
		.srb_status = srb, .scsi_status = sam, .transferred = 512,
	};
	struct stor_meaning m;
	u8 cdb[16] = { 0 };

	cdb[0] = op;
	memset(sense, 0, sizeof(sense));
	if (srb & STOR_SRB_AUTOSENSE) {
		sense[0] = 0x70;
		sense[2] = 5;
		sense[7] = 10;
		sense[12] = asc;
		sense[13] = ascq;
		res.sense = sense;
		res.sense_len = 18;
	}
	memset(&m, 0xaa, sizeof(m));
	stor_meaning(cdb, &res, &m);
	return m;
}

#define EXPECT(m, v, a, s, with, n)			\
	do {						\
		struct stor_meaning got = (m);		\
							\
		CHECK_EQ(got.verdict, v);		\
		CHECK_EQ(got.action, a);		\
		CHECK_EQ(got.scsi_status, s);		\
		CHECK_EQ(got.with_sense, with);		\
		CHECK_EQ(got.moved, n);			\
	} while (0)

TEST(success)
{
	EXPECT(mean(0x28, 0x01, 0, 0, 0), STOR_V_OK, STOR_A_NONE, 0, 0, 512);
	EXPECT(mean(0x28, 0x41, 0, 0, 0), STOR_V_OK, STOR_A_NONE, 0, 0, 512);
	EXPECT(mean(0x28, 0x01, 8, 0, 0), STOR_V_OK, STOR_A_NONE, 8, 0, 512);
}

TEST(sense_goes_up)
{
	static const u8 srb[] = { 0x02, 0x04, 0x06, 0x30 };
	int i;

	for (i = 0; i < 4; i++)
		EXPECT(mean(0x28, srb[i] | 0x80, 2, 0x20, 0), STOR_V_OK,
		       STOR_A_NONE, 2, 1, 0);
}

TEST(changes_ask_for_a_rescan)
{
	EXPECT(mean(0x28, 0x84, 2, 0x2a, 9), STOR_V_REQUEUE, STOR_A_RESCAN,
	       2, 1, 0);
	EXPECT(mean(0x28, 0x82, 2, 0x2a, 9), STOR_V_REQUEUE, STOR_A_RESCAN,
	       2, 1, 0);
	EXPECT(mean(0x28, 0x86, 2, 0x3f, 1), STOR_V_REQUEUE, STOR_A_RESCAN,
	       2, 1, 0);
	EXPECT(mean(0x28, 0x84, 2, 0x3f, 0x03), STOR_V_OK, STOR_A_NONE,
	       2, 1, 0);
	EXPECT(mean(0x28, 0x84, 2, 0x3f, 0x0e), STOR_V_OK, STOR_A_NONE,
	       2, 1, 0);
	EXPECT(mean(0x28, 0x84, 2, 0x2a, 1), STOR_V_OK, STOR_A_NONE, 2, 1, 0);
}

TEST(descriptor_sense)
{
	struct stor_result res = { .srb_status = 0x84, .scsi_status = 2,
				   .sense = sense, .sense_len = 8 };
	struct stor_meaning m;
	u8 cdb[16] = { 0x28 };

	memset(sense, 0, sizeof(sense));
	sense[0] = 0x72;
	sense[1] = 6;
	sense[2] = 0x2a;
	sense[3] = 9;
	stor_meaning(cdb, &res, &m);
	CHECK_EQ(m.action, STOR_A_RESCAN);
	/* Too short to hold a code: nothing is read behind its end. */
	res.sense_len = 3;
	stor_meaning(cdb, &res, &m);
	CHECK_EQ(m.action, STOR_A_NONE);
}

TEST(errors_without_sense)
{
	EXPECT(mean(0x28, 0x04, 2, 0, 0), STOR_V_ERROR, STOR_A_NONE, 2, 0, 0);
	EXPECT(mean(0x28, 0x04, 0, 0, 0), STOR_V_ERROR, STOR_A_NONE, 0, 0, 0);
	EXPECT(mean(0x85, 0x04, 2, 0, 0), STOR_V_PASSTHROUGH, STOR_A_NONE,
	       2, 0, 0);
	EXPECT(mean(0xa1, 0x06, 2, 0, 0), STOR_V_PASSTHROUGH, STOR_A_NONE,
	       2, 0, 0);
	EXPECT(mean(0x00, 0x04, 2, 0, 0), STOR_V_OK, STOR_A_NONE, 2, 0, 0);
	EXPECT(mean(0x00, 0x04, 0, 0, 0), STOR_V_ERROR, STOR_A_NONE, 0, 0, 0);
	/* Sense that a good SAM status hides is an error all the same. */
	EXPECT(mean(0x28, 0x84, 0, 0x20, 0), STOR_V_ERROR, STOR_A_NONE,
	       0, 0, 0);
}

TEST(path)
{
	EXPECT(mean(0x28, 0x20, 2, 0, 0), STOR_V_NO_CONNECT, STOR_A_REMOVE,
	       2, 0, 0);
	EXPECT(mean(0x12, 0x20, 2, 0, 0), STOR_V_NO_CONNECT, STOR_A_REMOVE,
	       2, 0, 0);
	EXPECT(mean(0x28, 0x08, 0, 0, 0), STOR_V_NO_CONNECT, STOR_A_NONE,
	       0, 0, 0);
	EXPECT(mean(0x28, 0x21, 0, 0, 0), STOR_V_NO_CONNECT, STOR_A_NONE,
	       0, 0, 0);
	EXPECT(mean(0x28, 0x0a, 0, 0, 0), STOR_V_NO_CONNECT, STOR_A_NONE,
	       0, 0, 0);
	EXPECT(mean(0x28, 0x09, 0, 0, 0), STOR_V_TIME_OUT, STOR_A_NONE,
	       0, 0, 0);
	EXPECT(mean(0x28, 0x0e, 0, 0, 0), STOR_V_RESET, STOR_A_NONE, 0, 0, 0);
	EXPECT(mean(0x28, 0x05, 0, 0, 0), STOR_V_REQUEUE, STOR_A_NONE,
	       0, 0, 0);
	EXPECT(mean(0x28, 0x05, 8, 0, 0), STOR_V_OK, STOR_A_NONE, 8, 0, 0);
	EXPECT(mean(0x28, 0x16, 0, 0, 0), STOR_V_REQUEUE, STOR_A_NONE,
	       0, 0, 0);
}

TEST(overrun_keeps_what_was_moved)
{
	EXPECT(mean(0x28, 0x12, 0, 0, 0), STOR_V_ERROR, STOR_A_NONE,
	       0, 0, 512);
	EXPECT(mean(0x28, 0x92, 2, 0x24, 0), STOR_V_OK, STOR_A_NONE,
	       2, 1, 512);
}

TEST(pages_that_hosts_complain_about)
{
	static const u8 ops[] = { 0x12, 0x1a, 0x5a };
	int i;

	for (i = 0; i < 3; i++) {
		EXPECT(mean(ops[i], 0x86, 2, 0x24, 0), STOR_V_OK, STOR_A_NONE,
		       0, 0, 512);
		EXPECT(mean(ops[i], 0x04, 2, 0, 0), STOR_V_OK, STOR_A_NONE,
		       0, 0, 512);
		EXPECT(mean(ops[i], 0x12, 0, 0, 0), STOR_V_OK, STOR_A_NONE,
		       0, 0, 512);
	}
}

/* Whatever a host says: good is said only of what is good. */
TEST(never_good_by_mistake)
{
	struct stor_meaning m;
	int srb;

	for (srb = 0; srb < 256; srb++) {
		m = mean(0x28, srb, 0, 0, 0);
		CHECK_EQ(m.verdict == STOR_V_OK,
			 (srb & STOR_SRB_STATUS_MASK) == STOR_SRB_SUCCESS);
		m = mean(0x28, srb, 2, 0x20, 0);
		CHECK(m.scsi_status == 2);
	}
}

TEST(refused)
{
	u8 same[16] = { 0x41 }, window[16] = { 0x24 }, rd[16] = { 0x28 };

	CHECK(stor_refused_here(same, 0x0501));
	CHECK(stor_refused_here(window, 0x0402));
	CHECK(!stor_refused_here(rd, 0x0501));
	CHECK(!stor_refused_here(same, 0x0600));
	CHECK(!stor_refused_here(window, 0x0602));
}

TEST_MAIN(CASE(success), CASE(sense_goes_up), CASE(changes_ask_for_a_rescan),
	  CASE(descriptor_sense), CASE(errors_without_sense), CASE(path),
	  CASE(overrun_keeps_what_was_moved),
	  CASE(pages_that_hosts_complain_about), CASE(never_good_by_mistake),
	  CASE(refused))
