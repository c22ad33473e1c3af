/* prison - tries what a connector may not do, and reports in its results what happened. */
#include "simple.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *word(int rc)
{
    return rc >= 0 ? "allowed" : errno == EPERM ? "denied" : strerror(errno);
}

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    struct rlimit core, files;
    char *const arguments[] = {NULL};
    (void)self, (void)action;
    getrlimit(RLIMIT_CORE, &core);
    getrlimit(RLIMIT_NOFILE, &files);
    int n = snprintf(result->detail, sizeof(result->detail), "exec %s", word(execv("/bin/true", arguments)));
    int child = fork();
    if (child == 0)
        _exit(0);
    n += snprintf(result->detail + n, sizeof(result->detail) - (size_t)n, ", fork %s", word(child));
    n +=
        snprintf(result->detail + n, sizeof(result->detail) - (size_t)n, ", kill %s", word(kill(getppid(), 0)));
    snprintf(result->detail + n, sizeof(result->detail) - (size_t)n,
             ", core %lu, files %s, privileges %s, secret %s", (unsigned long)core.rlim_cur,
             files.rlim_cur <= 512 ? "few" : "many",
             prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? "kept low" : "may rise",
             getenv("TOCSIN_TEST_SECRET") ? "seen" : "unseen");
}

TOCSIN_CONNECTOR(.name = "prison", .version = "1.0", .summary = "Tries to get out", .parallel = 1,
                 .can = TOCSIN_CAN_POST, .open = simple_open, .perform = perform, .close = simple_close);
