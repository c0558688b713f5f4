/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * twin/hv/os.h - user-space twin of hv/os.h
 *
 * Offers what hv/os.h promises to a core, with the kernel's names and meanings,
 * over the compiler's atomics.  Spin locks really lock, and they notice two
 * mistakes that a kernel would hang on: taking a lock twice on one thread and
 * releasing a lock that is not held.  Tests with several threads may use them.
 */
#ifndef _HV_OS_H
#define _HV_OS_H

#include <hv/types.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define noinline		__attribute__((noinline))
#define barrier()		__asm__ __volatile__("" ::: "memory")
#define smp_mb()		__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_mb__before_atomic()	smp_mb()
#define smp_rmb()		__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()		__atomic_thread_fence(__ATOMIC_RELEASE)
#define virt_mb()		smp_mb()
#define virt_rmb()		smp_rmb()
#define virt_wmb()		smp_wmb()
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define virt_load_acquire(p)	smp_load_acquire(p)
#define virt_store_release(p, v) smp_store_release(p, v)
#define virt_store_mb(x, v) \
	((void)__atomic_exchange_n(&(x), v, __ATOMIC_SEQ_CST))
#define xchg(p, v)		__atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define cmpxchg(p, o, n)						\
	({								\
		__typeof__(*(p)) __o = (o);				\
		__atomic_compare_exchange_n(p, &__o, n, false,		\
					    __ATOMIC_SEQ_CST,		\
					    __ATOMIC_SEQ_CST);		\
		__o;							\
	})

#ifndef container_of
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#endif
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define BUILD_BUG_ON(c)		((void)sizeof(char[1 - 2 * !!(c)]))

#define min(a, b) \
	({ __typeof__(a) __a = (a); __typeof__(b) __b = (b); __a < __b ? __a : __b; })
#define max(a, b) \
	({ __typeof__(a) __a = (a); __typeof__(b) __b = (b); __a > __b ? __a : __b; })
#define min_t(t, a, b)		min((t)(a), (t)(b))
#define max_t(t, a, b)		max((t)(a), (t)(b))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define ALIGN(x, a)		(((x) + (__typeof__(x))(a) - 1) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((__typeof__(x))(a) - 1)) == 0)

/* ---- spin locks --------------------------------------------------------- */

typedef struct {
	int locked;
	void *owner;
} spinlock_t;

static inline void *hvl_twin_self(void)
{
	static __thread char self;

	return &self;
}

static inline void spin_lock_init(spinlock_t *l)
{
	l->locked = 0;
	l->owner = NULL;
}

static inline void spin_lock(spinlock_t *l)
{
	if (__atomic_load_n(&l->owner, __ATOMIC_RELAXED) == hvl_twin_self()) {
		fprintf(stderr, "spin lock %p taken twice on one thread\n",
			(void *)l);
		abort();
	}
	while (__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE))
		sched_yield();
	__atomic_store_n(&l->owner, hvl_twin_self(), __ATOMIC_RELAXED);
}

static inline void spin_unlock(spinlock_t *l)
{
	if (__atomic_load_n(&l->owner, __ATOMIC_RELAXED) != hvl_twin_self()) {
		fprintf(stderr, "spin lock %p released but not held\n",
			(void *)l);
		abort();
	}
	__atomic_store_n(&l->owner, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&l->locked, 0, __ATOMIC_RELEASE);
}

#define spin_lock_irqsave(l, f)		do { (f) = 0; spin_lock(l); } while (0)
#define spin_unlock_irqrestore(l, f)	do { (void)(f); spin_unlock(l); } while (0)
#define spin_lock_irq(l)		spin_lock(l)
#define spin_unlock_irq(l)		spin_unlock(l)
#define spin_lock_bh(l)			spin_lock(l)
#define spin_unlock_bh(l)		spin_unlock(l)

/* ---- atomics -------------------------------------------------------------- */

typedef struct {
	int counter;
} atomic_t;

#define ATOMIC_INIT(i)		{ (i) }
#define atomic_read(v)		__atomic_load_n(&(v)->counter, __ATOMIC_RELAXED)
#define atomic_set(v, i)	__atomic_store_n(&(v)->counter, i, __ATOMIC_RELAXED)
#define atomic_inc(v)		((void)__atomic_add_fetch(&(v)->counter, 1, __ATOMIC_SEQ_CST))
#define atomic_dec(v)		((void)__atomic_sub_fetch(&(v)->counter, 1, __ATOMIC_SEQ_CST))
#define atomic_add(i, v)	((void)__atomic_add_fetch(&(v)->counter, i, __ATOMIC_SEQ_CST))
#define atomic_sub(i, v)	((void)__atomic_sub_fetch(&(v)->counter, i, __ATOMIC_SEQ_CST))
#define atomic_inc_return(v)	__atomic_add_fetch(&(v)->counter, 1, __ATOMIC_SEQ_CST)
#define atomic_dec_return(v)	__atomic_sub_fetch(&(v)->counter, 1, __ATOMIC_SEQ_CST)
#define atomic_dec_and_test(v)	(atomic_dec_return(v) == 0)
#define atomic_xchg(v, n)	__atomic_exchange_n(&(v)->counter, n, __ATOMIC_SEQ_CST)
#define atomic_cmpxchg(v, o, n)	cmpxchg(&(v)->counter, o, n)

/* ---- bits and bitmaps ------------------------------------------------------ */

#define BITS_PER_LONG		((int)sizeof(long) * 8)
#define BITS_TO_LONGS(n)	DIV_ROUND_UP(n, sizeof(long) * 8)
#define BIT(n)			(1UL << (n))
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]
#define HVL_TWIN_WORD(nr, p)	((unsigned long *)(p) + (nr) / BITS_PER_LONG)
#define HVL_TWIN_MASK(nr)	(1UL << ((nr) % BITS_PER_LONG))

static inline void set_bit(long nr, volatile unsigned long *p)
{
	__atomic_fetch_or(HVL_TWIN_WORD(nr, p), HVL_TWIN_MASK(nr),
			  __ATOMIC_SEQ_CST);
}

static inline void clear_bit(long nr, volatile unsigned long *p)
{
	__atomic_fetch_and(HVL_TWIN_WORD(nr, p), ~HVL_TWIN_MASK(nr),
			   __ATOMIC_SEQ_CST);
}

static inline int test_bit(long nr, const volatile unsigned long *p)
{
	return !!(__atomic_load_n(HVL_TWIN_WORD(nr, p), __ATOMIC_RELAXED) &
		  HVL_TWIN_MASK(nr));
}

static inline int test_and_set_bit(long nr, volatile unsigned long *p)
{
	return !!(__atomic_fetch_or(HVL_TWIN_WORD(nr, p), HVL_TWIN_MASK(nr),
				    __ATOMIC_SEQ_CST) & HVL_TWIN_MASK(nr));
}

static inline int test_and_clear_bit(long nr, volatile unsigned long *p)
{
	return !!(__atomic_fetch_and(HVL_TWIN_WORD(nr, p), ~HVL_TWIN_MASK(nr),
				     __ATOMIC_SEQ_CST) & HVL_TWIN_MASK(nr));
}

#define __set_bit(nr, p)	set_bit(nr, p)
#define __clear_bit(nr, p)	clear_bit(nr, p)

static inline void bitmap_zero(unsigned long *map, unsigned int bits)
{
	memset(map, 0, BITS_TO_LONGS(bits) * sizeof(long));
}

static inline unsigned long find_next_bit(const unsigned long *map,
					  unsigned long size,
					  unsigned long from)
{
	while (from < size && !test_bit(from, map))
		from++;
	return from < size ? from : size;
}

static inline unsigned long find_next_zero_bit(const unsigned long *map,
					       unsigned long size,
					       unsigned long from)
{
	while (from < size && test_bit(from, map))
		from++;
	return from < size ? from : size;
}

#define find_first_bit(m, s)		find_next_bit(m, s, 0)
#define find_first_zero_bit(m, s)	find_next_zero_bit(m, s, 0)
#define for_each_set_bit(b, m, s) \
	for ((b) = find_first_bit(m, s); (b) < (s); \
	     (b) = find_next_bit(m, s, (b) + 1))
#define __ffs(w)			((unsigned long)__builtin_ctzl(w))

/* ---- lists ------------------------------------------------------------------ */

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(n)	{ &(n), &(n) }
#define LIST_HEAD(n)		struct list_head n = LIST_HEAD_INIT(n)

static inline void INIT_LIST_HEAD(struct list_head *h)
{
	h->next = h;
	h->prev = h;
}

static inline void hvl_twin_link(struct list_head *n, struct list_head *prev,
				 struct list_head *next)
{
	n->prev = prev;
	n->next = next;
	prev->next = n;
	next->prev = n;
}

static inline void list_add(struct list_head *n, struct list_head *h)
{
	hvl_twin_link(n, h, h->next);
}

static inline void list_add_tail(struct list_head *n, struct list_head *h)
{
	hvl_twin_link(n, h->prev, h);
}

static inline void list_del(struct list_head *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	n->next = NULL;
	n->prev = NULL;
}

static inline void list_del_init(struct list_head *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	INIT_LIST_HEAD(n);
}

static inline void list_move_tail(struct list_head *n, struct list_head *h)
{
	list_del(n);
	list_add_tail(n, h);
}

static inline int list_empty(const struct list_head *h)
{
	return h->next == h;
}

#define list_entry(p, t, m)		container_of(p, t, m)
#define list_first_entry(h, t, m)	list_entry((h)->next, t, m)
#define list_for_each_entry(p, h, m)					\
	for ((p) = list_entry((h)->next, __typeof__(*(p)), m);		\
	     &(p)->m != (h);						\
	     (p) = list_entry((p)->m.next, __typeof__(*(p)), m))
#define list_for_each_entry_safe(p, n, h, m)				\
	for ((p) = list_entry((h)->next, __typeof__(*(p)), m),		\
	     (n) = list_entry((p)->m.next, __typeof__(*(p)), m);	\
	     &(p)->m != (h);						\
	     (p) = (n), (n) = list_entry((n)->m.next, __typeof__(*(n)), m))

#endif /* _HV_OS_H */
