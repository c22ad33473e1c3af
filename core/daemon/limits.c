/* limits - those of the system: reaching one is an error that is said and passes, and ends nothing. */
#include <inttypes.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/log.h"
#include "daemon/component.h"
#include "host/confine.h"

#define DESCRIPTORS                                                                                            \
    16384 /* connections, followers of the stream, connectors; libwebsockets has tables of as many */

/* Many systems give a process 1,024 at first, and let it ask for more; some give it a million. */
static void set_descriptors(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files))
        return;
    files.rlim_cur = files.rlim_max < DESCRIPTORS ? files.rlim_max : DESCRIPTORS;
    if (setrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur < DESCRIPTORS)
        log_warn("only %" PRIu64 " files may be open at once, and %d may be needed: connections beyond them "
                 "are closed. Raise the limit (ulimit -n; LimitNOFILE= in a unit of systemd)",
                 (uint64_t)files.rlim_cur, DESCRIPTORS);
}

static int start(struct daemon *daemon, const struct configuration *configuration, struct error *err)
{
    (void)daemon, (void)configuration, (void)err;
    signal(SIGPIPE, SIG_IGN); /* write() says EPIPE */
    signal(SIGXFSZ, SIG_IGN); /* write() says EFBIG */
    set_descriptors();
    if (!confine_has_files())
        log_info("connectors can reach every file of their user: this kernel has no Landlock, which would keep "
                 "them to "
                 "their own");
    return 0;
}

const struct component limits_component = {.name = "limits", .start = start};
