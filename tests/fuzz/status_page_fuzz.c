/* A page whose every word is the input, and a template of a team that is: each file is well-formed, and shows no tag but ours. */
#include <string.h>

#include "../support/status_page.h"
#include "../support/well_formed.h"
#include "base/json.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_file(void *ctx, const char *path, bool front)
{
    const struct public_page *page = ctx;
    struct public_file file;
    (void)front;
    require(public_render(page, path, page->title, &file, NULL) == 0);
    const char *text = str_text(&file.body);
    require(utf8_valid(text, file.body.len));
    if (strstr(file.type, "html"))
        require(!well_formed_fault(text, true));
    else if (strstr(file.type, "xml"))
        require(!well_formed_fault(text, false));
    else if (strstr(file.type, "json")) {
        CLEANUP_JSON cJSON *doc = NULL;
        require(json_parse(text, file.body.len, 64 << 20, JSON_DEPTH, path, &doc, NULL) == 0);
    }
    str_finish(&file.body);
}

static struct public_page *make_page(const char *word, const uint8_t *data, size_t n)
{
    struct public_page *page = status_page_empty(word, "Europe/Berlin");
    enum public_state state = (enum public_state)(n ? data[0] % PUBLIC_STATES : 0);
    enum public_status status = (enum public_status)(n > 1 ? data[1] % PUBLIC_STATUSES : 0);
    instant at = STATUS_NOW - (n > 2 ? data[2] : 0) * 10 * HOUR;
    status_page_group(page, word);
    status_page_component(page, word, n > 3 && data[3] % 2 ? 0 : PUBLIC_ALONE, state)->description =
        xstrdup(word);
    struct public_post *post = status_page_post(page, word, status, at);
    post->from = status >= POST_SCHEDULED ? at : 0;
    post->until = post->from ? at + HOUR : 0;
    *array_add(&post->components) = 0;
    struct public_word *said = status_page_word(post, word, status, at);
    *array_add(&page->languages) = xstrdup("de");
    *array_add(&said->translations) = (struct public_translation){xstrdup("de"), xstrdup(word), xstrdup(word)};
    page->contact = xstrdup(word);
    page->look.accent = xstrdup(word);
    return page;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP_FREE char *word = utf8_sanitize((const char *)data, n, 40000);
    struct public_page *page = make_page(word, data, n);
    public_each(page, check_file, page);
    page->look.template_ = xstrdup(word);
    struct public_file file;
    if (public_render(page, "", "", &file, NULL) == 0)
        str_finish(&file.body);
    public_check_template(word, NULL);
    public_unref(page);
    return 0;
}
