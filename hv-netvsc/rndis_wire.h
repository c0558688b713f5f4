/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rndis_wire.h - RNDIS messages, their per-packet information, and NDIS objects
 *
 * Spec rndis.md; the section is named with each.  Offsets inside a body count
 * from byte 8 of the message.  Little-endian, no padding that is not named.
 */
#ifndef _RNDIS_WIRE_H
#define _RNDIS_WIRE_H

#include <hv/types.h>

/* Messages (section 2). */
#define RNDIS_PACKET		0x00000001u
#define RNDIS_INITIALIZE	0x00000002u
#define RNDIS_HALT		0x00000003u
#define RNDIS_QUERY		0x00000004u
#define RNDIS_SET		0x00000005u
#define RNDIS_INDICATE		0x00000007u
#define RNDIS_COMPLETION	0x80000000u

/* Status codes that we look at (section 4). */
#define RNDIS_STATUS_SUCCESS		0x00000000u
#define RNDIS_STATUS_MEDIA_CONNECT	0x4001000bu
#define RNDIS_STATUS_MEDIA_DISCONNECT	0x4001000cu
#define RNDIS_STATUS_LINK_SPEED		0x40010013u
#define RNDIS_STATUS_NETWORK_CHANGE	0x40010018u

/* OIDs (section 6). */
#define OID_MAX_FRAME_SIZE	0x00010106u
#define OID_LINK_SPEED		0x00010107u
#define OID_PACKET_FILTER	0x0001010eu
#define OID_CONNECT_STATUS	0x00010114u
#define OID_RSS_CAPABILITIES	0x00010203u
#define OID_RSS_PARAMETERS	0x00010204u
#define OID_CONFIG_PARAMETER	0x0001021bu
#define OID_FRIENDLY_NAME	0x00020216u
#define OID_PERMANENT_ADDRESS	0x01010101u
#define OID_OFFLOAD_PARAMETERS	0xfc01020cu
#define OID_OFFLOAD_CAPABILITIES 0xfc01020du

/* Packet filter (section 7). */
#define RNDIS_FILTER_DIRECTED		0x01u
#define RNDIS_FILTER_ALL_MULTICAST	0x04u
#define RNDIS_FILTER_BROADCAST		0x08u
#define RNDIS_FILTER_PROMISCUOUS	0x20u

struct rndis_head {
	u32 type;
	u32 length;
} __attribute__((packed));

struct rndis_initialize {
	u32 id;
	u32 major;
	u32 minor;
	u32 max_transfer;
} __attribute__((packed));

struct rndis_initialize_complete {
	u32 id;
	u32 status;
	u32 major;
	u32 minor;
	u32 device_flags;
	u32 medium;
	u32 max_packets;
	u32 max_transfer;
	u32 alignment;		/* an exponent of 2 */
	u32 af_offset;
	u32 af_size;
} __attribute__((packed));

/* QUERY and SET. */
struct rndis_request {
	u32 id;
	u32 oid;
	u32 info_length;
	u32 info_offset;
	u32 vc;
} __attribute__((packed));

struct rndis_query_complete {
	u32 id;
	u32 status;
	u32 info_length;
	u32 info_offset;
} __attribute__((packed));

struct rndis_set_complete {
	u32 id;
	u32 status;
} __attribute__((packed));

struct rndis_halt {
	u32 id;
} __attribute__((packed));

struct rndis_indicate {
	u32 status;
	u32 buffer_length;
	u32 buffer_offset;
} __attribute__((packed));

/* PACKET (section 12). */
struct rndis_packet {
	u32 data_offset;
	u32 data_length;
	u32 oob_offset;
	u32 oob_length;
	u32 oob_count;
	u32 ppi_offset;
	u32 ppi_length;
	u32 vc;
	u32 reserved;
} __attribute__((packed));

struct rndis_message {
	struct rndis_head head;
	union {
		struct rndis_initialize initialize;
		struct rndis_initialize_complete initialized;
		struct rndis_request request;
		struct rndis_query_complete queried;
		struct rndis_set_complete set;
		struct rndis_halt halt;
		struct rndis_indicate indicate;
		struct rndis_packet packet;
	} u;
} __attribute__((packed));

#define RNDIS_PACKET_HEAD	(sizeof(struct rndis_head) + \
				 sizeof(struct rndis_packet))

/* A record of per-packet information, always of 16 bytes with us. */
struct rndis_ppi {
	u32 size;
	u32 type;		/* bit 31: a space of numbers of its own */
	u32 offset;		/* of the payload, from the start of the record */
	u32 value;
} __attribute__((packed));

#define RNDIS_PPI_HEAD		12
#define RNDIS_PPI_INTERNAL	0x80000000u

#define RNDIS_PPI_CHECKSUM	0u
#define RNDIS_PPI_LSO		2u
#define RNDIS_PPI_VLAN		6u
#define RNDIS_PPI_HASH		8u
#define RNDIS_PPI_PACKET_ID	(RNDIS_PPI_INTERNAL | 1u)

/* The longest head that we make: with hash, VLAN, and LSO or checksum. */
#define RNDIS_TX_HEAD_MAX	(RNDIS_PACKET_HEAD + 3 * sizeof(struct rndis_ppi))

/* Checksum wanted for a packet that we send (section 13). */
#define RNDIS_TXCSUM_IPV4	0x01u
#define RNDIS_TXCSUM_IPV6	0x02u
#define RNDIS_TXCSUM_TCP	0x04u
#define RNDIS_TXCSUM_UDP	0x08u
#define RNDIS_TXCSUM_OFFSET	16

/* And what the host found in one that we receive. */
#define RNDIS_RXCSUM_TCP_FAILED	0x001u
#define RNDIS_RXCSUM_UDP_FAILED	0x002u
#define RNDIS_RXCSUM_IP_FAILED	0x004u
#define RNDIS_RXCSUM_TCP_GOOD	0x008u
#define RNDIS_RXCSUM_UDP_GOOD	0x010u
#define RNDIS_RXCSUM_IP_GOOD	0x020u
#define RNDIS_RXCSUM_TCP_VALUE	0x080u	/* the field in the packet is not valid */
#define RNDIS_RXCSUM_IP_VALUE	0x100u

#define RNDIS_LSO_MSS_MASK	0xfffffu
#define RNDIS_LSO_OFFSET	20
#define RNDIS_LSO_OFFSET_MAX	0x3ffu
#define RNDIS_LSO_V2		0x40000000u
#define RNDIS_LSO_IPV6		0x80000000u

/* Packet id, which marks the fragments of a coalesced frame. */
#define RNDIS_RSC_SUB_ALLOCATION	0x0100u	/* flags are the second byte */
#define RNDIS_RSC_FIRST			0x0200u
#define RNDIS_RSC_LAST			0x0400u

/* ---- NDIS objects (sections 9 and 10) ------------------------------------------- */

#define NDIS_TYPE_DEFAULT	0x80
#define NDIS_TYPE_RSS_CAPS	0x88
#define NDIS_TYPE_RSS_PARAMS	0x89
#define NDIS_TYPE_OFFLOAD	0xa7

struct ndis_head {
	u8 type;
	u8 revision;
	u16 size;
} __attribute__((packed));

#define NDIS_HASH_TOEPLITZ	0x0001u
#define NDIS_HASH_IPV4		0x0100u
#define NDIS_HASH_TCP_IPV4	0x0200u
#define NDIS_HASH_IPV6		0x0400u
#define NDIS_HASH_TCP_IPV6	0x1000u

#define NDIS_RSS_KEY_SIZE	40
#define NDIS_RSS_TABLE_MAX	256
#define NDIS_RSS_TABLE_DEFAULT	128
#define NDIS_RSS_DISABLE	0x10

struct ndis_rss_caps {
	struct ndis_head head;
	u32 flags;
	u32 interrupts;
	u32 queues;
	u16 entries;
} __attribute__((packed));

struct ndis_rss_params {
	struct ndis_head head;
	u16 flags;
	u16 base_cpu;
	u32 hash_info;
	u16 table_size;
	u16 pad1;
	u32 table_offset;
	u16 key_size;
	u16 pad2;
	u32 key_offset;
	u32 masks_offset;
	u32 masks_count;
	u32 mask_size;
} __attribute__((packed));

struct ndis_csum_offload {
	u32 encapsulation;
	u32 flags;
} __attribute__((packed));

struct ndis_lso_offload {
	u32 encapsulation;
	u32 max_size;
	u32 min_segments;
} __attribute__((packed));

#define NDIS_CSUM_IP_OPTIONS	0x001u	/* IPv6: extension headers */
#define NDIS_CSUM_TCP_OPTIONS	0x004u
#define NDIS_CSUM_TCP		0x010u
#define NDIS_CSUM_UDP		0x040u
#define NDIS_CSUM_IP		0x100u
#define NDIS_ENCAP_8023		0x002u
#define NDIS_LSO6_EXTENSIONS	0x001u
#define NDIS_LSO6_TCP_OPTIONS	0x004u

struct ndis_offload {
	struct ndis_head head;
	struct ndis_csum_offload tx4;
	struct ndis_csum_offload rx4;
	struct ndis_csum_offload tx6;
	struct ndis_csum_offload rx6;
	u8 lso1[16];
	u8 ipsec1[28];
	struct ndis_lso_offload lso4;
	struct ndis_lso_offload lso6;
	u32 lso6_options;
	u32 flags;
	u8 ipsec2[32];
	u8 rsc4;
	u8 rsc6;
	u8 pad[2];
	u32 gre_flags;
	u32 gre_max_header;
} __attribute__((packed));

#define NDIS_OFFLOAD_SIZE_1	112
#define NDIS_OFFLOAD_SIZE_2	144
#define NDIS_OFFLOAD_SIZE_3	156

/* Values of the members below. */
#define NDIS_KEEP		0
#define NDIS_CSUM_OFF		1
#define NDIS_CSUM_TX		2
#define NDIS_CSUM_RX		3
#define NDIS_CSUM_BOTH		4
#define NDIS_OFF		1
#define NDIS_ON			2

struct ndis_offload_params {
	struct ndis_head head;
	u8 ip4_csum;
	u8 tcp4_csum;
	u8 udp4_csum;
	u8 tcp6_csum;
	u8 udp6_csum;
	u8 lso1;
	u8 ipsec1;
	u8 lso4;
	u8 lso6;
	u8 tcp_connection4;
	u8 tcp_connection6;
	u8 pad;
	u32 flags;
	u8 ipsec2;
	u8 ipsec2_4;
	u8 rsc4;
	u8 rsc6;
	u8 encapsulated;
	u8 encapsulation_types;
	u8 pad2[2];
} __attribute__((packed));

#define NDIS_OFFLOAD_PARAMS_SIZE_OLD	22
#define NDIS_OFFLOAD_PARAMS_SIZE	28

/* Section 11. */
struct rndis_config_param {
	u32 name_offset;
	u32 name_length;
	u32 type;
	u32 value_offset;
	u32 value_length;
} __attribute__((packed));

#define RNDIS_CONFIG_STRING	2

#endif /* _RNDIS_WIRE_H */
