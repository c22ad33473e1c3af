/* The command `maintenance`: planned in one line, and moved, begun, extended, ended or cancelled by another. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/line.h"
#include "command/posting.h"
#include "comms/alone.h"
#include "policy/statuspages.h"
#include "public/names.h"
#include "statuspage/commands.h"
#include "statuspage/statuspage.h"

#define SAMPLE                                                                                                 \
    "`maintenance Database upgrade tomorrow 22:00-23:30 --component checkout \"Payments may fail for a "       \
    "minute.\"`"

/* In which everybody reads the times on the public page. */
static const char *page_zone(const struct request *request)
{
    const struct status_page *page = policy_status_page(core_policy(request->core), NULL);
    return page ? page->zone : NULL;
}

/* ---- what was typed ---- */

static int refuse_options(const struct typed_post *typed, struct error *err)
{
    return typed->status || typed->next
               ? error_set(err, ERR_INVALID,
                           "Maintenance takes `--title`, `--when`, `--component` and `--quiet`.")
               : 0;
}

/* What stands in quotes: the title where it comes first, the words else. They leave the line. */
static char *take_quoted(struct typed_post *typed)
{
    CLEANUP_STR struct str rest = {0};
    CLEANUP_FREE char *words = NULL;
    typed_post_title(typed);
    for (const char *p = str_text(&typed->text), *end; *p;) {
        bool quoted = (p == typed->text.p || isspace((unsigned char)p[-1])) && is_quoted(p);
        char *token = quoted ? read_token(p, &end) : NULL;
        if (token) {
            replace_text(&words, token);
            p = end;
            free(token);
        } else {
            str_addc(&rest, *p++);
        }
    }
    typed_post_text(typed, str_text(&rest));
    return steal(words);
}

static int refuse_time(const char *text, const struct request *request, struct error *why, struct error *err)
{
    struct when_split split;
    if (why->code == ERR_REFUSED)
        return error_set(err, ERR_INVALID, "%s", why->text);
    if (split_when(text, request->now, request->zone, &split, why) == 0) {
        free(split.when);
        free(split.text);
        return error_set(err, ERR_INVALID,
                         "Say when it ends, too: `tomorrow 22:00-23:30`, or `tomorrow 22:00 for 90m`.");
    }
    if (text_empty(text))
        return error_set(err, ERR_INVALID,
                         "Say what is done, when, and what customers should know: " SAMPLE ".");
    return error_markup(
        err, ERR_INVALID,
        "I can't tell the title from the time in '%.80s'. Write them like this: `maintenance \"Upgrade "
        "3\" tomorrow 22:00-23:30 --component checkout \"Payments may fail for a minute.\"`.",
        text);
}

/* "Database upgrade tomorrow 22:00-23:30 We upgrade it." What reads like a time is understood whole, or refused. */
static int read_line(const struct request *request, struct typed_post *typed, struct post *post,
                     struct error *err)
{
    struct span_split split = {0};
    struct error why = {0};
    CLEANUP_FREE char *words = typed->form ? NULL : take_quoted(typed);
    if (typed->when || typed->form) {
        int rc = typed->when
                     ? when_parse_span(typed->when, request->now, request->zone, &post->from, &post->until, err)
                     : error_set(err, ERR_INVALID, "Say when: `tomorrow 22:00-23:30`.");
        if (words)
            typed_post_text(typed, words);
        return rc;
    }
    int rc = split_span(str_text(&typed->text), request->now, request->zone, &split, &why);
    if (rc)
        return refuse_time(str_text(&typed->text), request, &why, err);
    post->from = split.from;
    post->until = split.until;
    if (split.before && (typed->title || (words && split.after)))
        rc = error_markup(
            err, ERR_INVALID,
            "I can't tell what '%.60s' is. Put the title first, and the words last, both in quotes.",
            typed->title ? split.before : split.after);
    if (!typed->title)
        typed->title = xstrdup(split.before);
    typed_post_text(typed, words ? words : split.after ? split.after : "");
    span_split_finish(&split);
    return rc;
}

void maintenance_given(const struct request *request, const char *text, struct typed_post *typed)
{
    struct span_split split = {0};
    typed_post_read(request, text, typed, NULL);
    CLEANUP_FREE char *words = take_quoted(typed);
    if (split_span(str_text(&typed->text), request->now, request->zone, &split, NULL))
        split = (struct span_split){.before = xstrdup(str_text(&typed->text))};
    if (!typed->title)
        typed->title = xstrdup(split.before);
    if (split.when)
        replace_text(&typed->when, split.when);
    typed_post_text(typed, words ? words : split.after ? split.after : "");
    span_split_finish(&split);
}

/* ---- planned ---- */

struct overlapping {
    const struct request *request;
    const struct post *post;
    const struct standing_post *other;
    struct str *out;
};

static void say_overlapping(void *ctx, const struct held_component *held)
{
    const struct overlapping *o = ctx;
    for (size_t i = 0; i < o->post->components.n; i++) {
        if (!text_equal_nocase(o->post->components.v[i].name, held->name))
            continue;
        str_markup(o->out, " Mind that %s is maintained by maintenance %" PRId64 " (%s), too: from ",
                   held->name, o->other->number, o->other->title);
        moment_format(o->other->from, o->request->now, o->request->zone, o->out);
        str_add(o->out, " until ");
        moment_format(o->other->until, o->request->now, o->request->zone, o->out);
        str_addc(o->out, '.');
    }
}

static void look_for_overlap(void *ctx, const struct standing_post *other)
{
    struct overlapping *o = ctx;
    if (other->number == o->post->number || other->until <= o->post->from || o->post->until <= other->from)
        return;
    o->other = other;
    statuspage_each_held(o->request->core, other->number, say_overlapping, o);
}

/* "It is from … until …: Checkout and Search." */
static void answer_planned(struct request *request, const struct post *post)
{
    CLEANUP_STR struct str text = {0}, names = {0};
    struct overlapping overlapping = {request, post, NULL, &text};
    for (size_t i = 0; i < post->components.n; i++)
        str_markup(&names,
                   !i                            ? "%s"
                   : i + 1 == post->components.n ? " and %s"
                                                 : ", %s",
                   post->components.v[i].name);
    str_add(&text, " Planned from ");
    moment_format(post->from, request->now, request->zone, &text);
    str_add(&text, " until ");
    moment_format(post->until, request->now, request->zone, &text);
    if (post->zone && !text_equal(post->zone, request->zone)) {
        str_add(&text, " (on the page: ");
        when_format_plain(post->from, request->now, post->zone, &text);
        str_add(&text, " until ");
        when_format_plain(post->until, request->now, post->zone, &text);
        str_addc(&text, ')');
    }
    str_addf(&text, names.len ? ": %s." : ". No component is named, so none is shown as under maintenance%s.",
             str_text(&names));
    statuspage_each_maintenance(request->core, look_for_overlap, &overlapping);
    answer_text(request, text.p);
}

static int plan(struct request *request, struct typed_post *typed, struct error *err)
{
    struct post post = {.status = POST_SCHEDULED, .quiet = typed->quiet, .zone = xstrdup(page_zone(request))};
    CLEANUP_STR struct str languages = {0};
    int rc = post_check_page(request, err);
    rc = rc ? rc : refuse_options(typed, err);
    rc = rc ? rc : read_line(request, typed, &post, err);
    rc = rc ? rc : post_title(typed, &post, err);
    rc = rc ? rc : post_components(request, typed, STATE_MAINTENANCE, &post, err);
    if (!rc && text_empty(str_text(&typed->text)))
        rc = error_set(err, ERR_INVALID, "Say what customers should know, in quotes at the end: " SAMPLE ".");
    rc = rc ? rc : post_words(request, typed, &languages, err);
    rc = rc ? rc : post_draft(request, typed, &post, languages.p, err);
    if (!rc)
        answer_planned(request, &post);
    post_finish(&post);
    return rc;
}

int redraft_maintenance(struct request *request, const struct state_draft *draft, struct typed_post *typed,
                        struct post *before, struct error *err)
{
    struct post typed_components = {0};
    CLEANUP_STR struct str languages = {0};
    int rc = refuse_options(typed, err);
    if (!rc && typed->when)
        rc = when_parse_span(typed->when, request->now, request->zone, &before->from, &before->until, err);
    rc = rc ? rc : post_components(request, typed, STATE_MAINTENANCE, &typed_components, err);
    if (!rc && typed_components.components.n) {
        const struct post old = *before;
        before->components = typed_components.components;
        typed_components.components = old.components;
    }
    if (typed->title)
        replace_text(&before->title, typed->title);
    before->quiet |= typed->quiet;
    if (text_empty(str_text(&typed->text)))
        str_add(&typed->text, draft->text);
    rc = rc ? rc : post_words(request, typed, &languages, err);
    rc = rc ? rc : post_change(request, draft, typed, before, err);
    post_finish(&typed_components);
    return rc;
}

/* ---- what is done with one ---- */

struct doing {
    struct request *request;
    struct standing_post post;
    struct typed_post typed; /* of what follows the verb */
    instant from, until;     /* as it changes them; 0: it does not */
};

/* "30m", "by 30m", "for 30m", "until 23:45": longer than planned. */
static int read_extension(struct doing *doing, struct error *err)
{
    const char *text = str_text(&doing->typed.text);
    duration more;
    text += strncasecmp(text, "by ", 3) == 0 ? 3 : strncasecmp(text, "for ", 4) == 0 ? 4 : 0;
    if (duration_parse(text, &more, NULL) == 0)
        doing->until = doing->post.until + more;
    else if (*text == '\0')
        return error_set(err, ERR_INVALID, "Say how much longer: `maintenance %" PRId64 " extend 30m`.",
                         doing->post.number);
    else {
        int rc = when_parse(text, doing->request->now, doing->request->zone, &doing->until, err);
        if (rc)
            return rc;
    }
    if (doing->until > doing->post.until && doing->until - doing->post.until <= 31 * DAY)
        return 0;
    CLEANUP_STR struct str ends = {0};
    when_format_plain(doing->post.until, doing->request->now, doing->request->zone, &ends);
    return error_set(err, ERR_INVALID,
                     "It is planned until %s. It is extended beyond that, by 31 days at most.", ends.p);
}

static int read_move(struct doing *doing, struct error *err)
{
    const char *text = doing->typed.when ? doing->typed.when : str_text(&doing->typed.text);
    return when_parse_span(text, doing->request->now, doing->request->zone, &doing->from, &doing->until, err);
}

static int read_nothing(struct doing *doing, struct error *err)
{
    return text_empty(str_text(&doing->typed.text))
               ? 0
               : error_markup(err, ERR_INVALID, "Put the words for customers in quotes: \"%.80s\".",
                              doing->typed.text.p);
}

static const struct deed {
    const char *verb;
    bool planned, begun;   /* what it may be done with */
    enum public_status to; /* POST_SCHEDULED: as it is */
    const char *words;     /* that are always the same; NULL: it is approved first */
    int (*read)(struct doing *doing, struct error *err);
    const char *so;      /* why it may not be done */
    const char *instead; /* which deed may, as it is typed, and what that does; NULL: none */
    const char *does;
} deeds[] = {
    {"begin", true, false, POST_IN_PROGRESS, MAINTENANCE_BEGUN, read_nothing, "It has begun already.", NULL,
     NULL},
    {"end", false, true, POST_COMPLETED, MAINTENANCE_OVER, read_nothing, "It has not begun.", "cancel",
     "cancels it"},
    {"cancel", true, false, POST_COMPLETED, MAINTENANCE_CANCELLED, read_nothing, "It has begun.", "end",
     "ends it"},
    {"extend", true, true, POST_SCHEDULED, MAINTENANCE_LONGER, read_extension, NULL, NULL, NULL},
    {"move", true, false, POST_SCHEDULED, NULL, read_move, "It has begun.", "extend 30m", "makes it longer"},
};

static int publish_now(struct doing *doing, const struct deed *deed, enum public_status to, struct error *err)
{
    struct request *request = doing->request;
    const struct posting posting = {.post = doing->post.number,
                                    .by = request->by,
                                    .text = deed->words,
                                    .status = to,
                                    .until = doing->until,
                                    .quiet = doing->typed.quiet};
    int rc = request_access(request, ACCESS_APPROVE, err);
    rc = rc || statuspage_publish(request->turn, &posting, err) ? rc : err->code;
    if (rc)
        return rc;
    answer_line(request, "Maintenance %" PRId64 " (%s): the status page says “%s”", doing->post.number,
                doing->post.title, deed->words);
    if (doing->until) {
        CLEANUP_STR struct str until = {0};
        str_add(&until, " It ends ");
        moment_format(doing->until, request->now, request->zone, &until);
        str_addc(&until, '.');
        answer_text(request, until.p);
    }
    return 0;
}

static void keep_component(void *ctx, const struct held_component *held)
{
    post_set_component(ctx, held->name, held->now, STATE_MAINTENANCE);
}

/* With words of their own, or another time, it is approved first. */
static int draft(struct doing *doing, enum public_status to, const char *words, struct error *err)
{
    struct request *request = doing->request;
    struct post post = {.number = doing->post.number,
                        .status = to,
                        .quiet = doing->typed.quiet,
                        .from = doing->from,
                        .until = doing->until,
                        .zone = xstrdup(page_zone(request))};
    CLEANUP_STR struct str languages = {0};
    typed_post_text(&doing->typed, words);
    if (doing->from)
        statuspage_each_held(request->core, post.number, keep_component, &post);
    int rc = post_refuse_drafted(request, post.number, err);
    rc = rc ? rc : post_words(request, &doing->typed, &languages, err);
    rc = rc ? rc : post_draft(request, &doing->typed, &post, languages.p, err);
    if (!rc && doing->from)
        answer_planned(request, &post);
    post_finish(&post);
    return rc;
}

static int refuse_now(const struct doing *doing, const struct deed *deed, struct error *err)
{
    return deed->instead ? error_set(err, ERR_REFUSED, "%s `maintenance %" PRId64 " %s` %s.", deed->so,
                                     doing->post.number, deed->instead, deed->does)
                         : error_set(err, ERR_REFUSED, "%s", deed->so);
}

static int carry_out(struct doing *doing, const struct deed *deed, struct error *err)
{
    bool begun = doing->post.status != POST_SCHEDULED;
    enum public_status to = deed->to == POST_SCHEDULED ? doing->post.status : deed->to;
    CLEANUP_FREE char *words = take_quoted(&doing->typed);
    if (!words && doing->typed.title) /* it stood first */
        words = steal(doing->typed.title);
    if (begun ? !deed->begun : !deed->planned)
        return refuse_now(doing, deed, err);
    int rc = refuse_options(&doing->typed, err);
    rc = rc ? rc : deed->read(doing, err);
    if (rc)
        return rc;
    return words || !deed->words ? draft(doing, to, words ? words : MAINTENANCE_MOVED, err)
                                 : publish_now(doing, deed, to, err);
}

static int refuse_deed(int64_t number, const char *verb, struct error *err)
{
    if (!*verb)
        return error_set(err, ERR_INVALID,
                         "Say what to do with maintenance %" PRId64 ": `maintenance %" PRId64
                         " extend 30m`, or move, begin, end, cancel.",
                         number, number);
    return error_markup(err, ERR_INVALID,
                        "Say what to do with maintenance %" PRId64 ", not '%.40s': `maintenance %" PRId64
                        " extend 30m`, or move, begin, end, cancel.",
                        number, verb, number);
}

static int act(struct request *request, int64_t number, const char *text, struct error *err)
{
    struct doing doing = {.request = request};
    size_t n = strcspn(text, " \t\n");
    CLEANUP_FREE char *verb = xstrndup(text, n);
    if (!statuspage_post(request->core, number, &doing.post) ||
        !public_status_is_maintenance(doing.post.status))
        return error_set(err, ERR_NOT_FOUND,
                         "There is no maintenance %" PRId64 ". `maintenance` lists what is planned.", number);
    if (public_status_is_over(doing.post.status))
        return error_set(err, ERR_REFUSED,
                         "Maintenance %" PRId64 " is over. `maintenance` lists what is planned.", number);
    int rc = typed_post_read(request, text + n, &doing.typed, err);
    for (size_t i = 0; !rc && i < ARRAY_SIZE(deeds); i++) {
        if (strcasecmp(deeds[i].verb, verb) != 0)
            continue;
        rc = carry_out(&doing, &deeds[i], err);
        typed_post_finish(&doing.typed);
        return rc;
    }
    typed_post_finish(&doing.typed);
    return rc ? rc : refuse_deed(number, verb, err);
}

/* ---- the command ---- */

static int list(struct request *request)
{
    CLEANUP_STR struct str text = {0};
    struct call call = request_call(request, NULL, &text);
    statuspage_list(&call, true);
    answer_text(request, text.p);
    answer_text(request, "\n\nTo plan it: " SAMPLE ".");
    request->answer->alone = true;
    return 0;
}

static int run(struct request *request, const char *text, struct error *err)
{
    struct typed_post typed = {0};
    const char *rest;
    int64_t number = post_number(text, &rest);
    if (number)
        return act(request, number, rest, err);
    int rc = typed_post_read(request, text, &typed, err);
    rc = rc ? rc : plan(request, &typed, err);
    typed_post_finish(&typed);
    request->asks = rc == ERR_INVALID;
    return rc;
}

int run_maintenance(struct request *request, struct error *err)
{
    const char *text = request_argument(request, ARGUMENT_TEXT);
    if (text ? text_equal_nocase(text, "list") : !request->asker->values)
        return list(request);
    request->incident = comms_alone(request->core);
    int rc = request_access(request, ACCESS_ACT, err);
    rc = rc ? rc : run(request, text ? text : "", err);
    request->incident = NULL;
    return rc;
}
