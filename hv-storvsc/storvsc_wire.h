/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storvsc_wire.h - what travels between storvsc and the host
 *
 * Layouts and numbers of the storage protocol (spec storvsc.md; the section is
 * named with each).  Everything is little-endian, as are all machines that this
 * runs on, and nothing here has padding that is not named.  SCSI CDBs, sense
 * and data are opaque bytes at this level.
 */
#ifndef _STORVSC_WIRE_H
#define _STORVSC_WIRE_H

#include <hv/types.h>

/* Operations (section 2). */
enum stor_op {
	STOR_OP_COMPLETE_IO		= 1,
	STOR_OP_REMOVE_DEVICE		= 2,
	STOR_OP_EXECUTE_SRB		= 3,
	STOR_OP_RESET_LUN		= 4,
	STOR_OP_RESET_ADAPTER		= 5,
	STOR_OP_RESET_BUS		= 6,
	STOR_OP_BEGIN_INIT		= 7,
	STOR_OP_END_INIT		= 8,
	STOR_OP_QUERY_VERSION		= 9,
	STOR_OP_QUERY_PROPERTIES	= 10,
	STOR_OP_ENUMERATE_BUS		= 11,
	STOR_OP_FC_HBA_DATA		= 12,
	STOR_OP_CREATE_SUB_CHANNELS	= 13,
};

/* Protocol versions, major << 8 | minor (section 5). */
#define STOR_VERSION_WIN6	0x0200
#define STOR_VERSION_WIN7	0x0402
#define STOR_VERSION_WIN8	0x0501
#define STOR_VERSION_WIN8_1	0x0600
#define STOR_VERSION_WIN10	0x0602

/* Header flags (section 3). */
#define STOR_HEAD_WANT_COMPLETION	0x1

/* Property flags (section 5). */
#define STOR_PROP_MULTI_CHANNEL		0x1

/* Sizes (sections 3 and 4). */
#define STOR_CDB_MAX		16
#define STOR_SENSE_MAX		20	/* on the wire, Win8 and later */
#define STOR_SENSE_MAX_OLD	18
#define STOR_SRB_SIZE		52
#define STOR_SRB_SIZE_OLD	36	/* Win6 and Win7: no extension */
#define STOR_HEAD_SIZE		12
#define STOR_PACKET_SIZE	(STOR_HEAD_SIZE + STOR_SRB_SIZE)
#define STOR_PACKET_SIZE_OLD	(STOR_HEAD_SIZE + STOR_SRB_SIZE_OLD)

/* Direction of data (section 4). */
#define STOR_DATA_OUT		0
#define STOR_DATA_IN		1
#define STOR_DATA_NONE		2

/* Flags of an SRB (section 4.1). */
#define STOR_SRB_QUEUE_ACTION_ENABLE	0x00000002
#define STOR_SRB_NO_SYNCH_TRANSFER	0x00000008
#define STOR_SRB_DATA_IN		0x00000040
#define STOR_SRB_DATA_OUT		0x00000080
#define STOR_SRB_NO_QUEUE_FREEZE	0x00000100

#define STOR_TAG_NONE			0xff
#define STOR_QUEUE_SIMPLE		0x20

/* SRB status (section 8.1); the upper two bits are flags. */
#define STOR_SRB_STATUS_MASK		0x3f
#define STOR_SRB_AUTOSENSE		0x80
#define STOR_SRB_QUEUE_FROZEN		0x40

enum stor_srb_status {
	STOR_SRB_PENDING		= 0x00,
	STOR_SRB_SUCCESS		= 0x01,
	STOR_SRB_ABORTED		= 0x02,
	STOR_SRB_ERROR			= 0x04,
	STOR_SRB_BUSY			= 0x05,
	STOR_SRB_INVALID_REQUEST	= 0x06,
	STOR_SRB_INVALID_PATH		= 0x07,
	STOR_SRB_NO_DEVICE		= 0x08,
	STOR_SRB_TIMEOUT		= 0x09,
	STOR_SRB_SELECTION_TIMEOUT	= 0x0a,
	STOR_SRB_COMMAND_TIMEOUT	= 0x0b,
	STOR_SRB_BUS_RESET		= 0x0e,
	STOR_SRB_NO_HBA			= 0x11,
	STOR_SRB_DATA_OVERRUN		= 0x12,
	STOR_SRB_REQUEST_FLUSHED	= 0x16,
	STOR_SRB_INVALID_LUN		= 0x20,
	STOR_SRB_INVALID_TARGET		= 0x21,
	STOR_SRB_INTERNAL_ERROR		= 0x30,
};

/* The 12 bytes that begin every packet (section 3). */
struct stor_wire_head {
	u32 operation;
	u32 flags;
	u32 status;		/* NTSTATUS, from the host */
} __attribute__((packed));

/* A SCSI request, 36 or 52 bytes (section 4). */
struct stor_wire_srb {
	u16 length;
	u8 srb_status;
	u8 scsi_status;
	u8 port;
	u8 path;
	u8 target;
	u8 lun;
	u8 cdb_length;
	u8 sense_length;
	u8 data_in;
	u8 reserved;
	u32 transfer_length;
	union {
		u8 cdb[STOR_CDB_MAX];
		u8 sense[STOR_SENSE_MAX];
	} u;
	/* From here on Win8 and later only. */
	u16 reserved2;
	u8 queue_tag;
	u8 queue_action;
	u32 srb_flags;
	u32 timeout;		/* seconds */
	u32 sort_key;
} __attribute__((packed));

/* Protocol version (section 5). */
struct stor_wire_version {
	u16 version;
	u16 revision;
} __attribute__((packed));

/* Channel properties, 24 bytes (section 5); also sent empty at open (1.3). */
struct stor_wire_properties {
	u32 reserved;
	u16 max_sub_channels;
	u16 reserved2;
	u32 flags;
	u32 max_transfer;
	u64 reserved3;
} __attribute__((packed));

/* A whole packet, 48 or 64 bytes. */
struct stor_wire_packet {
	struct stor_wire_head head;
	union {
		struct stor_wire_srb srb;
		struct stor_wire_version version;
		struct stor_wire_properties properties;
		u16 sub_channels;
		u8 raw[STOR_SRB_SIZE];
	} u;
} __attribute__((packed));

#endif /* _STORVSC_WIRE_H */
