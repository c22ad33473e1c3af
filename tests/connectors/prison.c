/* prison - tries what a connector may not do, and reports in its results what happened. */
#include "simple.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *word(int rc)
{
    return rc >= 0 ? "allowed" : errno == EPERM || errno == EACCES ? "denied" : strerror(errno);
}

/* Words of the action: a path to read, and one to make. */
static int reach(const char *body, char *out, size_t most)
{
    char given[1000], made[1000];
    if (sscanf(body, "{\"text\":\"%999[^ \"] %999[^ \"]", given, made) != 2)
        return 0;
    int read = open(given, O_RDONLY);
    int n = snprintf(out, most, ", read %s", word(read));
    int make = open(made, O_WRONLY | O_CREAT, 0600);
    n += snprintf(out + n, most - (size_t)n, ", make %s", word(make));
    close(read);
    close(make);
    return n;
}

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    struct rlimit core, files;
    char *const arguments[] = {NULL};
    (void)self;
    getrlimit(RLIMIT_CORE, &core);
    getrlimit(RLIMIT_NOFILE, &files);
    int n = snprintf(result->detail, sizeof(result->detail), "exec %s", word(execv("/bin/true", arguments)));
    int child = fork();
    if (child == 0)
        _exit(0);
    n += snprintf(result->detail + n, sizeof(result->detail) - (size_t)n, ", fork %s", word(child));
    n +=
        snprintf(result->detail + n, sizeof(result->detail) - (size_t)n, ", kill %s", word(kill(getppid(), 0)));
    n += reach(action->body, result->detail + n, sizeof(result->detail) - (size_t)n);
    snprintf(result->detail + n, sizeof(result->detail) - (size_t)n,
             ", core %lu, files %s, privileges %s, secret %s", (unsigned long)core.rlim_cur,
             files.rlim_cur <= 512 ? "few" : "many",
             prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? "kept low" : "may rise",
             getenv("TOCSIN_TEST_SECRET") ? "seen" : "unseen");
}

static const struct tocsin_setting settings[] = {
    {"own", TOCSIN_SETTING_TEXT, TOCSIN_FOLDER, "", 0, 0, "A folder of its own"}, {0}};

TOCSIN_CONNECTOR(.name = "prison", .version = "1.0", .summary = "Tries to get out", .parallel = 1,
                 .can = TOCSIN_CAN_POST, .settings = settings, .open = simple_open, .perform = perform,
                 .close = simple_close);
