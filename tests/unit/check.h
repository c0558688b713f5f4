/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check.h - the whole test library of the unit tests
 *
 * A test program defines functions with TEST(name) and ends with
 * TEST_MAIN(CASE(name), CASE(name), ...).  CHECK() and CHECK_EQ() count a failure, print
 * where, and leave the test.  The last line of output is "N passed, N failed";
 * the exit status is 0 only if nothing failed and something ran.
 */
#ifndef HVL_CHECK_H
#define HVL_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_failed;

#define TEST(name) static void test_##name(void)

#define CHECK(c)							\
	do {								\
		if (!(c)) {						\
			printf("%s:%d: not true: %s\n", __FILE__,	\
			       __LINE__, #c);				\
			check_failed = 1;				\
			return;						\
		}							\
	} while (0)

#define CHECK_EQ(a, b)							\
	do {								\
		long long check_a = (long long)(a);			\
		long long check_b = (long long)(b);			\
									\
		if (check_a != check_b) {				\
			printf("%s:%d: %s is %lld (0x%llx), expected %s = %lld (0x%llx)\n", \
			       __FILE__, __LINE__, #a, check_a,		\
			       (unsigned long long)check_a, #b, check_b, \
			       (unsigned long long)check_b);		\
			check_failed = 1;				\
			return;						\
		}							\
	} while (0)

struct check_case {
	const char *name;
	void (*fn)(void);
};

/* Run all cases, or those named on the command line; used by main(). */
static inline int check_run(const struct check_case *c, int n, int argc,
			    char **argv)
{
	int passed = 0, failed = 0, i, a, want;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < n; i++) {
		want = argc < 2;
		for (a = 1; a < argc; a++)
			want |= !strcmp(argv[a], c[i].name);
		if (!want)
			continue;
		check_failed = 0;
		c[i].fn();
		if (check_failed) {
			printf("FAIL %s\n", c[i].name);
			failed++;
		} else {
			passed++;
		}
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed || !passed;
}

/*
 * The list at the end cannot miss a test: one that is not listed is an unused
 * static function, which is an error in this build.
 */
#define CASE(name) { #name, test_##name }
#define TEST_MAIN(...)							\
	int main(int argc, char **argv)					\
	{								\
		static const struct check_case cases[] = { __VA_ARGS__ }; \
									\
		return check_run(cases, (int)(sizeof(cases) /		\
					      sizeof(cases[0])), argc, argv); \
	}

#endif /* HVL_CHECK_H */
