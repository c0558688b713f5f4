/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * partition.h - the hypervisor half of the host, and what VMBus asks of it
 *
 * VP index, QEMU's vCPU index and local APIC id are the same number here; this
 * holds for -smp N with QEMU's default topology.
 */
#ifndef HVHOST_PARTITION_H
#define HVHOST_PARTITION_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hv_wire.h"

#define MAX_VPS 64

/* A message that waits for its slot. */
struct queued_message {
	struct queued_message *next;
	struct hv_message m;
	int timer;			/* index of the stimer, or -1 */
};

struct stimer {
	uint64_t config;
	uint64_t count;
	uint64_t due;			/* reference time, valid if armed */
	bool armed;
	bool message_queued;
};

/* lock guards everything in it but auto_eoi. */
struct vp {
	pthread_mutex_t lock;
	uint32_t index;
	uint64_t scontrol, siefp, simp, vp_assist;
	uint64_t sint[NR_SINTS];
	struct queued_message *queue[NR_SINTS];
	struct stimer timer[NR_STIMERS];
	/*
	 * Vectors that the APIC must be told EOI for as soon as they are taken.
	 * Read without a lock by the interrupt callback, which runs with
	 * QEMU's big lock held.
	 */
	_Atomic uint32_t auto_eoi[8];
};

/* memory.c */
void memory_init(void);

/* vcpu.c: registers of the vCPU that runs the calling callback */
enum vcpu_reg { VREG_RAX, VREG_RBX, VREG_RCX, VREG_RDX, VREG_RSI, VREG_RDI, VREG_R8,
		VREG_EFER, VREG_CS, NR_VREGS };
void vcpu_init(unsigned int vcpu);
uint64_t vcpu_read(unsigned int vcpu, enum vcpu_reg reg);
void vcpu_write(unsigned int vcpu, enum vcpu_reg reg, uint64_t value);
bool vcpu_long_mode(unsigned int vcpu);
bool vcpu_kernel_mode(unsigned int vcpu);
uint32_t vcpu_mmio_read(uint64_t addr);
void vcpu_mmio_write(uint64_t addr, uint32_t value);
void vcpu_ram_write(uint64_t addr, const void *data, size_t len);
/* Tell an APIC of a vector at once; with no lock held. */
void vcpu_interrupt(uint32_t vp, uint8_t vector);
/* Does this vCPU's APIC hold an interrupt that has not been taken? */
bool vcpu_interrupt_pending(void);

/* partition.c */
void partition_init(void);
void partition_reset(void);
bool partition_cpuid(uint32_t leaf, uint32_t out[4]);
bool partition_rdmsr(unsigned int vcpu, uint32_t msr, uint64_t *value);
bool partition_wrmsr(unsigned int vcpu, uint32_t msr, uint64_t value);
bool partition_hypercall_enabled(void);
bool partition_direct_timers(void);
unsigned int partition_vps(void);
void partition_vp_added(unsigned int vcpu);
struct vp *partition_vp(unsigned int index);

struct crash_report {
	bool reported;
	uint64_t p[5];
	uint64_t ctl;
	char text[4097];
};
void partition_crash(struct crash_report *out);

/* hypercall.c */
void hypercall(unsigned int vcpu);
/* Marker instruction in the hypercall page: 7 bytes, then a near return. */
extern const uint8_t hypercall_code[8];
#define HYPERCALL_MARKER_LEN 7

/* synic.c */
void synic_reset(struct vp *vp);
bool synic_rdmsr(struct vp *vp, uint32_t msr, uint64_t *value);
bool synic_wrmsr(struct vp *vp, uint32_t msr, uint64_t value);
/* Queue a message for a SINT; false if there is no such VP. */
bool synic_post(uint32_t vp, unsigned int sint, uint32_t type, uint64_t origin,
		const void *payload, size_t len);
/* vp->lock held.  False if the guest has no SynIC to take the message. */
bool synic_post_timer(struct vp *vp, unsigned int timer);
void synic_cancel_timer(struct vp *vp, unsigned int timer);
/* Set an event flag; true if this raised an interrupt. */
bool synic_signal(uint32_t vp, unsigned int sint, unsigned int flag);
/* Is a message still waiting for its slot? */
bool synic_backlog(uint32_t vp, unsigned int sint);
/* Forget queued VMBus messages of all VPs (a new connection begins). */
void synic_drop_messages(void);

/* stimer.c */
void stimer_start(void);
void stimer_reset(struct vp *vp);
bool stimer_rdmsr(struct vp *vp, uint32_t msr, uint64_t *value);
bool stimer_wrmsr(struct vp *vp, uint32_t msr, uint64_t value);
/* The vCPU runs the timers as events of the window (vtime.h), or the thread does. */
void stimer_window(bool begins);
/* The clock has been set: look at once what is due. */
void stimer_look(void);
/* vp->lock held: the message of the timer has reached its slot. */
void stimer_message_sent(struct vp *vp, unsigned int timer);

/* refclock.c */
void refclock_init(void);
void refclock_reset(void);
uint64_t refclock_now(void);		/* 100 ns */
uint64_t refclock_tsc_hz(void);
bool refclock_learned(void);
void refclock_sample(uint64_t guest_tsc);
uint64_t refclock_read_page_msr(void);
void refclock_write_page_msr(uint64_t value);
/*
 * With count=on: the guest goes on on another machine, whose TSC runs at so many
 * percent of this one's rate and stands at begin.  The reference counter goes on from
 * where it is, or so much ahead (100 ns).  withhold: the TSC page stays invalid until
 * the next move.  False if there is nothing that could be moved.
 */
bool refclock_move(unsigned int percent, uint64_t begin, uint64_t ahead, bool withhold);
/* In a window the clock follows vtime_now(), and goes on from there afterwards. */
void refclock_window_begin(void);
void refclock_window_end(void);
/* The guest's TSC; once learned.  With count=on RDTSC has to give this. */
uint64_t refclock_guest_tsc(void);

/* irq.c */
void irq_start(void);
void irq_raise(uint32_t vp, uint8_t vector);
/* What an administrator sends a guest that does not answer any more. */
void irq_nmi(uint32_t vp);
void irq_machine_reset(void);

/* icount.c */
struct qemu_plugin_tb;
void icount_init(void);
void icount_translate(struct qemu_plugin_tb *tb);
uint64_t icount_total(void);
/* Instructions run in [start, end) ever. */
uint64_t icount_range(uint64_t start, uint64_t end);
/* Remember all counters at the begin, and at the end, of a window. */
void icount_mark(bool end);
/* The same within the last window; each(), if given, gets every run of it. */
uint64_t icount_window(uint64_t start, uint64_t end,
		       void (*each)(uint64_t va, uint64_t insns, void *arg), void *arg);
/*
 * The clock of vtime.c, on the vCPU's thread: instructions so far, and calling
 * vtime_tick() when as many more have run.
 */
#define VCLOCK_NEVER	(1ull << 61)
uint64_t vclock_count(void);
void vclock_arm(uint64_t insns);

/* vmbus_conn.c, called from vCPU callbacks */
uint16_t vmbus_post(const struct hv_post_message *m);
uint16_t vmbus_signal(uint32_t connection_id, uint16_t flag);
void vmbus_slot_freed(void);
/* The machine was reset: forget everything; returns when that is done. */
void vmbus_machine_reset(void);
void vmbus_start(void);

#endif /* HVHOST_PARTITION_H */
