/* One person with users on several platforms: linked by a code, and taken apart again. */
#include "command/accounts.h"

#include <string.h>

#include "base/markup.h"
#include "command/handlers.h"
#include "people/links.h"
#include "rooms/rooms.h"

/* "Ana Diaz (`ana`, on slack and teams)" */
static void describe(const struct core *core, const char *id, struct str *out)
{
    CLEANUP_STR struct str where = {0};
    const struct person *person = people_get(core, id);
    people_platforms(core, id, &where);
    str_markup(out, "%s (`%s`, on %s)", person->name ? person->name : person->id, person->id,
               where.len ? where.p : "no platform");
}

void accounts_tell(struct turn *turn, const char *id, const struct asker *but, const char *text)
{
    CLEANUP_FREE char *key = turn_key_as(turn, "people:");
    struct place asker = {.connector = but ? but->connector : NULL, .to = but ? but->user : NULL};
    rooms_tell_person(turn, id, &asker, key, text);
}

/* Tells both of two who were one; `out`: the same. */
static void part(struct turn *turn, const struct people_two *two, const struct asker *but, const char *who,
                 struct str *out)
{
    const struct core *core = turn_core(turn);
    rooms_separate(turn, two->one, two->other);
    describe(core, two->one, out);
    str_add(out, " and ");
    describe(core, two->other, out);
    str_addf(out, " are two persons again%s. Each sees and does only what is their own.", who);
    accounts_tell(turn, two->one, but, out->p);
    accounts_tell(turn, two->other, but, out->p);
}

int accounts_unlink(struct turn *turn, const char *person, const char *connector, const char *by,
                    struct str *said, struct error *err)
{
    struct people_two two;
    int rc = people_unlink(turn, person, connector, NULL, by, &two, err);
    if (!rc)
        part(turn, &two, NULL, ", by an operator", said);
    return rc;
}

static int answer_parted(struct request *request, const struct people_two *two)
{
    CLEANUP_STR struct str text = {0};
    part(request->turn, two, request->asker, "", &text);
    answer_text(request, text.p);
    return 0;
}

static int show_code(struct request *request, struct error *err)
{
    char code[PAIRING_TEXT];
    int rc = people_pair(request->turn, request->asker->person, code, err);
    if (rc)
        return rc;
    request->answer->secret = true;
    answer_line(
        request,
        "Your code is `%s`. On the other platform, type `link %s` to me within 10 minutes; then both users "
        "are one person. Whoever types it becomes you, so show it to nobody. (To keep a link with an "
        "incident, type `link https://…`.)",
        code, code);
    explicit_bzero(code, sizeof(code));
    return 0;
}

static int link_by(struct request *request, const char *code, struct error *err)
{
    const struct asker *asker = request->asker;
    const char *other;
    CLEANUP_STR struct str text = {0};
    int rc = people_redeem(request->turn, asker->person, code, &other, err);
    if (rc)
        return rc;
    describe(request->core, asker->person, &text);
    str_add(&text, " and ");
    describe(request->core, other, &text);
    str_markup(
        &text,
        " are one person from now on, because a code of the latter was typed on %s. Each user sees and does "
        "what both may. If that is wrong, type `link undo`.",
        asker->connector);
    rooms_unite(request->turn, asker->person, other);
    people_link(request->turn, asker->person, other, asker->connector);
    accounts_tell(request->turn, other, asker, text.p);
    answer_text(request, text.p);
    return 0;
}

int run_link_me(struct request *request, struct error *err)
{
    const char *typed = request_argument(request, ARGUMENT_WORD);
    struct people_two two;
    int rc = 0;
    request->answer->alone = true;
    if (!request->asker->user)
        return error_set(
            err, ERR_REFUSED,
            "`link` is about the user who types it, so it works in a chat only, not over the API.");
    if (!typed || text_equal_nocase(typed, "me"))
        return show_code(request, err);
    if (!text_equal_nocase(typed, "undo"))
        return link_by(request, typed, err);
    rc = people_undo(request->turn, request->asker->person, request->by, &two, err);
    return rc ? rc : answer_parted(request, &two);
}

int run_unlink(struct request *request, struct error *err)
{
    const struct asker *asker = request->asker;
    const char *platform = request_argument(request, ARGUMENT_WORD);
    const char *user = text_equal_nocase(platform, asker->connector) ? asker->user : NULL;
    struct people_two two;
    request->answer->alone = true;
    int rc = people_unlink(request->turn, asker->person, platform, user, request->by, &two, err);
    return rc ? rc : answer_parted(request, &two);
}
