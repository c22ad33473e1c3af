/* `post`: from what somebody types to a draft for the status page, and what the policy says of it. */
#include "../command/policy_rig.h"

#include "comms/posts.h"

static int lines_with(const char *text, const char *part)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
        n++;
    return n;
}

static void begin(const char *policy)
{
    CLEANUP_FREE char *with_page = xasprintf("%s\nstatus_page { name = 'main' }", policy);
    policy_rig_begin(with_page);
    rig_expect(rig, "ben", 0, "cards are refused", "INC-1");
    rig_room(rig, 1, "room");
}

static struct post read_draft(int64_t number, const char **text)
{
    struct post post;
    const struct state_draft *draft = incident_draft(rig_incident(rig, 1), number);
    assert_non_null(draft);
    assert_string_equal(draft->customer, STATUS_PAGE);
    assert_int_equal(post_read(draft->post, &post, NULL), 0);
    *text = draft->text;
    return post;
}

static void a_line_becomes_a_draft(void **state)
{
    static const struct {
        const char *line, *text, *title;
        enum public_status status;
        duration next;
        bool quiet;
    } lines[] = {
        {"post We are looking into it --title \"Payments are slow\"", "We are looking into it",
         "Payments are slow", POST_INVESTIGATING, 0, false},
        {"post identified: The database is slow --title \"Payments are slow\" --next 30m",
         "The database is slow", "Payments are slow", POST_IDENTIFIED, 30 * MINUTE, false},
        {"post —title=Slow —quiet Monitoring shows that it works", "Monitoring shows that it works", "Slow",
         POST_INVESTIGATING, 0, true},
        {"post monitoring It works --title Slow", "It works", "Slow", POST_MONITORING, 0, false},
        {"post --status monitoring --title Slow identified by us", "identified by us", "Slow", POST_MONITORING,
         0, false},
        {"post resolved --title Slow", "This is resolved.", "Slow", POST_RESOLVED, 0, false},
        {"post A word -- and another --title Slow", "A word -- and another", "Slow", POST_INVESTIGATING, 0,
         false},
    };
    (void)state;
    begin("");
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        const char *text;
        CLEANUP_FREE char *discard = xasprintf("discard %zu", i + 1);
        rig_expect(rig, "ben", 1, lines[i].line, "It is published when somebody approves it");
        struct post post = read_draft((int64_t)i + 1, &text);
        assert_string_equal(text, lines[i].text);
        assert_string_equal(post.title, lines[i].title);
        assert_int_equal(post.status, lines[i].status);
        assert_int_equal(post.next, lines[i].next);
        assert_int_equal(post.quiet, lines[i].quiet);
        post_finish(&post);
        rig_expect(rig, "ben", 1, discard, "Discarded");
    }
}

static void what_is_wrong_says_what_to_type(void **state)
{
    static const char *const lines[][2] = {
        {"post", "Say what the status page should say"},
        {"post We look", "Say what the post is called, in words for the public"},
        {"post --title Slow", "Say what the status page should say"},
        {"post We look --title", "Say what `--title` is"},
        {"post We look --titel Slow", "Unknown option"},
        {"post We look --title Slow --next soon", "soon"},
        {"post We look --title Slow --next 1s", "within 1 minute to 30 days"},
        {"post We look --title Slow --status well", "'well' is no status of a post"},
        {"post We look --title Slow --status scheduled", "is no status of a post"},
        {"post We look --title Slow --component shop", "Say how 'shop' is"},
        {"post We look --title Slow --component shop=well", "'well' is no state"},
        {"post We look --title Slow --component no-such=major", "has no component 'no-such'"},
        {"post Hello {{customer}} --title Slow", "nothing fills"},
    };
    (void)state;
    begin("");
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        CLEANUP_FREE char *said = rig_line(rig, "ben", 1, lines[i][0]);
        if (!text_starts(said, "! ") || !strstr(said, lines[i][1]))
            fail_msg("%s\n  wanted %s\n  got    %s", lines[i][0], lines[i][1], said);
    }
    assert_int_equal(rig_incident(rig, 1)->comms.drafts.n, 0);
}

static void a_form_asks_for_the_title(void **state)
{
    struct answer answer = {0};
    struct asker asker = {.person = "ben", .here = 1, .forms = FORMS_MISSING};
    (void)state;
    begin("");
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(command_run(turn, &asker, "post We look", &answer), ERR_INVALID);
    turn_commit(turn, NULL, NULL);
    assert_non_null(strstr(str_text(&answer.form), "in words for the public"));
    assert_non_null(strstr(str_text(&answer.form), "\"postmortem\""));
    assert_non_null(strstr(str_text(&answer.form), "We look"));
    assert_null(strstr(str_text(&answer.form), "cards are refused"));
    answer_finish(&answer);
}

/* ---- prepared messages ---- */

#define PREPARED                                                                                               \
    "message { name = 'slow', text = { en = 'It is slow.', de = 'Es ist langsam.' } }\n"                       \
    "message { name = 'dear', text = 'Dear {{customer}}.' }\n"                                                 \
    "message { name = 'later', text = 'Until {{pause_until}}.' }\n"                                            \
    "message { name = 'resolved', text = 'It works.' }\n"

static const char *answer_of(const void *values, const char *field)
{
    return json_text_or(values, field, NULL);
}

/* What was filled into a form of `post`, as JSON with ' for ". */
static int fill_in(const char *json, struct answer *ret)
{
    CLEANUP_FREE char *text = rig_json(json);
    CLEANUP_JSON cJSON *values = NULL;
    assert_int_equal(json_parse(text, strlen(text), SIZE_MAX, JSON_DEPTH, "values", &values, NULL), 0);
    struct asker asker = {
        .person = "ben", .here = 1, .forms = FORMS_MISSING, .value = answer_of, .values = values};
    struct turn *turn = turn_begin(rig->core, rig->now);
    int rc = command_run(turn, &asker, "post", ret);
    turn_commit(turn, NULL, NULL);
    return rc;
}

static void a_form_offers_prepared_messages(void **state)
{
    struct answer answer = {0};
    struct asker asker = {.person = "ben", .here = 1, .forms = FORMS_ALWAYS};
    const char *text;
    (void)state;
    begin(PREPARED);
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(command_run(turn, &asker, "post", &answer), ERR_INVALID);
    turn_commit(turn, NULL, NULL);
    assert_non_null(
        strstr(str_text(&answer.form), "\"Or a prepared message in their place\",\"kind\":\"choice\""));
    assert_non_null(strstr(str_text(&answer.form), "\"slow\""));
    assert_non_null(strstr(str_text(&answer.form), "\"resolved\",\"postmortem\"")); /* its statuses */
    assert_null(strstr(str_text(&answer.form), "\"dear\""));
    assert_null(strstr(str_text(&answer.form), "\"later\""));
    answer_finish(&answer);
    answer = (struct answer){0};
    assert_int_equal(fill_in("{'text':'','prepared':'resolved','title':'Slow'}", &answer), 0);
    answer_finish(&answer);
    struct post post = read_draft(1, &text);
    assert_string_equal(text, "It works."); /* the words of the message, not the status of that name */
    assert_int_equal(post.status, POST_INVESTIGATING);
    post_finish(&post);
}

static void a_form_takes_one_of_both(void **state)
{
    static const char *const wrong[][2] = {
        {"{'text':'We look','prepared':'slow','title':'Slow'}", "one of both"},
        {"{'prepared':'quick','title':'Slow'}", "There is no prepared message 'quick'"},
        {"{'prepared':'slow'}", "Say what the post is called"},
        {"{'prepared':'dear','title':'Slow'}", "nothing fills"},
        {"{'title':'Slow'}", "Say what the status page should say"},
    };
    (void)state;
    begin(PREPARED);
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct answer answer = {0};
        assert_int_equal(fill_in(wrong[i][0], &answer), ERR_INVALID);
        if (!strstr(str_text(&answer.form), wrong[i][1]))
            fail_msg("%s\n  wanted %s\n  got    %s", wrong[i][0], wrong[i][1], str_text(&answer.form));
        answer_finish(&answer);
    }
    assert_int_equal(rig_incident(rig, 1)->comms.drafts.n, 0);
}

#define TITLED                                                                                                 \
    "message { name = 'status-page', text = { en = 'It is slow.', de = 'Es ist langsam.', fr = 'Lent.' },\n"   \
    "title = { en = 'Slow', de = 'Langsam' } }"

static void expect_titles(int64_t number, const char *title, const char *titles)
{
    const char *text;
    struct post post = read_draft(number, &text);
    if (!text_equal(post.title, title) || !text_equal(post.titles, titles))
        fail_msg("wanted %s %s\n  got    %s %s", title, titles, post.title, post.titles);
    post_finish(&post);
}

static void a_message_brings_its_titles(void **state)
{
    (void)state;
    begin(TITLED);
    rig_expect(rig, "ben", 1, "sev major", "major"); /* four eyes */
    rig_expect(rig, "ben", 1, "post status-page --title Mine", "published");
    expect_titles(1, "Mine", NULL);
    rig_expect(rig, "ben", 1, "discard 1", "Discarded");
    rig_expect(rig, "ben", 1, "post early", "published");
    expect_titles(2, "Slow", "{\"de\":\"Langsam\"}");
    assert_int_equal(rig_sent(rig, "console post", "{\"name\":\"title (de)\",\"value\":\"Langsam\"}"), 1);
    rig_expect(rig, "ben", 1, "preview 2", "**Slow**\n\nde: “Langsam”");
    rig_expect(rig, "ben", 1, "redraft 2 It is very slow.", "Changed");
    expect_titles(2, "Slow", "{\"de\":\"Langsam\"}");
    rig_expect(rig, "ana-maria", 1, "approve 2", "“Slow”, de: “Langsam”");
    rig_expect(rig, "ben", 1, "redraft 2 --title Slower", "Changed");
    expect_titles(2, "Slower", NULL);
    rig_expect(rig, "ana-maria", 1, "approve 2 3", "on the status page");
    rig_expect(rig, "ben", 1, "post status-page", "published");
    expect_titles(3, NULL, NULL); /* the post has its title */
}

/* ---- what was posted before ---- */

/* An incident with a post that took an hour and a half. */
static void end_with_post(uint64_t id, const char *title, const char *declare)
{
    CLEANUP_FREE char *post = xasprintf("post We look into %s. --title \"%s\"", title, title);
    rig_expect(rig, "ben", 0, declare, "INC-");
    rig_expect(rig, "ben", id, post, "published");
    rig_expect(rig, "ana-maria", id, "approve 1", "on the status page");
    rig->now += 90 * MINUTE;
    rig_expect(rig, "ben", id, "post resolved", "published");
    rig_expect(rig, "ana-maria", id, "approve 2", "on the status page");
    rig_expect(rig, "ben", id, "resolve a rollback", "");
}

/* The form that is shown for a line that lacks something. The caller frees it. */
static char *form_for(uint64_t here, const char *line)
{
    struct answer answer = {0};
    struct asker asker = {.person = "ben", .here = here, .forms = FORMS_MISSING};
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(command_run(turn, &asker, line, &answer), ERR_INVALID);
    turn_commit(turn, NULL, NULL);
    char *form = xstrdup(str_text(&answer.form));
    answer_finish(&answer);
    return form;
}

static void similar_incidents_show_what_was_posted(void **state)
{
    (void)state;
    begin("");
    end_with_post(2, "Cards *fail*", "cards are refused by the bank");
    end_with_post(3, "Secret", "cards are refused for one customer");
    end_with_post(4, "Parcels", "parcels are late");
    rig_expect(rig, "ben", 0, "cards are refused in silence", "INC-5"); /* nothing was posted */
    rig_expect(rig, "ben", 5, "post Never approved. --title Unseen", "published");
    rig_expect(rig, "ben", 5, "resolve by itself", "");
    rig_expect(rig, "ben", 3, "private", "private");
    CLEANUP_FREE char *said = rig_line(rig, "ben", 1, "post We look --title Slow");
    assert_non_null(strstr(said, "Posted about similar incidents:\n- “Cards \\*fail\\*”: We look into Cards "
                                 "\\*fail\\*. (1h 30m)"));
    assert_null(strstr(said, "Secret")); /* Ben may see it, but not all who see the draft */
    assert_null(strstr(said, "Parcels"));
    assert_null(strstr(said, "Unseen"));
    rig_expect(rig, "ben", 1, "discard 1", "Discarded");
    CLEANUP_FREE char *form = form_for(1, "post We look");
    assert_non_null(strstr(form, "Posted about similar incidents:\\n- “Cards"));
    assert_null(strstr(form, "Secret"));
    end_with_post(6, "More", "cards are refused again");
    end_with_post(7, "Most", "cards are refused once more");
    CLEANUP_FREE char *two = rig_line(rig, "ben", 1, "post We look --title Slow");
    assert_int_equal(lines_with(two, "(1h 30m)"), 2);
}

static void a_redraft_keeps_what_is_not_said(void **state)
{
    const char *text;
    (void)state;
    begin("");
    rig_expect(rig, "ben", 1, "post identified: We look --title Slow --next 1h", "published");
    rig_expect(rig, "ben", 1, "redraft 1 Resolved soon, we hope", "Changed");
    struct post post = read_draft(1, &text);
    assert_string_equal(text, "Resolved soon, we hope");
    assert_string_equal(post.title, "Slow");
    assert_int_equal(post.status, POST_IDENTIFIED);
    assert_int_equal(post.next, HOUR);
    post_finish(&post);
    rig_expect(rig, "ben", 1, "redraft 1 --title \"Payments are slow\"", "Changed");
    post = read_draft(1, &text);
    assert_string_equal(text, "Resolved soon, we hope");
    assert_string_equal(post.title, "Payments are slow");
    post_finish(&post);
    rig_expect(rig, "ben", 1, "redraft 1 Dear {{customer}}", "! A post is for everybody");
}

static void what_cannot_be_published_is_said(void **state)
{
    (void)state;
    begin("");
    struct command gone = {.verb = "tell",
                           .by = "ben",
                           .name = STATUS_PAGE,
                           .text = "We look",
                           .value = "{\"status\":\"identified\",\"post\":99}"};
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(turn_do(turn, 1, &gone, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    rig_expect(rig, "ana-maria", 1, "approve 1", "Approved");
    assert_int_equal(rig_sent(rig, "Message 1 is NOT on the status page", ""), 1);
}

static void the_policy_decides_beforehand(void **state)
{
    (void)state;
    begin("post { severity = { 'major', 'critical' }, title = 'Payments are disturbed', never = { kind = "
          "'security' } }");
    rig_expect(rig, "ben", 1, "sev minor", "minor");
    assert_int_equal(rig_sent(rig, "Post on the status page", ""), 0);
    rig_expect(rig, "ben", 1, "sev major", "major");
    assert_int_equal(rig_sent(rig, "Post on the status page", "it is major, as team.lua:1 has it"), 1);
    assert_int_equal(rig_sent(rig, "INC-1 post early", "We are looking into it"), 1);
    rig_expect(rig, "ben", 1, "sev critical", "critical"); /* once */
    assert_int_equal(rig_sent(rig, "Post on the status page", ""), 1);
    rig_expect(rig, "ben", 1, "post early", "Message 1 to the status page is waiting"); /* four eyes */
    rig_expect(rig, "ben", 1, "preview 1", "Payments are disturbed");
    rig_expect(rig, "ben", 1, "discard 1", "Discarded");
    rig_expect(rig, "ben", 1, "kind security", "security");
    rig_expect(rig, "ben", 1, "post early", "! The policy says that it is not posted: never about security");
    rig_expect(rig, "ben", 1, "post We look --title Slow", "The policy says no: never about security");
}

static void a_wrong_table_is_refused(void **state)
{
    static const char *const files[][2] = {
        {"post { severity = 'huge' }", "unknown severity 'huge'"},
        {"post { never = { kind = 'strange' } }", "unknown kind 'strange'"},
        {"post { never = true }", "never must be a table"},
        {"post { never = { sevrity = 'major' } }", "sevrity"},
        {"post { customers = 'many' }", "customers"},
        {"message { name = 'm', text = 'T', title = { de = 'D' } }", "has a title in 'de', but no text"},
        {"message { name = 'm', text = { en = 'T', de = 'T' }, title = { de = 'D' } }", "has no title in 'en'"},
        {"message { name = 'm', text = 'T', title = 'On {{title}}' }", "without {{…}}"},
        {"message { name = 'm', text = 'T', title = '' }", "a title has 1 to 200 bytes"},
        {"message { name = 'm', text = 'T', title = true }", "title must be a string"},
        {"message { name = 'm', text = 'T', title = { 'T' } }", "title must name languages"},
    };
    struct error err;
    (void)state;
    begin("");
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        policy_dir_write(&policies, "team.lua", files[i][0]);
        assert_int_not_equal(policy_load(the_policy, policies.path, &err), 0);
        if (!strstr(err.text, files[i][1]))
            fail_msg("%s\n  wanted %s\n  got    %s", files[i][0], files[i][1], err.text);
    }
}

static void nothing_private_is_suggested(void **state)
{
    (void)state;
    begin("post { severity = 'major' }");
    rig_expect(rig, "ben", 1, "private", "private");
    rig_expect(rig, "ben", 1, "sev major", "major");
    assert_int_equal(rig_sent(rig, "Post on the status page", ""), 0);
    rig_expect(rig, "ben", 1, "post early", "! Nothing is posted early about a private incident");
    rig_expect(rig, "ben", 1, "post We look --title Slow",
               "The incident is private, and the post becomes public.");
}

static void an_early_word_is_published_at_once_where_its_author_may(void **state)
{
    (void)state;
    begin("post { severity = 'minor' } message { name = 'status-page', text = { en = 'We see it.' } }");
    rig_expect(rig, "ben", 1, "sev minor", "minor");
    rig_expect(rig, "ben", 1, "post early", "Approved. It is on the status page.");
    const struct state_draft *draft = incident_draft(rig_incident(rig, 1), 1);
    assert_string_equal(draft->text, "We see it.");
    assert_int_equal(draft->state, DRAFT_APPROVED);
}

static void without_a_page_nothing_is_posted(void **state)
{
    (void)state;
    policy_rig_begin("component { name = 'Checkout' }");
    rig_expect(rig, "ben", 0, "cards are refused", "INC-1");
    rig_room(rig, 1, "room");
    rig_expect(rig, "ben", 1, "post early", "There is no status page yet. Declare one in the policy");
    rig_expect(rig, "ben", 1, "post identified: We see it. --component checkout=major",
               "There is no status page yet");
    rig_expect(rig, "ben", 0, "maintenance \"Upgrade\" tomorrow 10:00 for 1h \"We upgrade it.\"",
               "There is no status page yet");
    assert_null(incident_draft(rig_incident(rig, 1), 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_line_becomes_a_draft, tear_down),
        cmocka_unit_test_teardown(what_is_wrong_says_what_to_type, tear_down),
        cmocka_unit_test_teardown(a_form_asks_for_the_title, tear_down),
        cmocka_unit_test_teardown(a_form_offers_prepared_messages, tear_down),
        cmocka_unit_test_teardown(a_form_takes_one_of_both, tear_down),
        cmocka_unit_test_teardown(a_message_brings_its_titles, tear_down),
        cmocka_unit_test_teardown(similar_incidents_show_what_was_posted, tear_down),
        cmocka_unit_test_teardown(a_redraft_keeps_what_is_not_said, tear_down),
        cmocka_unit_test_teardown(what_cannot_be_published_is_said, tear_down),
        cmocka_unit_test_teardown(the_policy_decides_beforehand, tear_down),
        cmocka_unit_test_teardown(a_wrong_table_is_refused, tear_down),
        cmocka_unit_test_teardown(nothing_private_is_suggested, tear_down),
        cmocka_unit_test_teardown(an_early_word_is_published_at_once_where_its_author_may, tear_down),
        cmocka_unit_test_teardown(without_a_page_nothing_is_posted, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
