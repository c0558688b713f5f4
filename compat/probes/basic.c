/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every file of ours takes for granted: access to shared memory, barriers,
 * fixed types.
 */
/// include linux/types.h
/// include linux/compiler.h
/// include linux/atomic.h
/// include linux/spinlock.h
/// include linux/bitops.h
/// include linux/smp.h

/* linux/atomic.h: 2.6.36; before, asm/atomic.h */
/// probe LINUX_ATOMIC
#ifndef _LINUX_ATOMIC_H
#error not there
#endif

/* 3.18, and in the stable and vendor series */
/// probe READ_ONCE
	int x = 0;
	WRITE_ONCE(x, READ_ONCE(x) + 1);

/* 3.14 */
/// probe SMP_STORE_RELEASE
	unsigned int x = 0;
	smp_store_release(&x, 1);
	(void)smp_load_acquire(&x);

/* 4.5: barriers against another machine, also on a kernel for one processor */
/// probe VIRT_BARRIERS
	unsigned int x = 0;
	virt_mb();
	virt_rmb();
	virt_wmb();
	virt_store_mb(x, 1);
	virt_store_release(&x, 1);
	(void)virt_load_acquire(&x);

/* 3.16 */
/// probe SMP_MB_BEFORE_ATOMIC
	smp_mb__before_atomic();
	smp_mb__after_atomic();

/* 2.6.30 */
/// probe PHYS_ADDR_T
	phys_addr_t a = 0;
	(void)a;

/* Until 3.1 a function that gives a 32-bit instruction a 64-bit register. */
/// probe SYNC_CMPXCHG_FUNCTION
	(void)&__sync_cmpxchg;
