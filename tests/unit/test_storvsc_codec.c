// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_storvsc_codec.c - packets of the storage protocol, byte by byte
 *
 * build-with: hv-storvsc/storvsc_codec.c
 * build-flags: -Ihv-storvsc
 */
#include "check.h"
#include "storvsc_codec.h"

static u32 le(const void *at, int n)
{
	const u8 *b = at;
	u32 v = 0;

	while (n--)
		v = v << 8 | b[n];
	return v;
}

static const u8 cdb_read[16] = { 0x28, 0, 0x11, 0x22, 0x33, 0x44, 0, 0, 8 };

static struct stor_req a_read(void)
{
	struct stor_req r = {
		.cdb = cdb_read, .cdb_len = 10, .path = 1, .target = 2,
		.lun = 3, .data = STOR_DATA_IN, .tagged = 1, .buf.len = 4096,
	};

	memset(&r.packet, 0xaa, sizeof(r.packet));
	stor_req_init(&r);
	return r;
}

TEST(versions_go_down)
{
	CHECK_EQ(stor_version_below(0xffff), 0x0602);
	CHECK_EQ(stor_version_below(0x0602), 0x0600);
	CHECK_EQ(stor_version_below(0x0600), 0x0501);
	CHECK_EQ(stor_version_below(0x0501), 0x0402);
	CHECK_EQ(stor_version_below(0x0402), 0x0200);
	CHECK_EQ(stor_version_below(0x0200), 0);
}

TEST(packet_sizes)
{
	CHECK_EQ(stor_packet_size(0), 48);
	CHECK_EQ(stor_packet_size(0x0200), 48);
	CHECK_EQ(stor_packet_size(0x0402), 48);
	CHECK_EQ(stor_packet_size(0x0501), 64);
	CHECK_EQ(stor_packet_size(0x0600), 64);
	CHECK_EQ(stor_packet_size(0x0602), 64);
}

/* Offsets here are those of the table in storvsc.md section 4. */
TEST(srb_new)
{
	struct stor_req r = a_read();
	const u8 *b = (const u8 *)&r.packet;

	CHECK_EQ(stor_encode_srb(&r, 0x0602), 64);
	CHECK_EQ(le(b, 4), 3);
	CHECK_EQ(le(b + 4, 4), 1);
	CHECK_EQ(le(b + 8, 4), 0);
	CHECK_EQ(le(b + 12, 2), 0x34);
	CHECK_EQ(le(b + 14, 3), 0);
	CHECK_EQ(b[17], 1);
	CHECK_EQ(b[18], 2);
	CHECK_EQ(b[19], 3);
	CHECK_EQ(b[20], 10);
	CHECK_EQ(b[21], 0x14);
	CHECK_EQ(b[22], 1);
	CHECK_EQ(b[23], 0);
	CHECK_EQ(le(b + 24, 4), 4096);
	CHECK(!memcmp(b + 28, cdb_read, 16));
	CHECK_EQ(le(b + 44, 4), 0);
	CHECK_EQ(le(b + 48, 2), 0);
	CHECK_EQ(b[50], 0xff);
	CHECK_EQ(b[51], 0x20);
	CHECK_EQ(le(b + 52, 4), 0x14a);
	CHECK_EQ(le(b + 56, 4), 60);
	CHECK_EQ(le(b + 60, 4), 0);
}

TEST(srb_old)
{
	struct stor_req r = a_read();
	const u8 *b = (const u8 *)&r.packet;

	CHECK_EQ(stor_encode_srb(&r, 0x0402), 48);
	CHECK_EQ(le(b + 8, 4), 0);
	CHECK_EQ(le(b + 12, 2), 0x24);
	CHECK_EQ(le(b + 14, 3), 0);
	CHECK_EQ(b[21], 0x12);
	CHECK_EQ(b[23], 0);
	CHECK_EQ(le(b + 44, 4), 0);
}

TEST(srb_directions)
{
	struct stor_req r = a_read();
	const u8 *b = (const u8 *)&r.packet;

	r.data = STOR_DATA_OUT;
	r.tagged = 0;
	stor_encode_srb(&r, 0x0501);
	CHECK_EQ(b[22], 0);
	CHECK_EQ(le(b + 52, 4), 0x88);
	CHECK_EQ(le(b + 50, 2), 0);
	r.data = STOR_DATA_NONE;
	r.buf.len = 0;
	stor_encode_srb(&r, 0x0501);
	CHECK_EQ(b[22], 2);
	CHECK_EQ(le(b + 24, 4), 0);
	CHECK_EQ(le(b + 52, 4), 0x08);
}

TEST(control)
{
	struct stor_wire_packet p;
	const u8 *b = (const u8 *)&p;
	u32 i;

	memset(&p, 0xaa, sizeof(p));
	CHECK_EQ(stor_encode_control(&p, STOR_OP_BEGIN_INIT, 0), 48);
	CHECK_EQ(le(b, 4), 7);
	CHECK_EQ(le(b + 4, 4), 1);
	for (i = 8; i < sizeof(p); i++)
		CHECK_EQ(b[i], 0);
	CHECK_EQ(stor_encode_version_query(&p, 0x0602), 48);
	CHECK_EQ(le(b, 4), 9);
	CHECK_EQ(le(b + 12, 2), 0x0602);
	CHECK_EQ(le(b + 14, 2), 0);
	CHECK_EQ(stor_encode_sub_channels(&p, 7, 0x0602), 64);
	CHECK_EQ(le(b, 4), 13);
	CHECK_EQ(le(b + 12, 2), 7);
}

/*
 * A decoder gets each length in an allocation of that size, so that one byte
 * too far is seen by the sanitizer; contents are all ones, the worst numbers.
 */
TEST(every_length)
{
	struct stor_wire_head head;
	struct stor_properties prop;
	struct stor_result res;
	u32 n, i;
	u8 *b;

	for (n = 0; n <= 96; n++) {
		b = malloc(n ? n : 1);
		memset(b, 0xff, n);
		CHECK_EQ(stor_decode_head(b, n, &head), n < 12 ? -EINVAL : 0);
		CHECK_EQ(stor_decode_result(b, n, 512, &res),
			 n < 48 ? -EINVAL : 0);
		if (n >= 48) {
			CHECK_EQ(res.transferred, 512);
			CHECK(res.sense_len <= 20);
			CHECK(res.sense_len <= n - 28);
			for (i = 0; i < res.sense_len; i++)
				CHECK_EQ(res.sense[i], 0xff);
		}
		CHECK_EQ(stor_decode_properties(b, n, 0x0602, &prop),
			 n < 36 ? -EINVAL : 0);
		free(b);
	}
}

TEST(result_fields)
{
	u8 b[64] = { 0 };
	struct stor_result res;

	b[0] = 1;
	b[14] = 0x84;
	b[15] = 0x02;
	b[21] = 18;
	b[24] = 0x00;
	b[25] = 0x02;
	b[28] = 0x70;
	b[45] = 0x99;
	CHECK_EQ(stor_decode_result(b, sizeof(b), 4096, &res), 0);
	CHECK_EQ(res.srb_status, 0x84);
	CHECK_EQ(res.scsi_status, 2);
	CHECK_EQ(res.transferred, 512);
	CHECK_EQ(res.sense_len, 18);
	CHECK_EQ(res.sense[0], 0x70);
	CHECK_EQ(res.sense[17], 0x99);
}

TEST(sense_is_clamped_and_wants_its_bit)
{
	u8 b[64] = { 0 };
	struct stor_result res;
	int n;

	b[14] = 0x84;
	b[15] = 2;
	for (n = 0; n < 256; n++) {
		b[21] = n;
		CHECK_EQ(stor_decode_result(b, 64, 0, &res), 0);
		CHECK_EQ(res.sense_len, n < 20 ? n : 20);
		CHECK(!res.sense_len == !res.sense);
	}
	b[14] = 0x04;
	CHECK_EQ(stor_decode_result(b, 64, 0, &res), 0);
	CHECK_EQ(res.sense_len, 0);
	CHECK(!res.sense);
}

TEST(transferred_is_clamped)
{
	u8 b[64] = { 0 };
	struct stor_result res;

	b[14] = 1;
	memset(b + 24, 0xff, 4);
	CHECK_EQ(stor_decode_result(b, 64, 4096, &res), 0);
	CHECK_EQ(res.transferred, 4096);
	CHECK_EQ(stor_decode_result(b, 64, 0, &res), 0);
	CHECK_EQ(res.transferred, 0);
}

/* A request after another, and after another version: nothing is left over. */
TEST(one_request_after_another)
{
	struct stor_req r = a_read(), fresh = a_read();

	stor_encode_srb(&r, 0x0602);
	stor_encode_srb(&r, 0x0402);
	r.data = fresh.data = STOR_DATA_OUT;
	r.tagged = fresh.tagged = 0;
	r.buf.len = fresh.buf.len = 512;
	stor_encode_srb(&r, 0x0602);
	stor_encode_srb(&fresh, 0x0602);
	CHECK(!memcmp(&r.packet, &fresh.packet, sizeof(r.packet)));
}

/* Good is what both decoders would call good, and nothing else. */
TEST(good_answers)
{
	u8 b[64] = { 1 };
	struct stor_result res;
	int i, v;
	u32 n;

	b[14] = 1;
	b[25] = 2;
	for (n = 0; n <= 64; n++)
		CHECK_EQ(stor_answer_good(b, n, 512), n >= 48);
	CHECK(!stor_answer_good(b, 64, 513));
	CHECK(!stor_answer_good(b, 64, 0));
	for (i = 0; i < 28; i++) {
		for (v = 0; v < 256; v++) {
			u8 old = b[i];

			b[i] = v;
			if (stor_answer_good(b, 64, 512)) {
				CHECK_EQ(stor_decode_result(b, 64, 512, &res), 0);
				CHECK_EQ(res.srb_status, 1);
				CHECK_EQ(res.scsi_status, 0);
				CHECK_EQ(res.transferred, 512);
				CHECK_EQ(b[0] | b[1] | b[2] | b[3], 1);
			}
			b[i] = old;
		}
	}
}

TEST(properties)
{
	u8 b[64] = { 0 };
	struct stor_properties prop;

	b[12 + 4] = 5;
	b[12 + 8] = 1;
	b[12 + 14] = 4;
	CHECK_EQ(stor_decode_properties(b, 64, 0x0602, &prop), 0);
	CHECK_EQ(prop.max_sub_channels, 5);
	CHECK_EQ(prop.max_transfer, 0x40000);
	/* Not multi-channel, whatever the count says. */
	b[12 + 8] = 2;
	CHECK_EQ(stor_decode_properties(b, 64, 0x0602, &prop), 0);
	CHECK_EQ(prop.max_sub_channels, 0);
	/* Before Win8 the bit means "removable". */
	b[12 + 8] = 1;
	CHECK_EQ(stor_decode_properties(b, 64, 0x0402, &prop), 0);
	CHECK_EQ(prop.max_sub_channels, 0);
}

TEST_MAIN(CASE(versions_go_down), CASE(packet_sizes), CASE(srb_new),
	  CASE(srb_old), CASE(srb_directions), CASE(control),
	  CASE(every_length), CASE(result_fields),
	  CASE(sense_is_clamped_and_wants_its_bit),
	  CASE(transferred_is_clamped), CASE(one_request_after_another),
	  CASE(good_answers), CASE(properties))
