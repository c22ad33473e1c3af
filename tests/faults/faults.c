/*
 * faults - a library to preload (LD_PRELOAD): the nth system call of a kind fails, once, as a system may let it fail.
 *
 *   FAULT="CALL NTH ERRNO [SITE]"   the name of a row below; NTH counts from 1; 0: none fails. ERRNO is its name. With a site (in hex),
 *                                   only calls from there count.
 *   FAULT_COUNTS=FILE               counts calls, one number for each row in their order, and one for the site; kept from one process to
 *                                   the next. Made if needed. If none is to fail, the sites follow, in no order; 0: none.
 *
 * A site is a hash of the functions that led to the call, the nearest ones, with the number of the row in its lowest five bits. It is
 * the same in each run of a build.
 *
 * Files on a disk and descriptors of other things have rows of their own, since they do not fail alike. A failed call writes a line to
 * standard error, so that a log tells what happened.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CALLS(ROW)                                                                                             \
    ROW(open)         /* a path */                                                                             \
    ROW(fopen)        /* one read as a stream */                                                               \
    ROW(opendir)      /* a folder */                                                                           \
    ROW(read)         /* a file */                                                                             \
    ROW(write)        /* a file */                                                                             \
    ROW(fsync)        /* or fdatasync */                                                                       \
    ROW(ftruncate)    /* a file */                                                                             \
    ROW(rename)       /* a file */                                                                             \
    ROW(unlink)       /* a file */                                                                             \
    ROW(mkdir)        /* a folder */                                                                           \
    ROW(mmap)         /* a file */                                                                             \
    ROW(socket)       /* any */                                                                                \
    ROW(socketpair)   /* a channel */                                                                          \
    ROW(accept)       /* a connection */                                                                       \
    ROW(pipe)         /* a channel */                                                                          \
    ROW(eventfd)      /* a wake-up */                                                                          \
    ROW(epoll_create) /* a loop */                                                                             \
    ROW(epoll_ctl)    /* something to watch */                                                                 \
    ROW(inotify)      /* a watched file */                                                                     \
    ROW(dup)          /* of a descriptor */                                                                    \
    ROW(fork)         /* a process */                                                                          \
    ROW(thread)       /* of a process */

#define NUMBER(name) CALL_##name,
#define NAME(name)   #name,
enum { CALLS(NUMBER) N_CALLS };
static const char *const names[] = {CALLS(NAME)};
static const struct {
    const char *name;
    int code;
} codes[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EMFILE", EMFILE}, {"ENOMEM", ENOMEM}, {"EAGAIN", EAGAIN}};

#define KNOWN (1u << 14)

struct memory {
    _Atomic unsigned counts[N_CALLS], at_site, sites[KNOWN];
};
static struct memory own, *memory = &own;
static int chosen = -1, code;
static unsigned nth, site; /* site 0: any */

static void choose(const char *fault)
{
    char call[32], word[32];
    if (!fault || sscanf(fault, "%31s %u %31s %x", call, &nth, word, &site) < 3)
        return;
    for (int i = 0; i < N_CALLS; i++)
        chosen = strcmp(names[i], call) == 0 ? i : chosen;
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
        code = strcmp(codes[i].name, word) == 0 ? codes[i].code : code;
    if (chosen < 0 || !code)
        abort();
}

#define DEPTH 10 /* functions, of which some are ours */

/* Where each function is in its file does not change from one run to the next, as addresses do. */
static unsigned site_of(int call)
{
    void *frames[DEPTH];
    Dl_info ours, about;
    unsigned hash = 2166136261u; /* FNV-1a */
    int n = backtrace(frames, DEPTH);
    dladdr((void *)names, &ours);
    for (int i = 0; i < n; i++) {
        if (!dladdr(frames[i], &about) || about.dli_fbase == ours.dli_fbase)
            continue;
        uintptr_t offset = (uintptr_t)frames[i] - (uintptr_t)about.dli_fbase;
        for (size_t k = 0; k < sizeof(offset); k++)
            hash = (hash ^ (offset >> 8 * k & 0xff)) * 16777619u;
    }
    return ((hash | 32) & ~31u) | (unsigned)call;
}

static void keep_site(unsigned from)
{
    unsigned i = from / 32 % KNOWN;
    while (memory->sites[i] && memory->sites[i] != from)
        i = (i + 1) % KNOWN;
    memory->sites[i] = from;
}

static bool is_nth(int call)
{
    unsigned n = atomic_fetch_add(&memory->counts[call], 1) + 1;
    if (!nth)
        keep_site(site_of(call));
    if (call != chosen || !nth)
        return false;
    return site ? site_of(call) == site && atomic_fetch_add(&memory->at_site, 1) + 1 == nth : n == nth;
}

static bool strikes(int call)
{
    int before = errno;
    bool does = is_nth(call);
    errno = before;
    if (!does)
        return false;
    dprintf(STDERR_FILENO, "fault: %s %u fails: %s\n", names[call], nth, strerror(code));
    errno = code;
    return true;
}

static bool is_file(int fd)
{
    struct stat about;
    int before = errno;
    bool is = fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
    errno = before;
    return is;
}

/* Calls that return `failed` and set errno. */
#define WRAP(type, failed, call, name, params, args, condition)                                                \
    __attribute__((visibility("default"))) type name params                                                    \
    {                                                                                                          \
        static type(*next) params;                                                                             \
        if ((condition) && strikes(CALL_##call))                                                               \
            return failed;                                                                                     \
        if (!next)                                                                                             \
            next = (type(*) params)dlsym(RTLD_NEXT, #name);                                                    \
        return next args;                                                                                      \
    }
#define READS(name, params, args)  WRAP(ssize_t, -1, read, name, params, args, is_file(fd))
#define WRITES(name, params, args) WRAP(ssize_t, -1, write, name, params, args, is_file(fd))
READS(read, (int fd, void *to, size_t n), (fd, to, n))
READS(pread, (int fd, void *to, size_t n, off_t at), (fd, to, n, at))
READS(pread64, (int fd, void *to, size_t n, off64_t at), (fd, to, n, at))
WRITES(write, (int fd, const void *from, size_t n), (fd, from, n))
WRITES(pwrite, (int fd, const void *from, size_t n, off_t at), (fd, from, n, at))
WRITES(pwrite64, (int fd, const void *from, size_t n, off64_t at), (fd, from, n, at))

WRAP(int, -1, fsync, fsync, (int fd), (fd), true)
WRAP(int, -1, fsync, fdatasync, (int fd), (fd), true)
WRAP(int, -1, ftruncate, ftruncate, (int fd, off_t n), (fd, n), true)
WRAP(int, -1, ftruncate, ftruncate64, (int fd, off64_t n), (fd, n), true)
WRAP(int, -1, rename, rename, (const char *from, const char *to), (from, to), true)
WRAP(int, -1, unlink, unlink, (const char *path), (path), true)
WRAP(int, -1, mkdir, mkdir, (const char *path, mode_t mode), (path, mode), true)
WRAP(FILE *, NULL, fopen, fopen, (const char *path, const char *mode), (path, mode), true)
WRAP(FILE *, NULL, fopen, fopen64, (const char *path, const char *mode), (path, mode), true)
WRAP(DIR *, NULL, opendir, opendir, (const char *path), (path), true)

/* Of files; memory that runs out ends a process on purpose. */
WRAP(void *, MAP_FAILED, mmap, mmap, (void *at, size_t n, int access, int flags, int fd, off_t offset),
     (at, n, access, flags, fd, offset), fd >= 0)
WRAP(void *, MAP_FAILED, mmap, mmap64, (void *at, size_t n, int access, int flags, int fd, off64_t offset),
     (at, n, access, flags, fd, offset), fd >= 0)

WRAP(int, -1, socket, socket, (int domain, int type, int protocol), (domain, type, protocol), true)
WRAP(int, -1, socketpair, socketpair, (int domain, int type, int protocol, int ends[2]),
     (domain, type, protocol, ends), true)
WRAP(int, -1, accept, accept, (int fd, struct sockaddr *peer, socklen_t *n), (fd, peer, n), true)
WRAP(int, -1, accept, accept4, (int fd, struct sockaddr *peer, socklen_t *n, int flags), (fd, peer, n, flags),
     true)
WRAP(int, -1, pipe, pipe2, (int ends[2], int flags), (ends, flags), true)
WRAP(int, -1, eventfd, eventfd, (unsigned int value, int flags), (value, flags), true)
WRAP(int, -1, epoll_create, epoll_create1, (int flags), (flags), true)
WRAP(int, -1, epoll_ctl, epoll_ctl, (int fd, int op, int what, struct epoll_event *event),
     (fd, op, what, event), op == EPOLL_CTL_ADD)
WRAP(int, -1, inotify, inotify_init1, (int flags), (flags), true)
WRAP(int, -1, inotify, inotify_add_watch, (int fd, const char *path, uint32_t mask), (fd, path, mask), true)
WRAP(int, -1, dup, dup2, (int fd, int to), (fd, to), true)
WRAP(int, -1, dup, dup3, (int fd, int to, int flags), (fd, to, flags), true)
WRAP(pid_t, -1, fork, fork, (void), (), true)
WRAP(int, code, thread, pthread_create,
     (pthread_t * thread, const pthread_attr_t *about, void *(*run)(void *), void *arg),
     (thread, about, run, arg), true)

#define OPEN(name)                                                                                             \
    __attribute__((visibility("default"))) int name(const char *path, int flags, ...)                          \
    {                                                                                                          \
        static int (*next)(const char *, int, ...);                                                            \
        va_list args;                                                                                          \
        va_start(args, flags);                                                                                 \
        mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;                                              \
        va_end(args);                                                                                          \
        if (strikes(CALL_open))                                                                                \
            return -1;                                                                                         \
        if (!next)                                                                                             \
            next = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name);                                   \
        return next(path, flags, mode);                                                                        \
    }
OPEN(open)
OPEN(open64)

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAULT_COUNTS");
    int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd >= 0 && ftruncate(fd, sizeof(own)) == 0)
        memory = mmap(NULL, sizeof(own), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    backtrace((void *[1]){NULL}, 1); /* it loads a library when it is first called */
    choose(getenv("FAULT"));
}
