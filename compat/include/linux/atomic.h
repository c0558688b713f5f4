/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * atomic.h - kernels before 2.6.36 keep it below asm/
 */
#ifndef HVL_COMPAT_ATOMIC_H
#define HVL_COMPAT_ATOMIC_H

#ifdef HAVE_LINUX_ATOMIC
#include_next <linux/atomic.h>
#else
#include <asm/atomic.h>
#endif

#include <linux/compiler.h>

#ifndef HAVE_SMP_MB_BEFORE_ATOMIC
/* Every locked instruction of x86 orders memory. */
#define smp_mb__before_atomic()	barrier()
#define smp_mb__after_atomic()	barrier()
#endif

#endif /* HVL_COMPAT_ATOMIC_H */
