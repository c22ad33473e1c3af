/*
 * publishing - the component that keeps the public status page in a directory (`status_directory`), written anew on each change, so
 * that another web server shows it while tocsind is down.
 *
 * It is written on the pool. A write that fails is said in the log and in /metrics, and tried again until it succeeds. Loop's thread
 * only.
 */
#ifndef TOCSIN_DAEMON_PUBLISHING_H
#define TOCSIN_DAEMON_PUBLISHING_H

struct core;

/* There is a new model. */
void daemon_publish(struct core *core);

#endif
