// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_nvsp_codec.c - messages of NVSP, byte by byte
 *
 * build-with: hv-netvsc/nvsp_codec.c
 * build-flags: -Ihv-netvsc
 */
#include "check.h"
#include "nvsp_codec.h"

static u64 le(const void *at, int n)
{
	const u8 *b = at;
	u64 v = 0;

	while (n--)
		v = v << 8 | b[n];
	return v;
}

/* Words at the front of a message that only says what its arguments are. */
static int words(const void *m, const u32 *w, int n)
{
	u32 i;

	for (i = 0; i < NVSP_MESSAGE_SIZE / 4; i++) {
		if (le((const u8 *)m + 4 * i, 4) != (i < (u32)n ? w[i] : 0))
			return 0;
	}
	return 1;
}

#define WORDS(m, ...) \
	words(m, (const u32[]){ __VA_ARGS__ }, sizeof((u32[]){ __VA_ARGS__ }) / 4)

TEST(versions)
{
	CHECK_EQ(nvsp_version_below(~0u), 0x60001);
	CHECK_EQ(nvsp_version_below(0x60001), 0x60000);
	CHECK_EQ(nvsp_version_below(0x60000), 0x50000);
	CHECK_EQ(nvsp_version_below(0x50000), 0x40000);
	CHECK_EQ(nvsp_version_below(0x40000), 0x30002);
	CHECK_EQ(nvsp_version_below(0x30002), 2);
	CHECK_EQ(nvsp_version_below(2), 0);
	CHECK_EQ(nvsp_ndis_version(2), 0x60001);
	CHECK_EQ(nvsp_ndis_version(0x40000), 0x60001);
	CHECK_EQ(nvsp_ndis_version(0x50000), 0x6001e);
	CHECK_EQ(nvsp_recv_buffer_max(0x30002), 15 << 20);
	CHECK_EQ(nvsp_recv_buffer_max(0x40000), 31 << 20);
	CHECK_EQ(nvsp_capabilities(0x30002), 0x8);
	CHECK_EQ(nvsp_capabilities(0x50000), 0x2c);
	CHECK_EQ(nvsp_capabilities(0x60001), 0xac);
}

TEST(encoders)
{
	struct nvsp_message m;

	memset(&m, 0xaa, sizeof(m));
	CHECK_EQ(sizeof(m), 40);
	nvsp_encode_init(&m, 0x60001);
	CHECK(WORDS(&m, 1, 0x60001, 0x60001));
	nvsp_encode_ndis_version(&m, 0x60001);
	CHECK(WORDS(&m, 100, 6, 30));
	nvsp_encode_config(&m, 0x60001, 1500);
	CHECK(WORDS(&m, 125, 1514, 0, 0xac));
	nvsp_encode_buffer(&m, NVSP_RECV_BUFFER, 0xe1e10, 0xcafe);
	CHECK(WORDS(&m, 101, 0xe1e10, 0xcafe));
	nvsp_encode_buffer(&m, NVSP_SEND_BUFFER, 7, 0);
	CHECK(WORDS(&m, 104, 7));
	nvsp_encode_revoke(&m, NVSP_REVOKE_RECV_BUFFER, 0xcafe);
	CHECK(WORDS(&m, 103, 0xcafe));
	nvsp_encode_path(&m, NVSP_PATH_VF);
	CHECK(WORDS(&m, 129, 1));
	nvsp_encode_subchannels(&m, 3);
	CHECK(WORDS(&m, 133, 1, 3));
}

/* Each answer, cut at every length, in an allocation of that size. */
static u8 *cut(const u32 *w, u32 len)
{
	u8 *b = malloc(len ? len : 1);

	memcpy(b, w, len);
	return b;
}

TEST(answers_of_every_length)
{
	static const u32 init[10] = { 2, 0xffffffff, 34, 1 };
	static const u32 recv[10] = { 102, 1, 1, 0, 2048, 100, 204800 };
	static const u32 send[10] = { 105, 1, 6144 };
	static const u32 sub[10] = { 133, 1, 3 };
	static const u32 done[10] = { 108, 2 };
	static const u32 vf[10] = { 128, 7, 9 };
	static const u32 path[10] = { 129, 1 };
	struct nvsp_recv_layout lay;
	u32 n, status, v;
	bool there;
	u8 *b;

	for (n = 0; n <= 40; n++) {
		status = 77;
		b = cut(init, n);
		CHECK_EQ(nvsp_decode_init(b, n, &status), n < 16 ? -EINVAL : 0);
		CHECK_EQ(status, n < 16 ? 77 : 1);
		CHECK_EQ(nvsp_decode_type(b, n), n < 4 ? 0 : 2);
		free(b);
		b = cut(recv, n);
		CHECK_EQ(nvsp_decode_recv_buffer(b, n, 1 << 20, &status, &lay),
			 n < 28 ? -EINVAL : 0);
		free(b);
		b = cut(send, n);
		CHECK_EQ(nvsp_decode_send_buffer(b, n, &status, &v),
			 n < 12 ? -EINVAL : 0);
		free(b);
		b = cut(sub, n);
		CHECK_EQ(nvsp_decode_subchannels(b, n, 3, &status, &v),
			 n < 12 ? -EINVAL : 0);
		free(b);
		b = cut(done, n);
		CHECK_EQ(nvsp_decode_rndis_complete(b, n, &status),
			 n < 8 ? -EINVAL : 0);
		free(b);
		b = cut(vf, n);
		CHECK_EQ(nvsp_decode_vf(b, n, &there, &v), n < 12 ? -EINVAL : 0);
		free(b);
		b = cut(path, n);
		CHECK_EQ(nvsp_decode_path(b, n, &v), n < 8 ? -EINVAL : 0);
		free(b);
	}
	CHECK_EQ(lay.cell_size, 2048);
	CHECK_EQ(lay.cells, 100);
	CHECK(there);
}

TEST(receive_buffer_lies)
{
	static const u32 good[10] = { 102, 1, 1, 0, 1806, 581, 0 };
	static const struct {
		int at;
		u32 value;
	} lie[] = {
		{ 0, 105 }, { 2, 0 }, { 2, 2 }, { 3, 8 }, { 4, 67 }, { 4, 0 },
		{ 5, 0 }, { 5, 0x80000000 }, { 5, 582 }, { 4, 0xffffffff },
	};
	struct nvsp_recv_layout lay = { 1, 2 };
	u32 status, w[10];
	size_t i;

	for (i = 0; i < sizeof(lie) / sizeof(lie[0]); i++) {
		memcpy(w, good, sizeof(w));
		w[lie[i].at] = lie[i].value;
		CHECK_EQ(nvsp_decode_recv_buffer(w, 40, 1 << 20, &status, &lay),
			 -EINVAL);
		CHECK_EQ(lay.cell_size, 1);
	}
	CHECK_EQ(1048576 / 1806, 580);
	memcpy(w, good, sizeof(w));
	w[5] = 580;
	CHECK_EQ(nvsp_decode_recv_buffer(w, 40, 1 << 20, &status, &lay), 0);
	/* A refusal says nothing else. */
	w[1] = 6;
	w[4] = 0;
	CHECK_EQ(nvsp_decode_recv_buffer(w, 40, 1 << 20, &status, &lay), 0);
	CHECK_EQ(status, 6);
}

TEST(other_lies)
{
	u32 status, v = 5;

	CHECK_EQ(nvsp_decode_send_buffer((u32[10]){ 105, 1, 67 }, 40, &status,
					 &v), -EINVAL);
	CHECK_EQ(nvsp_decode_send_buffer((u32[10]){ 105, 1, 6146 }, 40, &status,
					 &v), -EINVAL);
	CHECK_EQ(nvsp_decode_subchannels((u32[10]){ 133, 1, 4 }, 40, 3, &status,
					 &v), -EINVAL);
	CHECK_EQ(nvsp_decode_path((u32[10]){ 129, 2 }, 40, &v), -EINVAL);
	CHECK_EQ(v, 5);
	CHECK_EQ(nvsp_decode_subchannels((u32[10]){ 133, 2, 0 }, 40, 3, &status,
					 &v), 0);
	CHECK_EQ(status, 2);
}

static void table_message(u32 *w, u32 count, u32 offset)
{
	u32 i;

	memset(w, 0, 104);
	w[0] = 134;
	w[1] = count;
	w[2] = offset;
	for (i = 0; i < 16; i++)
		w[(offset > 12 ? 10 : 3) + i] = 100 + i;
}

TEST(send_table)
{
	u32 w[26];
	u16 t[16];

	table_message(w, 16, 12);
	CHECK_EQ(nvsp_decode_table(w, 76, 0x60001, 4, t), 0);
	CHECK_EQ(t[0], 0);
	CHECK_EQ(t[3], 3);
	CHECK_EQ(t[15], 115 % 4);
	CHECK_EQ(nvsp_decode_table(w, 75, 0x60001, 4, t), -EINVAL);
	CHECK_EQ(nvsp_decode_table(w, 76, 0x60001, 0, t), -EINVAL);
	table_message(w, 15, 12);
	CHECK_EQ(nvsp_decode_table(w, 76, 0x60001, 4, t), -EINVAL);
	table_message(w, 16, 40);
	CHECK_EQ(nvsp_decode_table(w, 104, 0x60001, 1000, t), 0);
	CHECK_EQ(t[0], 100);
	/* Old hosts: whatever the offset says. */
	w[2] = 0xfffffff0;
	CHECK_EQ(nvsp_decode_table(w, 104, 0x60000, 1000, t), 0);
	CHECK_EQ(t[15], 115);
	CHECK_EQ(nvsp_decode_table(w, 104, 0x60001, 1000, t), -EINVAL);
	CHECK_EQ(nvsp_decode_table(w, 103, 0x60000, 1000, t), -EINVAL);
	/* Never the message's own head. */
	w[2] = 8;
	CHECK_EQ(nvsp_decode_table(w, 104, 0x60001, 1000, t), -EINVAL);
}

TEST(transfer_pages)
{
	u32 head[6] = { 0x5500cafe, 2, 1806, 3612, 100, 0 };
	u32 data[10] = { 107 };
	struct nvsp_xfer_range r;

	CHECK_EQ(nvsp_decode_xfer(head, 24, data, 40), 2);
	CHECK_EQ(nvsp_decode_range(head, 0, 1 << 20, 1806, &r), 0);
	CHECK_EQ(r.count, 1806);
	CHECK_EQ(r.offset, 3612);
	CHECK_EQ(nvsp_decode_range(head, 1, 1 << 20, 1806, &r), 0);
	CHECK_EQ(r.count, 100);
	CHECK_EQ(nvsp_decode_range(head, 0, 1 << 20, 1805, &r), -EINVAL);
	CHECK_EQ(nvsp_decode_range(head, 0, 3612 + 1805, 1806, &r), -EINVAL);
	CHECK_EQ(nvsp_decode_range(head, 0, 3611, 1806, &r), -EINVAL);
	head[3] = 0xffffff00;
	CHECK_EQ(nvsp_decode_range(head, 0, 1 << 20, 1806, &r), -EINVAL);
	CHECK_EQ(nvsp_decode_xfer(head, 16, data, 40), -EINVAL);
	CHECK_EQ(nvsp_decode_xfer(head, 0, data, 40), -EINVAL);
	CHECK_EQ(nvsp_decode_xfer(head, 24, data, 3), -EINVAL);
	head[1] = 3;
	CHECK_EQ(nvsp_decode_xfer(head, 24, data, 40), -EINVAL);
	head[1] = 0x20000002;
	CHECK_EQ(nvsp_decode_xfer(head, 24, data, 40), -EINVAL);
	head[1] = 0;
	CHECK_EQ(nvsp_decode_xfer(head, 24, data, 40), 0);
	data[0] = 108;
	CHECK_EQ(nvsp_decode_xfer(head, 24, data, 40), -EINVAL);
	data[0] = 107;
	head[0] = 0xcaff;
	CHECK_EQ(nvsp_decode_xfer(head, 24, data, 40), -EINVAL);
}

TEST_MAIN(CASE(versions), CASE(encoders), CASE(answers_of_every_length),
	  CASE(receive_buffer_lies), CASE(other_lies), CASE(send_table),
	  CASE(transfer_pages))
