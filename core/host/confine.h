/*
 * confine - what a runner gives up before it loads a connector's code: privileges, memory, system calls.
 *
 * No function fails. What the kernel does not support is skipped, with a warning on standard error, which ends up in
 * the core's log.
 */
#ifndef TOCSIN_HOST_CONFINE_H
#define TOCSIN_HOST_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * From now on the process dies with its parent, gains no privileges, writes no core files and has few descriptors. It
 * cannot start programs or processes, change its user, signal other processes, read their memory, or change the kernel. If
 * root started it, it has no capabilities either: it is the owner of root's files, and no more.
 * Builds with sanitizers keep all system calls.
 */
void confine_process(void);
/* From now on the process makes no socket; those that exist stay in reach. Builds with sanitizers keep all system calls. */
void confine_network(void);
/* Limits private memory to so many bytes; 0: no limit. Builds with sanitizers have no limit: their shadow memory is larger. */
void confine_memory(int64_t bytes);

enum confine_use {
    CONFINE_READ,   /* a file, or a folder with what is in it */
    CONFINE_OWN,    /* likewise, to be read and changed */
    CONFINE_SOCKET, /* to be made; its folder exists */
};
struct confine_path {
    const char *path; /* not followed by what replaces it: a rule is for the file that is there now */
    enum confine_use use;
};
/* Has the kernel Landlock? Builds that measure coverage do without. */
bool confine_has_files(void);
/* From now on this thread, and those that it starts, reach these paths, what libraries need of the system (their own files, name
   resolution, certificates, time zones), and no other file. The network, and sockets that exist, stay in reach. */
void confine_files(const struct confine_path *paths, size_t n);

#endif
