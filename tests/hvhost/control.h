/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * control.h - the control socket: one JSON object a line, in and out
 *
 * A request is {"cmd": NAME, ...}; the answer is {"ok": true, ...} or
 * {"ok": false, "error": TEXT}.  Each part of the host registers the commands
 * it serves.  Handlers run on the control thread, one at a time.
 */
#ifndef HVHOST_CONTROL_H
#define HVHOST_CONTROL_H

#include <jansson.h>

/*
 * Fill answer (an object) or return a message that says what is wrong with the
 * request; the message is a static string or one made with control_error().
 */
typedef const char *(*control_fn)(json_t *request, json_t *answer);

void control_register(const char *cmd, control_fn fn);
const char *control_error(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * Called by a handler that ends the host (quit, cut-power): fn runs on the
 * control thread once the answer has been given to the client, and must not
 * return.
 */
void control_exit_after_answer(void (*fn)(void));

/* Start serving on the UNIX socket at path; exits QEMU with a message if it
 * cannot. */
void control_start(const char *path);

#endif /* HVHOST_CONTROL_H */
