// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_netvsc_layout.c - nvsp_wire.h and rndis_wire.h against tests/layout/netvsc.tsv
 *
 * The table is a transcription of its own.  Every row is compared with the
 * guest's field, and every field must have a row.
 *
 * build-flags: -Ihv-netvsc
 */
#include "check.h"
#include "nvsp_wire.h"
#include "rndis_wire.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct field {
	const char *name;
	long offset;
	long size;
	int seen;
};

#define SIZE(s, m)		sizeof(((struct s *)0)->m)
#define WHOLE(n, size)		{ n, 0, size, 0 }
#define FIELD(n, s, m)		{ n, offsetof(struct s, m), SIZE(s, m), 0 }
/* A body counts from the start of its message. */
#define NV(n, m)		FIELD("nvsp_" n, nvsp_message, u.m)
#define NVBODY(n, m)		WHOLE("nvsp_" n, 4 + SIZE(nvsp_message, u.m))
#define RN(n, m)		FIELD("rndis_" n, rndis_message, u.m)
#define RNBODY(n, m)		WHOLE("rndis_" n, 8 + SIZE(rndis_message, u.m))

static struct field fields[] = {
	WHOLE("nvsp_message", sizeof(struct nvsp_message)),
	FIELD("nvsp_message.type", nvsp_message, type),
	NVBODY("init", init),
	NV("init.min_version", init.min_version),
	NV("init.max_version", init.max_version),
	NVBODY("init_complete", init_complete),
	NV("init_complete.version", init_complete.version),
	NV("init_complete.max_mdl_chain", init_complete.max_mdl_chain),
	NV("init_complete.status", init_complete.status),
	NVBODY("ndis_version", ndis_version),
	NV("ndis_version.major", ndis_version.major),
	NV("ndis_version.minor", ndis_version.minor),
	NVBODY("buffer", buffer),
	NV("buffer.gpadl", buffer.gpadl),
	NV("buffer.id", buffer.id),
	NV("buffer.reserved", buffer.reserved),
	NVBODY("recv_buffer_complete", recv_complete),
	NV("recv_buffer_complete.status", recv_complete.status),
	NV("recv_buffer_complete.section_count", recv_complete.nr_sections),
	NV("recv_buffer_complete.sections", recv_complete.section),
	WHOLE("nvsp_recv_section", sizeof(struct nvsp_recv_section)),
	FIELD("nvsp_recv_section.offset", nvsp_recv_section, offset),
	FIELD("nvsp_recv_section.sub_allocation_size", nvsp_recv_section,
	      cell_size),
	FIELD("nvsp_recv_section.sub_allocation_count", nvsp_recv_section,
	      cells),
	FIELD("nvsp_recv_section.end_offset", nvsp_recv_section, end_offset),
	NVBODY("revoke", revoke),
	NV("revoke.id", revoke.id),
	NVBODY("send_buffer_complete", send_complete),
	NV("send_buffer_complete.status", send_complete.status),
	NV("send_buffer_complete.section_size", send_complete.section_size),
	NVBODY("rndis", rndis),
	NV("rndis.channel_type", rndis.channel),
	NV("rndis.section_index", rndis.section),
	NV("rndis.section_size", rndis.section_bytes),
	NVBODY("rndis_complete", rndis_complete),
	NV("rndis_complete.status", rndis_complete.status),
	NVBODY("ndis_config", config),
	NV("ndis_config.mtu", config.mtu),
	NV("ndis_config.reserved", config.reserved),
	NV("ndis_config.capabilities", config.capabilities),
	NVBODY("vf_association", vf),
	NV("vf_association.allocated", vf.allocated),
	NV("vf_association.serial", vf.serial),
	NVBODY("switch_data_path", path),
	NV("switch_data_path.path", path.path),
	NVBODY("subchannel", sub),
	NV("subchannel.operation", sub.operation),
	NV("subchannel.count", sub.count),
	NVBODY("subchannel_complete", sub_complete),
	NV("subchannel_complete.status", sub_complete.status),
	NV("subchannel_complete.count", sub_complete.count),
	NVBODY("indirection_table", table),
	NV("indirection_table.count", table.count),
	NV("indirection_table.offset", table.offset),
	WHOLE("transfer_page_header", sizeof(struct nvsp_xfer_head)),
	FIELD("transfer_page_header.set_id", nvsp_xfer_head, set_id),
	FIELD("transfer_page_header.sender_owns", nvsp_xfer_head, sender_owns),
	FIELD("transfer_page_header.reserved", nvsp_xfer_head, reserved),
	FIELD("transfer_page_header.range_count", nvsp_xfer_head, nr_ranges),
	WHOLE("transfer_page_range", sizeof(struct nvsp_xfer_range)),
	FIELD("transfer_page_range.byte_count", nvsp_xfer_range, count),
	FIELD("transfer_page_range.byte_offset", nvsp_xfer_range, offset),
	WHOLE("rndis_header", sizeof(struct rndis_head)),
	FIELD("rndis_header.type", rndis_head, type),
	FIELD("rndis_header.length", rndis_head, length),
	RNBODY("initialize", initialize),
	RN("initialize.id", initialize.id),
	RN("initialize.major", initialize.major),
	RN("initialize.minor", initialize.minor),
	RN("initialize.max_transfer", initialize.max_transfer),
	RNBODY("initialize_complete", initialized),
	RN("initialize_complete.id", initialized.id),
	RN("initialize_complete.status", initialized.status),
	RN("initialize_complete.major", initialized.major),
	RN("initialize_complete.minor", initialized.minor),
	RN("initialize_complete.device_flags", initialized.device_flags),
	RN("initialize_complete.medium", initialized.medium),
	RN("initialize_complete.max_packets", initialized.max_packets),
	RN("initialize_complete.max_transfer", initialized.max_transfer),
	RN("initialize_complete.alignment", initialized.alignment),
	RN("initialize_complete.af_list_offset", initialized.af_offset),
	RN("initialize_complete.af_list_size", initialized.af_size),
	RNBODY("request", request),
	RN("request.id", request.id),
	RN("request.oid", request.oid),
	RN("request.info_length", request.info_length),
	RN("request.info_offset", request.info_offset),
	RN("request.vc", request.vc),
	RNBODY("query_complete", queried),
	RN("query_complete.id", queried.id),
	RN("query_complete.status", queried.status),
	RN("query_complete.info_length", queried.info_length),
	RN("query_complete.info_offset", queried.info_offset),
	RNBODY("set_complete", set),
	RN("set_complete.id", set.id),
	RN("set_complete.status", set.status),
	RNBODY("halt", halt),
	RN("halt.id", halt.id),
	RNBODY("indicate", indicate),
	RN("indicate.status", indicate.status),
	RN("indicate.buffer_length", indicate.buffer_length),
	RN("indicate.buffer_offset", indicate.buffer_offset),
	RNBODY("packet", packet),
	RN("packet.data_offset", packet.data_offset),
	RN("packet.data_length", packet.data_length),
	RN("packet.oob_offset", packet.oob_offset),
	RN("packet.oob_length", packet.oob_length),
	RN("packet.oob_count", packet.oob_count),
	RN("packet.ppi_offset", packet.ppi_offset),
	RN("packet.ppi_length", packet.ppi_length),
	RN("packet.vc", packet.vc),
	RN("packet.reserved", packet.reserved),
	WHOLE("rndis_ppi", sizeof(struct rndis_ppi)),
	FIELD("rndis_ppi.size", rndis_ppi, size),
	FIELD("rndis_ppi.type", rndis_ppi, type),
	FIELD("rndis_ppi.payload_offset", rndis_ppi, offset),
	FIELD("rndis_ppi.payload", rndis_ppi, value),
	WHOLE("ndis_object_header", sizeof(struct ndis_head)),
	FIELD("ndis_object_header.type", ndis_head, type),
	FIELD("ndis_object_header.revision", ndis_head, revision),
	FIELD("ndis_object_header.size", ndis_head, size),
#define CAPS(n, m) FIELD("ndis_rss_capabilities" n, ndis_rss_caps, m)
	WHOLE("ndis_rss_capabilities", sizeof(struct ndis_rss_caps)),
	CAPS(".header", head), CAPS(".flags", flags),
	CAPS(".interrupts", interrupts), CAPS(".queues", queues),
	CAPS(".entries", entries),
#define RSS(n, m) FIELD("ndis_rss_parameters" n, ndis_rss_params, m)
	WHOLE("ndis_rss_parameters", sizeof(struct ndis_rss_params)),
	RSS(".header", head), RSS(".flags", flags), RSS(".base_cpu", base_cpu),
	RSS(".hash_info", hash_info), RSS(".table_size", table_size),
	RSS(".pad1", pad1), RSS(".table_offset", table_offset),
	RSS(".key_size", key_size), RSS(".pad2", pad2),
	RSS(".key_offset", key_offset), RSS(".masks_offset", masks_offset),
	RSS(".masks_count", masks_count), RSS(".mask_size", mask_size),
#define OFF(n, m) FIELD("ndis_offload" n, ndis_offload, m)
	WHOLE("ndis_offload", sizeof(struct ndis_offload)),
	OFF(".header", head),
	OFF(".tx4_encapsulation", tx4.encapsulation),
	OFF(".tx4_flags", tx4.flags),
	OFF(".rx4_encapsulation", rx4.encapsulation),
	OFF(".rx4_flags", rx4.flags),
	OFF(".tx6_encapsulation", tx6.encapsulation),
	OFF(".tx6_flags", tx6.flags),
	OFF(".rx6_encapsulation", rx6.encapsulation),
	OFF(".rx6_flags", rx6.flags),
	OFF(".lso_v1", lso1), OFF(".ipsec_v1", ipsec1),
	OFF(".lso4_encapsulation", lso4.encapsulation),
	OFF(".lso4_max_size", lso4.max_size),
	OFF(".lso4_min_segments", lso4.min_segments),
	OFF(".lso6_encapsulation", lso6.encapsulation),
	OFF(".lso6_max_size", lso6.max_size),
	OFF(".lso6_min_segments", lso6.min_segments),
	OFF(".lso6_options", lso6_options), OFF(".flags", flags),
	OFF(".ipsec_v2", ipsec2), OFF(".rsc4", rsc4), OFF(".rsc6", rsc6),
	OFF(".pad", pad), OFF(".gre_flags", gre_flags),
	OFF(".gre_max_header", gre_max_header),
#define PAR(n, m) FIELD("ndis_offload_parameters" n, ndis_offload_params, m)
	WHOLE("ndis_offload_parameters_v1", NDIS_OFFLOAD_PARAMS_SIZE_OLD),
	WHOLE("ndis_offload_parameters", sizeof(struct ndis_offload_params)),
	PAR(".header", head), PAR(".ipv4_checksum", ip4_csum),
	PAR(".tcp_ipv4", tcp4_csum), PAR(".udp_ipv4", udp4_csum),
	PAR(".tcp_ipv6", tcp6_csum), PAR(".udp_ipv6", udp6_csum),
	PAR(".lso_v1", lso1), PAR(".ipsec_v1", ipsec1),
	PAR(".lso_v2_ipv4", lso4), PAR(".lso_v2_ipv6", lso6),
	PAR(".tcp_connection_ipv4", tcp_connection4),
	PAR(".tcp_connection_ipv6", tcp_connection6), PAR(".pad", pad),
	PAR(".flags", flags), PAR(".ipsec_v2", ipsec2),
	PAR(".ipsec_v2_ipv4", ipsec2_4), PAR(".rsc_ipv4", rsc4),
	PAR(".rsc_ipv6", rsc6), PAR(".encapsulated", encapsulated),
	PAR(".encapsulation_types", encapsulation_types),
#define CONF(n, m) FIELD("rndis_config_parameter" n, rndis_config_param, m)
	WHOLE("rndis_config_parameter", sizeof(struct rndis_config_param)),
	CONF(".name_offset", name_offset), CONF(".name_length", name_length),
	CONF(".type", type), CONF(".value_offset", value_offset),
	CONF(".value_length", value_length),
};

TEST(table)
{
	char line[256], name[128];
	FILE *f = fopen("tests/layout/netvsc.tsv", "r");
	long offset, size;
	size_t i;
	int rows = 0;

	CHECK(f);
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		CHECK_EQ(sscanf(line, "%127s %ld %ld", name, &offset, &size), 3);
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
