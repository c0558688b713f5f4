/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vsp_storage_wire.h - storage protocol layouts and numbers, host side
 *
 * Written from the sheet storvsc.md, whose sections are named below.  Shares
 * nothing with hv-storvsc/ on purpose; test_storvsp.c checks every field here
 * against tests/layout/storvsc.tsv.
 */
#ifndef HVHOST_VSP_STORAGE_WIRE_H
#define HVHOST_VSP_STORAGE_WIRE_H

#include <stdint.h>

/* Operations (section 2) */
enum vstor_operation {
	VSTOR_COMPLETE_IO = 1,
	VSTOR_REMOVE_DEVICE = 2,
	VSTOR_EXECUTE_SRB = 3,
	VSTOR_RESET_LUN = 4,
	VSTOR_RESET_ADAPTER = 5,
	VSTOR_RESET_BUS = 6,
	VSTOR_BEGIN_INIT = 7,
	VSTOR_END_INIT = 8,
	VSTOR_QUERY_VERSION = 9,
	VSTOR_QUERY_PROPERTIES = 10,
	VSTOR_ENUMERATE_BUS = 11,
	VSTOR_FC_HBA_DATA = 12,
	VSTOR_CREATE_SUBCHANNELS = 13,
	VSTOR_EVENT_NOTIFICATION = 14,
};

/* Version words (section 5) */
#define VSTOR_WIN6		0x0200
#define VSTOR_WIN7		0x0402
#define VSTOR_WIN8		0x0501
#define VSTOR_WIN8_1		0x0600
#define VSTOR_WIN10		0x0602

/* NTSTATUS values (section 8.1) */
#define NT_SUCCESS		0x00000000u
#define NT_BUFFER_OVERFLOW	0x80000005u
#define NT_DEVICE_BUSY		0x80000011u
#define NT_UNSUCCESSFUL		0xc0000001u
#define NT_INVALID_PARAMETER	0xc000000du
#define NT_INVALID_REQUEST	0xc0000010u
#define NT_REVISION_MISMATCH	0xc0000059u
#define NT_NOT_CONNECTED	0xc000009du
#define NT_IO_TIMEOUT		0xc00000b5u
#define NT_NO_SUCH_DEVICE	0xc00000c0u
#define NT_CANCELLED		0xc0000120u
#define NT_INVALID_STATE	0xc0000184u
#define NT_IO_ERROR		0xc0000185u

/* SRB status (section 8.1) */
#define SRB_SUCCESS		0x01
#define SRB_ABORTED		0x02
#define SRB_ERROR		0x04
#define SRB_BUSY		0x05
#define SRB_INVALID_REQUEST	0x06
#define SRB_NO_DEVICE		0x08
#define SRB_TIMEOUT		0x09
#define SRB_SELECTION_TIMEOUT	0x0a
#define SRB_COMMAND_TIMEOUT	0x0b
#define SRB_NO_HBA		0x11
#define SRB_DATA_OVERRUN	0x12
#define SRB_BAD_LENGTH		0x15
#define SRB_FLUSHED		0x16
#define SRB_INVALID_LUN		0x20
#define SRB_INVALID_TARGET	0x21
#define SRB_BAD_FUNCTION	0x22
#define SRB_QUEUE_FROZEN	0x40
#define SRB_AUTOSENSE		0x80
#define SRB_STATUS(x)		((x) & 0x3f)

#define VSTOR_REQUEST_V1	36	/* 2.0 and 4.2 */
#define VSTOR_REQUEST_V2	52	/* 5.1 and later */
#define VSTOR_SENSE_V1		18
#define VSTOR_SENSE_V2		20

#pragma pack(push, 1)

struct vstor_header {			/* 12, section 3 */
	uint32_t operation;
	uint32_t flags;
	uint32_t status;
};

struct vstor_request {			/* 52, section 4 */
	uint16_t length;
	uint8_t srb_status;
	uint8_t scsi_status;
	uint8_t port_number;
	uint8_t path_id;
	uint8_t target_id;
	uint8_t lun;
	uint8_t cdb_length;
	uint8_t sense_info_length;
	uint8_t data_in;
	uint8_t properties;
	uint32_t data_transfer_length;
	union {
		uint8_t cdb[16];
		uint8_t sense[VSTOR_SENSE_V2];
	};
	uint16_t reserve;
	uint8_t queue_tag;
	uint8_t queue_action;
	uint32_t srb_flags;
	uint32_t time_out_value;
	uint32_t queue_sort_key;
};

struct vstor_version {			/* 4, section 5 */
	uint16_t word;
	uint16_t revision;
};

#define VSTOR_PROP_MULTI_CHANNEL	0x1u

struct vstor_properties {		/* 24, section 5 */
	uint32_t reserved0;
	uint16_t max_sub_channels;
	uint16_t reserved1;
	uint32_t flags;
	uint32_t max_transfer_bytes;
	uint64_t reserved2;
};

struct vstor_fc_data {			/* 36, section 6 */
	uint8_t primary_active;
	uint8_t reserved[3];
	uint8_t primary_port_wwn[8];
	uint8_t primary_node_wwn[8];
	uint8_t secondary_port_wwn[8];
	uint8_t secondary_node_wwn[8];
};

struct vstor_packet {			/* 64, section 3 */
	struct vstor_header header;
	union {
		struct vstor_request srb;
		struct vstor_version version;
		struct vstor_properties properties;
		struct vstor_fc_data fc;
		uint16_t sub_channel_count;
		uint8_t payload[VSTOR_REQUEST_V2];
	};
};

#define IDE_OFFER_EMULATED	0x2u

struct ide_offer {			/* 24, section 1.1 */
	uint16_t reserved0;
	uint8_t path_id;
	uint8_t target_id;
	uint32_t reserved1;
	uint32_t flags;
	uint8_t reserved2[12];
};

#pragma pack(pop)

#endif /* HVHOST_VSP_STORAGE_WIRE_H */
