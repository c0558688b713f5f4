/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hv_wire.h - what the hypervisor itself lays down: CPUID leaves, MSRs,
 * hypercalls, SynIC pages (hypervisor.md sections 1 to 8)
 */
#ifndef HVL_HV_WIRE_H
#define HVL_HV_WIRE_H

#include <hv/types.h>

/* CPUID (section 1) */
#define HVL_CPUID_VENDOR		0x40000000u
#define HVL_CPUID_INTERFACE		0x40000001u
#define HVL_CPUID_FEATURES		0x40000003u
#define HVL_CPUID_HINTS			0x40000004u
#define HVL_CPUID_ISOLATION		0x4000000cu
#define HVL_CPUID_MIN_LEAF		0x40000005u
#define HVL_CPUID_MAX_LEAF		0x4000ffffu
#define HVL_VENDOR_EBX			0x7263694du
#define HVL_VENDOR_ECX			0x666f736fu
#define HVL_VENDOR_EDX			0x76482074u
#define HVL_INTERFACE_HV1		0x31237648u

/* leaf 3, EAX, EBX, EDX (section 1.1) */
#define HVL_FEAT_REF_COUNTER		(1u << 1)
#define HVL_FEAT_SYNIC			(1u << 2)
#define HVL_FEAT_STIMER			(1u << 3)
#define HVL_FEAT_HYPERCALL		(1u << 5)
#define HVL_FEAT_VP_INDEX		(1u << 6)
#define HVL_FEAT_REF_TSC		(1u << 9)
#define HVL_PRIV_CREATE_PARTITIONS	(1u << 0)
#define HVL_PRIV_POST_MESSAGES		(1u << 4)
#define HVL_PRIV_SIGNAL_EVENTS		(1u << 5)
#define HVL_PRIV_CPU_MANAGEMENT		(1u << 12)
#define HVL_PRIV_ISOLATION		(1u << 22)
#define HVL_MISC_CRASH_MSRS		(1u << 10)
#define HVL_MISC_DIRECT_STIMER		(1u << 19)
/* leaf 4, EAX (section 1.2) */
#define HVL_HINT_NO_AUTO_EOI		(1u << 9)

/* MSRs (section 2) */
#define HVL_MSR_GUEST_OS_ID		0x40000000u
#define HVL_MSR_HYPERCALL		0x40000001u
#define HVL_MSR_VP_INDEX		0x40000002u
#define HVL_MSR_TIME_REF_COUNT		0x40000020u
#define HVL_MSR_REFERENCE_TSC		0x40000021u
#define HVL_MSR_SCONTROL		0x40000080u
#define HVL_MSR_SIEFP			0x40000082u
#define HVL_MSR_SIMP			0x40000083u
#define HVL_MSR_EOM			0x40000084u
#define HVL_MSR_SINT0			0x40000090u
#define HVL_MSR_CRASH_P0		0x40000100u
#define HVL_MSR_CRASH_CTL		0x40000105u

#define HVL_MSR_ENABLE			1ull
#define HVL_MSR_GPN_MASK		(~0xfffull)
#define HVL_SINT_VECTOR_MASK		0xffull
#define HVL_SINT_MASKED			(1ull << 16)
#define HVL_SINT_AUTO_EOI		(1ull << 17)
#define HVL_SINT_POLLING		(1ull << 18)
#define HVL_CRASH_NOTIFY		(1ull << 63)
#define HVL_CRASH_NOTIFY_TEXT		(1ull << 62)

/* the SINT of messages and events; every guest uses this one (2.3) */
#define HVL_SINT_VMBUS			2

/* hypercalls (section 3 to 5) */
#define HVL_CALL_POST_MESSAGE		0x005cull
#define HVL_CALL_SIGNAL_EVENT		0x005dull
#define HVL_CALL_FAST			(1ull << 16)
#define HVL_STATUS_MASK			0xffffu

#define HVL_STATUS_SUCCESS		0x00
#define HVL_STATUS_INVALID_CODE		0x02
#define HVL_STATUS_INSUFFICIENT_MEMORY	0x0b
#define HVL_STATUS_INVALID_CONNECTION	0x12
#define HVL_STATUS_INSUFFICIENT_BUFFERS	0x13
#define HVL_STATUS_TIME_OUT		0x78

#define HVL_MESSAGE_PAYLOAD		240u

/* Input of HvCallPostMessage, 256 bytes (section 4) */
struct hvl_post_input {
	u32 connection_id;
	u32 zero;
	u32 message_type;
	u32 payload_size;
	u8 payload[HVL_MESSAGE_PAYLOAD];
};

/* The message type that VMBus posts and receives */
#define HVL_MSG_VMBUS			1u
#define HVL_MSG_NONE			0u
#define HVL_MSG_TIMER_EXPIRED		0x80000010u

/* One slot of the message page, 256 bytes (section 6) */
struct hvl_message {
	u32 type;
	u8 payload_size;
	u8 flags;
	u16 reserved;
	u64 origin;
	u8 payload[HVL_MESSAGE_PAYLOAD];
};

#define HVL_MESSAGE_PENDING		0x01u

/* The area of one SINT in the event-flag page, 256 bytes (section 7) */
#define HVL_EVENT_FLAGS			2048u
#define HVL_EVENT_WORDS			(HVL_EVENT_FLAGS / (8 * sizeof(long)))

struct hvl_event_area {
	unsigned long word[256 / sizeof(long)];
};

/* Layout of the reference TSC page (section 2.5) */
struct hvl_tsc_page {
	u32 sequence;
	u32 reserved;
	u64 scale;
	u64 offset;
};

#endif /* HVL_HV_WIRE_H */
