#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/zone.h"
#include "cli/chat_render.h"
#include "cli/cli.h"

int cli_fail(const struct cli *cli, const struct error *err)
{
    fprintf(stderr, "tocsin: %s\n", err->text);
    return cli->unreachable ? CLI_UNREACHABLE : CLI_FAILED;
}

char *cli_quoted(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    struct str out = {0};
    if (*word && word[strspn(word, plain)] == '\0')
        return xstrdup(word);
    str_addc(&out, '\'');
    for (const char *p = word; *p; p++)
        str_addf(&out, *p == '\'' ? "'\\''" : "%c", *p);
    str_addc(&out, '\'');
    return str_take(&out);
}

bool cli_colour(void)
{
    return isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
}

void cli_print(const char *text)
{
    CLEANUP_STR struct str out = {0};
    chat_render_text(text, cli_colour(), &out);
    while (out.len > 1 && out.p[out.len - 2] == '\n')
        out.p[--out.len] = '\0';
    fputs(str_text(&out), stdout);
}

/* From the symbolic link /etc/localtime, which Debian has. */
char *cli_zone(void)
{
    char target[256];
    ssize_t n = readlink("/etc/localtime", target, sizeof(target) - 1);
    target[n > 0 ? n : 0] = '\0';
    const char *name = strstr(target, "zoneinfo/");
    return name && zone_exists(name + 9) ? xstrdup(name + 9) : NULL;
}

int cli_print_json(const cJSON *document)
{
    CLEANUP_STR struct str out = {0};
    json_tree(&(struct json_out){&out, false}, document);
    puts(out.p);
    return CLI_OK;
}
