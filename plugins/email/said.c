#include "said.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/quote.h>
#include <tocsin/kit/text.h>

#include "phrases.h"

#define SIGNED    "-----BEGIN PGP SIGNED MESSAGE-----\n"
#define SIGNATURE "-----BEGIN PGP SIGNATURE-----"
#define ENCRYPTED "-----BEGIN PGP MESSAGE-----"

static bool is_forward(const char *subject)
{
    for (const char *const *phrase = phrases_forward; *phrase; phrase++) {
        if (strncasecmp(subject, *phrase, strlen(*phrase)) == 0)
            return true;
    }
    return false;
}

/* The text inside PGP's marks, or a copy. The caller frees. */
static char *unarmoured(const char *text)
{
    const char *begin = strstr(text, SIGNED), *from = begin ? strstr(begin, "\n\n") : NULL;
    const char *end = from ? strstr(from, "\n" SIGNATURE) : NULL;
    struct kit_text out = {0};
    if (!end)
        return strdup(text);
    kit_text_addn(&out, text, (size_t)(begin - text));
    for (const char *p = from + 2; p < end;) {
        size_t n = strcspn(p, "\n");
        n = p + n > end ? (size_t)(end - p) : n;
        size_t skip = n >= 2 && p[0] == '-' && p[1] == ' ' && n > 3 ? 2 : 0;
        kit_text_addn(&out, p + skip, n - skip);
        kit_text_addc(&out, '\n');
        p += n + 1;
    }
    char *done = strdup(kit_text_get(&out));
    kit_text_finish(&out);
    return done;
}

static bool is_blank(const char *text)
{
    return !text[strspn(text, " \t\n")];
}

static char *cut_to_size(char *text)
{
    size_t n = strlen(text);
    if (n <= SAID_BYTES)
        return text;
    struct kit_text out = {0};
    kit_text_addn(&out, text, kit_utf8_cut(text, n, SAID_BYTES));
    kit_text_add(&out, "…");
    free(text);
    return out.p;
}

char *said_words(const struct mail *mail)
{
    bool encrypted = mail->encrypted || strncmp(mail->text, ENCRYPTED, strlen(ENCRYPTED)) == 0;
    char *plain = NULL;
    if (encrypted && is_blank(mail->html))
        return strdup("(This mail is encrypted, so it cannot be read here.)");
    if (!is_blank(mail->text))
        plain = unarmoured(mail->text);
    else
        plain = kit_html_text(mail->html, strlen(mail->html));
    char *words = kit_new_words(plain, is_forward(mail->subject));
    free(plain);
    return cut_to_size(words);
}
