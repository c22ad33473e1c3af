/* Each row of events.def is consistent, and what it says holds for its events. */
#include "../../support/check.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "engine/fold.h"

#define NOW ((instant)1764000000000)

static const struct event_kind *row(int type)
{
    return event_kind((enum event_type)type);
}

/* The field that a word of a phrase speaks of; 0: of none. Fails for a word that there is not. */
static unsigned field_of_word(const char *phrase, const char *word, size_t n)
{
    static const struct {
        const char *word;
        unsigned field;
    } words[] = {{"by", 0},
                 {"past", FIELD_NAME},
                 {"person", FIELD_VALUE},
                 {"text", FIELD_TEXT},
                 {"name", FIELD_NAME},
                 {"who", FIELD_NAME},
                 {"audience", FIELD_NAME},
                 {"value", FIELD_VALUE},
                 {"rule", FIELD_RULE},
                 {"until", FIELD_UNTIL},
                 {"other", FIELD_OTHER},
                 {"count", FIELD_COUNT}};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strlen(words[i].word) == n && strncmp(words[i].word, word, n) == 0)
            return words[i].field;
    }
    fail_msg("no word $%.*s: %s", (int)n, word, phrase);
    return 0;
}

/* A phrase names only what the event has, and outside brackets only what it must have: else it has holes. */
static void check_phrase(int type, const char *phrase)
{
    bool optional = false;
    for (const char *p = phrase; *p; p++) {
        assert_false(*p == '[' && optional);
        assert_false(*p == ']' && !optional);
        optional = *p == '[' || (optional && *p != ']');
        if (*p != '$')
            continue;
        size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz");
        unsigned field = field_of_word(phrase, p + 1, n);
        unsigned has = optional ? event_takes((enum event_type)type) : event_needs((enum event_type)type);
        if (field & ~has)
            fail_msg("%s has no %s, or can lack it: %s", row(type)->name,
                     event_field_name((enum event_field)field), phrase);
    }
    assert_false(optional);
}

static void phrases_name_what_an_event_has(void **state)
{
    (void)state;
    for (int type = 1; type < EVENT_TYPE_COUNT; type++) {
        const char *const *phrases = row(type)->phrases;
        assert_int_equal(!phrases[0], !phrases[1]);
        if (!phrases[0])
            continue;
        check_phrase(type, phrases[0]);
        check_phrase(type, phrases[1]);
        if (strcmp(phrases[0], phrases[1]) != 0)
            assert_true(event_needs((enum event_type)type) & FIELD_FLAG);
    }
}

static void what_is_searched_has_a_text(void **state)
{
    (void)state;
    for (int type = 1; type < EVENT_TYPE_COUNT; type++) {
        struct event event = {.type = (enum event_type)type, .text = (char *)"words"};
        if (row(type)->searched)
            assert_true(event_takes(event.type) & FIELD_TEXT);
        assert_int_equal(event_search_text(&event) == event.text, row(type)->searched);
    }
}

static void only_incidents_are_folded_and_count(void **state)
{
    (void)state;
    for (int type = 1; type < EVENT_TYPE_COUNT; type++) {
        assert_non_null(row(type)->fold);
        assert_true(row(type)->revision >= 1);
        if (row(type)->subject != OF_INCIDENT) {
            assert_ptr_equal(row(type)->fold, fold_nothing);
            assert_int_equal(row(type)->counter, 0);
        }
    }
}

/* They become lines of docs/events.md. */
static void meanings_are_a_few_words(void **state)
{
    (void)state;
    for (int type = 1; type < EVENT_TYPE_COUNT; type++) {
        assert_non_null(row(type)->name);
        for (int i = 0; i < EVENT_FIELDS; i++) {
            const char *meaning = row(type)->use[i].meaning;
            assert_false(row(type)->use[i].needed && !meaning);
            if (!meaning)
                continue;
            assert_in_range(strlen(meaning), 3, 80);
            assert_null(strchr(meaning, '\n'));
            assert_int_not_equal(meaning[strlen(meaning) - 1], '.');
            assert_false(isspace((unsigned char)*meaning));
        }
    }
}

static void names_are_found_and_no_others(void **state)
{
    (void)state;
    for (int type = 1; type < EVENT_TYPE_COUNT; type++) {
        CLEANUP_FREE char *longer = xasprintf("%s_", row(type)->name), *shorter = xstrdup(row(type)->name);
        shorter[strlen(shorter) - 1] = '\0';
        assert_int_equal(event_type_parse(row(type)->name), type);
        assert_int_equal(event_type_parse(longer), EVENT_NONE);
        assert_int_not_equal(event_type_parse(shorter), type);
    }
    assert_int_equal(event_type_parse(NULL), EVENT_NONE);
    assert_int_equal(event_type_parse(""), EVENT_NONE);
    assert_int_equal(event_type_parse("none"), EVENT_NONE);
}

static struct event full_event(int type)
{
    return (struct event){.type = (enum event_type)type,
                          .incident = 42,
                          .subject = xstrdup("subject"),
                          .at = NOW + type,
                          .by = xstrdup("ana"),
                          .text = xstrdup("a \"text\"\n"),
                          .name = xstrdup("name"),
                          .value = xstrdup("value"),
                          .rule = xstrdup("policy.lua:3"),
                          .data = xstrdup("{\"a\":[1,2]}"),
                          .until = NOW + HOUR,
                          .other = 7,
                          .count = 1,
                          .status = STATUS_FIXING,
                          .flag = true};
}

/* As if it had been in the journal. */
static struct event reread(const struct event *event)
{
    struct event back = {0};
    struct error err = {0};
    CLEANUP_STR struct str stream = {0}, payload = {0};
    event_stream(event, &stream);
    event_encode(event, &payload);
    if (event_decode(stream.p, event_kind(event->type)->name, payload.p, &back, &err))
        fail_msg("%s", err.text);
    back.at = event->at;
    back.by = xstrdup(event->by);
    return back;
}

static void assert_same_state(const struct incident *a, const struct incident *b)
{
    CLEANUP_STR struct str first = {0}, second = {0};
    incident_encode(a, &first);
    incident_encode(b, &second);
    assert_string_equal(first.p, second.p);
}

/* Every type onto the state of all before it: the event that was journaled does what the event did, and its state is kept. */
static void a_journaled_event_folds_the_same(void **state)
{
    (void)state;
    struct incident *live = incident_create(42), *read = incident_create(42);
    for (int type = 1; type < EVENT_TYPE_COUNT; type++) {
        if (row(type)->subject != OF_INCIDENT)
            continue;
        struct event event = full_event(type), back = reread(&event);
        fold(live, &event);
        fold(read, &back);
        assert_same_state(live, read);
        struct incident *copy = incident_copy(live);
        assert_same_state(live, copy);
        incident_destroy(copy);
        event_finish(&event);
        event_finish(&back);
    }
    assert_int_equal(live->activity.notes, 1);
    assert_int_equal(live->activity.pins, 1);
    assert_int_equal(live->activity.said, 1);
    assert_int_equal(live->activity.updates, 1);
    incident_destroy(live);
    incident_destroy(read);
}

/* Fold is total: an event that has no more than it must have is folded, also onto a state that does not fit. */
static void the_least_event_is_folded(void **state)
{
    (void)state;
    for (int type = 1; type < EVENT_TYPE_COUNT; type++) {
        struct event full = full_event(type), least = reread(&full);
        unsigned needs = event_needs(full.type);
        struct incident *incident = incident_create(42);
        char **texts[] = {&least.text, &least.name, &least.value, &least.rule};
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
            if (!(needs & 1u << i))
                replace_text(texts[i], NULL);
        }
        fold(incident, &least);
        least.flag = false;
        fold(incident, &least);
        fold(incident, &least);
        incident_destroy(incident);
        event_finish(&full);
        event_finish(&least);
    }
}

/* A payload without a needed field cannot be read, and the error names it. A count of 0 is not written. */
static void a_needed_field_that_is_missing_is_named(void **state)
{
    (void)state;
    for (int type = 1; type < EVENT_TYPE_COUNT; type++) {
        struct event event = full_event(type), back;
        CLEANUP_STR struct str payload = {0};
        event_encode(&event, &payload);
        for (unsigned field = 1; field < 1u << EVENT_FIELDS; field <<= 1) {
            CLEANUP_JSON cJSON *less = cJSON_Parse(payload.p);
            CLEANUP_STR struct str text = {0};
            struct error err = {0};
            if (!(event_needs(event.type) & field) || field == FIELD_COUNT)
                continue;
            cJSON_DeleteItemFromObject(less, event_field_name((enum event_field)field));
            json_tree(&(struct json_out){&text, false}, less);
            assert_int_equal(event_decode("system", row(type)->name, text.p, &back, &err), ERR_CORRUPT);
            assert_non_null(strstr(err.text, event_field_name((enum event_field)field)));
        }
        event_finish(&event);
    }
}

static bool shown(enum event_type type, const char *by)
{
    return event_is_shown(&(struct event){.type = type, .by = (char *)by});
}

static void timelines_show_the_story(void **state)
{
    (void)state;
    for (int type = 1; type < EVENT_TYPE_COUNT; type++) {
        bool kept = type == EVENT_CARD || type == EVENT_DRAFT_CARD || type == EVENT_OWED || type == EVENT_MET ||
                    type == EVENT_PAGE_REACHED || type == EVENT_PAGE_ANNOUNCED || type == EVENT_MERGE_FINAL ||
                    type == EVENT_AWAITED || type == EVENT_SENDING || type == EVENT_WITHDRAWN ||
                    type == EVENT_OFFER_REMINDED || type == EVENT_PAGE_BEGUN || type == EVENT_PAGE_TAKEN ||
                    type == EVENT_PAGE_FOLLOWED || type == EVENT_POST_PROMISED || type == EVENT_RECALL ||
                    type == EVENT_ASSIST_ANSWERED;
        assert_int_equal(shown((enum event_type)type, "ana"), !kept);
        assert_int_equal(shown((enum event_type)type, "system"), !kept && type != EVENT_CHANNEL);
        assert_int_equal(shown((enum event_type)type, "rule"), !kept && type != EVENT_CHANNEL);
    }
    assert_true(shown(EVENT_CHANNEL, NULL));
    assert_false(event_is_shown(&(struct event){.type = EVENT_TOLD, .data = "{\"many\":true}"}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phrases_name_what_an_event_has),
        cmocka_unit_test(what_is_searched_has_a_text),
        cmocka_unit_test(only_incidents_are_folded_and_count),
        cmocka_unit_test(meanings_are_a_few_words),
        cmocka_unit_test(names_are_found_and_no_others),
        cmocka_unit_test(a_journaled_event_folds_the_same),
        cmocka_unit_test(the_least_event_is_folded),
        cmocka_unit_test(a_needed_field_that_is_missing_is_named),
        cmocka_unit_test(timelines_show_the_story),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
