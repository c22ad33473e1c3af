/*
 * confine - what a runner gives up before it touches a connector's code: rights, memory, system calls.
 *
 * Neither fails: what the kernel does not offer is gone without, and said on standard error, which is the core's log.
 */
#ifndef TOCSIN_HOST_CONFINE_H
#define TOCSIN_HOST_CONFINE_H

#include <stdint.h>

/*
 * Dies with its parent, gains no privileges, leaves no core files, has few descriptors; starts no program and no process,
 * does not change who it is, signals nobody else, looks into nobody else's memory, and leaves the kernel alone. Builds
 * with sanitizers keep their system calls.
 */
void confine_process(void);
/* At most so many bytes of private memory; 0: no limit. Not in builds with sanitizers, whose shadows are larger. */
void confine_memory(int64_t bytes);

#endif
