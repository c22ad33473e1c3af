/*
 * confine - what a runner gives up before it loads a connector's code: privileges, memory, system calls.
 *
 * Neither function fails. What the kernel does not support is skipped, with a warning on standard error, which ends up in
 * the core's log.
 */
#ifndef TOCSIN_HOST_CONFINE_H
#define TOCSIN_HOST_CONFINE_H

#include <stdint.h>

/*
 * From now on the process dies with its parent, gains no privileges, writes no core files and has few descriptors. It
 * cannot start programs or processes, change its user, signal other processes, read their memory, or change the kernel. If
 * root started it, it has no capabilities either: it is the owner of root's files, and no more.
 * Builds with sanitizers keep all system calls.
 */
void confine_process(void);
/* Limits private memory to so many bytes; 0: no limit. Builds with sanitizers have no limit: their shadow memory is larger. */
void confine_memory(int64_t bytes);

#endif
