// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_nvsp_codec.c - every decoder of NVSP messages over any bytes
 *
 * fuzz-with: hv-netvsc/nvsp_codec.c
 * fuzz-flags: -Ihv-netvsc
 * fuzz-cover: hv-netvsc/nvsp_codec.c hv-netvsc/nvsp_codec.h
 */
#include <hv/os.h>
#include "nvsp_codec.h"
#include "fuzz.h"

static void answers(const u8 *p, u32 len, u32 arg)
{
	struct nvsp_recv_layout lay = { 0, 0 };
	u32 status = 0, value = 0;
	bool there;

	HOLDS(nvsp_decode_type(p, len) == (len < 4 ? 0 : fuzz_le(p, 4)));
	if (!nvsp_decode_init(p, len, &status))
		HOLDS(len >= 16 && status == fuzz_le(p + 12, 4));
	if (!nvsp_decode_recv_buffer(p, len, arg, &status, &lay) && status == 1)
		HOLDS(lay.cells && lay.cell_size >= 68 &&
		      (u64)lay.cells * lay.cell_size <= arg);
	if (!nvsp_decode_send_buffer(p, len, &status, &value) && status == 1)
		HOLDS(value >= 68 && !(value & 3));
	if (!nvsp_decode_subchannels(p, len, arg, &status, &value) && status == 1)
		HOLDS(value <= arg);
	if (!nvsp_decode_rndis_complete(p, len, &status))
		HOLDS(len >= 8 && status == fuzz_le(p + 4, 4));
	nvsp_decode_vf(p, len, &there, &value);
	if (!nvsp_decode_path(p, len, &value))
		HOLDS(value <= 1);
}

static void table(const u8 *p, u32 len, u32 version, u32 nr)
{
	u16 t[NVSP_TABLE_SIZE];
	u32 i;

	if (nvsp_decode_table(p, len, version, nr, t))
		return;
	for (i = 0; i < NVSP_TABLE_SIZE; i++)
		HOLDS(t[i] < nr);
}

static void xfer(const u8 *head, u32 head_len, const u8 *p, u32 len, u32 bytes,
		 u32 cell)
{
	int i, n = nvsp_decode_xfer(head, head_len, p, len);
	struct nvsp_xfer_range r;

	for (i = 0; i < n; i++) {
		if (!nvsp_decode_range(head, i, bytes, cell, &r))
			HOLDS((u64)r.offset + r.count <= bytes &&
			      r.count <= cell);
	}
}

static void encoders(u32 version, u32 arg)
{
	struct nvsp_message m;
	u32 below = nvsp_version_below(version);

	HOLDS(!below || below < version);
	HOLDS(nvsp_recv_buffer_max(version) <= 31u << 20);
	nvsp_encode_init(&m, version);
	HOLDS(m.type == 1 && m.u.init.min_version == version);
	nvsp_encode_ndis_version(&m, version);
	HOLDS(m.u.ndis_version.major == 6);
	nvsp_encode_config(&m, version, arg);
	HOLDS(m.u.config.mtu == arg + 14);
	nvsp_encode_buffer(&m, NVSP_SEND_BUFFER, arg, 1);
	nvsp_encode_revoke(&m, NVSP_REVOKE_SEND_BUFFER, 1);
	nvsp_encode_path(&m, NVSP_PATH_VF);
	nvsp_encode_subchannels(&m, arg);
	HOLDS(m.u.sub.count == arg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u32 versions[] = {
		~0u, NVSP_VERSION_6_1, NVSP_VERSION_6, NVSP_VERSION_5,
		NVSP_VERSION_4, NVSP_VERSION_2, NVSP_VERSION_1, 0,
	};
	struct fuzz_input in = { data, size };
	u32 version = versions[fuzz_u8(&in) % ARRAY_SIZE(versions)];
	u32 nr = fuzz_u8(&in), arg = fuzz_u32(&in), cell = fuzz_u32(&in);
	size_t head_len, len;
	u8 *head, *p;

	encoders(version, arg);
	head = fuzz_bytes(&in, fuzz_u8(&in), &head_len);
	p = fuzz_bytes(&in, in.left, &len);
	answers(p, len, arg);
	table(p, len, version, nr);
	xfer(head, head_len, p, len, arg, cell);
	free(head);
	free(p);
	return 0;
}
