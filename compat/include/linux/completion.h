/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * linux/completion.h of 6.12 over older ones
 */
#include_next <linux/completion.h>

#ifndef HVL_COMPAT_LINUX_COMPLETION_H
#define HVL_COMPAT_LINUX_COMPLETION_H

#ifndef HAVE_REINIT_COMPLETION
#define reinit_completion(c)	INIT_COMPLETION(*(c))
#endif

#endif /* HVL_COMPAT_LINUX_COMPLETION_H */
