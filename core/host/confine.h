/*
 * confine - what a runner gives up before it calls a connector's code: rights, memory, system calls.
 */
#ifndef TOCSIN_HOST_CONFINE_H
#define TOCSIN_HOST_CONFINE_H

#include <stdint.h>

/* At once: dies with its parent, no new privileges, no core files, few descriptors. */
void confine_process(void);
/* Once the object is loaded: a memory limit (bytes; 0: none), and no system call that starts programs, changes who it
   is, or reaches into the kernel. Kept off in builds with sanitizers, which need both. */
void confine_connector(int64_t memory);

#endif
