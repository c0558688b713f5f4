/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * host.h - what all parts of the host share: options, log, totals
 */
#ifndef HVHOST_HOST_H
#define HVHOST_HOST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmbus_host.h"

struct host_options {
	enum host_generation generation;
	const char *ram;		/* file behind the guest's RAM */
	uint64_t ramsize;
	const char *qtest;		/* socket that interrupts go through */
	const char *control;		/* control socket, NULL: none */
	const char *config;		/* device list, NULL: none */
	const char *log;		/* log file, NULL: stderr for warnings */
	bool count;			/* count guest instructions */
	bool trace;			/* log each message and MSR write */
	/*
	 * Offer direct-mode timers where the generation has them.  In-box
	 * hv_vmbus stops them without a successor when it is unloaded (seen on
	 * 6.1): a guest that reloads it needs direct=off.
	 */
	bool direct;
	/*
	 * A reset of the machine leaves partition and connection as they were, as
	 * if a kernel had jumped into the next one without a word to us.
	 */
	bool keep;
	bool isolated, root;		/* say so in CPUID */
	bool display;			/* name PCI device 8 as Hyper-V does (display.c) */
};

extern struct host_options host_opt;

/* Parse NAME=VALUE into host_opt; false with a reason in err. */
bool option_parse(const char *arg, char *err, size_t len);
/* Check that what must be given is given. */
bool option_check(char *err, size_t len);
const char *generation_name(enum host_generation g);

/* One line, "hvhost: ...", to stderr and the log; then end QEMU with status 1. */
_Noreturn void host_die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Something that the guest should not have done, or that the host cannot do. */
void host_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Written only with trace=on. */
void host_trace(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_open(void);

/* Totals over all devices; "counters" of the control socket shows them. */
#define HOST_TOTALS(X)							\
	X(hypercalls_post)						\
	X(hypercalls_signal)						\
	X(hypercalls_other)						\
	X(hypercalls_failed)						\
	X(post_no_buffers)						\
	X(post_no_connection)						\
	X(spurious_signals)						\
	X(unknown_signals)						\
	X(monitor_kicks)						\
	X(messages_to_guest)						\
	X(messages_pending)						\
	X(bad_messages)							\
	X(gpadls_created)						\
	X(gpadls_returned)						\
	X(ids_released)							\
	X(memory_conflicts)						\
	X(memory_denied)						\
	X(dirty_rings)							\
	X(eom_writes)							\
	X(interrupts)							\
	X(interrupts_lost)						\
	X(timer_interrupts)						\
	X(reference_reads)						\
	X(timer_messages)						\
	X(auto_eois)							\
	X(msr_writes_refused)						\
	X(crashes)							\
	X(resets)							\
	X(resets_kept)							\
	X(connects)							\
	X(unloads)							\
	X(packets_in)							\
	X(packets_out)							\
	X(bytes_in)							\
	X(bytes_out)							\
	X(channel_interrupts)						\
	X(ring_errors)

struct host_totals {
#define X(name) _Atomic uint64_t name;
	HOST_TOTALS(X)
#undef X
};

extern struct host_totals totals;

static inline void count_add(_Atomic uint64_t *c, uint64_t n)
{
	atomic_fetch_add_explicit(c, n, memory_order_relaxed);
}

#define TOTAL(name) count_add(&totals.name, 1)

/* commands_core.c */
void core_commands_init(void);

#endif /* HVHOST_HOST_H */
