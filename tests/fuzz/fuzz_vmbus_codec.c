// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_vmbus_codec.c - every decoder of VMBus messages over any bytes, and the
 *                      encoder of page lists over any number of pages
 *
 * What a decoder accepts is read once more here, byte by byte, at the offsets of
 * vmbus.md; both must agree.
 *
 * fuzz-with: hv-vmbus/vmbus_codec.c
 * fuzz-cover: hv-vmbus/vmbus_codec.c
 */
#include "vmbus_codec.h"
#include "hv_wire.h"
#include <hv/vmbus.h>
#include "fuzz.h"

static const u32 versions[] = {
	HVL_VMBUS_0_13, HVL_VMBUS_1_1, HVL_VMBUS_2_4, HVL_VMBUS_3_0,
	HVL_VMBUS_4_0, HVL_VMBUS_5_3, HVL_VMBUS_6_0, 0,
};

static bool relid_ok(u64 relid)
{
	return relid && relid <= HVL_MAX_RELID;
}

static void offer(const u8 *msg, u32 len, u32 version)
{
	struct hvl_offer o;
	int ret;

	memset(&o, 0xee, sizeof(o));
	ret = hvl_decode_offer(msg, len, version, &o);
	HOLDS(ret == 0 || ret == -EINVAL || ret == -ERANGE);
	HOLDS((ret == -EINVAL) == (len < 196));
	if (ret)
		return;
	HOLDS(relid_ok(o.relid) && o.relid == fuzz_le(msg + 184, 4));
	HOLDS(!memcmp(o.type.b, msg + 8, 16));
	HOLDS(!memcmp(o.instance.b, msg + 24, 16));
	HOLDS(!memcmp(o.user_defined, msg + 60, 120));
	HOLDS(o.flags == fuzz_le(msg + 56, 2));
	HOLDS(o.mmio_megabytes == fuzz_le(msg + 58, 2));
	HOLDS(o.monitored == (msg[189] & 1));
	HOLDS(!o.monitored || (o.monitor_id == msg[188] && msg[188] < 128));
	HOLDS(o.sub_index == (version >= 0x20004 ? fuzz_le(msg + 180, 2) : 0));
	if (version >= 0x10001)
		HOLDS(o.connection_id == fuzz_le(msg + 192, 4) &&
		      o.dedicated == (msg[190] & 1));
	else
		HOLDS(o.connection_id == 2 && !o.dedicated);
}

static void rescind(const u8 *msg, u32 len)
{
	u32 relid = ~0u;
	int ret = hvl_decode_rescind(msg, len, &relid);

	HOLDS((ret == -EINVAL) == (len < 12));
	if (!ret)
		HOLDS(relid == fuzz_le(msg + 8, 4) && relid_ok(relid));
	else
		HOLDS(relid == ~0u);
}

/* Where relid, key and status lie in an answer, 0 for nowhere. */
static const struct shape {
	u32 type, bytes, relid, key, status;
} shapes[] = {
	{ 4, 8, 0, 0, 0 }, { 6, 20, 8, 12, 16 }, { 10, 20, 8, 12, 16 },
	{ 12, 12, 0, 8, 0 }, { 17, 8, 0, 0, 0 }, { 24, 16, 8, 0, 12 },
};

static bool field_is(u32 value, const u8 *msg, u32 offset)
{
	return value == (offset ? fuzz_le(msg + offset, 4) : 0);
}

static void reply(const u8 *msg, u32 len)
{
	struct hvl_reply r;
	u32 type, i;
	int ret;

	memset(&r, 0xee, sizeof(r));
	ret = hvl_decode_reply(msg, len, &r);
	HOLDS(ret <= 0);
	if (ret)
		return;
	HOLDS(!hvl_decode_type(msg, len, &type) && r.type == type);
	if (type == 15) {
		HOLDS(len >= 16 && r.supported == !!msg[8]);
		HOLDS(r.status == msg[9] && !r.relid && !r.key);
		HOLDS(r.connection_id == fuzz_le(msg + 12, 4));
		/* The field behind byte 16 is there from byte 20 on. */
		if (len >= 20)
			HOLDS(r.features == fuzz_le(msg + 16, 4));
		else if (len == 16)
			HOLDS(!r.features);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		if (shapes[i].type == type)
			break;
	}
	HOLDS(i < ARRAY_SIZE(shapes) && len >= shapes[i].bytes);
	HOLDS(field_is(r.relid, msg, shapes[i].relid));
	HOLDS(field_is(r.key, msg, shapes[i].key));
	HOLDS(field_is(r.status, msg, shapes[i].status));
	HOLDS(!shapes[i].relid || relid_ok(r.relid));
}

/* Every page is told once, in order, in messages that fit a slot. */
static void gpadl(u8 how)
{
	static u64 pfns[HVL_GPADL_MAX_PAGES];
	u32 nr = how == 0xff ? HVL_GPADL_MAX_PAGES : how + 1;
	u32 done = 0, told = 0, len, at, i;
	u8 *msg;

	for (i = 0; i < nr; i++)
		pfns[i] = 0x100000000ull * i + 7;
	while (done < nr) {
		at = done ? 16 : 28;
		msg = malloc(HVL_MESSAGE_PAYLOAD);
		HOLDS(msg);
		len = hvl_encode_gpadl(msg, 5, 6, pfns, nr, &done);
		HOLDS(len <= HVL_MESSAGE_PAYLOAD && len > at);
		if (at == 28)
			HOLDS(fuzz_le(msg + 20, 4) == nr * 4096 &&
			      fuzz_le(msg + 16, 2) == 8 + 8 * nr);
		HOLDS((len - at) % 8 == 0);
		HOLDS(!memcmp(msg + at, pfns + told, len - at));
		told += (len - at) / 8;
		HOLDS(told == done);
		free(msg);
	}
	HOLDS(told == nr);
}

/* The small ones, into memory of the size that they say they need. */
static void encoders(struct fuzz_input *in)
{
	static const u32 sizes[] = { 8, 12, 148, 16, 16, 40 };
	struct hvl_contact c = { fuzz_u32(in), 1, 2, 3, 4 };
	struct hvl_guid a = { { 1 } }, b = { { 1 } };
	u32 relid = fuzz_u32(in), i, len = 0;
	u32 user = fuzz_u8(in) % (HVL_USER_DEFINED + 1);
	u8 data[HVL_USER_DEFINED] = { 0 };
	u8 *buf;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		buf = malloc(sizes[i]);
		HOLDS(buf);
		switch (i) {
		case 0: len = hvl_encode_header(buf, 3); break;
		case 1: len = hvl_encode_relid(buf, 7, relid); break;
		case 2: len = hvl_encode_open(buf, relid, 1, 2, 3, 4, data, user); break;
		case 3: len = hvl_encode_gpadl_teardown(buf, relid, 1); break;
		case 4: len = hvl_encode_modify(buf, relid, 1); break;
		case 5: len = hvl_encode_contact(buf, &c); break;
		}
		HOLDS(len == sizes[i]);
		HOLDS(i == 0 || i == 5 || fuzz_le(buf + 8, 4) == relid);
		free(buf);
	}
	HOLDS(hvl_guid_equal(&a, &b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	u8 mode = fuzz_u8(&in), msg_version;
	u32 type = ~0u;
	size_t len;
	u8 *msg;

	if (mode == 0xff) {
		gpadl(fuzz_u8(&in));
		encoders(&in);
		return 0;
	}
	msg_version = fuzz_u8(&in);
	msg = fuzz_bytes(&in, in.left, &len);
	/* Half of the messages have a type that exists. */
	if ((mode & 0x80) && len >= 4) {
		memset(msg, 0, 4);
		msg[0] = mode >> 2 & 31;
	}
	if (!hvl_decode_type(msg, len, &type))
		HOLDS(len >= 8 && len <= 240 && type == fuzz_le(msg, 4) &&
		      type >= 1 && type <= 29);
	else
		HOLDS(type == ~0u);
	offer(msg, len, versions[msg_version % ARRAY_SIZE(versions)]);
	rescind(msg, len);
	reply(msg, len);
	free(msg);
	return 0;
}
