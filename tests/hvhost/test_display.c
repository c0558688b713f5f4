// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_display.c - which reads of the configuration ports yield Hyper-V's name
 *
 * build-with: display.c
 */
#include "check.h"

#include "display.h"

static bool reads(uint32_t address, uint16_t port, unsigned int size, uint32_t want)
{
	uint32_t value = 0xeeeeeeee;

	display_port_written(0xcf8, address);
	return display_port_read(port, size, &value) && value == want;
}

static bool leaves(uint32_t address, uint16_t port, unsigned int size)
{
	uint32_t value = 0xeeeeeeee;

	display_port_written(0xcf8, address);
	return !display_port_read(port, size, &value) && value == 0xeeeeeeee;
}

TEST(the_name_in_all_sizes)
{
	CHECK(reads(0x80004000, 0xcfc, 4, 0x53531414));
	CHECK(reads(0x80004000, 0xcfc, 2, 0x1414));
	CHECK(reads(0x80004000, 0xcfe, 2, 0x5353));
	CHECK(reads(0x80004000, 0xcfd, 1, 0x14));
	CHECK(reads(0x80004002, 0xcff, 1, 0x53));
}

TEST(nothing_else)
{
	CHECK(leaves(0x80004004, 0xcfc, 4));		/* its command and status */
	CHECK(leaves(0x80004100, 0xcfc, 4));		/* another function */
	CHECK(leaves(0x80003800, 0xcfc, 4));		/* another device */
	CHECK(leaves(0x80014000, 0xcfc, 4));		/* another bus */
	CHECK(leaves(0x00004000, 0xcfc, 4));		/* not enabled */
	CHECK(leaves(0x80004000, 0xcf8, 4));
	CHECK(leaves(0x80004000, 0xcfe, 4));		/* across the end */
	CHECK(leaves(0x80004000, 0x3fc, 1));
}

TEST(only_the_address_port_is_the_address)
{
	uint32_t value;

	display_port_written(0xcf8, 0x80004000);
	display_port_written(0xcfc, 0);
	CHECK(display_port_read(0xcfc, 4, &value));
}

TEST_MAIN(CASE(the_name_in_all_sizes), CASE(nothing_else),
	  CASE(only_the_address_port_is_the_address))
