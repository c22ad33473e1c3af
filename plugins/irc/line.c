#include "irc.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/kit/commonmark.h>

static char *take_word(char **at)
{
    char *word = strsep(at, " ");
    *at = *at ? *at + strspn(*at, " ") : word + strlen(word);
    return word;
}

bool irc_parse(char *text, struct irc_line *ret)
{
    char *prefix = "";
    if (!kit_utf8_valid(text, strlen(text))) {
        for (char *p = text; *p; p++)
            *p = (char)((unsigned char)*p < 0x80 ? *p : '?');
    }
    *ret = (struct irc_line){.tags = "", .last = ""};
    for (int i = 0; i < 15; i++)
        ret->params[i] = "";
    if (*text == '@')
        ret->tags = take_word(&text) + 1;
    if (*text == ':')
        prefix = take_word(&text) + 1;
    ret->nick = *prefix ? strsep(&prefix, "!") : "";
    ret->user = prefix && *prefix ? strsep(&prefix, "@") : "";
    ret->host = prefix ? prefix : "";
    ret->command = take_word(&text);
    for (bool rest = false; *text && !rest && ret->n < 15; ret->n++) {
        rest = *text == ':' || ret->n == 14;
        ret->last = ret->params[ret->n] = rest ? text + (*text == ':') : take_word(&text);
    }
    return *ret->command && strlen(ret->nick) < IRC_NAME / 2;
}

bool irc_tag(const struct irc_line *line, const char *name, char *value, size_t size)
{
    static const char codes[] = ":s\\rn", means[] = "; \\\r\n";
    const char *at = line->tags;
    size_t n = strlen(name), out = 0;
    while (*at && !(strncmp(at, name, n) == 0 && strchr("=;", at[n]))) /* strchr finds the end, too */
        at = at[strcspn(at, ";")] ? strchr(at, ';') + 1 : "";
    bool found = *at;
    for (at += found ? n + (at[n] == '=') : 0; *at && *at != ';' && out + 1 < size; at++) {
        const char *code = *at == '\\' && at[1] ? strchr(codes, *++at) : NULL;
        value[out++] = code ? means[code - codes] : *at;
    }
    value[out] = '\0';
    return found;
}

bool irc_channel(const char *name, char *id, size_t size)
{
    char clean[160];
    size_t n = kit_clean_name(name, clean, sizeof(clean));
    if (!n || n != strlen(name) || n + 2 > size || strpbrk(clean, " ,:") || *clean == '@')
        return false;
    snprintf(id, size, "%s%s", strchr("#&+!", *clean) ? "" : "#", clean);
    for (char *p = id; *p; p++)
        *p = (char)((unsigned char)*p < 0x80 ? tolower(*p) : *p);
    return id[1];
}

/* ---- texts ---- */

void irc_plain(const char *text, struct kit_text *out)
{
    for (const char *end; *text; text = end) {
        int colour = 0; /* bytes of its digits, and of those for what is behind the text */
        end = strchrnul(text, '\x03');
        kit_escape(text, (size_t)(end - text), KIT_PLAIN, out);
        if (*end && sscanf(++end, "%*2[0-9]%n,%*2[0-9]%n", &colour, &colour) != EOF)
            end += colour;
    }
}
