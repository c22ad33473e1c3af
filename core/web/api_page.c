#include "web/api_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "web/api_call.h"
#include "web/place.h"

#define CURSOR_MOST 1024 /* bytes of what one says */

/* ---- cursors: the list and the key, as hexadecimal digits ---- */

static void write_cursor(struct http_request *request, const struct api_page *page, struct str *out)
{
    char sealed[PLACE_TEXT];
    if (!page->more) {
        place_seal(page->place_key, http_path(request), http_query(request), page->looked, sealed);
        str_add(out, sealed);
        return;
    }
    CLEANUP_FREE char *text = xasprintf("%s:%s", page->list, page->last);
    size_t n = strlen(text);
    CLEANUP_FREE char *digits = xmalloc(2 * n + 1);
    hex_encode((const uint8_t *)text, n, digits);
    str_add(out, digits);
}

/* The key in a cursor of this list; NULL: it is none. The caller frees it. */
static char *read_cursor(const struct http_request *request, const struct api_page *page, const char *cursor)
{
    char looked[PLACE_PLAIN];
    if (page->place_key && place_open(page->place_key, http_path(request), cursor, looked))
        return xstrdup(looked);
    size_t n = strlen(cursor) / 2, list = strlen(page->list);
    if (n > CURSOR_MOST)
        return NULL;
    CLEANUP_FREE char *text = xcalloc(1, n + 1);
    if (hex_decode(cursor, (uint8_t *)text, n) || strlen(text) != n || strncmp(text, page->list, list) != 0 ||
        text[list] != ':' || !utf8_valid(text, n))
        return NULL;
    return xstrdup(text + list + 1);
}

bool api_page_begin(struct http_request *request, struct api_page *page)
{
    const char *cursor = http_query_value(request, "cursor");
    if (!api_number(request, "limit", API_PAGE_MOST, &page->limit))
        return false;
    page->after = cursor ? read_cursor(request, page, cursor) : NULL;
    if (!cursor || page->after)
        return true;
    http_problem(request, 400,
                 "'cursor' is not one of this list. Use `next` of the page before, or none to begin.");
    return false;
}

void api_page_finish(struct api_page *page)
{
    free(page->after);
    free(page->last);
    free(page->looked);
}

/* ---- rows ---- */

bool api_page_takes(struct api_page *page, const char *key)
{
    int order = page->after ? strcmp(key, page->after) : 0;
    if (page->after && (page->descending ? order >= 0 : order <= 0))
        return false;
    if (page->n == page->limit) {
        page->more = true;
        return false;
    }
    page->n++;
    replace_text(&page->last, key);
    return true;
}

bool api_page_takes_number(struct api_page *page, uint64_t number)
{
    char key[PAGE_KEY];
    snprintf(key, sizeof(key), "%020" PRIu64, number);
    return api_page_takes(page, key);
}

void api_page_looked(struct api_page *page, uint64_t number)
{
    free(page->looked);
    page->looked = number && !page->more ? xasprintf("%020" PRIu64, number) : NULL;
}

uint64_t api_page_after_number(const struct api_page *page)
{
    return page->after ? strtoull(page->after, NULL, 10) : 0;
}

/* ---- the end ---- */

/* The query as it was sent, without the place that it begins at, and harmless within < and >. */
static void put_query(const char *query, struct str *out)
{
    static const char *const places[] = {"cursor=", "before="};
    for (const char *pair = query; *pair;) {
        size_t n = strcspn(pair, "&");
        if (!text_starts(pair, places[0]) && !text_starts(pair, places[1])) {
            for (size_t i = 0; i < n; i++)
                str_addf(out,
                         (unsigned char)pair[i] > ' ' && pair[i] < 0x7f && !strchr("<>\"", pair[i]) ? "%c"
                                                                                                    : "%%%02X",
                         (unsigned char)pair[i]);
            str_addc(out, '&');
        }
        pair += n + (pair[n] == '&');
    }
}

void api_page_end(struct http_request *request, const struct api_page *page, struct json_out *j)
{
    CLEANUP_STR struct str cursor = {0}, link = {0};
    if (!page->more && !page->looked)
        return;
    write_cursor(request, page, &cursor);
    json_put_text(j, "next", str_text(&cursor));
    str_add(&link, "<?");
    put_query(http_query(request), &link);
    str_addf(&link, "cursor=%s>; rel=\"next\"", str_text(&cursor));
    http_answer_header(request, "Link", str_text(&link));
}
