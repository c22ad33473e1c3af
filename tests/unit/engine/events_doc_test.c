/* docs/events.md is the table of events: TOCSIN_WRITE=1 writes it anew. */
#include "../../support/check.h"
#include "../../support/docs_page.h"

#include <string.h>

#include "engine/event.h"

static const char intro[] =
    "# Events\n\n"
    "Everything that can happen, from the rows of `core/engine/events.def`. `on(NAME, "
    "…)` in a policy names an event of an\n"
    "incident; the API's timeline and stream show them.\n\n"
    "Every event has `at` (when it happened) and `by` (who did it: a person's id, "
    "`rule`, `clock`, `system`, `intake`,\n"
    "`connector/NAME`, `api/NAME`, `app/NAME` for another app on a platform, or "
    "`customer/KEY`). What an agent did for a person has `agent`, the name of its\n"
    "token, as well. Its other fields are its payload, together with `r`, the payload's revision. A field in "
    "(parentheses) is "
    "optional. The quoted line is the\n"
    "sentence that people read; a part of it in [brackets] is left out when the field "
    "that it names is empty.\n\n"
    "The same fields serve all events. What one means in an event is said there; of every "
    "event it is:\n\n"
    "| field | what it is |\n|---|---|\n";

static const char *const subjects[] = {[OF_INCIDENT] = "Of an incident",
                                       [OF_GROUP] = "Of an alert group",
                                       [OF_PERSON] = "Of a person",
                                       [OF_CUSTOMER] = "Of a customer",
                                       [OF_SYSTEM] = "Of the system"};

static void put_sentences(const struct event_kind *kind, struct str *out)
{
    const char *unset = kind->phrases[0], *set = kind->phrases[1];
    if (!unset)
        return;
    if (unset == set)
        str_addf(out, "> %s\n\n", unset);
    else
        str_addf(out, "> %s\n>\n> %s\n\n", set, unset);
}

static void put_fields(const struct event_kind *kind, bool needed, struct str *out)
{
    for (unsigned i = 0; i < EVENT_FIELDS; i++) {
        const struct event_use *use = &kind->use[i];
        const char *name = event_field_name((enum event_field)(1u << i));
        if (use->meaning && use->needed == needed)
            str_addf(out, needed ? "- `%s`: %s\n" : "- (`%s`): %s\n", name, use->meaning);
    }
}

static void put_remarks(const struct event_kind *kind, struct str *out)
{
    static const char *const shown[] = {[SHOWN_ALWAYS] = "",
                                        [SHOWN_FOR_PEOPLE] = " Timelines show it when a person did it.",
                                        [SHOWN_IF_SINGLE] = " Timelines show it unless it is one of many.",
                                        [SHOWN_NEVER] = " Timelines do not show it."};
    CLEANUP_STR struct str remarks = {0};
    str_addf(&remarks, "%s%s%s", shown[kind->shown], kind->searched ? " Search finds it by its text." : "",
             kind->counter ? " The incident counts them." : "");
    if (remarks.len)
        str_addf(out, "\n%s\n", remarks.p + 1);
}

static void write_page(struct str *out)
{
    const char *subject = NULL;
    str_add(out, intro);
    for (unsigned i = 0; i < EVENT_FIELDS; i++)
        str_addf(out, "| `%s` | %s |\n", event_field_name((enum event_field)(1u << i)),
                 event_field_meaning((enum event_field)(1u << i)));
    for (int type = EVENT_NONE + 1; type < EVENT_TYPE_COUNT; type++) {
        const struct event_kind *kind = event_kind((enum event_type)type);
        if (subject != subjects[kind->subject])
            str_addf(out, "\n## %s\n", subjects[kind->subject]);
        subject = subjects[kind->subject];
        str_addf(out, "\n### `%s`\n\n", kind->name);
        put_sentences(kind, out);
        put_fields(kind, true, out);
        put_fields(kind, false, out);
        put_remarks(kind, out);
    }
}

static void the_page_is_the_table(void **state)
{
    (void)state;
    CLEANUP_STR struct str page = {0};
    write_page(&page);
    docs_page_check("docs/events.md", page.p);
}

/* Of all events, and of each event that has it. */
static void every_field_has_a_meaning(void **state)
{
    (void)state;
    for (unsigned i = 0; i < EVENT_FIELDS; i++) {
        if (text_empty(event_field_meaning((enum event_field)(1u << i))))
            fail_msg("the field %s has no meaning", event_field_name((enum event_field)(1u << i)));
    }
    for (int type = EVENT_NONE + 1; type < EVENT_TYPE_COUNT; type++) {
        const struct event_kind *kind = event_kind((enum event_type)type);
        for (unsigned i = 0; i < EVENT_FIELDS; i++) {
            const char *meaning = kind->use[i].meaning;
            if (meaning && text_empty(meaning))
                fail_msg("%s does not say what %s means", kind->name,
                         event_field_name((enum event_field)(1u << i)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_field_has_a_meaning),
                                       cmocka_unit_test(the_page_is_the_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
