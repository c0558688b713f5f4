/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vsp_net_wire.h - network protocol layouts and numbers, host side
 *
 * Written from the sheets netvsc.md (NVSP) and rndis.md, whose sections are
 * named below.  Shares nothing with hv-netvsc/ on purpose; test_net.c checks
 * the fields here against tests/layout/netvsc.tsv.
 */
#ifndef HVHOST_VSP_NET_WIRE_H
#define HVHOST_VSP_NET_WIRE_H

#include <stdint.h>

/* ---- NVSP (netvsc.md) ------------------------------------------------------ */

enum nvsp_type {
	NVSP_INIT = 1, NVSP_INIT_COMPLETE = 2,
	NVSP_NDIS_VERSION = 100,
	NVSP_RECV_BUFFER = 101, NVSP_RECV_BUFFER_COMPLETE = 102,
	NVSP_REVOKE_RECV_BUFFER = 103,
	NVSP_SEND_BUFFER = 104, NVSP_SEND_BUFFER_COMPLETE = 105,
	NVSP_REVOKE_SEND_BUFFER = 106,
	NVSP_RNDIS = 107, NVSP_RNDIS_COMPLETE = 108,
	NVSP_NDIS_CONFIG = 125,
	NVSP_VF_ASSOCIATION = 128, NVSP_DATA_PATH = 129,
	NVSP_OID_QUERY_EX = 131, NVSP_OID_QUERY_EX_COMPLETE = 132,
	NVSP_SUBCHANNEL = 133, NVSP_INDIRECTION = 134,
};

/* Section 3; the numbers have no order of their own but this one. */
#define NVSP_V1		0x00000002u
#define NVSP_V2		0x00030002u
#define NVSP_V4		0x00040000u
#define NVSP_V5		0x00050000u
#define NVSP_V6		0x00060000u
#define NVSP_V6_1	0x00060001u

/* Section 2 */
#define NVSP_OK			1
#define NVSP_FAILED		2
#define NVSP_REFUSED_VERSION	0	/* in INIT_COMPLETE */

#define NVSP_SIZE		32	/* 28, rounded up */
#define NVSP_SIZE_6_1		40
#define NVSP_SHORTEST_INIT	32	/* a shorter one is never answered */
#define NVSP_NO_SECTION		0xffffffffu
#define NVSP_SECTION		6144
#define NVSP_MAX_RANGES		375	/* in a packet to the guest */
#define NVSP_MAX_RANGES_OLD	64	/* the same before NDIS 6.0 */
#define NVSP_TABLE		16

/* Section 4 */
#define NVSP_CAP_SRIOV		0x04u
#define NVSP_CAP_8021Q		0x08u
#define NVSP_CAP_TEAMING	0x20u
#define NVSP_CAP_RSC		0x80u

struct nvsp_init { uint32_t type, min_version, max_version; };
struct nvsp_init_complete { uint32_t type, version, max_mdl_chain, status; };
struct nvsp_ndis_version { uint32_t type, major, minor; };
struct nvsp_buffer { uint32_t type, gpadl; uint16_t id, reserved; };
struct nvsp_section { uint32_t offset, size, count, end; };
struct nvsp_recv_complete {
	uint32_t type, status, sections;
	struct nvsp_section section;
};
struct nvsp_revoke { uint32_t type; uint16_t id, reserved; };
struct nvsp_send_complete { uint32_t type, status, section_size; };
struct nvsp_rndis { uint32_t type, channel_type, section, size; };
struct nvsp_status { uint32_t type, status; };
struct nvsp_ndis_config {
	uint32_t type, mtu, reserved;
	uint64_t capabilities;
} __attribute__((packed));
struct nvsp_vf { uint32_t type, allocated, serial; };
struct nvsp_data_path { uint32_t type, path; };
struct nvsp_subchannel { uint32_t type, operation, count; };
struct nvsp_subchannel_complete { uint32_t type, status, count; };
struct nvsp_indirection { uint32_t type, count, offset, table[NVSP_TABLE]; };

/* ---- RNDIS messages (rndis.md 1 to 5) ------------------------------------------ */

enum rndis_type {
	RNDIS_PACKET = 1, RNDIS_INITIALIZE = 2, RNDIS_HALT = 3, RNDIS_QUERY = 4,
	RNDIS_SET = 5, RNDIS_RESET = 6, RNDIS_INDICATE = 7, RNDIS_KEEPALIVE = 8,
};
#define RNDIS_COMPLETION	0x80000000u
#define RNDIS_BASE		8	/* what offsets count from */

struct rndis_header { uint32_t type, length; };
struct rndis_initialize { struct rndis_header h; uint32_t id, major, minor, max_transfer; };
struct rndis_initialize_complete {
	struct rndis_header h;
	uint32_t id, status, major, minor, flags, medium, max_packets, max_transfer,
		 alignment, af_offset, af_size;
};
struct rndis_request {			/* QUERY and SET */
	struct rndis_header h;
	uint32_t id, oid, length, offset, vc;
};
struct rndis_query_complete { struct rndis_header h; uint32_t id, status, length, offset; };
struct rndis_short_complete { struct rndis_header h; uint32_t id, status; };
struct rndis_indicate { struct rndis_header h; uint32_t status, length, offset; };

#define RNDIS_STATUS_SUCCESS		0x00000000u
#define RNDIS_STATUS_MEDIA_CONNECT	0x4001000bu
#define RNDIS_STATUS_MEDIA_DISCONNECT	0x4001000cu
#define RNDIS_STATUS_LINK_SPEED		0x40010013u
#define RNDIS_STATUS_NETWORK_CHANGE	0x40010018u
#define RNDIS_STATUS_OFFLOAD_CONFIG	0x40020006u
#define RNDIS_STATUS_FAILURE		0xc0000001u
#define RNDIS_STATUS_NOT_SUPPORTED	0xc00000bbu
#define RNDIS_STATUS_INVALID_LENGTH	0xc0010014u
#define RNDIS_STATUS_INVALID_DATA	0xc0010015u

/* OIDs (section 6) */
#define OID_SUPPORTED_LIST		0x00010101u
#define OID_HARDWARE_STATUS		0x00010102u
#define OID_MEDIA_SUPPORTED		0x00010103u
#define OID_MEDIA_IN_USE		0x00010104u
#define OID_MAXIMUM_LOOKAHEAD		0x00010105u
#define OID_MAXIMUM_FRAME_SIZE		0x00010106u
#define OID_LINK_SPEED			0x00010107u
#define OID_TRANSMIT_BUFFER_SPACE	0x00010108u
#define OID_RECEIVE_BUFFER_SPACE	0x00010109u
#define OID_TRANSMIT_BLOCK_SIZE		0x0001010au
#define OID_RECEIVE_BLOCK_SIZE		0x0001010bu
#define OID_VENDOR_ID			0x0001010cu
#define OID_VENDOR_DESCRIPTION		0x0001010du
#define OID_PACKET_FILTER		0x0001010eu
#define OID_CURRENT_LOOKAHEAD		0x0001010fu
#define OID_DRIVER_VERSION		0x00010110u
#define OID_MAXIMUM_TOTAL_SIZE		0x00010111u
#define OID_MAC_OPTIONS			0x00010113u
#define OID_MEDIA_CONNECT_STATUS	0x00010114u
#define OID_MAXIMUM_SEND_PACKETS	0x00010115u
#define OID_VENDOR_DRIVER_VERSION	0x00010116u
#define OID_NETWORK_LAYER_ADDRESSES	0x00010118u
#define OID_RSS_CAPABILITIES		0x00010203u
#define OID_RSS_PARAMETERS		0x00010204u
#define OID_MAX_LINK_SPEED		0x00010206u
#define OID_LINK_STATE			0x00010207u
#define OID_CONFIG_PARAMETER		0x0001021bu
#define OID_XMIT_OK			0x00020101u
#define OID_RCV_OK			0x00020102u
#define OID_XMIT_ERROR			0x00020103u
#define OID_RCV_ERROR			0x00020104u
#define OID_RCV_NO_BUFFER		0x00020105u
#define OID_FRIENDLY_NAME		0x00020216u
#define OID_8023_PERMANENT_ADDRESS	0x01010101u
#define OID_8023_CURRENT_ADDRESS	0x01010102u
#define OID_8023_MAXIMUM_LIST		0x01010104u
#define OID_8023_RCV_ALIGNMENT		0x01020101u
#define OID_8023_ONE_COLLISION		0x01020102u
#define OID_8023_MORE_COLLISIONS	0x01020103u
#define OID_OFFLOAD_CURRENT		0xfc01020bu
#define OID_OFFLOAD_PARAMETERS		0xfc01020cu
#define OID_OFFLOAD_CAPABILITIES	0xfc01020du

/* Section 7 */
#define FILTER_DIRECTED		0x01u
#define FILTER_MULTICAST	0x02u
#define FILTER_ALL_MULTICAST	0x04u
#define FILTER_BROADCAST	0x08u
#define FILTER_PROMISCUOUS	0x20u

/* ---- NDIS objects (sections 9 and 10) ------------------------------------------- */

struct ndis_header { uint8_t type, revision; uint16_t size; };
#define NDIS_OBJECT_DEFAULT	0x80
#define NDIS_OBJECT_RSS_CAPS	0x88
#define NDIS_OBJECT_RSS_PARAMS	0x89
#define NDIS_OBJECT_OFFLOAD	0xa7

struct ndis_rss_caps {
	struct ndis_header h;
	uint32_t flags, messages, queues;
	uint16_t entries;
} __attribute__((packed));

struct ndis_rss_params {
	struct ndis_header h;
	uint16_t flags, base_cpu;
	uint32_t hash_info;
	uint16_t table_size, pad0;
	uint32_t table_offset;
	uint16_t key_size, pad1;
	uint32_t key_offset;
	uint32_t masks_offset, masks, mask_size;
};
#define NDIS_RSS_DISABLE	0x10
#define NDIS_RSS_PARAMS_MIN	28	/* up to the key's offset */

#define NDIS_HASH_IPV4		0x00100u
#define NDIS_HASH_TCP_IPV4	0x00200u
#define NDIS_HASH_IPV6		0x00400u
#define NDIS_HASH_TCP_IPV6	0x01000u
#define NDIS_HASH_UDP_IPV4	0x04000u
#define NDIS_HASH_UDP_IPV6	0x08000u

struct ndis_offload {
	struct ndis_header h;
	uint32_t tx4_encap, tx4, rx4_encap, rx4, tx6_encap, tx6, rx6_encap, rx6;
	uint32_t lso1[4];
	uint32_t ipsec[7];
	uint32_t lso4_encap, lso4_max, lso4_min, lso6_encap, lso6_max, lso6_min, lso6_options;
	uint32_t flags;
	uint8_t ipsec2[32];
	uint8_t rsc4, rsc6;
	uint16_t pad;
	uint32_t gre_flags, gre_max;
};
#define NDIS_OFFLOAD_SIZE_1	112
#define NDIS_OFFLOAD_SIZE_2	144
#define NDIS_OFFLOAD_SIZE_3	156
#define NDIS_ENCAP_8023		2u
#define NDIS_CSUM_OPTIONS	0x05u	/* IP options or extensions, TCP options */
#define NDIS_CSUM_TCP		0x10u
#define NDIS_CSUM_UDP		0x40u
#define NDIS_CSUM_IP		0x100u
#define NDIS_LSO6_OPTIONS	0x05u

struct ndis_offload_params {
	struct ndis_header h;
	uint8_t ip4, tcp4, udp4, tcp6, udp6, lso1, ipsec1, lso4, lso6, conn4, conn6, pad;
	uint32_t flags;
	uint8_t ipsec2, ipsec2_4, rsc4, rsc6, encap, encap_types;
	uint16_t pad1;
};
#define NDIS_OFFLOAD_PARAMS_MIN	20

struct ndis_link_state {
	struct ndis_header h;
	uint32_t connect, duplex, pad;
	uint64_t tx_speed, rx_speed;
	uint32_t pause, autoneg;
};

struct rndis_config_parameter {
	uint32_t name_offset, name_length, type, value_offset, value_length;
};

/* ---- frames (sections 12 to 15) ---------------------------------------------------- */

struct rndis_packet {
	struct rndis_header h;
	uint32_t data_offset, data_length, oob_offset, oob_length, oob_count,
		 ppi_offset, ppi_length, vc, reserved;
};

struct rndis_ppi { uint32_t size, type, offset; };
#define PPI_CHECKSUM	0u
#define PPI_LSO		2u
#define PPI_VLAN	6u
#define PPI_HASH_VALUE	8u
#define PPI_HASH_INFO	9u
#define PPI_PACKET_ID	0x80000001u	/* in the internal name space */

#define TX_CSUM_IPV4		0x01u
#define TX_CSUM_IPV6		0x02u
#define TX_CSUM_TCP		0x04u
#define TX_CSUM_UDP		0x08u
#define TX_CSUM_IP		0x10u
#define TX_CSUM_OFFSET(v)	((v) >> 16 & 0x3ff)

#define RX_CSUM_TCP_FAILED	0x01u
#define RX_CSUM_UDP_FAILED	0x02u
#define RX_CSUM_IP_FAILED	0x04u
#define RX_CSUM_TCP_OK		0x08u
#define RX_CSUM_UDP_OK		0x10u
#define RX_CSUM_IP_OK		0x20u
#define RX_CSUM_TCP_INVALID	0x80u
#define RX_CSUM_IP_INVALID	0x100u

#define LSO_MSS(v)		((v) & 0xfffff)
#define LSO_OFFSET(v)		((v) >> 20 & 0x3ff)
#define LSO_V2			0x40000000u
#define LSO_IPV6		0x80000000u

struct rndis_packet_id { uint8_t version, flags; uint16_t id; };
#define PACKET_ID_SUB		1
#define PACKET_ID_FIRST		2
#define PACKET_ID_LAST		4

#endif /* HVHOST_VSP_NET_WIRE_H */
