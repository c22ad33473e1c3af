/*
 * locate - finds the Tocsin that a command is for: its configuration, its address, its token.
 *
 * The configuration comes from --config, else from TOCSIN_CONFIG, else it is the nearest tocsin.lua in the working directory or
 * its parents, else /etc/tocsin/tocsin.lua. A token never comes from the command line, where everybody on the machine can read it.
 */
#ifndef TOCSIN_CLI_LOCATE_H
#define TOCSIN_CLI_LOCATE_H

#include "cli/cli.h"
#include "policy/configuration.h"

/* The path of the configuration; ERR_NOT_FOUND says how to get one. The caller frees. */
int locate_configuration(const struct cli *cli, char **ret, struct error *err);
/* Locates the configuration and loads it; the caller calls configuration_finish. */
int load_located(const struct cli *cli, struct configuration *ret, struct error *err);

/* "http://127.0.0.1:7077" for a value of `listen` ("127.0.0.1:7077", ":7077", "0.0.0.0:7077"). The caller frees. */
char *url_of_listen(const char *listen);
/* The daemon's URL without a slash at the end, and the token (NULL: none). The caller frees both. */
int locate_daemon(const struct cli *cli, char **ret_url, char **ret_token, struct error *err);
/* The first line of a token file. */
int read_token_file(const char *path, char **ret, struct error *err);
/* The absolute path of the console's socket in a configuration; NULL: no console. The caller frees. */
char *console_socket(const struct configuration *configuration);

#endif
