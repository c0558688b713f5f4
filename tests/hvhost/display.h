/* SPDX-License-Identifier: GPL-2.0-only */
/* display.h - the name of Hyper-V's emulated display adapter */
#ifndef HVHOST_DISPLAY_H
#define HVHOST_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

/* A CPU has written four bytes to a port. */
void display_port_written(uint16_t port, uint32_t value);

bool display_port_read(uint16_t port, unsigned int size, uint32_t *value);

#endif /* HVHOST_DISPLAY_H */
