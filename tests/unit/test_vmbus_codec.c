/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_vmbus_codec.c - every encoder and decoder of the control messages
 * build-with: hv-vmbus/vmbus_codec.c
 *
 * Messages are given as bytes at offsets, not through the drivers' structures.
 * Buffers are exactly as long as the message, so ASan sees a read too far.
 */
#include <hv/os.h>
#include <hv/vmbus.h>
#include "hv_wire.h"
#include "vmbus_codec.h"
#include "check.h"

static void set32(u8 *m, u32 at, u32 v)
{
	memcpy(m + at, &v, 4);
}

static void set16(u8 *m, u32 at, u16 v)
{
	memcpy(m + at, &v, 2);
}

static u32 get32(const u8 *m, u32 at)
{
	u32 v;

	memcpy(&v, m + at, 4);
	return v;
}

static u64 get64(const u8 *m, u32 at)
{
	u64 v;

	memcpy(&v, m + at, 8);
	return v;
}

/* A message of exactly @len bytes with random rubbish and a type. */
static u8 *message(u32 len, u32 type)
{
	u8 *m = malloc(len ? len : 1);
	u32 i;

	for (i = 0; i < len; i++)
		m[i] = 0x5a;
	if (len >= 4)
		set32(m, 0, type);
	return m;
}

TEST(types)
{
	u32 type, len;
	u8 *m;

	for (len = 0; len < 8; len++) {
		m = message(len, 1);
		CHECK(hvl_decode_type(m, len, &type));
		free(m);
	}
	m = message(8, 17);
	CHECK_EQ(hvl_decode_type(m, 8, &type), 0);
	CHECK_EQ(type, 17);
	set32(m, 0, 0);
	CHECK(hvl_decode_type(m, 8, &type));
	set32(m, 0, 30);
	CHECK(hvl_decode_type(m, 8, &type));
	CHECK(hvl_decode_type(m, 241, &type));
	free(m);
}

static u8 *offer_message(u32 len)
{
	u8 *m = message(len, 1);

	if (len < 196)
		return m;
	memset(m + 8, 0x11, 16);
	memset(m + 24, 0x22, 16);
	set16(m, 56, 0x2001);
	set16(m, 58, 8);
	memset(m + 60, 0x33, 120);
	set16(m, 180, 5);
	set32(m, 184, 2047);
	m[188] = 127;
	m[189] = 1;
	set16(m, 190, 1);
	set32(m, 192, 0x2001);
	return m;
}

TEST(offers)
{
	struct hvl_offer o;
	u8 *m, *longer;
	u32 len;

	for (len = 0; len < 196; len++) {
		m = offer_message(len);
		CHECK(hvl_decode_offer(m, len, HVL_VMBUS_5_3, &o));
		free(m);
	}
	m = offer_message(196);
	CHECK_EQ(hvl_decode_offer(m, 196, HVL_VMBUS_5_3, &o), 0);
	CHECK_EQ(o.type.b[0], 0x11);
	CHECK_EQ(o.instance.b[15], 0x22);
	CHECK_EQ(o.user_defined[119], 0x33);
	CHECK_EQ(o.flags, 0x2001);
	CHECK_EQ(o.mmio_megabytes, 8);
	CHECK_EQ(o.sub_index, 5);
	CHECK_EQ(o.relid, 2047);
	CHECK_EQ(o.monitor_id, 127);
	CHECK(o.monitored);
	CHECK(o.dedicated);
	CHECK_EQ(o.connection_id, 0x2001);

	/* A host that says more than we know is understood. */
	longer = offer_message(196);
	longer = realloc(longer, 240);
	CHECK(longer);
	memset(longer + 196, 0x44, 44);
	CHECK_EQ(hvl_decode_offer(longer, 240, HVL_VMBUS_5_3, &o), 0);
	CHECK_EQ(o.connection_id, 0x2001);
	free(longer);

	/* What older hosts do not fill is not believed. */
	CHECK_EQ(hvl_decode_offer(m, 196, HVL_VMBUS_1_1, &o), 0);
	CHECK_EQ(o.sub_index, 0);
	CHECK(o.dedicated);
	CHECK_EQ(hvl_decode_offer(m, 196, HVL_VMBUS_0_13, &o), 0);
	CHECK(!o.dedicated);
	CHECK_EQ(o.connection_id, 2);

	set32(m, 184, 0);
	CHECK(hvl_decode_offer(m, 196, HVL_VMBUS_5_3, &o));
	set32(m, 184, 2048);
	CHECK(hvl_decode_offer(m, 196, HVL_VMBUS_5_3, &o));
	set32(m, 184, 0xffffffff);
	CHECK(hvl_decode_offer(m, 196, HVL_VMBUS_5_3, &o));
	set32(m, 184, 1);
	m[188] = 128;
	CHECK(hvl_decode_offer(m, 196, HVL_VMBUS_5_3, &o));
	m[189] = 0;
	CHECK_EQ(hvl_decode_offer(m, 196, HVL_VMBUS_5_3, &o), 0);
	CHECK(!o.monitored);
	free(m);
}

TEST(rescinds)
{
	u32 relid, len;
	u8 *m;

	for (len = 0; len < 12; len++) {
		m = message(len, 2);
		CHECK(hvl_decode_rescind(m, len, &relid));
		free(m);
	}
	m = message(12, 2);
	CHECK(hvl_decode_rescind(m, 12, &relid));
	set32(m, 8, 7);
	CHECK_EQ(hvl_decode_rescind(m, 12, &relid), 0);
	CHECK_EQ(relid, 7);
	free(m);
}

TEST(replies)
{
	static const struct { u32 type, len; } c[] = {
		{ 4, 8 }, { 6, 20 }, { 10, 20 }, { 12, 12 }, { 15, 16 },
		{ 17, 8 }, { 24, 16 },
	};
	struct hvl_reply r;
	u32 i, len;
	u8 *m;

	for (i = 0; i < ARRAY_SIZE(c); i++) {
		for (len = 0; len < c[i].len; len++) {
			m = message(len, c[i].type);
			CHECK(hvl_decode_reply(m, len, &r));
			free(m);
		}
		/* Longer than known is fine. */
		m = message(c[i].len + 9, c[i].type);
		if (c[i].len >= 12)
			set32(m, 8, 3);
		CHECK_EQ(hvl_decode_reply(m, c[i].len + 9, &r), 0);
		CHECK_EQ(r.type, c[i].type);
		free(m);
	}
	/* Offers and the guest's own messages are no replies. */
	for (i = 1; i < 30; i++) {
		int known = 0;
		u32 k;

		for (k = 0; k < ARRAY_SIZE(c); k++)
			known |= c[k].type == i;
		m = message(200, i);
		set32(m, 8, 3);
		CHECK_EQ(!hvl_decode_reply(m, 200, &r), known);
		free(m);
	}
}

TEST(reply_fields)
{
	struct hvl_reply r;
	u8 *m = message(20, 6);

	set32(m, 8, 3);
	set32(m, 12, 99);
	set32(m, 16, 0x8000ffff);
	CHECK_EQ(hvl_decode_reply(m, 20, &r), 0);
	CHECK_EQ(r.relid, 3);
	CHECK_EQ(r.key, 99);
	CHECK_EQ(r.status, 0x8000ffff);
	set32(m, 0, 10);
	CHECK_EQ(hvl_decode_reply(m, 20, &r), 0);
	CHECK_EQ(r.key, 99);
	set32(m, 8, 5000);
	CHECK(hvl_decode_reply(m, 20, &r));
	set32(m, 0, 12);
	CHECK_EQ(hvl_decode_reply(m, 20, &r), 0);
	CHECK_EQ(r.relid, 0);
	CHECK_EQ(r.key, 5000);

	set32(m, 0, 15);
	m[8] = 1;
	m[9] = 2;
	set32(m, 12, 0x24);
	set32(m, 16, 0x40);
	CHECK_EQ(hvl_decode_reply(m, 20, &r), 0);
	CHECK(r.supported);
	CHECK_EQ(r.status, 2);
	CHECK_EQ(r.connection_id, 0x24);
	CHECK_EQ(r.features, 0x40);
	CHECK_EQ(hvl_decode_reply(m, 16, &r), 0);
	CHECK_EQ(r.features, 0);
	free(m);
}

TEST(requests)
{
	struct hvl_contact c = { HVL_VMBUS_5_2, 3, 0x5000, 0x6000, 0x7000 };
	u8 m[240], user[120];

	CHECK_EQ(hvl_encode_header(m, 3), 8);
	CHECK_EQ(get64(m, 0), 3);
	CHECK_EQ(hvl_encode_relid(m, 13, 77), 12);
	CHECK_EQ(get32(m, 8), 77);

	CHECK_EQ(hvl_encode_contact(m, &c), 40);
	CHECK_EQ(get32(m, 0), 14);
	CHECK_EQ(get32(m, 8), 0x50002);
	CHECK_EQ(get32(m, 12), 3);
	CHECK_EQ(get64(m, 16), 2);
	CHECK_EQ(get64(m, 24), 0x6000);
	CHECK_EQ(get64(m, 32), 0x7000);
	c.version = HVL_VMBUS_4_1;
	hvl_encode_contact(m, &c);
	CHECK_EQ(get64(m, 16), 0x5000);
	c.version = HVL_VMBUS_6_0;
	hvl_encode_contact(m, &c);
	CHECK_EQ(get32(m, 20), 0);

	memset(m, 0xee, sizeof(m));
	memset(user, 0x44, sizeof(user));
	CHECK_EQ(hvl_encode_open(m, 5, 6, 7, 8, 9, user, 100), 148);
	CHECK_EQ(get32(m, 8), 5);
	CHECK_EQ(get32(m, 12), 6);
	CHECK_EQ(get32(m, 16), 7);
	CHECK_EQ(get32(m, 20), 8);
	CHECK_EQ(get32(m, 24), 9);
	CHECK_EQ(m[28 + 99], 0x44);
	CHECK_EQ(m[28 + 100], 0);
	CHECK_EQ(hvl_encode_gpadl_teardown(m, 1, 2), 16);
	CHECK_EQ(get32(m, 12), 2);
	CHECK_EQ(hvl_encode_modify(m, 1, 2), 16);
	CHECK_EQ(get32(m, 0), 22);
}

/* Put the range data together again as the host does. */
TEST(gpadls)
{
	static const struct { u32 pages, bodies, bytes; } c[] = {
		{ 1, 0, 16 }, { 26, 0, 216 }, { 27, 1, 224 }, { 54, 1, 440 },
		{ 55, 2, 448 }, { 512, 18, 4104 }, { 8190, 292, 65528 },
	};
	u64 *pfns = malloc(8190 * sizeof(u64)), *got;
	u32 i, k, n, len, done, messages;
	u8 *m;

	for (i = 0; i < 8190; i++)
		pfns[i] = 0x100000000ull + i * 3;
	for (i = 0; i < ARRAY_SIZE(c); i++) {
		got = calloc(c[i].pages, sizeof(u64));
		done = 0;
		n = 0;
		messages = 0;
		while (done < c[i].pages) {
			m = malloc(240);
			len = hvl_encode_gpadl(m, 4, 0xe1e10, pfns,
					       c[i].pages, &done);
			CHECK(len <= 240);
			CHECK_EQ(get32(m, 12), 0xe1e10);
			if (!messages) {
				CHECK_EQ(get32(m, 0), 8);
				CHECK_EQ(get32(m, 8), 4);
				CHECK_EQ(get32(m, 16) & 0xffff, c[i].bytes);
				CHECK_EQ(get32(m, 16) >> 16, 1);
				CHECK_EQ(get32(m, 20), c[i].pages * 4096);
				CHECK_EQ(get32(m, 24), 0);
				k = 28;
			} else {
				CHECK_EQ(get32(m, 0), 9);
				k = 16;
			}
			for (; k < len; k += 8)
				got[n++] = get64(m, k);
			messages++;
			free(m);
		}
		CHECK_EQ(messages, c[i].bodies + 1);
		CHECK_EQ(n, c[i].pages);
		CHECK(!memcmp(got, pfns, n * sizeof(u64)));
		free(got);
	}
	free(pfns);
}

TEST_MAIN(CASE(types), CASE(offers), CASE(rescinds), CASE(replies),
	  CASE(reply_fields), CASE(requests), CASE(gpadls))
