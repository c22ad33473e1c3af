#include "cli/init.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pwd.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "policy/configuration.h"
#include "web/token.h"
#include "cli/subcommands.h"
#include "cli/offline.h"

#define DEFAULT_PORT    7077
#define PORTS_TRIED     100
#define NEIGHBOURS_MOST 1000
#define KEY_BYTES       16

typedef ARRAY(int) port_list;

/* ---- ports ---- */

/* Binds a port on loopback for a moment; 0: any free port. Returns the port, or < 0 if it is taken. */
static int try_port(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(address);
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), got = -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, n) == 0 && listen(fd, 1) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &n) == 0)
        got = ntohs(address.sin_port);
    if (fd >= 0)
        close(fd);
    return got;
}

/* The ports in the configurations of the directories next to this one, running or not. */
static void read_neighbours(const char *directory, port_list *ret)
{
    CLEANUP_FREE char *copy = xstrdup(directory);
    size_t n = strlen(copy);
    while (n > 1 && copy[n - 1] == '/')
        copy[--n] = '\0';
    const char *above = dirname(copy);
    DIR *listing = opendir(above);
    struct dirent *entry;
    for (int i = 0; listing && i < NEIGHBOURS_MOST && (entry = readdir(listing)); i++) {
        struct configuration c = {0};
        CLEANUP_FREE char *path = xasprintf("%s/%s/tocsin.lua", above, entry->d_name);
        if (access(path, R_OK) == 0 && configuration_load(path, &c, NULL) == 0) {
            const char *colon = strrchr(json_text_or(c.core, "listen", ""), ':');
            *array_add(ret) = colon ? atoi(colon + 1) : 0;
        }
        configuration_finish(&c);
    }
    if (listing)
        closedir(listing);
}

/* The default port, or the next one that is free and in no neighbour's configuration; otherwise any free port. */
static int free_port(const char *directory)
{
    port_list known = {0};
    int found = -1;
    read_neighbours(directory, &known);
    for (int port = DEFAULT_PORT; port < DEFAULT_PORT + PORTS_TRIED && found < 0; port++) {
        bool named = false;
        for (size_t i = 0; i < known.n; i++)
            named = named || known.v[i] == port;
        if (!named)
            found = try_port(port);
    }
    array_free(&known);
    return found < 0 ? try_port(0) : found;
}

static int choose_port(const char *directory, int wanted, struct init_result *result, struct error *err)
{
    int port = wanted ? try_port(wanted) : free_port(directory);
    if (port < 0 && wanted)
        return error_set(err, ERR_REFUSED, "port %d on 127.0.0.1 is taken; choose another, or omit --port",
                         wanted);
    if (port < 0)
        return error_set(err, ERR_IO, "no free port on 127.0.0.1: %s", strerror(errno));
    result->port = port;
    result->other_port = !wanted && port != DEFAULT_PORT;
    return 0;
}

/* ---- files ---- */

static int write_file(const char *directory, const char *name, mode_t mode, const char *text, struct error *err)
{
    CLEANUP_FREE char *path = xasprintf("%s/%s", directory, name);
    size_t n = strlen(text);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    bool written = fd >= 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0 && close(fd))
        written = false;
    return written ? 0 : error_set(err, ERR_IO, "%s: %s", path, strerror(why));
}

static bool is_empty(const char *directory)
{
    DIR *listing = opendir(directory);
    int entries = 0;
    while (listing && readdir(listing))
        entries++;
    if (listing)
        closedir(listing);
    return entries <= 2; /* "." and ".." */
}

static int create_directory(const char *directory, struct error *err)
{
    int rc = durable_folder(directory, 0700, err);
    if (rc)
        return rc;
    struct stat status;
    if (stat(directory, &status) || !S_ISDIR(status.st_mode))
        return error_set(err, ERR_REFUSED, "%s is not a directory", directory);
    if (!is_empty(directory))
        return error_set(err, ERR_REFUSED,
                         "%s is not empty; choose an empty directory, or one that does not exist yet",
                         directory);
    return 0;
}

static int create_folder(const char *directory, const char *name, struct error *err)
{
    CLEANUP_FREE char *path = xasprintf("%s/%s", directory, name);
    return durable_folder(path, 0700, err);
}

/* The path of a Unix socket must be short. If the directory's path is long, the socket is in /tmp, with a name that nobody
   can guess. */
static char *choose_socket(const char *directory, char **ret_absolute)
{
    char hex[2 * KEY_BYTES + 1];
    uint8_t random[KEY_BYTES];
    char *absolute = xasprintf("%s/console.sock", directory);
    if (strlen(absolute) < sizeof(((struct sockaddr_un *)0)->sun_path)) {
        *ret_absolute = absolute;
        return xstrdup("console.sock");
    }
    free(absolute);
    randombytes_buf(random, sizeof(random));
    hex_encode(random, sizeof(random), hex);
    *ret_absolute = xasprintf("/tmp/tocsin-%s.sock", hex);
    return xstrdup(*ret_absolute);
}

/* ---- the first token: it belongs to the user who runs this, and has all scopes ---- */

static int create_token(const char *directory, struct error *err)
{
    CLEANUP_FREE char *path = xasprintf("%s/data/journal.db", directory), *text = NULL;
    const struct passwd *entry = getpwuid(getuid());
    struct offline_token token = {.name = "first",
                                  .login = entry ? entry->pw_name : "owner",
                                  .scopes = SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN};
    int rc = offline_token(path, &token, &text, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *line = xasprintf("%s\n", text);
    rc = write_file(directory, "token", 0600, line, err);
    explicit_bzero(text, strlen(text));
    explicit_bzero(line, strlen(line));
    return rc;
}

/* ---- the whole directory ---- */

static int write_configuration(struct init_result *result, struct error *err)
{
    uint8_t random[KEY_BYTES];
    char key[2 * KEY_BYTES + 1];
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *copy = xstrdup(result->directory);
    CLEANUP_FREE char *socket = choose_socket(result->directory, &result->socket);
    CLEANUP_FREE char *name = utf8_sanitize(basename(copy), strlen(basename(copy)), 60);
    for (char *p = name; *p; p++)
        *p = *p == '"' || *p == '\\' || *p == '\n' ? '_' : *p;
    randombytes_buf(random, sizeof(random));
    hex_encode(random, sizeof(random), key);
    result->key = xstrdup(key);
    init_configuration(&(struct init_values){name, key, socket, result->port}, &text);
    return write_file(result->directory, "tocsin.lua", 0600, text.p, err);
}

static int write_policy(const char *directory, const char *important, struct error *err)
{
    CLEANUP_STR struct str policy = {0}, test = {0};
    init_policy(important, &policy);
    init_policy_test(important, &test);
    int rc = create_folder(directory, "policy", err);
    rc = rc ? rc : write_file(directory, "policy/team.lua", 0600, policy.p, err);
    return rc ? rc : write_file(directory, "policy/team_test.lua", 0600, test.p, err);
}

int init_directory(const char *directory, int port, const char *important, struct init_result *ret,
                   struct error *err)
{
    struct init_result result = {0};
    important = important ? important : INIT_ALL;
    if (init_check_important(important, err))
        return err->code;
    if (sodium_init() < 0)
        return error_set(err, ERR_IO, "cannot get random bytes from the system for the keys");
    int rc = choose_port(directory, port, &result, err);
    rc = rc ? rc : create_directory(directory, err);
    if (!rc && !(result.directory = realpath(directory, NULL)))
        rc = error_set(err, ERR_IO, "%s: %s", directory, strerror(errno));
    rc = rc ? rc : write_policy(directory, important, err);
    rc = rc ? rc : create_folder(directory, "data", err);
    rc = rc ? rc : create_token(directory, err);
    rc = rc ? rc : write_configuration(&result, err); /* last: it makes the directory complete */
    rc = rc ? rc : durable_sync(directory, err);
    if (rc)
        init_result_finish(&result);
    else
        *ret = result;
    return rc;
}

void init_result_finish(struct init_result *result)
{
    free(result->directory);
    free(result->key);
    free(result->socket);
    *result = (struct init_result){0};
}

char *init_dsn(const struct init_result *result)
{
    return xasprintf("http://%s@127.0.0.1:%d/1", result->key, result->port);
}

int cli_run_init(struct cli *cli)
{
    struct init_result created = {0};
    struct error err;
    long port;
    if (cli_number(cli, "port", 1, 65535, 0, &port, &err))
        return cli_fail(cli, &err), CLI_USAGE;
    if (init_directory(cli->argv[0], (int)port, cli_value(cli, "important"), &created, &err))
        return cli_fail(cli, &err);
    CLEANUP_FREE char *dsn = init_dsn(&created), *directory = cli_quoted(cli->argv[0]);
    printf("Created %s with a configuration (tocsin.lua), a policy, a journal and a token.\n",
           created.directory);
    if (created.other_port)
        printf("Port %d is taken, so it uses port %d.\n", DEFAULT_PORT, created.port);
    printf("\nDSN for a Sentry SDK:  %s\n", dsn);
    if (!cli_has(cli, "important"))
        printf("\nEvery new error opens an incident, until you name your important services in "
               "%s/policy/team.lua.\n",
               created.directory);
    printf("\nNext:  %s run %s\n", program_invocation_name, directory);
    init_result_finish(&created);
    return CLI_OK;
}
