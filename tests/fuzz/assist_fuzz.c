/* An answer of a language model: whatever comes, it is a bounded text that people can see, or refused with a reason; and as CommonMark it
   shows as it is. */
#include <string.h>

#include "assist/assist.h"
#include "assist/wire.h"
#include "base/markup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_text(const struct assist_kind *kind, const char *text)
{
    size_t n;
    require(!text_empty(text) && strlen(text) <= kind->most);
    require(utf8_valid(text, strlen(text)));
    require(!strstr(text, "{{"));
    require(!kind->line || !strchr(text, '\n'));
    for (const char *p = text; *p; p += n)
        require(!utf8_is_invisible(utf8_decode(p, &n)) && ((unsigned char)*p >= ' ' || *p == '\n'));
}

/* The CommonMark of it means the same text again. */
static void check_literal(const char *text)
{
    CLEANUP_STR struct str literal = {0}, back = {0};
    assist_literal(text, &literal);
    text_unescape(str_text(&literal), &back);
    require(text_equal(str_text(&back), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const struct assist_kind *kind;
    for (size_t i = 0; (kind = assist_kind_at(i)); i++) {
        struct wire_answer answer;
        struct error err = {0};
        int rc = wire_read((const char *)data, n, kind, &answer, &err);
        require(answer.tokens == -1 || answer.tokens > 0);
        require((rc == 0) == (answer.text != NULL));
        require(!rc || *err.text);
        if (answer.text) {
            check_text(kind, answer.text);
            check_literal(answer.text);
        }
        free(answer.text);
    }
    return 0;
}
