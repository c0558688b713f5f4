// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_hypercall.c - the hypercall ABI of 64-bit and 32-bit callers
 *
 * build-with: hypercall.c
 */
#include "check.h"

#include "test_machine.h"
#include "partition.h"

static uint64_t regs[NR_VREGS];
static bool page_on = true;
static struct hv_post_message posted;
static uint32_t signalled;
static uint16_t answer;

uint64_t vcpu_read(unsigned int vcpu, enum vcpu_reg reg)
{
	(void)vcpu;
	return regs[reg];
}

void vcpu_write(unsigned int vcpu, enum vcpu_reg reg, uint64_t value)
{
	(void)vcpu;
	regs[reg] = value;
}

bool vcpu_long_mode(unsigned int vcpu)
{
	(void)vcpu;
	return regs[VREG_EFER] & 0x400;
}

bool vcpu_kernel_mode(unsigned int vcpu)
{
	(void)vcpu;
	return !(regs[VREG_CS] & 3);
}

bool partition_hypercall_enabled(void)
{
	return page_on;
}

uint16_t vmbus_post(const struct hv_post_message *m)
{
	posted = *m;
	return answer;
}

uint16_t vmbus_signal(uint32_t connection_id, uint16_t flag)
{
	signalled = connection_id | (uint32_t)flag << 24;
	return answer;
}

static void clear(void)
{
	memset(regs, 0, sizeof(regs));
	memset(&posted, 0, sizeof(posted));
	signalled = 0;
	answer = 0;
	page_on = true;
}

static uint64_t call64(uint64_t control, uint64_t input)
{
	regs[VREG_EFER] = 0x500;
	regs[VREG_CS] = 0x10;
	regs[VREG_RAX] = 0xdead;
	regs[VREG_RCX] = control;
	regs[VREG_RDX] = input;
	hypercall(0);
	return regs[VREG_RAX];
}

/* EDX:EAX control, EBX:ECX input. */
static uint64_t call32(uint64_t control, uint64_t input)
{
	regs[VREG_EFER] = 0;
	regs[VREG_CS] = 0x60;
	regs[VREG_RDX] = control >> 32;
	regs[VREG_RAX] = (uint32_t)control;
	regs[VREG_RBX] = input >> 32;
	regs[VREG_RCX] = (uint32_t)input;
	hypercall(0);
	return regs[VREG_RDX] << 32 | regs[VREG_RAX];
}

static struct hv_post_message *input_at(uint64_t gpa)
{
	struct hv_post_message *m = (void *)(test_ram + gpa);

	memset(m, 0, sizeof(*m));
	m->connection_id = 4;
	m->type = 1;
	m->payload_size = 8;
	m->payload[0] = 0x5a;
	return m;
}

TEST(post_in_both_abis)
{
	clear();
	input_at(0x2000);
	CHECK_EQ(call64(HVCALL_POST_MESSAGE, 0x2000), 0);
	CHECK_EQ(posted.connection_id, 4);
	CHECK_EQ(posted.payload[0], 0x5a);
	clear();
	CHECK_EQ(call32(HVCALL_POST_MESSAGE, 0x2000), 0);
	CHECK_EQ(posted.connection_id, 4);
	answer = HV_INSUFFICIENT_BUFFERS;
	CHECK_EQ(call32(HVCALL_POST_MESSAGE, 0x2000), HV_INSUFFICIENT_BUFFERS);
}

TEST(signal_fast_and_by_memory)
{
	struct hv_signal_event *e = (void *)(test_ram + 0x3000);

	clear();
	CHECK_EQ(call64(HVCALL_SIGNAL_EVENT | HVCALL_FAST, 0x2001), 0);
	CHECK_EQ(signalled, 0x2001);
	CHECK_EQ(call32(HVCALL_SIGNAL_EVENT | HVCALL_FAST, 0x100002003), 0);
	CHECK_EQ(signalled, 0x01002003);
	memset(e, 0, sizeof(*e));
	e->connection_id = 0x2005;
	CHECK_EQ(call64(HVCALL_SIGNAL_EVENT, 0x3000), 0);
	CHECK_EQ(signalled, 0x2005);
	CHECK_EQ(call64(HVCALL_SIGNAL_EVENT | HVCALL_FAST, 1ull << 48 | 0x2001),
		 HV_INVALID_PARAMETER);
	CHECK_EQ(call64(HVCALL_SIGNAL_EVENT | HVCALL_FAST, 0x01002001), HV_INVALID_PARAMETER);
}

TEST(malformed_calls)
{
	struct hv_post_message *m;

	clear();
	m = input_at(0x2000);
	CHECK_EQ(call64(HVCALL_POST_MESSAGE, 0x2004), HV_INVALID_ALIGNMENT);
	CHECK_EQ(call64(HVCALL_POST_MESSAGE, 0x2f08), HV_INVALID_PARAMETER);
	CHECK_EQ(call64(HVCALL_POST_MESSAGE, TEST_RAM), HV_INVALID_PARAMETER);
	CHECK_EQ(call64(HVCALL_POST_MESSAGE, 0xfffffffffffff000), HV_INVALID_PARAMETER);
	CHECK_EQ(call64(HVCALL_POST_MESSAGE | HVCALL_FAST, 0x2000), HV_INVALID_HYPERCALL_INPUT);
	CHECK_EQ(call64(HVCALL_POST_MESSAGE | 1ull << 32, 0x2000), HV_INVALID_HYPERCALL_INPUT);
	CHECK_EQ(call64(HVCALL_POST_MESSAGE | 1ull << 27, 0x2000), HV_INVALID_HYPERCALL_INPUT);
	CHECK_EQ(call64(HVCALL_POST_MESSAGE | 1ull << 63, 0x2000), HV_INVALID_HYPERCALL_INPUT);
	CHECK_EQ(call64(0x4242, 0x2000), HV_INVALID_HYPERCALL_CODE);
	m->payload_size = 241;
	CHECK_EQ(call64(HVCALL_POST_MESSAGE, 0x2000), HV_INVALID_PARAMETER);
	m = input_at(0x2000);
	m->type = 0;
	CHECK_EQ(call64(HVCALL_POST_MESSAGE, 0x2000), HV_INVALID_PARAMETER);
	m->type = 0x80000001;
	CHECK_EQ(call64(HVCALL_POST_MESSAGE, 0x2000), HV_INVALID_PARAMETER);
	m = input_at(0x2000);
	m->connection_id = 0x01000004;
	CHECK_EQ(call64(HVCALL_POST_MESSAGE, 0x2000), HV_INVALID_PARAMETER);
	CHECK_EQ(posted.connection_id, 0);
	page_on = false;
	input_at(0x2000);
	CHECK_EQ(call64(HVCALL_POST_MESSAGE, 0x2000), HV_INVALID_HYPERCALL_CODE);
}

TEST(only_the_root_has_an_id)
{
	uint64_t *out = (void *)(test_ram + 0x4000);

	clear();
	*out = 99;
	regs[VREG_R8] = 0x4000;
	CHECK_EQ(call64(HVCALL_GET_PARTITION_ID, 0), HV_ACCESS_DENIED);
	CHECK_EQ(*out, 99);
	host_opt.root = true;
	CHECK_EQ(call64(HVCALL_GET_PARTITION_ID, 0), 0);
	CHECK_EQ(*out, 1);
	*out = 99;
	regs[VREG_RDI] = 0;
	regs[VREG_RSI] = 0x4000;
	CHECK_EQ(call32(HVCALL_GET_PARTITION_ID, 0), 0);
	CHECK_EQ(*out, 1);
	regs[VREG_R8] = TEST_RAM;
	CHECK_EQ(call64(HVCALL_GET_PARTITION_ID, 0), HV_INVALID_ALIGNMENT);
	host_opt.root = false;
}

TEST(user_mode_cannot_call)
{
	clear();
	input_at(0x2000);
	regs[VREG_EFER] = 0x500;
	regs[VREG_CS] = 0x33;
	regs[VREG_RAX] = 0x77;
	regs[VREG_RCX] = HVCALL_POST_MESSAGE;
	regs[VREG_RDX] = 0x2000;
	hypercall(0);
	CHECK_EQ(regs[VREG_RAX], 0x77);
	CHECK_EQ(posted.connection_id, 0);
}

TEST_MAIN(CASE(post_in_both_abis), CASE(signal_fast_and_by_memory), CASE(malformed_calls),
	  CASE(only_the_root_has_an_id), CASE(user_mode_cannot_call))
