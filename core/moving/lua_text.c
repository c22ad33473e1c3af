#include "moving/lua_text.h"

#include <string.h>

#include "base/mem.h"

void lua_quote(const char *text, struct str *out)
{
    str_addc(out, '"');
    for (const char *p = text ? text : ""; *p; p++) {
        if (*p == '"' || *p == '\\')
            str_addf(out, "\\%c", *p);
        else if (*p == '\n')
            str_add(out, "\\n");
        else if ((unsigned char)*p < 0x20 || *p == 0x7f)
            str_addf(out, "\\%03d", *p);
        else
            str_addc(out, *p);
    }
    str_addc(out, '"');
}

void lua_comment(const char *text, struct str *out)
{
    for (const char *p = text ? text : ""; *p; p++)
        str_addc(out, (unsigned char)*p < 0x20 || *p == 0x7f ? ' ' : *p);
}

static bool is_name(const char *text)
{
    static const char *const words[] = {"and",      "break",  "do",   "else", "elseif", "end",  "false", "for",
                                        "function", "goto",   "if",   "in",   "local",  "nil",  "not",   "or",
                                        "repeat",   "return", "then", "true", "until",  "while"};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcmp(words[i], text) == 0)
            return false;
    }
    return *text && !strchr("0123456789", *text) && text[strspn(text, letters)] == '\0';
}

void lua_key(const char *text, struct str *out)
{
    if (is_name(text)) {
        str_add(out, text);
        return;
    }
    str_addc(out, '[');
    lua_quote(text, out);
    str_addc(out, ']');
}

void lua_list(const char *const *texts, size_t n, struct str *out)
{
    str_add(out, "{");
    for (size_t i = 0; i < n; i++) {
        str_add(out, i ? ", " : " ");
        lua_quote(texts[i], out);
    }
    str_add(out, n ? " }" : "}");
}
