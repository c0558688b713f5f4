/* SPDX-License-Identifier: GPL-2.0-only */
/* hvio_range.h - a range of a disk, and what each of its sectors must hold */
#ifndef HVIO_RANGE_H
#define HVIO_RANGE_H

#include "hvio.h"

struct range {
	uint64_t first;			/* sector where it begins */
	unsigned int in_flight, peak;	/* requests */
	struct {
		uint64_t writes, reads, wbytes, rbytes, verified;
		uint32_t smallest, largest;
	} done;
};

extern struct range range;

int range_open(const char *dev, int flags);
uint32_t range_len(uint64_t *s);
bool range_busy(uint64_t sector, uint32_t len);
struct request *range_request(void);
void range_submit(int fd, struct request *r, uint64_t *s);
void range_finish(void);
void range_verify(int fd, uint64_t *s);
void range_zeroed(uint64_t sector, uint32_t len);
void range_sha256(char out[65]);

#endif /* HVIO_RANGE_H */
