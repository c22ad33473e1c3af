/* Hands a mail from standard input to the e-mail connector, for a mail server's alias. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/api_client.h"
#include "cli/locate.h"
#include "cli/subcommands.h"

#define MAIL_MOST  ((size_t)64 << 20) /* what follows is not read */
#define SENT_MOST  ((size_t)900000)   /* webhooks may have 1 MiB */
#define LINES_KEPT 20                 /* of each encoded attachment in a longer mail */
#define TRY_AGAIN  75                 /* EX_TEMPFAIL of sysexits.h, for mail servers */

static int read_mail(struct str *mail, struct error *err)
{
    char buffer[65536];
    size_t n;
    while (mail->len < MAIL_MOST && (n = fread(buffer, 1, sizeof(buffer), stdin)) > 0)
        str_addn(mail, buffer, n);
    while (fread(buffer, 1, sizeof(buffer), stdin) > 0)
        ; /* a mail server must not see a broken pipe */
    return mail->len ? 0 : error_set(err, ERR_INVALID, "there is no mail on standard input");
}

static bool is_encoded(const char *line, size_t n)
{
    if (n && line[n - 1] == '\r')
        n--;
    for (size_t i = 0; i < n; i++) {
        if (!isalnum((unsigned char)line[i]) && !strchr("+/=", line[i]))
            return false;
    }
    return n >= 60;
}

/* Leaves out most of what is encoded in base 64. The connector does not open it, and is told that sizes are not known. */
static void shorten(struct str *mail)
{
    struct str out = {0};
    size_t run = 0;
    str_addf(&out, "X-Tocsin-Shortened: %zu\r\n", mail->len);
    for (size_t i = 0; i < mail->len && out.len < SENT_MOST;) {
        const char *line = mail->p + i, *end = memchr(line, '\n', mail->len - i);
        size_t n = end ? (size_t)(end - line) : mail->len - i;
        run = is_encoded(line, n) ? run + 1 : 0;
        if (run <= LINES_KEPT)
            str_addn(&out, line, n + (end != NULL));
        i += n + (end != NULL);
    }
    if (out.len > SENT_MOST)
        out.p[out.len = SENT_MOST] = '\0';
    str_finish(mail);
    *mail = out;
}

/* From the file, or from the connector's settings. */
static int find_key(const struct cli *cli, const struct configuration *c, const char *connector, char **ret,
                    struct error *err)
{
    if (cli_has(cli, "key-file"))
        return read_token_file(cli_value(cli, "key-file"), ret, err);
    const cJSON *row = json_member(c->connectors, connector);
    const char *key = json_text_or(row, "pipe_key", NULL);
    if (!key || text_empty(key))
        return error_set(
            err, ERR_NOT_FOUND,
            "%s has no `pipe_key` for the connector '%.60s'; add it there, or name a file with --key-file",
            c->path, connector);
    *ret = xstrdup(key);
    return 0;
}

static int hand_in(struct cli *cli, const struct configuration *c, struct str *mail, struct error *err)
{
    const char *connector = cli_has(cli, "connector") ? cli_value(cli, "connector") : "email";
    CLEANUP_FREE char *key = NULL, *name = url_part(connector);
    CLEANUP_FREE char *own = c->core ? url_of_listen(json_text_or(c->core, "listen", "")) : NULL;
    CLEANUP_FREE char *url =
        xasprintf("%s/connector/%s/mail", cli_has(cli, "url") ? cli_value(cli, "url") : own, name);
    int rc = find_key(cli, c, connector, &key, err);
    if (rc || !key)
        return rc;
    if (mail->len > SENT_MOST)
        shorten(mail);
    rc = api_hand_in(cli, url, key, mail, err);
    explicit_bzero(key, strlen(key));
    return rc;
}

/* A mistake in the settings is mended sooner or later, and until then no mail may be lost. */
int cli_run_mail(struct cli *cli)
{
    struct configuration c = {0};
    struct error err;
    CLEANUP_STR struct str mail = {0};
    bool alone = cli_has(cli, "url") && cli_has(cli, "key-file");
    int rc = read_mail(&mail, &err);
    if (rc)
        return cli_fail(cli, &err);
    rc = alone ? 0 : load_located(cli, &c, &err);
    rc = rc ? rc : hand_in(cli, &c, &mail, &err);
    configuration_finish(&c);
    if (!rc)
        return CLI_OK;
    cli_fail(cli, &err);
    return TRY_AGAIN;
}
