/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compiler.h - single accesses to shared memory, and barriers against a host
 *
 * x86 only: loads are acquires, stores are releases, and only a load after a
 * store to another place can be seen the other way round.  mb() is a real
 * fence on kernels built for one processor too, smp_mb() is not.
 */
#ifndef HVL_COMPAT_COMPILER_H
#define HVL_COMPAT_COMPILER_H

#include_next <linux/compiler.h>

#ifndef __ASSEMBLY__

#ifndef HAVE_READ_ONCE
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#endif

#ifndef HAVE_SMP_STORE_RELEASE
#define smp_store_release(p, v)						\
do {									\
	barrier();							\
	WRITE_ONCE(*(p), v);						\
} while (0)
#define smp_load_acquire(p)						\
({									\
	__typeof__(*(p)) hvl_loaded = READ_ONCE(*(p));			\
	barrier();							\
	hvl_loaded;							\
})
#endif

#ifndef HAVE_VIRT_BARRIERS
#define virt_mb()		mb()
#define virt_rmb()		barrier()
#define virt_wmb()		barrier()
#define virt_store_mb(x, v)						\
do {									\
	WRITE_ONCE(x, v);						\
	mb();								\
} while (0)
#define virt_store_release(p, v)	smp_store_release(p, v)
#define virt_load_acquire(p)		smp_load_acquire(p)
#endif

#endif /* __ASSEMBLY__ */
#endif /* HVL_COMPAT_COMPILER_H */
