#include "cli/locate.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"

#define SYSTEM_CONFIGURATION "/etc/tocsin/tocsin.lua"
#define TOKEN_MOST           512

/* tocsin.lua here or in a parent directory; NULL: none. */
static char *nearest_configuration(void)
{
    char here[4096];
    if (!getcwd(here, sizeof(here)))
        return NULL;
    for (;;) {
        char *path = xasprintf("%s/tocsin.lua", strcmp(here, "/") ? here : "");
        if (access(path, F_OK) == 0)
            return path;
        free(path);
        char *slash = strrchr(here, '/');
        if (!slash || strcmp(here, "/") == 0)
            return NULL;
        slash[slash == here] = '\0';
    }
}

int locate_configuration(const struct cli *cli, char **ret, struct error *err)
{
    const char *given = cli_value(cli, "config"), *variable = getenv("TOCSIN_CONFIG");
    char *path = given ? xstrdup(given) : variable && *variable ? xstrdup(variable) : nearest_configuration();
    if (!path && access(SYSTEM_CONFIGURATION, F_OK) == 0)
        path = xstrdup(SYSTEM_CONFIGURATION);
    else if (!path && errno == EACCES)
        return error_set(err, ERR_AUTH,
                         "only root and tocsind may read " SYSTEM_CONFIGURATION
                         "; use sudo, or your own token: --url with --token-file or TOCSIN_TOKEN");
    if (!path)
        return error_set(
            err, ERR_NOT_FOUND,
            "no tocsin.lua here or in a parent directory; change to the directory that `tocsin init` created, "
            "or use --config FILE");
    *ret = path;
    return 0;
}

int load_located(const struct cli *cli, struct configuration *ret, struct error *err)
{
    CLEANUP_FREE char *path = NULL;
    int rc = locate_configuration(cli, &path, err);
    return rc ? rc : configuration_load(path, ret, err);
}

/* A daemon that listens on every address is reached over loopback. */
char *url_of_listen(const char *listen)
{
    const char *colon = strrchr(listen, ':'), *port = colon ? colon + 1 : "7077";
    size_t n = colon ? (size_t)(colon - listen) : strlen(listen);
    CLEANUP_FREE char *host = xstrndup(listen, n);
    if (!*host || text_equal(host, "0.0.0.0") || text_equal(host, "*"))
        return xasprintf("http://127.0.0.1:%s", port);
    if (text_equal(host, "[::]"))
        return xasprintf("http://[::1]:%s", port);
    return xasprintf("http://%s:%s", host, port);
}

int read_token_file(const char *path, char **ret, struct error *err)
{
    char text[TOKEN_MOST];
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "the token file %s: %s", path,
                         strerror(errno));
    size_t n = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[n] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    for (size_t i = 0; text[i]; i++) {
        if (!isalnum((unsigned char)text[i]) && !strchr("_-.", text[i]))
            return error_set(err, ERR_INVALID, "the token file %s must contain only a token", path);
    }
    if (!*text)
        return error_set(err, ERR_INVALID, "the token file %s is empty", path);
    *ret = xstrdup(text);
    explicit_bzero(text, sizeof(text));
    return 0;
}

static int locate_token(const struct cli *cli, const struct configuration *c, char **ret, struct error *err)
{
    const char *given = cli_value(cli, "token-file"), *variable = getenv("TOCSIN_TOKEN");
    if (given)
        return read_token_file(given, ret, err);
    if (variable && *variable) {
        *ret = xstrdup(variable);
        return 0;
    }
    if (!c)
        return 0;
    CLEANUP_FREE char *path = configuration_path(c, "token");
    return access(path, F_OK) == 0 ? read_token_file(path, ret, err) : 0;
}

static int check_url(const char *url, struct error *err)
{
    if (text_starts(url, "http://") || text_starts(url, "https://"))
        return 0;
    return error_set(err, ERR_INVALID, "--url must be http://HOST:PORT or https://HOST, not '%.100s'", url);
}

int locate_daemon(const struct cli *cli, char **ret_url, char **ret_token, struct error *err)
{
    const char *given = cli_value(cli, "url");
    struct configuration c = {0};
    CLEANUP_FREE char *url = NULL, *token = NULL;
    struct error why;
    int loaded = load_located(cli, &c, &why);
    int rc = given ? check_url(given, err) : loaded;
    if (rc && !given && err)
        *err = why;
    if (!rc)
        rc = locate_token(cli, given || loaded ? NULL : &c, &token, err);
    if (!rc) {
        url = given ? xstrdup(given) : url_of_listen(json_text_or(c.core, "listen", ""));
        while (*url && url[strlen(url) - 1] == '/')
            url[strlen(url) - 1] = '\0';
        *ret_url = steal(url);
        *ret_token = steal(token);
    }
    configuration_finish(&c);
    return rc;
}

char *console_socket(const struct configuration *configuration)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, configuration->connectors)
    {
        const char *socket = json_text_or(row, "socket", NULL);
        if (socket && text_equal(json_text_or(row, "plugin", row->string), "console"))
            return configuration_path(configuration, socket);
    }
    return NULL;
}
