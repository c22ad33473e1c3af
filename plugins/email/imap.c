#include "imap.h"

#include <ctype.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "in.h"
#include "peers.h"
#include "parse.h"
#include "session.h"

#define BATCH       1000   /* mails that are looked for at once */
#define IDLE_MS     540000 /* routers forget a connection after ten minutes */
#define POLL_MS     20000  /* where the server has no IDLE */
#define AGAIN_MS    2000   /* until a mail is offered to the core again */
#define SHORTEST_MS 1000   /* between two connections; doubles up to the longest */
#define LONGEST_MS  60000
#define TRIES_MOST  3 /* a mail that ends the process so often is left */

struct email_imap {
    const struct email *email;
    int wake[2];
    char key[40], try_key[40]; /* of the cursor, and of the mail that is being tried */
    char trouble[500];         /* of the last connection, as it was logged */
    struct session *session;
    bool can_idle;
    /* the mailbox, as the server says */
    uint32_t validity, next, exists;
    /* The cursor: mails up to `last` of the mailbox `of` were read, the latest arrived at `arrived`. After the mailbox was numbered anew,
       those up to `until` that arrived before `since` had been read already. */
    uint32_t of, last, until;
    int64_t arrived, since;
    bool moved;
};

/* ---- waiting ---- */

/* False: we are to stop. */
static bool sleep_for(const struct email_imap *imap, int64_t ms)
{
    struct pollfd fd = {.fd = imap->wake[0], .events = POLLIN};
    return poll(&fd, 1, (int)ms) == 0;
}

static bool is_stopping(const struct email_imap *imap)
{
    return !sleep_for(imap, 0);
}

/* ---- the cursor ---- */

static void load_cursor(struct email_imap *imap)
{
    char text[100] = "";
    email_kept(imap->email, imap->key, text, sizeof(text));
    char *rest = text;
    imap->of = (uint32_t)strtoul(rest, &rest, 10);
    imap->last = (uint32_t)strtoul(rest, &rest, 10);
    imap->arrived = strtoll(rest, &rest, 10);
    imap->since = strtoll(rest, &rest, 10);
    imap->until = (uint32_t)strtoul(rest, &rest, 10);
    imap->moved = false;
}

static void write_cursor(const struct email_imap *imap, char text[100])
{
    snprintf(text, 100, "%" PRIu32 " %" PRIu32 " %" PRId64 " %" PRId64 " %" PRIu32, imap->of, imap->last,
             imap->arrived, imap->since, imap->until);
}

static void save_cursor(struct email_imap *imap)
{
    char text[100];
    write_cursor(imap, text);
    if (imap->moved && imap->email->host->put(imap->email->host->ctx, imap->key, text, strlen(text)) == 0)
        imap->moved = false;
}

/* A mail that made the process end again and again is passed over. */
static bool may_try(struct email_imap *imap, uint32_t uid)
{
    char text[80];
    unsigned long tried = 0;
    if (email_kept(imap->email, imap->try_key, text, sizeof(text))) {
        char *rest = text;
        if (strtoul(rest, &rest, 10) == uid)
            tried = strtoul(rest, NULL, 10);
    }
    snprintf(text, sizeof(text), "%" PRIu32 " %lu", uid, tried + 1);
    imap->email->host->put(imap->email->host->ctx, imap->try_key, text, strlen(text));
    if (tried < TRIES_MOST)
        return true;
    kit_log(imap->email->host, KIT_ERROR,
            "left mail %" PRIu32 " of the mailbox: reading it ended the connector %lu times", uid, tried);
    return false;
}

/* ---- what the server says ---- */

static uint32_t number_after(const char *line, const char *word)
{
    const char *p = strcasestr(line, word);
    return p ? (uint32_t)strtoul(p + strlen(word), NULL, 10) : 0;
}

static void on_examine(void *ctx, const struct session_response *response)
{
    struct email_imap *imap = ctx;
    const char *line = response->line;
    if (strcasestr(line, "[UIDVALIDITY "))
        imap->validity = number_after(line, "[UIDVALIDITY ");
    if (strcasestr(line, "[UIDNEXT "))
        imap->next = number_after(line, "[UIDNEXT ");
    if (strcasestr(line, " EXISTS"))
        imap->exists = number_after(line, "* ");
}

static void on_capability(void *ctx, const struct session_response *response)
{
    struct email_imap *imap = ctx;
    if (strncasecmp(response->line, "* CAPABILITY", 12) == 0)
        imap->can_idle = strcasestr(response->line, " IDLE") != NULL;
}

struct found {
    uint32_t uids[BATCH];
    size_t n;
    uint32_t after;
};

/* Keeps the smallest ones, in order: what does not fit is found the next time. */
static size_t insert(uint32_t *uids, size_t n, size_t most, uint32_t uid)
{
    size_t at = n;
    while (at && uids[at - 1] > uid)
        at--;
    if (at == most || (at && uids[at - 1] == uid))
        return n;
    n = n < most ? n + 1 : n;
    memmove(uids + at + 1, uids + at, (n - at - 1) * sizeof(*uids));
    uids[at] = uid;
    return n;
}

size_t email_imap_uids(const char *line, uint32_t last, uint32_t *uids, size_t n, size_t most)
{
    if (strncasecmp(line, "* SEARCH", 8) != 0)
        return n;
    for (const char *p = line + 8; *p;) {
        char *end;
        unsigned long uid = strtoul(p, &end, 10);
        if (end == p)
            break;
        p = end;
        if (uid > last && uid <= UINT32_MAX)
            n = insert(uids, n, most, (uint32_t)uid);
    }
    return n;
}

static void on_search(void *ctx, const struct session_response *response)
{
    struct found *found = ctx;
    found->n = email_imap_uids(response->line, found->after, found->uids, found->n, BATCH);
}

/* The civil date as days since 1970 (the proleptic Gregorian calendar). */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t email_imap_date(const char *line)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *p = strcasestr(line, "INTERNALDATE \"");
    int day, year, hour, minute, second, zone;
    char name[4];
    if (!p || sscanf(p + 14, "%2d-%3[A-Za-z]-%4d %2d:%2d:%2d %5d", &day, name, &year, &hour, &minute, &second,
                     &zone) != 7)
        return 0;
    const char *month = strlen(name) == 3 ? strcasestr(months, name) : NULL;
    if (!month || (month - months) % 3)
        return 0;
    return (days(year, (month - months) / 3 + 1, day) * 24 + hour) * 3600 + minute * 60 + second -
           (zone / 100 * 3600 + zone % 100 * 60);
}

/* ---- mails ---- */

struct fetching {
    struct email_imap *imap;
    uint32_t uid;
    enum email_taken taken;
    bool there, stopped;
};

/* Offers the mail to the core until it takes it. The cursor moves with it. */
static void offer(struct fetching *f, const struct session_response *response)
{
    char text[100];
    struct email_imap *imap = f->imap;
    write_cursor(imap, text);
    struct email_cursor cursor = {imap->key, text};
    while ((f->taken = email_take(imap->email, response->literal, response->n, &cursor)) == EMAIL_NOT_YET) {
        f->stopped = !sleep_for(imap, AGAIN_MS);
        if (f->stopped)
            return;
    }
    imap->moved = f->taken == EMAIL_PASSED;
}

static void on_fetch(void *ctx, const struct session_response *response)
{
    struct fetching *f = ctx;
    struct email_imap *imap = f->imap;
    uint32_t last = imap->last;
    int64_t before = imap->arrived, arrived = email_imap_date(response->line);
    if (!strcasestr(response->line, " FETCH ") || !response->n || f->there ||
        number_after(response->line, "UID ") != f->uid)
        return;
    f->there = true;
    imap->last = f->uid;
    imap->arrived = arrived > before ? arrived : before;
    offer(f, response);
    if (f->stopped) {
        imap->last = last;
        imap->arrived = before;
    }
}

static enum session_status take_one(struct email_imap *imap, uint32_t uid)
{
    char command[100];
    struct fetching f = {.imap = imap, .uid = uid};
    snprintf(command, sizeof(command), "UID FETCH %" PRIu32 " (UID INTERNALDATE BODY.PEEK[]<0.%zu>)", uid,
             MAIL_BYTES);
    enum session_status status = session_do(imap->session, command, on_fetch, &f);
    return f.stopped ? SESSION_WOKEN : status == SESSION_NO ? SESSION_OK : status; /* NO: it is gone */
}

static enum session_status take_all(struct email_imap *imap, const struct found *found)
{
    for (size_t i = 0; i < found->n; i++) {
        uint32_t uid = found->uids[i];
        enum session_status status = i == 0 && !may_try(imap, uid) ? SESSION_OK : take_one(imap, uid);
        if (status != SESSION_OK)
            return status;
        if (uid > imap->last) { /* passed over, or gone */
            imap->last = uid;
            imap->moved = true;
        }
        if (imap->moved && i % 50 == 49)
            save_cursor(imap);
    }
    return SESSION_OK;
}

/* ---- which mails are new ---- */

/* "SINCE 28-Nov-2026": the day before, since servers count days in their own zone. */
static void add_since(const struct email_imap *imap, char *command, size_t size)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t at = (time_t)(imap->since - 86400);
    struct tm day = {0};
    gmtime_r(&at, &day);
    snprintf(command, size, "UID SEARCH UID %" PRIu32 ":%" PRIu32 " SINCE %d-%s-%d", imap->last + 1,
             imap->until, day.tm_mday, months[day.tm_mon], day.tm_year + 1900);
}

struct sieve {
    int64_t since;
    struct found *found;
    size_t kept;
};

static void on_date(void *ctx, const struct session_response *response)
{
    struct sieve *sieve = ctx;
    uint32_t uid = number_after(response->line, "UID ");
    if (!strcasestr(response->line, " FETCH ") || email_imap_date(response->line) < sieve->since)
        return;
    for (size_t i = 0; i < sieve->found->n; i++) {
        if (sieve->found->uids[i] == uid) {
            sieve->found->uids[i] = sieve->found->uids[sieve->kept];
            sieve->found->uids[sieve->kept++] = uid;
            return;
        }
    }
}

/* Leaves out those that arrived before. */
static enum session_status sift(struct email_imap *imap, struct found *found)
{
    char command[100];
    struct sieve sieve = {imap->since, found, 0};
    if (!found->n)
        return SESSION_OK;
    snprintf(command, sizeof(command), "UID FETCH %" PRIu32 ":%" PRIu32 " (UID INTERNALDATE)", found->uids[0],
             found->uids[found->n - 1]);
    enum session_status status = session_do(imap->session, command, on_date, &sieve);
    found->n = sieve.kept;
    return status;
}

/* After the mailbox was numbered anew. *ret_more: there are others. */
static enum session_status look_again(struct email_imap *imap, bool *ret_more)
{
    char command[100];
    struct found found = {.after = imap->last};
    add_since(imap, command, sizeof(command));
    enum session_status status = session_do(imap->session, command, on_search, &found);
    uint32_t end = found.n == BATCH ? found.uids[BATCH - 1] : imap->until;
    if (status == SESSION_OK)
        status = sift(imap, &found);
    if (status == SESSION_OK)
        status = take_all(imap, &found);
    if (status == SESSION_OK) {
        imap->last = end;
        imap->moved = true;
    }
    *ret_more = true;
    return status;
}

static enum session_status look_on(struct email_imap *imap, bool *ret_more)
{
    char command[100];
    struct found found = {.after = imap->last};
    snprintf(command, sizeof(command), "UID SEARCH UID %" PRIu32 ":*", imap->last + 1);
    enum session_status status = session_do(imap->session, command, on_search, &found);
    *ret_more = found.n == BATCH;
    return status == SESSION_OK ? take_all(imap, &found) : status;
}

static enum session_status catch_up(struct email_imap *imap)
{
    enum session_status status = SESSION_OK;
    for (bool more = true; more && status == SESSION_OK;) {
        status = (imap->last < imap->until ? look_again : look_on)(imap, &more);
        save_cursor(imap);
    }
    return status;
}

/* ---- the mailbox ---- */

static enum session_status examine(struct email_imap *imap)
{
    struct kit_text command = {0};
    imap->validity = imap->next = imap->exists = 0;
    kit_text_addf(&command, "EXAMINE \"%s\"", kit_json_text(imap->email->settings, "mailbox"));
    enum session_status status = session_do(imap->session, kit_text_get(&command), on_examine, imap);
    kit_text_finish(&command);
    return status;
}

/* What lay there when it was first opened is not for us. */
static void begin_cursor(struct email_imap *imap)
{
    load_cursor(imap);
    if (imap->of == imap->validity)
        return;
    uint32_t end = imap->next ? imap->next - 1 : 0;
    bool first = imap->of == 0;
    imap->of = imap->validity;
    imap->last = first ? end : 0;
    imap->until = first ? 0 : end;
    imap->since = imap->arrived;
    imap->arrived = first ? time(NULL) : imap->arrived;
    imap->moved = true;
    save_cursor(imap);
    if (first)
        kit_log(imap->email->host, KIT_INFO,
                "reads the mailbox from now on; %" PRIu32 " mails that it holds already are left alone",
                imap->exists);
    else
        kit_log(imap->email->host, KIT_WARNING,
                "the server numbered the mailbox anew; looks for mails since the last one that was read");
}

static enum session_status wait_for_mail(struct email_imap *imap)
{
    if (imap->can_idle)
        return session_idle(imap->session, IDLE_MS);
    if (!sleep_for(imap, POLL_MS))
        return SESSION_WOKEN;
    return session_do(imap->session, "NOOP", NULL, NULL);
}

static void say_trouble(struct email_imap *imap, const char *text)
{
    if (strcmp(imap->trouble, text) != 0)
        kit_log(imap->email->host, *text ? KIT_WARNING : KIT_INFO, "%s",
                *text ? text : "the mailbox can be read again");
    snprintf(imap->trouble, sizeof(imap->trouble), "%s", text);
}

static int32_t open_mailbox(struct email_imap *imap, struct tocsin_error *error)
{
    imap->session = session_open(&imap->email->imap_server, imap->wake[0], error);
    if (!imap->session)
        return error->code;
    enum session_status status = session_do(imap->session, "CAPABILITY", on_capability, imap);
    if (status == SESSION_OK)
        status = examine(imap);
    if (status == SESSION_OK && imap->validity)
        return 0;
    return kit_fail(
        error, status == SESSION_NO ? TOCSIN_E_AUTH : TOCSIN_E_FAILED,
        status == SESSION_NO ? "IMAP: the mailbox cannot be opened; check `mailbox`. The server said: \"%s\""
        : status ? "IMAP: the connection ended while the mailbox was being opened. The server said: \"%s\""
                 : "IMAP: the server does not number its mails (no UIDVALIDITY). It said: \"%s\"",
        session_said(imap->session));
}

/* Reads as long as the connection lasts. */
static void read_mailbox(struct email_imap *imap)
{
    enum session_status status = SESSION_OK;
    begin_cursor(imap);
    while (status == SESSION_OK && !is_stopping(imap)) {
        status = catch_up(imap);
        if (status == SESSION_OK)
            status = wait_for_mail(imap);
    }
}

void email_imap_run(struct email_imap *imap)
{
    int64_t pause = SHORTEST_MS;
    while (!is_stopping(imap)) {
        struct tocsin_error error = {.size = sizeof(error)};
        int32_t rc = open_mailbox(imap, &error);
        if (!rc) {
            time_t from = time(NULL);
            say_trouble(imap, "");
            read_mailbox(imap);
            pause = time(NULL) - from > LONGEST_MS / 1000 ? SHORTEST_MS : pause;
        } else if (!is_stopping(imap)) {
            say_trouble(imap, error.text);
        }
        session_close(imap->session);
        imap->session = NULL;
        sleep_for(imap, pause);
        pause = pause * 2 < LONGEST_MS ? pause * 2 : LONGEST_MS;
    }
}

void email_imap_wait(struct email_imap *imap)
{
    while (sleep_for(imap, LONGEST_MS))
        ;
}

int32_t email_imap_check(struct email_imap *imap, struct tocsin_error *error)
{
    struct email_imap other = {.email = imap->email, .wake = {imap->wake[0], imap->wake[1]}};
    int32_t rc = open_mailbox(&other, error);
    session_close(other.session);
    return rc;
}

/* ---- life ---- */

struct email_imap *email_imap_create(const struct email *email)
{
    struct email_imap *imap = calloc(1, sizeof(*imap));
    struct kit_text name = {0};
    char hash[EMAIL_KEY];
    imap->email = email;
    kit_text_addf(&name, "%s/%s/%s", email->imap_server.host, email->imap_server.user,
                  kit_json_text(email->settings, "mailbox"));
    email_key(&email->self, kit_text_get(&name), hash);
    kit_text_finish(&name);
    snprintf(imap->key, sizeof(imap->key), "mailbox/%s", hash);
    snprintf(imap->try_key, sizeof(imap->try_key), "trying/%s", hash);
    if (pipe(imap->wake) == 0)
        return imap;
    free(imap);
    return NULL;
}

void email_imap_stop(struct email_imap *imap)
{
    ssize_t n = write(imap->wake[1], "", 1); /* it stays readable */
    (void)n;
}

void email_imap_destroy(struct email_imap *imap)
{
    if (!imap)
        return;
    close(imap->wake[0]);
    close(imap->wake[1]);
    free(imap);
}
