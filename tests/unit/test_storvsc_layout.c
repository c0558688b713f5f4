// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_storvsc_layout.c - storvsc_wire.h against tests/layout/storvsc.tsv
 *
 * The table is a transcription of its own.  Every row that the guest's side has
 * a field for is compared, every field of the guest's side must have a row, and
 * rows of things that the guest does not read are listed by name.
 *
 * build-flags: -Ihv-storvsc
 */
#include "check.h"
#include "storvsc_wire.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct field {
	const char *name;
	long offset;
	long size;
	int seen;
};

#define WHOLE(n, size)	{ n, 0, size, 0 }
#define FIELD(n, s, m)	{ n, offsetof(struct s, m), sizeof(((struct s *)0)->m), 0 }

static struct field fields[] = {
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
static const char *const not_ours[] = { "fc_hba_data", "ide_offer" };

static int is_ours(const char *name)
{
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(not_ours); i++) {
		n = strlen(not_ours[i]);
		if (!strncmp(name, not_ours[i], n) &&
		    (!name[n] || name[n] == '.'))
			return 0;
	}
	return 1;
}

TEST(table)
{
	char line[256], name[128];
	FILE *f = fopen("tests/layout/storvsc.tsv", "r");
	long offset, size;
	size_t i;
	int rows = 0;

	CHECK(f);
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		CHECK_EQ(sscanf(line, "%127s %ld %ld", name, &offset, &size), 3);
		if (!is_ours(name))
			continue;
		for (i = 0; i < ARRAY_SIZE(fields); i++) {
			if (!strcmp(fields[i].name, name))
				break;
		}
		if (i == ARRAY_SIZE(fields))
			printf("no field for %s\n", name);
		CHECK(i < ARRAY_SIZE(fields));
		if (fields[i].offset != offset || fields[i].size != size)
			printf("%s: %ld, %ld in the table\n", name, offset, size);
		CHECK_EQ(fields[i].offset, offset);
		CHECK_EQ(fields[i].size, size);
		fields[i].seen = 1;
		rows++;
	}
	fclose(f);
	CHECK_EQ(rows, ARRAY_SIZE(fields));
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		CHECK(fields[i].seen);
}

TEST_MAIN(CASE(table))
