#include "host/programs.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "host/process.h"

char *program_beside(const char *in_build, const char *installed)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';
    char *path = xasprintf("%s/%s", self, in_build);
    if (access(path, X_OK) == 0)
        return path;
    free(path);
    return xasprintf("%s/../%s", self, installed);
}

char *program_runner(const struct configuration *c)
{
    const char *set = json_text_or(c->core, "runner", NULL);
    return set ? configuration_path(c, set) : program_beside("tocsin-runner", "libexec/tocsin-runner");
}

int program_user(const struct configuration *c, struct program *ret, struct error *err)
{
    const char *name = json_text_or(c->core, "runner_user", NULL);
    const struct passwd *user = text_empty(name) ? NULL : getpwnam(name);
    if (text_empty(name) || (user && user->pw_uid == geteuid()))
        return 0;
    if (!user)
        return error_set(err, ERR_INVALID, "'runner_user' names '%s', and this machine has no such user", name);
    if (geteuid() != 0)
        return error_set(err, ERR_INVALID,
                         "connectors can run as '%s' only if root starts tocsind; remove 'runner_user'", name);
    ret->other_user = true;
    ret->uid = user->pw_uid;
    ret->gid = user->pw_gid;
    return 0;
}

char *program_fetch(void)
{
    return program_beside("tocsin-fetch", "libexec/tocsin-fetch");
}

char *program_draw(void)
{
    return program_beside("tocsin-draw", "libexec/tocsin-draw");
}

char *program_connector(const struct configuration *c, const cJSON *row)
{
    const char *set = json_text_or(c->core, "plugins", NULL), *name = json_text_or(row, "plugin", row->string);
    if (strchr(name, '/')) /* the path of a file */
        return configuration_path(c, name);
    CLEANUP_FREE char *plugins = set ? configuration_path(c, set) : program_beside("plugins", "lib/tocsin");
    return xasprintf("%s/%s.so", plugins, name);
}
