// SPDX-License-Identifier: GPL-2.0-only
/*
 * hypercall.c - the hypercall ABI of 64- and 32-bit callers (hypervisor.md 3)
 *
 * Runs on the calling vCPU's thread when it executes the marker instruction of
 * the hypercall page.  No locks of its own.
 */
#include <string.h>

#include "host.h"
#include "partition.h"

/* A no-op whose displacement says "hvhost", then a near return. */
const uint8_t hypercall_code[8] = { 0x0f, 0x1f, 0x80, 'h', 'v', 'c', 'l', 0xc3 };

struct call {
	uint64_t control;
	uint64_t input;			/* GPA, or the first fast qword */
	uint64_t output;		/* GPA */
};

static uint64_t pair(unsigned int vcpu, enum vcpu_reg high, enum vcpu_reg low)
{
	return (vcpu_read(vcpu, high) << 32) | (uint32_t)vcpu_read(vcpu, low);
}

static void read_call(unsigned int vcpu, bool long_mode, struct call *c)
{
	if (long_mode) {
		c->control = vcpu_read(vcpu, VREG_RCX);
		c->input = vcpu_read(vcpu, VREG_RDX);
		c->output = vcpu_read(vcpu, VREG_R8);
	} else {
		c->control = pair(vcpu, VREG_RDX, VREG_RAX);
		c->input = pair(vcpu, VREG_RBX, VREG_RCX);
		c->output = pair(vcpu, VREG_RDI, VREG_RSI);
	}
}

/* Copy a memory-form input block; status. */
static uint16_t copy_input(uint64_t gpa, void *to, size_t len)
{
	const void *from;

	if (gpa & 7)
		return HV_INVALID_ALIGNMENT;
	if ((gpa & (HV_PAGE - 1)) + len > HV_PAGE)
		return HV_INVALID_PARAMETER;
	from = gpa_ptr(gpa, len);
	if (!from)
		return HV_INVALID_PARAMETER;
	memcpy(to, from, len);
	return HV_SUCCESS;
}

static uint16_t post_message(const struct call *c)
{
	struct hv_post_message m;
	uint16_t status;

	TOTAL(hypercalls_post);
	if (c->control & HVCALL_FAST)
		return HV_INVALID_HYPERCALL_INPUT;
	status = copy_input(c->input, &m, sizeof(m));
	if (status)
		return status;
	if (m.connection_id >> 24 || !m.type || m.type >> 31 ||
	    m.payload_size > HV_MESSAGE_MAX)
		return HV_INVALID_PARAMETER;
	return vmbus_post(&m);
}

static uint16_t signal_event(const struct call *c)
{
	struct hv_signal_event e;
	uint16_t status;

	TOTAL(hypercalls_signal);
	if (c->control & HVCALL_FAST) {
		memcpy(&e, &c->input, sizeof(e));
	} else {
		status = copy_input(c->input, &e, sizeof(e));
		if (status)
			return status;
	}
	if (e.connection_id >> 24 || e.reserved)
		return HV_INVALID_PARAMETER;
	return vmbus_signal(e.connection_id, e.flag_number);
}

/* Only the root partition may ask; it is number 1. */
static uint16_t get_partition_id(const struct call *c)
{
	uint64_t *out = gpa_ptr(c->output, sizeof(*out));

	if (!host_opt.root)
		return HV_ACCESS_DENIED;
	if (!out || (c->output & 7))
		return HV_INVALID_ALIGNMENT;
	*out = 1;
	return HV_SUCCESS;
}

static uint16_t dispatch(const struct call *c)
{
	if (!partition_hypercall_enabled())
		return HV_INVALID_HYPERCALL_CODE;
	if (c->control & (HVCALL_MUST_BE_ZERO | HVCALL_REP_FIELDS))
		return HV_INVALID_HYPERCALL_INPUT;
	switch (HVCALL_CODE(c->control)) {
	case HVCALL_POST_MESSAGE:
		return post_message(c);
	case HVCALL_SIGNAL_EVENT:
		return signal_event(c);
	case HVCALL_GET_PARTITION_ID:
		TOTAL(hypercalls_other);
		return get_partition_id(c);
	case HVCALL_LONG_SPIN_WAIT:
		TOTAL(hypercalls_other);
		return HV_SUCCESS;
	default:
		TOTAL(hypercalls_other);
		return HV_INVALID_HYPERCALL_CODE;
	}
}

void hypercall(unsigned int vcpu)
{
	bool long_mode = vcpu_long_mode(vcpu);
	struct call c;
	uint16_t status;

	/* Only the kernel may call; elsewhere the page is just a no-op. */
	if (!vcpu_kernel_mode(vcpu))
		return;
	read_call(vcpu, long_mode, &c);
	status = dispatch(&c);
	if (status) {
		TOTAL(hypercalls_failed);
		host_trace("vp %u: hypercall %#llx input %#llx -> status %#x", vcpu,
			   (unsigned long long)c.control, (unsigned long long)c.input,
			   status);
	}
	vcpu_write(vcpu, VREG_RAX, status);
	if (!long_mode)
		vcpu_write(vcpu, VREG_RDX, 0);
}
