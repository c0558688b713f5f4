/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hostile_run.h - starting the host that lies, and what it has done
 */
#ifndef HVHOST_HOSTILE_RUN_H
#define HVHOST_HOSTILE_RUN_H

#include <stdbool.h>
#include <stdint.h>

struct vmbus_dev;

/* What is done to whole messages; counted like fields. */
enum hostile_act {
	ACT_TWICE, ACT_NEVER, ACT_LATE, ACT_UNKNOWN_ID, ACT_BEFORE_OPEN, ACT_MADE_UP,
	ACT_STRAY_INTERRUPT, ACT_OFFER_STORM, ACT_RESCIND
};

enum hostile_state { HOSTILE_IDLE, HOSTILE_RUNNING, HOSTILE_DONE, HOSTILE_STUCK };

extern struct hostile_layout hostile_acts;

/* Lie about dev until n changes are made.  NULL, or why it cannot begin. */
const char *hostile_start(struct vmbus_dev *dev, uint64_t seed, uint64_t n);

/* Lie about the connection and all devices, until it is called off. */
const char *hostile_start_all(uint64_t seed);
void hostile_stop_all(void);
/* All devices at once, made-up ones too; and back. */
void hostile_rescind_all(void);
void hostile_reoffer_all(void);

enum hostile_state hostile_state(uint64_t *changes);

/* commands_hostile.c: control commands, once at the start. */
void hostile_commands_init(void);

#endif /* HVHOST_HOSTILE_RUN_H */
