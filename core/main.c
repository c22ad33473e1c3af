/*
 * tocsind - the daemon. This is its table of contents; each row is a file of core/daemon/.
 */
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "daemon/daemon.h"
#include "intake/arena.h"

/* In the order of their start: each may use those above it. They are undone in reverse. */
#define COMPONENTS(ROW)                                                                                        \
    ROW(logging)    /* the least level that is logged */                                                       \
    ROW(limits)     /* those of the system: what reaches one goes on */                                        \
    ROW(signals)    /* stop, reload */                                                                         \
    ROW(journal)    /* everything that happened */                                                             \
    ROW(policy)     /* what the team wants */                                                                  \
    ROW(draw)       /* pictures of charts */                                                                   \
    ROW(core)       /* decides what happens */                                                                 \
    ROW(damage)     /* is the journal as it was written? */                                                    \
    ROW(chat)       /* what people say becomes commands */                                                     \
    ROW(connectors) /* the platforms, each in a process of its own */                                          \
    ROW(feeds)      /* holidays from addresses */                                                              \
    ROW(assist)     /* a language model that proposes */                                                       \
    ROW(intake)     /* who may send alerts */                                                                  \
    ROW(web)        /* HTTP: alerts, API, pages */                                                             \
    ROW(publishing) /* the status page as files */                                                             \
    ROW(status)     /* … and as the public reads it here */                                                  \
    ROW(health)     /* is it alive, is it able; numbers */                                                     \
    ROW(service)    /* tells systemd that it is ready */

#define DECLARATION(name) extern const struct component name##_component;
#define ADDRESS(name)     &name##_component,
COMPONENTS(DECLARATION)
static const struct component *const components[] = {COMPONENTS(ADDRESS)};

/* Before anything is allocated that depends on it. */
static void seed(void)
{
    uint8_t key[16];
    randombytes_buf(key, sizeof(key));
    map_seed(key);
    arena_hook_cjson();
}

static int run(const char *path)
{
    struct error err;
    struct daemon *daemon = daemon_create(components, ARRAY_SIZE(components), &err);
    int rc = daemon ? daemon_start(daemon, path, &err) : -1;
    if (rc)
        log_error("%s", err.text);
    if (!daemon)
        return 1;
    daemon_run(daemon);
    daemon_destroy(daemon);
    return rc ? 1 : 0;
}

static int usage(FILE *out, int status)
{
    fputs("usage: tocsind --config FILE\n\n"
          "  --config FILE   the configuration; `tocsin init DIR` writes one to begin with\n"
          "  --version       print the version\n"
          "  --help          this text\n\nSIGTERM stops it in order, SIGHUP reloads the configuration. See "
          "tocsind(8).\n",
          out);
    return status;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"version", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *path = NULL;
    for (int option; (option = getopt_long(argc, argv, "c:vh", options, NULL)) != -1;) {
        if (option == 'v')
            return puts("tocsind " TOCSIN_VERSION), 0;
        if (option != 'c')
            return usage(option == 'h' ? stdout : stderr, option == 'h' ? 0 : 2);
        path = optarg;
    }
    if (!path || optind < argc || sodium_init() < 0)
        return usage(stderr, 2);
    log_init(LOG_INFO);
    seed();
    int status = run(path);
    log_finish();
    return status;
}
