/*
 * locate - which Tocsin a command is meant for: its configuration, its address, its token.
 *
 * The configuration is that of --config, else of TOCSIN_CONFIG, else the nearest tocsin.lua from the working directory
 * upwards, else /etc/tocsin/tocsin.lua. A token never comes from the command line, where everybody on the machine can read it.
 */
#ifndef TOCSIN_CLI_LOCATE_H
#define TOCSIN_CLI_LOCATE_H

#include "cli/cli.h"
#include "policy/configuration.h"

/* The path of the configuration; ERR_NOT_FOUND says how to have one. The caller frees. */
int locate_configuration(const struct cli *cli, char **ret, struct error *err);
/* That, loaded; configuration_finish it. */
int load_located(const struct cli *cli, struct configuration *ret, struct error *err);

/* "http://127.0.0.1:7077" for what `listen` says ("127.0.0.1:7077", ":7077", "0.0.0.0:7077"). The caller frees. */
char *url_of_listen(const char *listen);
/* Where to ask, without a slash at its end, and the token (NULL: there is none). The caller frees both. */
int locate_daemon(const struct cli *cli, char **ret_url, char **ret_token, struct error *err);
/* The first line of a token's file. */
int read_token_file(const char *path, char **ret, struct error *err);
/* The console's socket in a configuration, absolute; NULL: it has none. The caller frees. */
char *console_socket(const struct configuration *configuration);

#endif
