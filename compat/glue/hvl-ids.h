/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvl-ids.h - numbers below a limit, each given out to one user at a time
 *
 * No lock: any context, any CPU.  Includes nothing of the kernel, so that it is
 * tested in user space too; its user has included linux/bitops.h or hv/os.h.
 */
#ifndef HVL_GLUE_IDS_H
#define HVL_GLUE_IDS_H

/**
 * struct hvl_ids - the numbers 0 to @nr - 1
 * @map: a bit for each, set while it is out
 * @nr: how many
 */
struct hvl_ids {
	unsigned long *map;
	u32 nr;
};

/* One that is free, searched for from @from on; ids->nr if there is none. */
static inline u32 hvl_ids_get(struct hvl_ids *ids, u32 from)
{
	bool again = false;
	u32 id = from;

	for (;;) {
		id = find_next_zero_bit(ids->map, ids->nr, id);
		if (id >= ids->nr) {
			if (again)
				return ids->nr;
			again = true;
			id = 0;
		} else if (!test_and_set_bit(id, ids->map)) {
			return id;
		}
	}
}

/* What its user wrote is seen by the next one. */
static inline void hvl_ids_put(struct hvl_ids *ids, u32 id)
{
	smp_mb__before_atomic();
	clear_bit(id, ids->map);
}

#endif /* HVL_GLUE_IDS_H */
