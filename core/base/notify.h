/*
 * notify - tells systemd how the service is (Type=notify): one datagram to $NOTIFY_SOCKET, nothing when it is not set.
 */
#ifndef TOCSIN_BASE_NOTIFY_H
#define TOCSIN_BASE_NOTIFY_H

/* "READY=1", "STOPPING=1", "STATUS=…", "WATCHDOG=1"; see sd_notify(3). */
void notify_systemd(const char *state);

#endif
