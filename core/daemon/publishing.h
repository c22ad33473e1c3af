/*
 * publishing - the component that keeps the public status page in a directory (`status_directory`) and in a bucket of an S3-compatible
 * store (`status_bucket`), written anew on each change, so that others show it while tocsind is down.
 *
 * They are written on the pool, each by itself. A write that fails is said in the channel for announcements, the log and /metrics, and
 * tried again until it succeeds. Loop's thread only.
 */
#ifndef TOCSIN_DAEMON_PUBLISHING_H
#define TOCSIN_DAEMON_PUBLISHING_H

struct status_edition;

/* There is a new edition; borrowed. */
void daemon_publish(struct status_edition *edition);
/* No more comes: the component drains when it has written what it has. */
void daemon_publish_last(void);

#endif
