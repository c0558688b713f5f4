// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_storvsc_codec.c - every decoder of storage packets over any bytes, and
 *                        what their meaning may be
 *
 * fuzz-with: hv-storvsc/storvsc_codec.c hv-storvsc/storvsc_status.c
 * fuzz-flags: -Ihv-storvsc
 * fuzz-cover: hv-storvsc/storvsc_codec.c hv-storvsc/storvsc_codec.h
 * fuzz-cover: hv-storvsc/storvsc_status.c hv-storvsc/storvsc_status.h
 */
#include <hv/os.h>
#include "storvsc_codec.h"
#include "storvsc_status.h"
#include "fuzz.h"

static void result(const u8 *cdb, const u8 *p, u32 len, u32 asked)
{
	struct stor_result res;
	struct stor_meaning m;
	u32 max = len < 48 ? 0 : len - 28;
	u8 srb;

	if (stor_decode_result(p, len, asked, &res)) {
		HOLDS(len < 48);
		HOLDS(!stor_answer_good(p, len, asked));
		return;
	}
	HOLDS(len >= 48);
	HOLDS(res.srb_status == p[14] && res.scsi_status == p[15]);
	HOLDS(res.transferred <= asked);
	HOLDS(res.transferred == min_t(u32, asked, fuzz_le(p + 24, 4)));
	HOLDS(!res.sense_len == !res.sense);
	if (p[14] & 0x80)
		HOLDS(res.sense_len == min_t(u32, min_t(u32, p[21], 20), max));
	else
		HOLDS(!res.sense_len);
	if (res.sense)
		HOLDS(res.sense == p + 28);
	HOLDS(stor_result_good(&res) == (p[14] == 1 && !p[15]));
	/* The short way and the long way agree on what is good. */
	if (stor_answer_good(p, len, asked))
		HOLDS(stor_result_good(&res) && res.transferred == asked);

	stor_meaning(cdb, &res, &m);
	srb = p[14] & 0x3f;
	HOLDS(m.moved <= res.transferred);
	HOLDS(!m.with_sense || (res.sense_len && m.scsi_status == 2));
	/* A data command that did not succeed never looks as if it had. */
	if ((cdb[0] == 0x28 || cdb[0] == 0x2a) && srb != 1 &&
	    m.scsi_status == 0)
		HOLDS(m.verdict != STOR_V_OK);
}

static void small(const u8 *p, u32 len, u16 version)
{
	struct stor_wire_head head;
	struct stor_properties prop;

	if (!stor_decode_head(p, len, &head))
		HOLDS(len >= 12 && head.operation == fuzz_le(p, 4) &&
		      head.flags == fuzz_le(p + 4, 4) &&
		      head.status == fuzz_le(p + 8, 4));
	else
		HOLDS(len < 12);
	if (!stor_decode_properties(p, len, version, &prop)) {
		HOLDS(len >= 36 && prop.max_transfer == fuzz_le(p + 24, 4));
		if (version < 0x0501 || !(p[20] & 1))
			HOLDS(!prop.max_sub_channels);
		else
			HOLDS(prop.max_sub_channels == fuzz_le(p + 16, 2));
	} else {
		HOLDS(len < 36);
	}
}

static void encoders(const u8 *cdb, u16 version, u8 how)
{
	struct stor_req req;
	struct stor_wire_packet p;
	u32 want = version < 0x0501 ? 48 : 64, len;
	u16 v;

	stor_req_init(&req);
	req.cdb = cdb;
	req.cdb_len = how & 15;
	req.path = 1;
	req.target = 2;
	req.lun = 3;
	req.data = (how >> 4) % 3;
	req.tagged = how >> 7;
	req.buf.len = 4096;
	len = stor_encode_srb(&req, version);
	HOLDS(len == want);
	HOLDS(req.packet.u.srb.length == want - 12);
	HOLDS(!memcmp(req.packet.u.srb.u.cdb, cdb, 16));
	HOLDS(stor_packet_size(version) == want);
	HOLDS(stor_encode_control(&p, STOR_OP_BEGIN_INIT, version) == want);
	HOLDS(stor_encode_sub_channels(&p, how, version) == want &&
	      p.u.sub_channels == how);
	HOLDS(stor_encode_version_query(&p, version) == 48 &&
	      p.u.version.version == version);
	v = stor_version_below(version);
	HOLDS(!v || v < version);
	stor_refused_here(cdb, version);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u16 versions[] = { 0, 0x0200, 0x0402, 0x0501, 0x0600, 0x0602 };
	struct fuzz_input in = { data, size };
	u16 version = versions[fuzz_u8(&in) % ARRAY_SIZE(versions)];
	u8 how = fuzz_u8(&in);
	u32 asked = fuzz_u32(&in);
	u8 cdb[16] = { fuzz_u8(&in) };
	size_t len;
	u8 *p;

	encoders(cdb, version, how);
	p = fuzz_bytes(&in, in.left, &len);
	small(p, len, version);
	result(cdb, p, len, asked);
	free(p);
	return 0;
}
