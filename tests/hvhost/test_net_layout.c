// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_net_layout.c - the host's network structures against tests/layout/netvsc.tsv
 *
 * Every row of the table is answered by a field here, and every field here has
 * its row.
 */
#include "check.h"

#include <stddef.h>
#include <stdio.h>

#include "vmbus_host.h"
#include "vsp_net_wire.h"

struct place {
	const char *name;
	size_t offset, size;
};

#define WHOLE(n, s) { n, 0, s }
#define AT(n, s, m) { n, offsetof(struct s, m), sizeof(((struct s *)0)->m) }

/* The head of a transfer-page packet has no structure here: vmbus_chan.c makes it. */
static const struct place places[] = {
	WHOLE("nvsp_message", NVSP_SIZE_6_1),
	{ "nvsp_message.type", 0, 4 },
	WHOLE("nvsp_revoke", 6),
	WHOLE("nvsp_indirection_table", offsetof(struct nvsp_indirection, table)),
	{ "transfer_page_header", 0, 8 },
	{ "transfer_page_header.set_id", 0, 2 },
	{ "transfer_page_header.sender_owns", 2, 1 },
	{ "transfer_page_header.reserved", 3, 1 },
	{ "transfer_page_header.range_count", 4, 4 },
	WHOLE("transfer_page_range", sizeof(struct page_span)),
	AT("transfer_page_range.byte_count", page_span, len),
	AT("transfer_page_range.byte_offset", page_span, offset),
	WHOLE("rndis_halt", 12),
	{ "rndis_halt.id", offsetof(struct rndis_short_complete, id), 4 },
	WHOLE("rndis_ppi", sizeof(struct rndis_ppi) + 4),
	{ "rndis_ppi.payload", sizeof(struct rndis_ppi), 4 },
	WHOLE("ndis_offload_parameters_v1", offsetof(struct ndis_offload_params, rsc4)),
	WHOLE("ndis_offload_parameters", sizeof(struct ndis_offload_params)),
	WHOLE("nvsp_init", sizeof(struct nvsp_init)),
	WHOLE("nvsp_init_complete", sizeof(struct nvsp_init_complete)),
	WHOLE("nvsp_ndis_version", sizeof(struct nvsp_ndis_version)),
	WHOLE("nvsp_buffer", sizeof(struct nvsp_buffer)),
	WHOLE("nvsp_recv_buffer_complete", sizeof(struct nvsp_recv_complete)),
	WHOLE("nvsp_recv_section", sizeof(struct nvsp_section)),
	WHOLE("nvsp_send_buffer_complete", sizeof(struct nvsp_send_complete)),
	WHOLE("nvsp_rndis", sizeof(struct nvsp_rndis)),
	WHOLE("nvsp_rndis_complete", sizeof(struct nvsp_status)),
	WHOLE("nvsp_ndis_config", sizeof(struct nvsp_ndis_config)),
	WHOLE("nvsp_vf_association", sizeof(struct nvsp_vf)),
	WHOLE("nvsp_switch_data_path", sizeof(struct nvsp_data_path)),
	WHOLE("nvsp_subchannel", sizeof(struct nvsp_subchannel)),
	WHOLE("nvsp_subchannel_complete", sizeof(struct nvsp_subchannel_complete)),
	WHOLE("rndis_header", sizeof(struct rndis_header)),
	WHOLE("rndis_initialize", sizeof(struct rndis_initialize)),
	WHOLE("rndis_initialize_complete", sizeof(struct rndis_initialize_complete)),
	WHOLE("rndis_request", sizeof(struct rndis_request)),
	WHOLE("rndis_query_complete", sizeof(struct rndis_query_complete)),
	WHOLE("rndis_set_complete", sizeof(struct rndis_short_complete)),
	WHOLE("rndis_indicate", sizeof(struct rndis_indicate)),
	WHOLE("rndis_packet", sizeof(struct rndis_packet)),
	WHOLE("ndis_object_header", sizeof(struct ndis_header)),
	WHOLE("ndis_rss_capabilities", sizeof(struct ndis_rss_caps)),
	WHOLE("ndis_rss_parameters", sizeof(struct ndis_rss_params)),
	WHOLE("ndis_offload", sizeof(struct ndis_offload)),
	WHOLE("rndis_config_parameter", sizeof(struct rndis_config_parameter)),
	AT("nvsp_init.min_version", nvsp_init, min_version),
	AT("nvsp_init.max_version", nvsp_init, max_version),
	AT("nvsp_init_complete.version", nvsp_init_complete, version),
	AT("nvsp_init_complete.max_mdl_chain", nvsp_init_complete, max_mdl_chain),
	AT("nvsp_init_complete.status", nvsp_init_complete, status),
	AT("nvsp_ndis_version.major", nvsp_ndis_version, major),
	AT("nvsp_ndis_version.minor", nvsp_ndis_version, minor),
	AT("nvsp_buffer.gpadl", nvsp_buffer, gpadl),
	AT("nvsp_buffer.id", nvsp_buffer, id),
	AT("nvsp_buffer.reserved", nvsp_buffer, reserved),
	AT("nvsp_recv_buffer_complete.status", nvsp_recv_complete, status),
	AT("nvsp_recv_buffer_complete.section_count", nvsp_recv_complete, sections),
	AT("nvsp_recv_buffer_complete.sections", nvsp_recv_complete, section),
	AT("nvsp_recv_section.offset", nvsp_section, offset),
	AT("nvsp_recv_section.sub_allocation_size", nvsp_section, size),
	AT("nvsp_recv_section.sub_allocation_count", nvsp_section, count),
	AT("nvsp_recv_section.end_offset", nvsp_section, end),
	AT("nvsp_revoke.id", nvsp_revoke, id),
	AT("nvsp_send_buffer_complete.status", nvsp_send_complete, status),
	AT("nvsp_send_buffer_complete.section_size", nvsp_send_complete, section_size),
	AT("nvsp_rndis.channel_type", nvsp_rndis, channel_type),
	AT("nvsp_rndis.section_index", nvsp_rndis, section),
	AT("nvsp_rndis.section_size", nvsp_rndis, size),
	AT("nvsp_rndis_complete.status", nvsp_status, status),
	AT("nvsp_ndis_config.mtu", nvsp_ndis_config, mtu),
	AT("nvsp_ndis_config.reserved", nvsp_ndis_config, reserved),
	AT("nvsp_ndis_config.capabilities", nvsp_ndis_config, capabilities),
	AT("nvsp_vf_association.allocated", nvsp_vf, allocated),
	AT("nvsp_vf_association.serial", nvsp_vf, serial),
	AT("nvsp_switch_data_path.path", nvsp_data_path, path),
	AT("nvsp_subchannel.operation", nvsp_subchannel, operation),
	AT("nvsp_subchannel.count", nvsp_subchannel, count),
	AT("nvsp_subchannel_complete.status", nvsp_subchannel_complete, status),
	AT("nvsp_subchannel_complete.count", nvsp_subchannel_complete, count),
	AT("nvsp_indirection_table.count", nvsp_indirection, count),
	AT("nvsp_indirection_table.offset", nvsp_indirection, offset),
	AT("rndis_header.type", rndis_header, type),
	AT("rndis_header.length", rndis_header, length),
	AT("rndis_initialize.id", rndis_initialize, id),
	AT("rndis_initialize.major", rndis_initialize, major),
	AT("rndis_initialize.minor", rndis_initialize, minor),
	AT("rndis_initialize.max_transfer", rndis_initialize, max_transfer),
	AT("rndis_initialize_complete.id", rndis_initialize_complete, id),
	AT("rndis_initialize_complete.status", rndis_initialize_complete, status),
	AT("rndis_initialize_complete.major", rndis_initialize_complete, major),
	AT("rndis_initialize_complete.minor", rndis_initialize_complete, minor),
	AT("rndis_initialize_complete.device_flags", rndis_initialize_complete, flags),
	AT("rndis_initialize_complete.medium", rndis_initialize_complete, medium),
	AT("rndis_initialize_complete.max_packets", rndis_initialize_complete, max_packets),
	AT("rndis_initialize_complete.max_transfer", rndis_initialize_complete, max_transfer),
	AT("rndis_initialize_complete.alignment", rndis_initialize_complete, alignment),
	AT("rndis_initialize_complete.af_list_offset", rndis_initialize_complete, af_offset),
	AT("rndis_initialize_complete.af_list_size", rndis_initialize_complete, af_size),
	AT("rndis_request.id", rndis_request, id),
	AT("rndis_request.oid", rndis_request, oid),
	AT("rndis_request.info_length", rndis_request, length),
	AT("rndis_request.info_offset", rndis_request, offset),
	AT("rndis_request.vc", rndis_request, vc),
	AT("rndis_query_complete.id", rndis_query_complete, id),
	AT("rndis_query_complete.status", rndis_query_complete, status),
	AT("rndis_query_complete.info_length", rndis_query_complete, length),
	AT("rndis_query_complete.info_offset", rndis_query_complete, offset),
	AT("rndis_set_complete.id", rndis_short_complete, id),
	AT("rndis_set_complete.status", rndis_short_complete, status),
	AT("rndis_indicate.status", rndis_indicate, status),
	AT("rndis_indicate.buffer_length", rndis_indicate, length),
	AT("rndis_indicate.buffer_offset", rndis_indicate, offset),
	AT("rndis_packet.data_offset", rndis_packet, data_offset),
	AT("rndis_packet.data_length", rndis_packet, data_length),
	AT("rndis_packet.oob_offset", rndis_packet, oob_offset),
	AT("rndis_packet.oob_length", rndis_packet, oob_length),
	AT("rndis_packet.oob_count", rndis_packet, oob_count),
	AT("rndis_packet.ppi_offset", rndis_packet, ppi_offset),
	AT("rndis_packet.ppi_length", rndis_packet, ppi_length),
	AT("rndis_packet.vc", rndis_packet, vc),
	AT("rndis_packet.reserved", rndis_packet, reserved),
	AT("rndis_ppi.size", rndis_ppi, size),
	AT("rndis_ppi.type", rndis_ppi, type),
	AT("rndis_ppi.payload_offset", rndis_ppi, offset),
	AT("ndis_object_header.type", ndis_header, type),
	AT("ndis_object_header.revision", ndis_header, revision),
	AT("ndis_object_header.size", ndis_header, size),
	AT("ndis_rss_capabilities.header", ndis_rss_caps, h),
	AT("ndis_rss_capabilities.flags", ndis_rss_caps, flags),
	AT("ndis_rss_capabilities.interrupts", ndis_rss_caps, messages),
	AT("ndis_rss_capabilities.queues", ndis_rss_caps, queues),
	AT("ndis_rss_capabilities.entries", ndis_rss_caps, entries),
	AT("ndis_rss_parameters.header", ndis_rss_params, h),
	AT("ndis_rss_parameters.flags", ndis_rss_params, flags),
	AT("ndis_rss_parameters.base_cpu", ndis_rss_params, base_cpu),
	AT("ndis_rss_parameters.hash_info", ndis_rss_params, hash_info),
	AT("ndis_rss_parameters.table_size", ndis_rss_params, table_size),
	AT("ndis_rss_parameters.pad1", ndis_rss_params, pad0),
	AT("ndis_rss_parameters.table_offset", ndis_rss_params, table_offset),
	AT("ndis_rss_parameters.key_size", ndis_rss_params, key_size),
	AT("ndis_rss_parameters.pad2", ndis_rss_params, pad1),
	AT("ndis_rss_parameters.key_offset", ndis_rss_params, key_offset),
	AT("ndis_rss_parameters.masks_offset", ndis_rss_params, masks_offset),
	AT("ndis_rss_parameters.masks_count", ndis_rss_params, masks),
	AT("ndis_rss_parameters.mask_size", ndis_rss_params, mask_size),
	AT("ndis_offload.header", ndis_offload, h),
	AT("ndis_offload.tx4_encapsulation", ndis_offload, tx4_encap),
	AT("ndis_offload.tx4_flags", ndis_offload, tx4),
	AT("ndis_offload.rx4_encapsulation", ndis_offload, rx4_encap),
	AT("ndis_offload.rx4_flags", ndis_offload, rx4),
	AT("ndis_offload.tx6_encapsulation", ndis_offload, tx6_encap),
	AT("ndis_offload.tx6_flags", ndis_offload, tx6),
	AT("ndis_offload.rx6_encapsulation", ndis_offload, rx6_encap),
	AT("ndis_offload.rx6_flags", ndis_offload, rx6),
	AT("ndis_offload.lso_v1", ndis_offload, lso1),
	AT("ndis_offload.ipsec_v1", ndis_offload, ipsec),
	AT("ndis_offload.lso4_encapsulation", ndis_offload, lso4_encap),
	AT("ndis_offload.lso4_max_size", ndis_offload, lso4_max),
	AT("ndis_offload.lso4_min_segments", ndis_offload, lso4_min),
	AT("ndis_offload.lso6_encapsulation", ndis_offload, lso6_encap),
	AT("ndis_offload.lso6_max_size", ndis_offload, lso6_max),
	AT("ndis_offload.lso6_min_segments", ndis_offload, lso6_min),
	AT("ndis_offload.lso6_options", ndis_offload, lso6_options),
	AT("ndis_offload.flags", ndis_offload, flags),
	AT("ndis_offload.ipsec_v2", ndis_offload, ipsec2),
	AT("ndis_offload.rsc4", ndis_offload, rsc4),
	AT("ndis_offload.rsc6", ndis_offload, rsc6),
	AT("ndis_offload.pad", ndis_offload, pad),
	AT("ndis_offload.gre_flags", ndis_offload, gre_flags),
	AT("ndis_offload.gre_max_header", ndis_offload, gre_max),
	AT("ndis_offload_parameters.header", ndis_offload_params, h),
	AT("ndis_offload_parameters.ipv4_checksum", ndis_offload_params, ip4),
	AT("ndis_offload_parameters.tcp_ipv4", ndis_offload_params, tcp4),
	AT("ndis_offload_parameters.udp_ipv4", ndis_offload_params, udp4),
	AT("ndis_offload_parameters.tcp_ipv6", ndis_offload_params, tcp6),
	AT("ndis_offload_parameters.udp_ipv6", ndis_offload_params, udp6),
	AT("ndis_offload_parameters.lso_v1", ndis_offload_params, lso1),
	AT("ndis_offload_parameters.ipsec_v1", ndis_offload_params, ipsec1),
	AT("ndis_offload_parameters.lso_v2_ipv4", ndis_offload_params, lso4),
	AT("ndis_offload_parameters.lso_v2_ipv6", ndis_offload_params, lso6),
	AT("ndis_offload_parameters.tcp_connection_ipv4", ndis_offload_params, conn4),
	AT("ndis_offload_parameters.tcp_connection_ipv6", ndis_offload_params, conn6),
	AT("ndis_offload_parameters.pad", ndis_offload_params, pad),
	AT("ndis_offload_parameters.flags", ndis_offload_params, flags),
	AT("ndis_offload_parameters.ipsec_v2", ndis_offload_params, ipsec2),
	AT("ndis_offload_parameters.ipsec_v2_ipv4", ndis_offload_params, ipsec2_4),
	AT("ndis_offload_parameters.rsc_ipv4", ndis_offload_params, rsc4),
	AT("ndis_offload_parameters.rsc_ipv6", ndis_offload_params, rsc6),
	AT("ndis_offload_parameters.encapsulated", ndis_offload_params, encap),
	AT("ndis_offload_parameters.encapsulation_types", ndis_offload_params, encap_types),
	AT("rndis_config_parameter.name_offset", rndis_config_parameter, name_offset),
	AT("rndis_config_parameter.name_length", rndis_config_parameter, name_length),
	AT("rndis_config_parameter.type", rndis_config_parameter, type),
	AT("rndis_config_parameter.value_offset", rndis_config_parameter, value_offset),
	AT("rndis_config_parameter.value_length", rndis_config_parameter, value_length),
};

TEST(layout)
{
	FILE *f = fopen("../layout/netvsc.tsv", "r");
	size_t offset, size, i, n = sizeof(places) / sizeof(places[0]), seen = 0;
	char line[200], name[100];

	CHECK(f);
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '#')
			continue;
		CHECK_EQ(sscanf(line, "%99s %zu %zu", name, &offset, &size), 3);
		for (i = 0; i < n && strcmp(places[i].name, name); i++)
			;
		if (i == n || places[i].offset != offset || places[i].size != size)
			printf("not known here, or different: %s\n", name);
		CHECK(i < n);
		CHECK_EQ(places[i].offset, offset);
		CHECK_EQ(places[i].size, size);
		seen++;
	}
	fclose(f);
	CHECK_EQ(seen, n);
}

TEST_MAIN(CASE(layout))
