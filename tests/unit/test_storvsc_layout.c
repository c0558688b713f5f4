// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_storvsc_layout.c - storvsc_wire.h against tests/layout/storvsc.tsv
 *
 * build-flags: -Ihv-storvsc
 */
#include "layout.h"
#include "storvsc_wire.h"

#define WHOLE(n, size)	LAYOUT_WHOLE(n, size)
#define FIELD(n, s, m)	LAYOUT_FIELD(n, struct s, m)

static struct layout fields[] = {
	WHOLE("packet_header", sizeof(struct stor_wire_head)),
	FIELD("packet_header.operation", stor_wire_head, operation),
	FIELD("packet_header.flags", stor_wire_head, flags),
	FIELD("packet_header.status", stor_wire_head, status),
	WHOLE("scsi_request_v1", STOR_SRB_SIZE_OLD),
	WHOLE("scsi_request_v2", sizeof(struct stor_wire_srb)),
	FIELD("scsi_request.length", stor_wire_srb, length),
	FIELD("scsi_request.srb_status", stor_wire_srb, srb_status),
	FIELD("scsi_request.scsi_status", stor_wire_srb, scsi_status),
	FIELD("scsi_request.port_number", stor_wire_srb, port),
	FIELD("scsi_request.path_id", stor_wire_srb, path),
	FIELD("scsi_request.target_id", stor_wire_srb, target),
	FIELD("scsi_request.lun", stor_wire_srb, lun),
	FIELD("scsi_request.cdb_length", stor_wire_srb, cdb_length),
	FIELD("scsi_request.sense_info_length", stor_wire_srb, sense_length),
	FIELD("scsi_request.data_in", stor_wire_srb, data_in),
	FIELD("scsi_request.properties", stor_wire_srb, reserved),
	FIELD("scsi_request.data_transfer_length", stor_wire_srb,
	      transfer_length),
	FIELD("scsi_request.cdb", stor_wire_srb, u.cdb),
	{ "scsi_request.sense_v1", offsetof(struct stor_wire_srb, u.sense),
	  STOR_SENSE_MAX_OLD, 0 },
	FIELD("scsi_request.sense_v2", stor_wire_srb, u.sense),
	FIELD("scsi_request.reserve", stor_wire_srb, reserved2),
	FIELD("scsi_request.queue_tag", stor_wire_srb, queue_tag),
	FIELD("scsi_request.queue_action", stor_wire_srb, queue_action),
	FIELD("scsi_request.srb_flags", stor_wire_srb, srb_flags),
	FIELD("scsi_request.time_out_value", stor_wire_srb, timeout),
	FIELD("scsi_request.queue_sort_key", stor_wire_srb, sort_key),
	WHOLE("packet_v1", STOR_PACKET_SIZE_OLD),
	WHOLE("packet_v2", sizeof(struct stor_wire_packet)),
	FIELD("packet.header", stor_wire_packet, head),
	FIELD("packet.payload", stor_wire_packet, u),
	WHOLE("protocol_version", sizeof(struct stor_wire_version)),
	FIELD("protocol_version.word", stor_wire_version, version),
	FIELD("protocol_version.revision", stor_wire_version, revision),
	WHOLE("properties", sizeof(struct stor_wire_properties)),
	FIELD("properties.reserved0", stor_wire_properties, reserved),
	FIELD("properties.max_sub_channels", stor_wire_properties,
	      max_sub_channels),
	FIELD("properties.reserved1", stor_wire_properties, reserved2),
	FIELD("properties.flags", stor_wire_properties, flags),
	FIELD("properties.max_transfer_bytes", stor_wire_properties,
	      max_transfer),
	FIELD("properties.reserved2", stor_wire_properties, reserved3),
	{ "sub_channel_count", 0,
	  sizeof(((struct stor_wire_packet *)0)->u.sub_channels), 0 },
};

/* Fibre Channel is not served yet; of IDE offers only the instance is read. */
static const char *const not_ours[] = { "fc_hba_data", "ide_offer", NULL };

TEST(table)
{
	LAYOUT_CHECK("tests/layout/storvsc.tsv", fields, not_ours);
}

TEST_MAIN(CASE(table))
