/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv_wire.h - numbers and layouts of the hypervisor interface, host side
 *
 * Written from the sheet hypervisor.md; section numbers below are its own.
 * Deliberately shares nothing with hv-vmbus/: tests/layout compares both.
 */
#ifndef HVHOST_HV_WIRE_H
#define HVHOST_HV_WIRE_H

#include <stdint.h>

#define HV_PAGE			4096u
#define HV_PAGE_SHIFT		12

/* Synthetic MSRs (section 2) */
#define MSR_GUEST_OS_ID		0x40000000u
#define MSR_HYPERCALL		0x40000001u
#define MSR_VP_INDEX		0x40000002u
#define MSR_RESET		0x40000003u
#define MSR_VP_RUNTIME		0x40000010u
#define MSR_TIME_REF_COUNT	0x40000020u
#define MSR_REFERENCE_TSC	0x40000021u
#define MSR_TSC_FREQUENCY	0x40000022u
#define MSR_APIC_FREQUENCY	0x40000023u
#define MSR_VP_ASSIST_PAGE	0x40000073u
#define MSR_SCONTROL		0x40000080u
#define MSR_SVERSION		0x40000081u
#define MSR_SIEFP		0x40000082u
#define MSR_SIMP		0x40000083u
#define MSR_EOM			0x40000084u
#define MSR_SINT0		0x40000090u
#define MSR_SINT15		0x4000009fu
#define MSR_STIMER0_CONFIG	0x400000b0u
#define MSR_STIMER3_COUNT	0x400000b7u
#define MSR_CRASH_P0		0x40000100u
#define MSR_CRASH_P4		0x40000104u
#define MSR_CRASH_CTL		0x40000105u

/* The page MSRs HYPERCALL, SIMP, SIEFP, REFERENCE_TSC share this shape. */
#define HV_MSR_ENABLE		(1ull << 0)
#define HV_MSR_GPA_MASK		(~0xfffull)
#define HV_HYPERCALL_LOCKED	(1ull << 1)

/* SINTx (section 2.3) */
#define SINT_VECTOR(x)		((uint8_t)((x) & 0xff))
#define SINT_MASKED		(1ull << 16)
#define SINT_AUTO_EOI		(1ull << 17)
#define SINT_POLLING		(1ull << 18)
#define NR_SINTS		16
#define VMBUS_SINT		2

/* STIMERn_CONFIG (section 2.4) */
#define STIMER_ENABLED		(1ull << 0)
#define STIMER_PERIODIC		(1ull << 1)
#define STIMER_AUTO_ENABLE	(1ull << 3)
#define STIMER_VECTOR(x)	((uint8_t)(((x) >> 4) & 0xff))
#define STIMER_DIRECT		(1ull << 12)
#define STIMER_SINT(x)		((unsigned int)(((x) >> 16) & 0xf))
#define NR_STIMERS		4

/* CRASH_CTL (section 8) */
#define CRASH_NOTIFY		(1ull << 63)
#define CRASH_MESSAGE		(1ull << 62)

/* Hypercall input value (section 3.1) and codes */
#define HVCALL_CODE(x)		((uint16_t)(x))
#define HVCALL_FAST		(1ull << 16)
#define HVCALL_MUST_BE_ZERO	(0xf000f00078000000ull)
#define HVCALL_REP_FIELDS	(0x0fff0fff00000000ull)
#define HVCALL_LONG_SPIN_WAIT	0x0008u
#define HVCALL_GET_PARTITION_ID	0x0046u
#define HVCALL_POST_MESSAGE	0x005cu
#define HVCALL_SIGNAL_EVENT	0x005du

/* Status codes (section 3.4) */
#define HV_SUCCESS			0x00u
#define HV_INVALID_HYPERCALL_CODE	0x02u
#define HV_INVALID_HYPERCALL_INPUT	0x03u
#define HV_INVALID_ALIGNMENT		0x04u
#define HV_INVALID_PARAMETER		0x05u
#define HV_ACCESS_DENIED		0x06u
#define HV_INVALID_CONNECTION_ID	0x12u
#define HV_INSUFFICIENT_BUFFERS		0x13u

/* HvCallPostMessage input block, 256 bytes (section 4) */
struct hv_post_message {
	uint32_t connection_id;
	uint32_t reserved;
	uint32_t type;
	uint32_t payload_size;
	uint8_t payload[240];
};

/* HvCallSignalEvent input (section 5) */
struct hv_signal_event {
	uint32_t connection_id;
	uint16_t flag_number;
	uint16_t reserved;
};

#define HV_MESSAGE_MAX		240u
#define HV_MESSAGE_VMBUS	1u
#define HV_MESSAGE_TIMER	0x80000010u
#define HV_PORT_BUFFERS		16u	/* section 4, errors */

/* One slot of the SIMP page, 256 bytes (section 6) */
struct hv_message {
	uint32_t type;
	uint8_t payload_size;
	uint8_t flags;
	uint16_t reserved;
	uint64_t origin;
	uint8_t payload[240];
};
#define HV_MESSAGE_PENDING	0x01u

/* Payload of a timer message (section 2.4) */
struct hv_timer_payload {
	uint32_t index;
	uint32_t reserved;
	uint64_t expiration;
	uint64_t delivery;
};

/* One area of the SIEFP page: 2048 flags (section 7) */
#define HV_EVENT_FLAGS		2048u
#define HV_EVENT_AREA		256u

/* Reference TSC page (section 2.5) */
struct hv_tsc_page {
	uint32_t sequence;
	uint32_t reserved;
	uint64_t scale;
	int64_t offset;
};

#endif /* HVHOST_HV_WIRE_H */
