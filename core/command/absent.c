/* The command `absent`: somebody is not on call for a time, and whoever is next in turn is. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/handlers.h"
#include "command/line.h"
#include "oncall/oncall.h"
#include "rooms/rooms.h"

#define LIST_MOST  20
#define TURNS_MOST 20 /* turns of whoever is away that are told */

/* ---- list, and take back ---- */

struct listing {
    const struct request *request;
    bool own; /* only the asker's, and those that the asker made */
    size_t n;
    uint64_t last;
    struct str out;
};

/* "7: Ana is away from Mon 21 Dec 00:00 until Sun 3 Jan 00:00" */
static void add_absence(const struct request *request, const struct oncall_absence *absence, struct str *out)
{
    str_addf(out, "%" PRIu64 ": ", absence->number);
    str_markup(out, "%s is away from ", oncall_name(request->core, absence->person));
    moment_format(absence->from, request->now, request->zone, out);
    str_add(out, " until ");
    moment_format(absence->until, request->now, request->zone, out);
}

static bool list_one(void *ctx, const struct oncall_absence *absence)
{
    struct listing *listing = ctx;
    const struct request *request = listing->request;
    const char *me = request->asker->person;
    bool own = people_same(request->core, absence->person, me) || people_same(request->core, absence->by, me);
    if (absence->until <= request->now || (listing->own && !own))
        return true;
    str_add(&listing->out, listing->n++ ? "\n- " : "- ");
    add_absence(request, absence, &listing->out);
    listing->last = absence->number;
    return listing->n < LIST_MOST;
}

static int list(struct request *request)
{
    struct listing listing = {.request = request};
    oncall_each_absence(request->core, list_one, &listing);
    request->answer->alone = true;
    if (listing.n)
        answer_text(request, listing.out.p);
    else
        answer_line(request, "Nobody is away. To say when you are, type `absent 21 dec - 2 jan`.");
    str_finish(&listing.out);
    return 0;
}

/* The number that was typed; else that of the only absence that is theirs. */
static int which(struct request *request, const char *typed, uint64_t *ret, struct error *err)
{
    struct listing listing = {.request = request, .own = true};
    char *end = NULL;
    *ret = strtoull(typed, &end, 10);
    if (*typed && *ret && !*end)
        return 0;
    if (*typed)
        return error_markup(err, ERR_INVALID,
                            "'%.40s' is not the number of an absence. Type `absent cancel 7`.", typed);
    oncall_each_absence(request->core, list_one, &listing);
    *ret = listing.last;
    int rc = listing.n == 1 ? 0
             : listing.n    ? error_set(err, ERR_CONFLICT, "Say which, as in `absent cancel %" PRIu64 "`:\n%s",
                                        listing.last, listing.out.p)
                            : error_set(err, ERR_NOT_FOUND, "You are not away. `absent` lists who is.");
    str_finish(&listing.out);
    return rc;
}

static int cancel(struct request *request, const char *typed, struct error *err)
{
    uint64_t number = 0;
    CLEANUP_STR struct str text = {0};
    int rc = which(request, typed, &number, err);
    if (rc)
        return rc;
    const struct oncall_absence *absence = oncall_find_absence(request->core, number);
    if (!absence)
        return error_markup(err, ERR_NOT_FOUND, "There is no absence %" PRIu64 ". `absent` lists who is away.",
                            number);
    str_markup(&text, "%s took back:\n- ", request_person_name(request, request->by));
    add_absence(request, absence, &text);
    if (!people_same(request->core, absence->person, request->asker->person))
        accounts_tell(request->turn, absence->person, request->asker, text.p);
    oncall_return(request->turn, absence, request->by);
    answer_text(request, text.p);
    return 0;
}

/* ---- who takes their turns ---- */

struct span { /* in which they would have been on call */
    const struct rotation *rotation;
    instant from, until;
};
typedef ARRAY(struct span) span_list;

struct seeking {
    const struct core *core;
    const char *person;
    const struct rotation *rotation;
    span_list *spans;
};

static bool seek(void *ctx, const struct shift *shift)
{
    struct seeking *seeking = ctx;
    bool on = false;
    for (size_t i = 0; i < shift->on.n && !on; i++)
        on = oncall_is(seeking->core, shift->on.people[i], seeking->person);
    struct span *last = seeking->spans->n ? &seeking->spans->v[seeking->spans->n - 1] : NULL;
    if (on && last && last->rotation == seeking->rotation && last->until == shift->from)
        last->until = shift->until;
    else if (on)
        *array_add(seeking->spans) = (struct span){seeking->rotation, shift->from, shift->until};
    return true;
}

static void find_spans(const struct core *core, const char *person, instant from, instant until, span_list *ret)
{
    const struct rotation *rotation;
    for (size_t i = 0; (rotation = policy_rotation_at(core_policy(core), i)); i++)
        oncall_shifts(core, rotation, from, until, seek, &(struct seeking){core, person, rotation, ret});
}

struct telling {
    struct request *request;
    const char *away; /* a name */
    struct span span;
    struct shift pending; /* not told yet; until 0: none */
    size_t n;
    struct str out, gaps;       /* lines: of all turns, and of those that nobody takes */
    ARRAY(const char *) people; /* who take them, once each, by their ids */
};

static void add_person(struct telling *telling, const char *name)
{
    const char *id = oncall_person(telling->request->core, name);
    bool there = false;
    for (size_t i = 0; id && i < telling->people.n && !there; i++)
        there = people_same(telling->request->core, telling->people.v[i], id);
    if (id && !there)
        *array_add(&telling->people) = id;
}

/* "- **payments**: Bo, from Mon 21 Dec 09:00 until Mon 28 Dec 09:00" */
static void add_turn(struct telling *telling, struct str *out)
{
    const struct request *request = telling->request;
    const struct shift *shift = &telling->pending;
    str_markup(out, "\n- **%s**: ", telling->span.rotation->name);
    oncall_names(request->core, &shift->on, out);
    str_add(out, shift->on.n ? ", from " : " is on call from ");
    moment_format(shift->from, request->now, request->zone, out);
    str_add(out, " until ");
    moment_format(shift->until, request->now, request->zone, out);
}

static void tell_turn(struct telling *telling)
{
    const struct on_call *on = &telling->pending.on;
    if (!telling->pending.until)
        return;
    if (telling->n++ < TURNS_MOST)
        add_turn(telling, &telling->out);
    if (on->n < (size_t)telling->span.rotation->at_once)
        add_turn(telling, &telling->gaps);
    for (size_t i = 0; i < on->n; i++)
        add_person(telling, on->people[i]);
    telling->pending.until = 0;
}

static bool tell_shift(void *ctx, const struct shift *shift)
{
    struct telling *telling = ctx;
    if (shift_goes_on(&telling->pending, shift))
        return true;
    tell_turn(telling);
    telling->pending = *shift;
    return true;
}

static void tell_spans(struct telling *telling, const span_list *spans)
{
    for (size_t i = 0; i < spans->n; i++) {
        telling->span = spans->v[i];
        oncall_shifts(telling->request->core, spans->v[i].rotation, spans->v[i].from, spans->v[i].until,
                      tell_shift, telling);
        tell_turn(telling);
    }
    if (telling->n > TURNS_MOST)
        str_addf(&telling->out, "\n- … and %zu more", telling->n - TURNS_MOST);
}

/* Where nobody is on call, everybody hears of it at once. */
static void tell_gaps(struct telling *telling)
{
    CLEANUP_FREE char *key = turn_key(telling->request->turn);
    if (!telling->gaps.len)
        return;
    CLEANUP_STR struct str text = {0};
    str_markup(&text, "%s is away, and fewer are on call than the rotation says:", telling->away);
    str_add(&text, telling->gaps.p);
    str_add(&text, "\n\n`cover` helps where somebody is on call; otherwise the rotation needs more people.");
    rooms_say_incident(telling->request->turn, 0, key, NULL, text.p);
}

static void tell_all(struct telling *telling, const char *person, const char *first)
{
    struct request *request = telling->request;
    CLEANUP_STR struct str text = {0};
    str_add(&text, first);
    str_add(&text, telling->n ? "\nTheir turns then:" : "\nNo turns change.");
    str_add(&text, str_text(&telling->out));
    for (size_t i = 0; i < telling->people.n; i++) {
        if (!people_same(request->core, telling->people.v[i], request->asker->person))
            accounts_tell(request->turn, telling->people.v[i], request->asker, text.p);
    }
    if (!people_same(request->core, person, request->asker->person))
        accounts_tell(request->turn, person, request->asker, text.p);
    answer_text(request, text.p);
    tell_gaps(telling);
}

static int leave(struct request *request, const struct oncall_absence *absence, struct error *err)
{
    span_list spans = {0};
    uint64_t number;
    find_spans(request->core, absence->person, absence->from, absence->until, &spans);
    int rc = oncall_leave(request->turn, absence, &number, err);
    if (!rc) {
        struct telling telling = {.request = request, .away = oncall_name(request->core, absence->person)};
        CLEANUP_STR struct str first = {0};
        add_absence(request, oncall_find_absence(request->core, number), &first);
        tell_spans(&telling, &spans);
        tell_all(&telling, absence->person, first.p);
        str_finish(&telling.out);
        str_finish(&telling.gaps);
        array_free(&telling.people);
    }
    array_free(&spans);
    return rc;
}

/* "Bo 21 dec - 2 jan", or without a person. What reads as days is days, whoever has that name. */
static int read_absence(struct request *request, const char *typed, struct oncall_absence *ret,
                        struct error *err)
{
    const struct person *person;
    const char *days = typed;
    *ret = (struct oncall_absence){.by = (char *)(uintptr_t)request->by};
    bool named = *typed == '@' || is_quoted(typed) ||
                 (when_parse_days(typed, request->now, request->zone, &ret->from, &ret->until, NULL) &&
                  request_take_person(request, &days, &person, NULL) == 0);
    days = typed;
    int rc =
        named ? request_take_person(request, &days, &person, err) : request_known(request, "me", &person, err);
    rc = rc ? rc : when_parse_days(days, request->now, request->zone, &ret->from, &ret->until, err);
    if (rc == ERR_INVALID)
        return error_markup(
            err, rc,
            "I can't read '%.60s' as days that exist. Try `absent 21 dec - 2 jan`, `absent friday`, or with "
            "times, `absent friday 18:00 until monday 9:00`.",
            days);
    ret->person = rc ? NULL : person->id;
    return rc;
}

int run_absent(struct request *request, struct error *err)
{
    const char *typed = request_argument(request, ARGUMENT_TEXT);
    struct oncall_absence absence;
    if (!typed)
        return list(request);
    if (strncasecmp(typed, "cancel", 6) == 0 && strchr(" ", typed[6]))
        return cancel(request, typed + 6 + strspn(typed + 6, " "), err);
    int rc = read_absence(request, typed, &absence, err);
    return rc ? rc : leave(request, &absence, err);
}
