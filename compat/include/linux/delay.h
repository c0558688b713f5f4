/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/delay.h - a sleep in microseconds, since 2.6.36, RHEL 6
 */
#include_next <linux/delay.h>

#ifndef HVL_COMPAT_LINUX_DELAY_H
#define HVL_COMPAT_LINUX_DELAY_H

#ifndef HAVE_USLEEP_RANGE
#define usleep_range(min, max)	msleep(((min) + 999) / 1000)
#endif

#endif /* HVL_COMPAT_LINUX_DELAY_H */
