/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.h - wire structures against a table of tests/layout
 *
 * The tables were transcribed from the protocol sheets and know nothing of the
 * structures of either side.  A test names its side's fields in an array and gives
 * it to LAYOUT_CHECK() together with what that side does not speak: every row of the
 * table must be one or the other, and every field must have its row.
 */
#ifndef HVL_LAYOUT_H
#define HVL_LAYOUT_H

#include <stddef.h>

#include "check.h"

/**
 * struct layout - one field of one side, or with no dot in its name a whole structure
 * @name:	as the table names it
 * @offset:	in bytes from the start of what the table counts from
 * @size:	in bytes; 0 for a tail of any length
 * @seen:	rows of the table that it answered
 */
struct layout {
	const char *name;
	size_t offset, size;
	int seen;
};

#define LAYOUT_WHOLE(n, bytes)		{ n, 0, bytes, 0 }
#define LAYOUT_FIELD(n, type, member)	\
	{ n, offsetof(type, member), sizeof(((type *)0)->member), 0 }

/* Is @name, or the structure that it is a field of, in the list? */
static inline int layout_listed(const char *name, const char *const *list)
{
	size_t n = strcspn(name, ".");

	for (; list && *list; list++)
		if (!strcmp(*list, name) || (strlen(*list) == n && !strncmp(*list, name, n)))
			return 1;
	return 0;
}

/* One row of the table; 0 if this side has it and differs, or does not know it. */
static inline int layout_row(struct layout *fields, size_t nr, const char *name, size_t offset,
			     size_t size)
{
	size_t i;

	for (i = 0; i < nr && strcmp(fields[i].name, name); i++)
		;
	if (i == nr) {
		printf("%s: not known here\n", name);
		return 0;
	}
	if (fields[i].offset != offset || fields[i].size != size) {
		printf("%s: at %zu, %zu bytes in the table; at %zu, %zu bytes here\n", name,
		       offset, size, fields[i].offset, fields[i].size);
		return 0;
	}
	fields[i].seen++;
	return 1;
}

static inline void layout_check(const char *path, struct layout *fields, size_t nr,
				const char *const *not_spoken)
{
	FILE *f = fopen(path, "r");
	char line[512], name[128];
	size_t offset, size, i;

	CHECK(f);
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		CHECK_EQ(sscanf(line, "%127s %zu %zu", name, &offset, &size), 3);
		if (!layout_listed(name, not_spoken) &&
		    !layout_row(fields, nr, name, offset, size))
			check_failed = 1;
	}
	fclose(f);
	for (i = 0; i < nr; i++) {
		if (fields[i].seen == 1)
			continue;
		printf("%s: %d rows of the table\n", fields[i].name, fields[i].seen);
		check_failed = 1;
	}
}

/* @table: its path from where the test runs; @...: NULL, or a list that ends with NULL */
#define LAYOUT_CHECK(table, fields, ...) \
	layout_check(table, fields, sizeof(fields) / sizeof((fields)[0]), __VA_ARGS__)

#endif /* HVL_LAYOUT_H */
