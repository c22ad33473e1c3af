/*
 * notify - reports the state of the service to systemd (Type=notify): one datagram to $NOTIFY_SOCKET, if that is set.
 */
#ifndef TOCSIN_BASE_NOTIFY_H
#define TOCSIN_BASE_NOTIFY_H

/* "READY=1", "STOPPING=1", "STATUS=…", "WATCHDOG=1"; see sd_notify(3). */
void notify_systemd(const char *state);

#endif
