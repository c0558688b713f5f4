// SPDX-License-Identifier: GPL-2.0-only
/*
 * vsp_storage_hostile.c - the fields of storage answers, for a host that lies
 *
 * No locks: tables, whose hits are atomic.
 */
#include <string.h>

#include "hostile.h"
#include "vsp_storage.h"
#include "vsp_storage_wire.h"

#define F(f) HOSTILE_FIELD(vstor_packet, f)
#define HEADER F(header.operation), F(header.flags), F(header.status)

struct hostile_layout hostile_storage[] = {
	{ "vstor_srb", 0, sizeof(struct vstor_packet), {
		HEADER, F(srb.length), F(srb.srb_status), F(srb.scsi_status),
		F(srb.port_number), F(srb.path_id), F(srb.target_id), F(srb.lun),
		F(srb.cdb_length), F(srb.sense_info_length), F(srb.data_in),
		F(srb.properties), F(srb.data_transfer_length), F(srb.sense),
		F(srb.reserve), F(srb.queue_tag), F(srb.queue_action), F(srb.srb_flags),
		F(srb.time_out_value), F(srb.queue_sort_key) }, { 0 } },
	{ "vstor_init", 0, sizeof(struct vstor_packet), {
		HEADER, F(version.word), F(version.revision),
		F(properties.max_sub_channels), F(properties.flags),
		F(properties.max_transfer_bytes), F(payload) }, { 0 } },
	{ NULL, 0, 0, { { 0 } }, { 0 } },
};

struct hostile_layout *storage_layout(const void *payload, size_t len)
{
	struct vstor_packet v = { 0 };

	memcpy(&v, payload, len < sizeof(v) ? len : sizeof(v));
	/* Answers of the set-up have no SRB. */
	if (v.srb.length == VSTOR_REQUEST_V1 || v.srb.length == VSTOR_REQUEST_V2)
		return &hostile_storage[0];
	return &hostile_storage[1];
}
