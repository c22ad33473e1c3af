/* docs/events.md is the table of events: TOCSIN_WRITE=1 writes it anew. */
#include "../../support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/event.h"

#define PAGE "docs/events.md"

static void put_fields(unsigned fields, struct str *out)
{
    static const char *const names[] = {"text",  "name",  "value", "rule",   "data",
                                        "until", "other", "count", "status", "flag"};
    bool any = false;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (!(fields & 1u << i))
            continue;
        str_addf(out, "%s`%s`", any ? ", " : "", names[i]);
        any = true;
    }
}

static void write_page(struct str *out)
{
    static const char *const subjects[] = {[OF_INCIDENT] = "an incident",
                                           [OF_GROUP] = "an alert group",
                                           [OF_PERSON] = "a person",
                                           [OF_SYSTEM] = "the system"};
    str_add(out, "# Events\n\nEverything that can have happened, from the table in `core/engine/event.c`. Each "
                 "has `at` and `by` as "
                 "well; what the fields mean stands\nin `core/engine/event.h`. `on(NAME, …)` in a policy names "
                 "one; the API's "
                 "timeline and stream show them.\n\n| event | of | has | may have |\n|---|---|---|---|\n");
    for (int type = EVENT_NONE + 1; type < EVENT_TYPE_COUNT; type++) {
        const struct event_kind *kind = event_kind((enum event_type)type);
        str_addf(out, "| `%s` | %s | ", kind->name, subjects[kind->subject]);
        put_fields(kind->must, out);
        str_add(out, " | ");
        put_fields(kind->may & ~kind->must, out);
        str_add(out, " |\n");
    }
}

static void the_page_is_the_table(void **state)
{
    (void)state;
    static char written[65536];
    CLEANUP_STR struct str page = {0};
    write_page(&page);
    if (getenv("TOCSIN_WRITE")) {
        FILE *file = fopen(PAGE, "w");
        assert_non_null(file);
        fputs(page.p, file);
        fclose(file);
    }
    FILE *file = fopen(PAGE, "r");
    assert_non_null(file);
    written[fread(written, 1, sizeof(written) - 1, file)] = '\0';
    fclose(file);
    if (strcmp(written, page.p) != 0)
        fail_msg("%s differs from the table: run TOCSIN_WRITE=1 with this test", PAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_page_is_the_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
