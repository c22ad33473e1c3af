/* Somebody's own rules for how they are notified, as `ways` of people{}: a connector, and how long after a level began. */
#include "moving/reading.h"
#include "moving/sources.h"

#define LATEST (366 * DAY) /* the longest span that the policy takes */

const char *connector_of(const struct moving_method *methods, const char *theirs)
{
    while (methods->theirs && !text_equal(methods->theirs, theirs))
        methods++;
    return methods->connector;
}

static const char *address_of(const struct moving_person *person, const char *connector)
{
    if (text_equal(connector, "email"))
        return person->mail;
    for (size_t i = 0; i < person->ways.n; i++) {
        if (text_equal(person->ways.v[i].connector, text_equal(connector, "call") ? "sms" : connector))
            return person->ways.v[i].address;
    }
    return NULL;
}

/* The notice that becomes the way of that connector: a way calls once in each round, at one address, whatever the incident. NULL: none. */
static const struct moving_notice *way_of(const struct moving_person *person, const char *connector)
{
    const char *address = connector ? address_of(person, connector) : NULL;
    for (size_t i = 0; address && i < person->notices.n; i++) {
        const struct moving_notice *notice = &person->notices.v[i];
        if (!notice->only && notice->after <= LATEST && text_equal(notice->connector, connector) &&
            (!notice->address || text_equal_nocase(notice->address, address)))
            return notice;
    }
    return NULL;
}

/* Nothing is lost without it: it only waits, or holds sometimes and is so always. */
static bool adds_nothing(const struct moving_person *person, const struct moving_notice *notice)
{
    const struct moving_notice *way = way_of(person, notice->connector);
    bool waits = text_equal(notice->connector, "");
    return waits ||
           (way && way->after == notice->after &&
            (!notice->address || text_equal_nocase(notice->address, address_of(person, notice->connector))));
}

static void add_notice(const struct moving_notice *notice, struct str *out)
{
    str_addf(out, "%s%s%s%s", out->len ? ", " : "", notice->only ? notice->only : "", notice->only ? ": " : "",
             notice->method);
    if (notice->address)
        str_addf(out, " %s", notice->address);
    if (notice->after) {
        str_add(out, " after ");
        duration_format(notice->after, out);
    }
}

static void settle(struct moving *m, struct moving_person *person)
{
    CLEANUP_STR struct str left = {0};
    CLEANUP_FREE bool *said = xcalloc(person->notices.n + 1, sizeof(bool));
    for (size_t i = 0; i < person->notices.n; i++) {
        const struct moving_notice *notice = &person->notices.v[i];
        said[i] = way_of(person, notice->connector) == notice;
        if (!said[i] && !adds_nothing(person, notice))
            add_notice(notice, &left);
    }
    for (size_t i = person->notices.n; i-- > 0;) {
        if (!said[i])
            array_remove(&person->notices, i);
    }
    if (left.len)
        unsaid(m, "`ways` cannot say it: see whether the page reaches them in time without it",
               "notifications of %s: %s", person->name ? person->name : person->word, left.p);
}

void moving_ways(struct moving *m)
{
    for (size_t i = 0; i < m->people.n; i++)
        settle(m, &m->people.v[i]);
}
