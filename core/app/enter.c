#include "app/enter.h"

#include <stdio.h>
#include <string.h>

#include "app/inside.h"
#include "app/reader.h"
#include "base/clock.h"
#include "base/log.h"
#include "people/people.h"

#define TRIES_MOST 30 /* that failed, from one address in GUESSES_WINDOW */
#define AGENT_MOST 120
#define BACK_MOST  500

const char *enter_back(const char *path)
{
    bool ours = path && (text_starts(path, "/app/") || text_starts(path, STATUS_FOR "/")) &&
                strlen(path) < BACK_MOST && !strchr(path, '\\') && !text_starts(path, "/app/signin");
    for (const char *p = path; ours && *p; p++)
        ours = *p > ' ' && *p < 127;
    return ours ? path : "/app/";
}

bool enter_may_try(struct visit *visit)
{
    int seconds;
    const char *peer = http_peer(visit->request);
    int n = guesses_add(&visit->app->guesses, peer, clock_mono_ns() / 1000000, &seconds);
    if (n == 1)
        log_warn("a sign-in failed from %s; more from there are not logged for %d s", peer, seconds);
    if (n <= TRIES_MOST)
        return true;
    CLEANUP_FREE char *text = xasprintf("Too many sign-ins failed from %s. Wait %d seconds.", peer, seconds);
    visit_fault(visit, 429, text);
    return false;
}

/* Whoever may not even see, nor read a status page, learns whom to ask. */
static bool is_let_in(struct visit *visit, const struct session *wanted, struct error *err)
{
    const struct access_request asks = {.person = wanted->person,
                                        .most = wanted->most,
                                        .needed = ACCESS_SEE,
                                        .what = "signin",
                                        .now = visit->now};
    return access_check(visit->core, &asks, err) == 0 ||
           reader_of_any(visit->core, wanted->person, wanted->person ? NULL : wanted->name, visit->now);
}

static void end_earlier(struct visit *visit, struct turn *turn)
{
    CLEANUP_FREE char *by = visit_by(visit);
    if (visit->session)
        session_end(turn, visit->session, by);
    visit->session = NULL;
}

void enter_begin(struct visit *visit, struct turn *turn, struct session *wanted, const char *back)
{
    struct error err;
    char secret[SECRET_TEXT];
    const char *agent = http_header(visit->request, "user-agent");
    CLEANUP_FREE char *clean = utf8_sanitize(agent ? agent : "", agent ? strlen(agent) : 0, AGENT_MOST);
    if (!is_let_in(visit, wanted, &err)) {
        turn_commit(turn, NULL, NULL);
        visit_fault(visit, 403, err.text);
        return;
    }
    wanted->agent = clean;
    wanted->address = (char *)(uintptr_t)http_peer(visit->request);
    end_earlier(visit, turn);
    session_begin(turn, wanted, secret);
    cookie_set(visit->request, visit->app, COOKIE_SESSION, secret);
    cookie_set(visit->request, visit->app, COOKIE_VISIT, NULL);
    explicit_bzero(secret, sizeof(secret));
    visit_commit_to(visit, turn, back);
}

void enter_leave(struct visit *visit)
{
    struct turn *turn = turn_begin(visit->core, visit->now);
    end_earlier(visit, turn);
    cookie_set(visit->request, visit->app, COOKIE_SESSION, NULL);
    visit_commit_to(visit, turn, "/app/signin");
}
