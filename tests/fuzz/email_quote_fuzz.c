/* Quote cutting, HTML and format=flowed: any text. The first byte chooses. Nothing may be invented. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/quote.h>
#include <tocsin/kit/text.h>

#include "email/flowed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_cut(const char *text, bool forwarded)
{
    char *cut = kit_new_words(text, forwarded);
    if (strlen(cut) > strlen(text) || !kit_utf8_valid(cut, strlen(cut)) || strstr(cut, KIT_HISTORY))
        abort();
    if (*cut && !strstr(text, KIT_HISTORY)) { /* its first word stands in the text */
        char word[64];
        size_t length = strcspn(cut, " \t\n");
        length = length < sizeof(word) ? length : sizeof(word) - 1;
        memcpy(word, cut, length);
        word[length] = '\0';
        if (!strstr(text, word))
            abort();
    }
    free(cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 1 || !kit_utf8_valid((const char *)data + 1, n - 1) || memchr(data + 1, '\0', n - 1))
        return 0;
    char *text = strndup((const char *)data + 1, n - 1), *made = NULL;
    if (data[0] % 4 == 0) {
        made = kit_html_text(text, n - 1);
        if (!kit_utf8_valid(made, strlen(made)))
            abort();
    } else if (data[0] % 4 == 1) {
        made = flowed_undo(text, data[0] & 4);
    }
    check_cut(made ? made : text, data[0] & 8);
    free(made);
    free(text);
    return 0;
}
