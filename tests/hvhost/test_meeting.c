// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_meeting.c - who is kept until another comes, and who passes
 *
 * build-with: meeting.c
 */
#include <pthread.h>

#include "check.h"

#include "meeting.h"

#define TIMES 500

static const char one_place, another;
/* Only their addresses count. */
#define DEV ((const struct vmbus_dev *)&one_place)
#define OTHER ((const struct vmbus_dev *)&another)

static void *attend(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < TIMES; i++)
		meeting_attend(DEV);
	return NULL;
}

TEST(pairs_meet)
{
	pthread_t t[2];
	bool over = true;

	meeting_call(DEV, TIMES);
	CHECK_EQ(meeting_over(&over), 0);
	CHECK(!over);
	CHECK(!pthread_create(&t[0], NULL, attend, NULL));
	CHECK(!pthread_create(&t[1], NULL, attend, NULL));
	pthread_join(t[0], NULL);
	pthread_join(t[1], NULL);
	CHECK_EQ(meeting_over(&over), TIMES);
	CHECK(over);
}

TEST(others_pass)
{
	bool over = true;

	meeting_call(DEV, 1);
	meeting_attend(OTHER);
	meeting_attend(NULL);
	CHECK_EQ(meeting_over(&over), 0);
	CHECK(!over);
}

TEST(no_meeting_no_wait)
{
	bool over;

	meeting_call(DEV, 0);
	meeting_attend(DEV);
	CHECK_EQ(meeting_over(&over), 0);
	CHECK(over);
}

TEST_MAIN(CASE(pairs_meet), CASE(others_pass), CASE(no_meeting_no_wait))
