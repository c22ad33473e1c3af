/* Who is told of what a status page says: each of those whom it concerns once, nobody else, and nothing that is not on their page. */
#include "subscribers/subscribers.h"

#include "access/access.h"
#include "public/names.h"
#include "statuspage/statuspage.h"

#include "../command/policy_rig.h"

#define PAGES                                                                                                  \
    "severity { 'minor', 'major', 'critical' }\n"                                                              \
    "component { name = 'Checkout' }\n"                                                                        \
    "component { name = 'Search' }\n"                                                                          \
    "component { name = 'API' }\n"                                                                             \
    "status_page { name = 'main', title = 'Acme', url = 'https://status.acme.example', "                       \
    "languages = { 'de' } }\n"                                                                                 \
    "status_page { name = 'big', url = 'https://big.acme.example', components = { 'API' }, private = true }\n" \
    "status_page { name = 'team', url = 'https://t.acme.example/status/for/team', private = true, "            \
    "readers = { 'ana', 'group:globex', 'token:monitor' } }\n"
#define SECRET "a secret of twenty bytes and more"

static const char *const names[] = {"Checkout", "Search", "API"};

/* With a secret, and connectors that reach subscribers. */
static void restart(void)
{
    struct core_settings settings = {
        .parts = core_parts, .zone = "UTC", .announce = "general", .status_secret = SECRET};
    struct core_ops ops = *core_ops(rig->core);
    struct error err;
    chat_destroy(rig->chat);
    core_destroy(rig->core);
    assert_int_equal(
        core_create(&settings, &ops, rig->journal, the_policy, &rig->rng, rig->now, &rig->core, &err), 0);
    rig->chat = chat_create(rig->core, NULL, 0);
    delivery_connector(rig->core, "console", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, true, NULL, rig->now);
    delivery_connector(rig->core, "email", TOCSIN_CAN_MAILS | TOCSIN_CAN_EMAILS, true, NULL, rig->now);
    delivery_connector(rig->core, "webhook", TOCSIN_CAN_HOOKS, true, NULL, rig->now);
}

/* Until nothing waits any more. */
static void settle(void)
{
    for (int i = 0; i < 20; i++) {
        rig->now += SECOND;
        rig_settle(rig);
    }
}

static void begin(void)
{
    policy_rig_begin(PAGES);
    restart();
    settle();
}

static size_t told(const char *what, const char *more)
{
    return rig_sent(rig, what, more);
}

static void put(const char *page, enum subscriber_kind kind, const char *address, unsigned components)
{
    struct subscriber subscriber = {
        .kind = kind, .page = xstrdup(page), .address = xstrdup(address), .since = 1};
    subscriber.secret = kind == SUBSCRIBER_HOOK ? xstrdup("whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0") : NULL;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char id[PUBLIC_ID];
        public_component_id(names[i], id);
        if (components & 1u << i)
            *array_add(&subscriber.components) = xstrdup(id);
    }
    struct turn *turn = turn_begin(rig->core, rig->now);
    subscribers_put(turn, &subscriber);
    turn_commit(turn, NULL, NULL);
    subscriber_finish(&subscriber);
}

static void add(const char *page, enum subscriber_kind kind, const char *address, unsigned components)
{
    put(page, kind, address, components);
    rig_settle(rig);
}

/* A word in words of its own, about the components of a set. */
static int64_t publish(int64_t post, const char *text, enum public_status status, unsigned components,
                       bool quiet)
{
    struct posting_component moved[ARRAY_SIZE(names)];
    struct posting posting = {.post = post,
                              .by = "ana",
                              .title = post ? NULL : "A title",
                              .text = text,
                              .status = status,
                              .quiet = quiet};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (components & 1u << i)
            moved[posting.n++] = (struct posting_component){names[i], STATE_DEGRADED};
    }
    posting.components = moved;
    struct error err = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    int64_t number = statuspage_publish(turn, &posting, &err);
    turn_commit(turn, NULL, NULL);
    if (!number)
        fail_msg("%s", err.text);
    return number;
}

/* ---- signing up ---- */

static int sign_up(const char *page, enum subscriber_kind kind, const char *address)
{
    struct subscriber wanted = {.kind = kind, .page = xstrdup(page), .address = xstrdup(address)};
    struct error err;
    struct turn *turn = turn_begin(rig->core, rig->now);
    int rc = subscribers_sign_up(turn, &wanted, &err);
    turn_commit(turn, NULL, NULL);
    subscriber_finish(&wanted);
    settle();
    return rc;
}

/* The token in the link of the latest message that has one. The caller frees it. */
static char *token_in(const char *what)
{
    for (size_t i = rig->sent.n; i-- > 0;) {
        const char *at = strstr(rig->sent.v[i], what);
        if (at)
            return xstrndup(at + strlen(what),
                            strspn(at + strlen(what), "abcdefghijklmnopqrstuvwxyz0123456789.-"));
    }
    fail_msg("no link has %s", what);
    return NULL;
}

static bool confirm(const char *token, struct subscriber *ret)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    *ret = (struct subscriber){0};
    bool good = subscribers_confirm(turn, token, ret);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    return good;
}

static bool is_one(const char *token)
{
    struct subscriber theirs = {0};
    bool good = subscribers_of_token(rig->core, token, &theirs);
    subscriber_finish(&theirs);
    return good;
}

static void leave(const char *token)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    subscribers_leave(turn, token);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

static void a_link_confirms_once_and_in_time(void **state)
{
    struct subscriber one;
    (void)state;
    begin();
    assert_int_equal(sign_up("main", SUBSCRIBER_MAIL, " Ana@Acme.example "), 0);
    assert_int_equal(told("email subscriber.tell", "\"email\":\"ana@acme.example\""), 1);
    CLEANUP_FREE char *token = token_in("subscribe/confirm/");
    CLEANUP_FREE char *forged = xstrdup(token);
    forged[3] = forged[3] == 'a' ? 'b' : 'a';
    assert_false(confirm(forged, &one));
    assert_false(confirm("", &one));
    restart();
    settle();
    assert_true(confirm(token, &one));
    CLEANUP_FREE char *manage = subscribers_token(rig->core, &one);
    assert_true(is_one(manage));
    subscriber_finish(&one);
    assert_false(confirm(token, &one));
    assert_int_equal(sign_up("main", SUBSCRIBER_MAIL, "late@acme.example"), 0);
    CLEANUP_FREE char *late = token_in("subscribe/confirm/");
    rig->now += DAY + MINUTE;
    assert_false(confirm(late, &one));
}

static void what_is_no_address_is_refused(void **state)
{
    static const char *const mails[] = {"",
                                        "ana",
                                        "@acme.example",
                                        "ana@acme",
                                        "ana@.acme.example",
                                        "a@b.example\r\nBcc: c@d.example",
                                        "a@b.example,c@d.example",
                                        "a b@c.example",
                                        "a..b@c.example",
                                        "\"a\"@b.example",
                                        "ana@-acme.example",
                                        "ana@acme.example."};
    static const char *const hooks[] = {"",
                                        "https://",
                                        "http://acme.example/",
                                        "https://u:p@acme.example/",
                                        "ftp://acme.example",
                                        "https://acme.example/a b",
                                        "javascript:alert(1)",
                                        "https://acme.example/\n"};
    (void)state;
    begin();
    for (size_t i = 0; i < ARRAY_SIZE(mails); i++)
        assert_int_equal(sign_up("main", SUBSCRIBER_MAIL, mails[i]), ERR_INVALID);
    for (size_t i = 0; i < ARRAY_SIZE(hooks); i++)
        assert_int_equal(sign_up("main", SUBSCRIBER_HOOK, hooks[i]), ERR_INVALID);
    assert_int_equal(told("subscriber.tell", ""), 0);
    assert_int_equal(sign_up("main", SUBSCRIBER_HOOK, "https://hooks.acme.example/in?x=1"), 0);
    assert_int_equal(
        told("webhook subscriber.tell", "\"confirm\":\"https://status.acme.example/subscribe/confirm/"), 1);
}

static void sign_ups_are_limited_for_a_mailbox_and_as_a_whole(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < 6; i++)
        assert_int_equal(sign_up("main", SUBSCRIBER_MAIL, "ana@acme.example"), 0);
    assert_int_equal(told("email subscriber.tell", "ana@acme.example"), 3);
    int n = 6, rc = 0;
    for (; !rc && n < 2000; n++) {
        struct subscriber wanted = {.page = xstrdup("main"), .address = xasprintf("p%d@acme.example", n)};
        struct error err;
        struct turn *turn = turn_begin(rig->core, rig->now);
        rc = subscribers_sign_up(turn, &wanted, &err);
        turn_commit(turn, NULL, NULL);
        subscriber_finish(&wanted);
    }
    assert_int_equal(rc, ERR_FULL);
    assert_int_equal(n, 1001);
    rig->now += HOUR;
    assert_int_equal(sign_up("main", SUBSCRIBER_MAIL, "ana@acme.example"), 0);
}

static void whoever_leaves_is_told_no_more_and_a_forged_token_does_nothing(void **state)
{
    (void)state;
    begin();
    add("main", SUBSCRIBER_MAIL, "ana@acme.example", 0);
    publish(0, "One.", POST_INVESTIGATING, 1, false);
    settle();
    CLEANUP_FREE char *token = token_in("subscribe/leave/");
    CLEANUP_FREE char *foreign = xasprintf("big%s", strchr(token, '.'));
    static const char *const forged[] = {"", ".", "main.mail", "main.mail.x.y", "a.b.c.d.e"};
    for (size_t i = 0; i < ARRAY_SIZE(forged); i++)
        leave(forged[i]);
    leave(foreign);
    assert_true(is_one(token));
    assert_false(is_one(foreign));
    rig->down = true;
    publish(1, "Two.", POST_MONITORING, 0, false);
    settle(); /* queued, and not sent yet */
    leave(token);
    leave(token);
    rig->down = false;
    settle();
    assert_int_equal(told("email", "Two."), 0);
}

static void links_lead_to_the_language_of_the_subscriber_where_the_page_has_it(void **state)
{
    (void)state;
    begin();
    struct subscriber ana = {
        .kind = SUBSCRIBER_MAIL, .page = "main", .address = "ana@acme.example", .since = 1};
    static const char *const languages[] = {"de", "en", "tlh"};
    for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
        ana.language = (char *)languages[i];
        struct turn *turn = turn_begin(rig->core, rig->now);
        subscribers_put(turn, &ana);
        turn_commit(turn, NULL, NULL);
        publish(i ? 1 : 0, "A word.", POST_INVESTIGATING, 0, false);
        settle();
    }
    assert_int_equal(told("email subscriber.tell", "?in=de\""), 1);
    assert_int_equal(told("email subscriber.tell", "?in="), 1);
}

/* ---- words ---- */

static void a_word_reaches_mail_webhook_and_channel(void **state)
{
    (void)state;
    begin();
    add("main", SUBSCRIBER_MAIL, "ana@acme.example", 0);
    add("main", SUBSCRIBER_HOOK, "https://hooks.acme.example", 0);
    rig_expect(rig, "ben", 0, "subscribe", "type this in the one that is to be told");
    rig_event(rig, "{'type':'message','id':'1','user':{'id':'ben','name':'Ben'},'channel':'ops','mention':true,"
                   "'text':'subscribe Nothing'}");
    assert_int_equal(told("console post", "There is no component 'Nothing'"), 1);
    rig_event(rig, "{'type':'message','id':'2','user':{'id':'ben','name':'Ben'},'channel':'ops','mention':true,"
                   "'text':'subscribe checkout, API'}");
    assert_int_equal(told("console post", "This channel is told"), 1);
    publish(0, "Slow **now**.", POST_IDENTIFIED, 1, false);
    settle();
    assert_int_equal(told("email subscriber.tell", "\"subject\":\"[Acme] Identified: A title\""), 1);
    assert_int_equal(told("email subscriber.tell", "Checkout: Degraded performance"), 1);
    assert_int_equal(told("email subscriber.tell",
                          "\"unsubscribe\":\"https://status.acme.example/subscribe/leave/main.mail."),
                     1);
    assert_int_equal(told("webhook subscriber.tell", "\"incident\":{"), 1);
    assert_int_equal(told("webhook subscriber.tell", "\"component_update\":{"), 1);
    assert_int_equal(told("console post", "Slow **now**."), 1);
    rig_event(rig, "{'type':'message','id':'3','user':{'id':'ben','name':'Ben'},'channel':'ops','mention':true,"
                   "'text':'unsubscribe'}");
    assert_int_equal(told("console post", "no longer told"), 1);
    publish(1, "Gone.", POST_RESOLVED, 0, false);
    settle();
    assert_int_equal(told("console post", "Gone."), 0);
    assert_int_equal(told("email", "Gone."), 1);
}

/* By hand, without a word: only webhooks hear of it. */
static void a_component_that_is_set_by_hand_reaches_webhooks_alone(void **state)
{
    (void)state;
    begin();
    add("main", SUBSCRIBER_MAIL, "ana@acme.example", 0);
    add("main", SUBSCRIBER_HOOK, "https://all.acme.example", 0);
    add("main", SUBSCRIBER_HOOK, "https://search.acme.example", 2);
    add("big", SUBSCRIBER_HOOK, "https://big.acme.example", 0);
    rig_expect(rig, "ben", 0, "component Checkout major", "Major outage");
    settle();
    assert_int_equal(told("subscriber.tell", "\"new_status\":\"major_outage\""), 1);
    assert_int_equal(told("webhook subscriber.tell", "https://all.acme.example"), 1);
    assert_int_equal(told("webhook subscriber.tell", "\"old_status\":\"operational\""), 1);
}

static void a_quiet_word_reaches_nobody_and_the_next_one_does(void **state)
{
    (void)state;
    begin();
    add("main", SUBSCRIBER_MAIL, "ana@acme.example", 0);
    add("main", SUBSCRIBER_HOOK, "https://all.acme.example", 0);
    publish(0, "Hush.", POST_INVESTIGATING, 1, true);
    settle();
    assert_int_equal(told("subscriber.tell", ""), 0);
    publish(1, "Loud.", POST_MONITORING, 1, false);
    settle();
    assert_int_equal(told("email subscriber.tell", "Loud."), 1);
}

static void maintenance_is_told_when_it_is_planned_begins_and_ends(void **state)
{
    (void)state;
    begin();
    add("main", SUBSCRIBER_MAIL, "ana@acme.example", 0);
    const struct posting_component one = {"Checkout", STATE_MAINTENANCE};
    const struct posting posting = {.by = "ana",
                                    .title = "New disks",
                                    .text = "We change disks.",
                                    .status = POST_SCHEDULED,
                                    .components = &one,
                                    .n = 1,
                                    .from = rig->now + HOUR,
                                    .until = rig->now + 2 * HOUR};
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(statuspage_publish(turn, &posting, NULL), 1);
    turn_commit(turn, NULL, NULL);
    settle();
    assert_int_equal(told("email", "Scheduled: New disks"), 1);
    rig->now += HOUR;
    settle();
    assert_int_equal(told("email", "In progress: New disks"), 1);
    rig->now += HOUR;
    settle();
    assert_int_equal(told("email", "Completed: New disks"), 1);
}

static void an_address_that_bounces_is_left_alone_until_it_confirms_again(void **state)
{
    struct subscriber one;
    (void)state;
    begin();
    add("main", SUBSCRIBER_MAIL, "ana@acme.example", 0);
    rig_event_of(rig, "email",
                 "{'type':'bounce','id':'b1','user':{'id':'x'},'address':'Ana@acme.example','permanent':false,'"
                 "text':'later','subscriber':true}");
    rig_event_of(rig, "email",
                 "{'type':'bounce','id':'b2','user':{'id':'x'},'address':'nobody@acme.example','permanent':"
                 "true,'text':'no','subscriber':true}");
    publish(0, "One.", POST_INVESTIGATING, 1, false);
    settle();
    assert_int_equal(told("email", "One."), 1);
    rig_event_of(rig, "email",
                 "{'type':'bounce','id':'b3','user':{'id':'x'},'address':'Ana@acme.example','permanent':true,'"
                 "text':'no','subscriber':true}");
    publish(1, "Two.", POST_MONITORING, 0, false);
    settle();
    assert_int_equal(told("email", "Two."), 0);
    assert_int_equal(told("console post", "acme.example"), 0); /* it is named nowhere */
    sign_up("main", SUBSCRIBER_MAIL, "ana@acme.example");
    CLEANUP_FREE char *token = token_in("subscribe/confirm/");
    assert_true(confirm(token, &one));
    subscriber_finish(&one);
    publish(1, "Three.", POST_RESOLVED, 0, false);
    settle();
    assert_int_equal(told("email", "Three."), 1);
}

/* What was on its way when the bounce came, and was taken. */
static void a_mail_that_is_taken_undoes_no_bounce(void **state)
{
    (void)state;
    begin();
    add("main", SUBSCRIBER_MAIL, "ana@acme.example", 0);
    rig->outcome = TOCSIN_REFUSED;
    rig->only = "subscriber.tell";
    publish(0, "One.", POST_INVESTIGATING, 0, false);
    settle();
    rig->outcome = TOCSIN_DONE;
    rig->down = true;
    publish(1, "Two.", POST_MONITORING, 0, false);
    settle();
    rig_event_of(rig, "email",
                 "{'type':'bounce','id':'b1','user':{'id':'x'},'address':'ana@acme.example','permanent':true,'"
                 "text':'no','subscriber':true}");
    rig->down = false;
    settle();
    publish(1, "Three.", POST_RESOLVED, 0, false);
    settle();
    assert_int_equal(told("email", "Two."), 1);
    assert_int_equal(told("email", "Three."), 0);
}

/* Nobody is asked to look at it, and nobody reads the address. */
static void what_takes_nothing_five_times_is_left_alone(void **state)
{
    (void)state;
    begin();
    add("main", SUBSCRIBER_HOOK, "https://dead.acme.example", 0);
    add("main", SUBSCRIBER_MAIL, "ana@acme.example", 0);
    rig->outcome = TOCSIN_REFUSED;
    rig->only = "https://dead";
    int64_t post = publish(0, "Word 0.", POST_INVESTIGATING, 0, false);
    settle();
    for (int i = 1; i < 8; i++) {
        CLEANUP_FREE char *text = xasprintf("Word %d.", i);
        publish(post, text, POST_MONITORING, 0, false);
        settle();
    }
    assert_int_equal(told("webhook subscriber.tell", "https://dead"), 5);
    assert_int_equal(told("email subscriber.tell", "Word"), 8);
    assert_int_equal(told("console post", "dead"), 0);
    assert_int_equal(outbox_count(core_outbox(rig->core), ACTION_DEAD), 0);
}

/* What the connector reports comes in the moment in which it happens: nothing of it is durable yet. */
static void report(int code)
{
    for (size_t i = 0; i < rig->handed.n; i++)
        delivery_outcome(rig->core, rig->handed.v[i], &(struct outbox_outcome){.code = code}, rig->now);
    rig->handed.n = 0;
}

/* Until something is with the connectors. */
static void hand_out(void)
{
    for (int i = 0; i < 50 && !rig->handed.n; i++) {
        journal_step(rig->journal);
        core_tick(rig->core, rig->now += SECOND);
    }
    assert_int_not_equal(rig->handed.n, 0);
}

static void a_failure_while_somebody_leaves_does_not_subscribe_them_again(void **state)
{
    (void)state;
    begin();
    add("main", SUBSCRIBER_MAIL, "ana@acme.example", 0);
    publish(0, "One.", POST_INVESTIGATING, 0, false);
    settle();
    CLEANUP_FREE char *token = token_in("subscribe/leave/");
    publish(1, "Two.", POST_MONITORING, 0, false);
    hand_out();
    struct turn *turn = turn_begin(rig->core, rig->now);
    subscribers_leave(turn, token);
    turn_commit(turn, NULL, NULL);
    report(TOCSIN_REFUSED);
    settle();
    assert_false(is_one(token));
    publish(1, "Three.", POST_RESOLVED, 0, false);
    settle();
    assert_int_equal(told("email", "Three."), 0);
}

/* Whoever confirms and leaves at once stays away. */
static void a_link_confirms_once_also_in_one_moment(void **state)
{
    struct subscriber one, again = {0};
    (void)state;
    begin();
    assert_int_equal(sign_up("main", SUBSCRIBER_MAIL, "ana@acme.example"), 0);
    CLEANUP_FREE char *confirming = token_in("subscribe/confirm/");
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_true(subscribers_confirm(turn, confirming, &one));
    turn_commit(turn, NULL, NULL);
    CLEANUP_FREE char *token = subscribers_token(rig->core, &one);
    assert_true(is_one(token));
    turn = turn_begin(rig->core, rig->now);
    subscribers_leave(turn, token);
    assert_false(subscribers_confirm(turn, confirming, &again));
    turn_commit(turn, NULL, NULL);
    settle();
    assert_false(is_one(token));
    subscriber_finish(&again);
    subscriber_finish(&one);
}

static void a_page_that_is_no_more_holds_nothing_up(void **state)
{
    struct error err;
    (void)state;
    begin();
    add("big", SUBSCRIBER_MAIL, "big@acme.example", 0);
    add("main", SUBSCRIBER_MAIL, "ana@acme.example", 0);
    rig->down = true;
    publish(0, "One.", POST_INVESTIGATING, 4, false);
    policy_dir_write(
        &policies, "team.lua",
        "component { name = 'API' }\nstatus_page { name = 'main', url = 'https://status.acme.example' }");
    assert_int_equal(policy_dir_load(&policies, &err), 0);
    rig->down = false;
    settle();
    assert_int_equal(told("email", "\"email\":\"ana@acme.example\""), 1);
    assert_int_equal(told("email", "big@acme.example"), 0);
    struct journal_doc doc;
    assert_int_equal(journal_doc(rig->journal, DOC_NOTICE, "0000000001", &doc, NULL), ERR_NOT_FOUND);
}

/* ---- rows of an import ---- */

static void rows_are_taken_or_named(void **state)
{
    CLEANUP_FREE char *text = rig_json(
        "[{'line':2,'kind':'email','address':'ana@acme.example'},{'line':3,'kind':'sms','address':'+1555'},"
        "{'line':4,'kind':'Email','address':'no'},{'line':5,'kind':'webhook','address':'https://a.example'},"
        "{'line':6,'kind':'email','address':'b@acme.example','components':['search','Gone']}]");
    CLEANUP_JSON cJSON *rows = cJSON_Parse(text);
    CLEANUP_STR struct str answer = {0};
    struct error err;
    (void)state;
    begin();
    struct turn *turn = turn_begin(rig->core, rig->now);
    assert_int_equal(subscribers_import(turn, "none", rows, &(struct json_out){&answer, false}, &err),
                     ERR_NOT_FOUND);
    assert_int_equal(subscribers_import(turn, NULL, NULL, &(struct json_out){&answer, false}, &err),
                     ERR_INVALID);
    assert_int_equal(subscribers_import(turn, NULL, rows, &(struct json_out){&answer, false}, &err), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    CLEANUP_JSON cJSON *json = cJSON_Parse(str_text(&answer));
    assert_int_equal(json_int_or(json, "added", 0), 2);
    assert_int_equal(cJSON_GetArraySize(json_member(json, "refused")), 3);
    turn = turn_begin(rig->core, rig->now);
    assert_int_equal(subscribers_remove(turn, "ANA@acme.example"), 1);
    assert_int_equal(subscribers_remove(turn, "nobody@acme.example"), 0);
    turn_commit(turn, NULL, NULL);
}

/* ---- pages that have readers ---- */

/* person, tool: who signed up; NULL: nobody knows. */
static void add_reader(const char *address, const char *person, const char *tool, bool vouched)
{
    struct subscriber subscriber = {.page = xstrdup("team"),
                                    .address = xstrdup(address),
                                    .person = xstrdup(person),
                                    .tool = xstrdup(tool),
                                    .vouched = vouched};
    struct turn *turn = turn_begin(rig->core, rig->now);
    subscribers_put(turn, &subscriber);
    turn_commit(turn, NULL, NULL);
    subscriber_finish(&subscriber);
}

static void set_group(const char *person, const char *group, instant until)
{
    text_list groups = {0};
    if (group)
        *array_add(&groups) = xstrdup(group);
    struct turn *turn = turn_begin(rig->core, rig->now);
    access_set_groups(turn, person, &groups, until);
    turn_commit(turn, NULL, NULL);
    text_list_finish(&groups);
}

static size_t heard(const char *address)
{
    CLEANUP_FREE char *to = xasprintf("\"email\":\"%s\"", address);
    return told(to, "");
}

static void whoever_is_no_reader_any_more_hears_nothing(void **state)
{
    (void)state;
    begin();
    set_group("bo", "globex", rig->now + HOUR);
    add_reader("ana@acme.example", "ana", NULL, false);
    add_reader("bo@acme.example", "bo", NULL, false);
    add_reader("cy@acme.example", "cy", NULL, false);
    add_reader("tool@acme.example", NULL, "monitor", false);
    add_reader("other-tool@acme.example", NULL, "other", false);
    add_reader("imported@acme.example", NULL, NULL, true);
    add_reader("before@acme.example", NULL, NULL, false);
    rig->now += DAY; /* nobody is signed in any more */
    publish(0, "One.", POST_INVESTIGATING, 0, false);
    settle();
    assert_int_equal(heard("ana@acme.example"), 1);
    assert_int_equal(heard("bo@acme.example"), 1);
    assert_int_equal(heard("tool@acme.example"), 1);
    assert_int_equal(heard("imported@acme.example"), 1);
    assert_int_equal(heard("cy@acme.example"), 0);
    assert_int_equal(heard("other-tool@acme.example"), 0);
    assert_int_equal(heard("before@acme.example"), 0);
    set_group("bo", "elsewhere", rig->now + HOUR); /* at the next sign-in */
    rig_settle(rig);
    restart();
    publish(1, "Two.", POST_RESOLVED, 0, false);
    settle();
    assert_int_equal(heard("ana@acme.example"), 2);
    assert_int_equal(heard("bo@acme.example"), 1);
}

/* ---- property: none is missed, none is told twice, nobody hears what is not theirs ---- */

#define READERS 230 /* more than a turn reads */

struct reader {
    const char *page;
    unsigned components; /* of the first three; 0: all */
};

static bool should_hear(const struct reader *reader, unsigned touched)
{
    bool hidden = strcmp(reader->page, "big") == 0;
    unsigned shown = hidden ? touched & 4u : touched;
    if (hidden && touched && !shown)
        return false; /* the post is not on that page */
    return !touched || !reader->components || reader->components & shown;
}

static size_t times_told(size_t reader, const char *text)
{
    CLEANUP_FREE char *to = xasprintf("\"email\":\"p%zu-@acme.example\"", reader);
    return told(to, text);
}

/* The process ends when some have been handed out, and nobody knows what became of them. */
static void die(void)
{
    journal_step(rig->journal);
    core_tick(rig->core, rig->now);
    core_tick(rig->core, rig->now);
    rig->handed.n = 0;
    journal_step(rig->journal);
    restart();
}

static void check_word(struct rng *rng, const struct reader *readers, const char *text, unsigned touched)
{
    rig->now += HOUR;
    publish(0, text, POST_INVESTIGATING, touched, false);
    for (uint64_t n = rng_below(rng, 4); n-- > 0;)
        die();
    for (int i = 0; i < 5; i++)
        settle();
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(times_told(i, text), should_hear(&readers[i], touched));
}

static void each_whom_a_word_concerns_is_told_once(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct rng rng;
        struct reader readers[READERS];
        rng_init(&rng, seed);
        begin();
        for (size_t i = 0; i < READERS; i++) {
            CLEANUP_FREE char *address = xasprintf("p%zu-@acme.example", i);
            readers[i] = (struct reader){rng_below(&rng, 4) ? "main" : "big", (unsigned)rng_below(&rng, 8)};
            put(readers[i].page, SUBSCRIBER_MAIL, address, readers[i].components);
        }
        settle();
        for (int word = 0; word < 4; word++) {
            CLEANUP_FREE char *text = xasprintf("Word%d.", word);
            check_word(&rng, readers, text, (unsigned)rng_below(&rng, 8));
        }
        tear_down(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_link_confirms_once_and_in_time, tear_down),
        cmocka_unit_test_teardown(what_is_no_address_is_refused, tear_down),
        cmocka_unit_test_teardown(sign_ups_are_limited_for_a_mailbox_and_as_a_whole, tear_down),
        cmocka_unit_test_teardown(whoever_leaves_is_told_no_more_and_a_forged_token_does_nothing, tear_down),
        cmocka_unit_test_teardown(links_lead_to_the_language_of_the_subscriber_where_the_page_has_it,
                                  tear_down),
        cmocka_unit_test_teardown(a_word_reaches_mail_webhook_and_channel, tear_down),
        cmocka_unit_test_teardown(a_component_that_is_set_by_hand_reaches_webhooks_alone, tear_down),
        cmocka_unit_test_teardown(a_quiet_word_reaches_nobody_and_the_next_one_does, tear_down),
        cmocka_unit_test_teardown(maintenance_is_told_when_it_is_planned_begins_and_ends, tear_down),
        cmocka_unit_test_teardown(an_address_that_bounces_is_left_alone_until_it_confirms_again, tear_down),
        cmocka_unit_test_teardown(a_mail_that_is_taken_undoes_no_bounce, tear_down),
        cmocka_unit_test_teardown(what_takes_nothing_five_times_is_left_alone, tear_down),
        cmocka_unit_test_teardown(a_failure_while_somebody_leaves_does_not_subscribe_them_again, tear_down),
        cmocka_unit_test_teardown(a_link_confirms_once_also_in_one_moment, tear_down),
        cmocka_unit_test_teardown(a_page_that_is_no_more_holds_nothing_up, tear_down),
        cmocka_unit_test_teardown(rows_are_taken_or_named, tear_down),
        cmocka_unit_test_teardown(whoever_is_no_reader_any_more_hears_nothing, tear_down),
        cmocka_unit_test(each_whom_a_word_concerns_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
