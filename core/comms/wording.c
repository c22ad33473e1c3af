#include "comms/wording.h"

#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "policy/messages.h"

/* "pt-BR" has the text in "pt-BR", or in "pt". */
static const char *find(const cJSON *languages, const char *language)
{
    CLEANUP_FREE char *code = xstrdup(language);
    const char *text = json_text_or(languages, code, NULL);
    code[strcspn(code, "-")] = '\0';
    return text ? text : json_text_or(languages, code, NULL);
}

char *wording_in(const char *text, const char *languages, const char *language)
{
    CLEANUP_JSON cJSON *json = NULL;
    const char *found = NULL;
    if (languages && language &&
        json_parse(languages, strlen(languages), SIZE_MAX, JSON_DEPTH, "languages", &json, NULL) == 0)
        found = find(json, language);
    return xstrdup(found ? found : text);
}

void wording_for(const char *text, const char *name, struct str *out)
{
    for (const char *at; (at = strstr(text, MESSAGE_CUSTOMER)); text = at + strlen(MESSAGE_CUSTOMER)) {
        str_addn(out, text, (size_t)(at - text));
        text_literal(name, out);
    }
    str_add(out, text);
}

int wording_check(const char *text, struct error *err)
{
    for (const char *open = text; (open = strstr(open, "{{")); open += 2) {
        if (!text_starts(open, MESSAGE_CUSTOMER))
            return error_markup(err, ERR_INVALID,
                                "Nothing fills '%.*s' in the message. Write it out, or use {{customer}} for "
                                "the recipient's name.",
                                (int)MIN(strcspn(open, " \n"), (size_t)40), open);
    }
    return 0;
}
