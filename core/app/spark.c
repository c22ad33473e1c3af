#include "app/spark.h"

#include <inttypes.h>

#include "template/literal.h"

#define HEIGHT 20
#define STEP   2 /* from one bar to the next */

static uint32_t highest(const uint32_t *counts, size_t n)
{
    uint32_t most = 0;
    for (size_t i = 0; i < n; i++)
        most = MAX(most, counts[i]);
    return most;
}

/* Whatever happened at all can be seen, however little it is beside the rest. */
static uint32_t bar(uint32_t count, uint32_t most)
{
    return MAX((uint32_t)((uint64_t)count * HEIGHT / most), 1);
}

void spark_add(struct str *html, const uint32_t *counts, size_t n, const char *words)
{
    uint32_t most = highest(counts, n);
    str_addf(html, "<svg class=\"spark\" role=\"img\" viewBox=\"0 0 %zu %d\"><title>", n * STEP, HEIGHT);
    literal_add(html, words);
    str_add(html, "</title><path d=\"");
    for (size_t i = 0; i < n; i++) {
        if (counts[i])
            str_addf(html, "M%zu %dv-%" PRIu32, i * STEP + 1, HEIGHT, bar(counts[i], most));
    }
    str_add(html, "\"/></svg>");
}

void view_spark(struct view *view, const char *name, const struct group *group, instant now)
{
    uint32_t counts[GROUP_MINUTES];
    CLEANUP_STR struct str html = {0}, words = {0};
    int64_t sum = group ? group_count_within(group, GROUP_MINUTES, now) : 0;
    if (group && !sum)
        str_add(&html, "<span class=\"faint\">none in the last hour</span>");
    if (sum) {
        group_minutes(group, now, counts);
        str_addf(&words, "%" PRId64 " alert%s in the last hour, at most %" PRIu32 " in a minute", sum,
                 sum == 1 ? "" : "s", highest(counts, GROUP_MINUTES));
        spark_add(&html, counts, GROUP_MINUTES, words.p);
    }
    view_html(view, name, str_text(&html));
}
