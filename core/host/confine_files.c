#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "host/confine.h"

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define READ_FILE   ((uint64_t)LANDLOCK_ACCESS_FS_READ_FILE)
#define READ        (READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_FILE  ((uint64_t)LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define FIRST_KINDS ((1ULL << 13) - 1) /* what the first version of Landlock knows */
#define OF_FILES    (READ_FILE | WRITE_FILE)

static const uint64_t uses[] = {
    [CONFINE_READ] = READ,
    [CONFINE_OWN] = READ | WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |
                    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REFER,
    [CONFINE_SOCKET] = LANDLOCK_ACCESS_FS_MAKE_SOCK,
};

/* Where a file may be replaced, its folder is named, unless that may hold what is ours, as /etc does. */
static const char *const of_the_system[] = {
    /* libraries and their data */
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/local/lib",
    "/usr/share",
    "/usr/local/share",
    "/nix/store",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    /* names of hosts, users and services */
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/nsswitch.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/passwd",
    "/etc/group",
    "/run/systemd/resolve",
    "/run/NetworkManager",
    "/run/resolvconf",
    /* certificates and how to use them */
    "/etc/ssl",
    "/etc/pki",
    "/etc/ca-certificates",
    "/etc/gnutls",
    "/etc/crypto-policies",
    /* the rest: of /proc, the kernel keeps other processes to themselves */
    "/etc/localtime",
    "/etc/timezone",
    "/proc",
    "/sys/devices/system/cpu",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
};

static const char *const from_environment[] = {"SSL_CERT_FILE", "SSL_CERT_DIR", "TZDIR"};

static int landlock_version(void)
{
    return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static uint64_t known_kinds(int version)
{
    return FIRST_KINDS | (version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0) |
           (version >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0);
}

/* What is not there needs no rule. */
static void allow(int rules, const char *path, uint64_t kinds)
{
    struct stat status;
    struct landlock_path_beneath_attr beneath = {.parent_fd = open(path, O_PATH | O_CLOEXEC)};
    if (beneath.parent_fd < 0)
        return;
    bool folder = fstat(beneath.parent_fd, &status) == 0 && S_ISDIR(status.st_mode);
    beneath.allowed_access = folder ? kinds : kinds & OF_FILES;
    if (beneath.allowed_access &&
        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0))
        fprintf(stderr, "%s is out of reach: %s\n", path, strerror(errno));
    close(beneath.parent_fd);
}

static void allow_system(int rules)
{
    for (size_t i = 0; i < ARRAY_SIZE(of_the_system); i++)
        allow(rules, of_the_system[i], READ);
    for (size_t i = 0; i < ARRAY_SIZE(from_environment); i++) {
        if (getenv(from_environment[i]))
            allow(rules, getenv(from_environment[i]), READ);
    }
}

static void allow_path(int rules, const struct confine_path *path, uint64_t known)
{
    CLEANUP_FREE char *folder = xstrdup(path->path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    bool within = path->use == CONFINE_SOCKET;
    allow(rules, !within ? path->path : slash ? folder : ".", uses[path->use] & known);
}

void confine_files(const struct confine_path *paths, size_t n)
{
    if (!confine_has_files())
        return;
    uint64_t known = known_kinds(landlock_version());
    struct landlock_ruleset_attr attributes = {.handled_access_fs = known};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);
    allow_system(rules);
    allow(rules, "/dev/null", (READ | WRITE_FILE) & known);
    for (size_t i = 0; i < n; i++)
        allow_path(rules, &paths[i], known);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (rules < 0 || syscall(SYS_landlock_restrict_self, rules, 0))
        fprintf(stderr, "running with all files of its user in reach: %s\n", strerror(errno));
    close(rules);
}

#ifdef UNCONFINED
bool confine_has_files(void)
{
    return false;
}
#else
bool confine_has_files(void)
{
    return landlock_version() > 0;
}
#endif
