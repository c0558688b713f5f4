/* SPDX-License-Identifier: GPL-2.0-only */
/* meeting.h - vCPUs that send by one device at the same time */
#ifndef HVHOST_MEETING_H
#define HVHOST_MEETING_H

#include <stdbool.h>
#include <stdint.h>

struct vmbus_dev;

/* Any thread: have so many pairs of vCPUs meet. */
void meeting_call(const struct vmbus_dev *dev, unsigned int times);
/* Any thread: how many have met, and whether no more will. */
unsigned int meeting_over(bool *over);
/* A vCPU's thread, holding nothing: it has signalled a channel of this device (or NULL). */
void meeting_attend(const struct vmbus_dev *dev);

#endif
