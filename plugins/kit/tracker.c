#include <tocsin/kit/tracker.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/store.h>

#define KEY_BYTES 200

struct kit_followed {
    const struct tocsin_host *host;
    pthread_mutex_t lock; /* from reading what is known to storing what is news */
};

struct kit_followed *kit_followed_create(const struct tocsin_host *host)
{
    struct kit_followed *followed = calloc(1, sizeof(*followed));
    if (!followed)
        return NULL;
    followed->host = host;
    pthread_mutex_init(&followed->lock, NULL);
    return followed;
}

void kit_followed_destroy(struct kit_followed *followed)
{
    if (!followed)
        return;
    pthread_mutex_destroy(&followed->lock);
    free(followed);
}

/*
 * What is known: the ticket's members, "updated", and "n": how many events there were. What an action notes is stored with its outcome, and
 * what an event tells with that, so one may overtake the other: each has a key of its own, and what was updated later counts.
 */

#define NOTED "followed"
#define TOLD  "told"

static void key_of(const char *kind, const char *place, char key[KEY_BYTES])
{
    snprintf(key, KEY_BYTES, "%s/%s", kind, place);
}

static cJSON *stored(const struct kit_followed *followed, const char *kind, const char *place)
{
    char key[KEY_BYTES];
    key_of(kind, place, key);
    return kit_get(followed->host, key);
}

static cJSON *known_of(const struct kit_followed *followed, const char *place)
{
    cJSON *noted = stored(followed, NOTED, place), *told = noted ? stored(followed, TOLD, place) : NULL;
    bool later = told && kit_json_int(told, "updated", 0) >= kit_json_int(noted, "updated", 0);
    cJSON_Delete(later ? noted : told);
    return later ? told : noted;
}

static void keep(const struct kit_followed *followed, const char *kind, const char *place, cJSON *row,
                 int64_t updated_ms, int64_t n)
{
    char key[KEY_BYTES];
    key_of(kind, place, key);
    kit_json_set(row, "updated", cJSON_CreateNumber((double)updated_ms));
    kit_json_set(row, "n", cJSON_CreateNumber((double)n));
    kit_keep(followed->host, key, row);
}

void kit_followed_note(struct kit_followed *followed, const char *place, const struct kit_ticket *ticket,
                       int64_t updated_ms)
{
    pthread_mutex_lock(&followed->lock);
    cJSON *known = known_of(followed, place), *row = kit_ticket_json(ticket);
    keep(followed, NOTED, place, row, updated_ms, kit_json_int(known, "n", 0));
    pthread_mutex_unlock(&followed->lock);
    cJSON_Delete(known);
    cJSON_Delete(row);
}

bool kit_followed_has(struct kit_followed *followed, const char *place)
{
    cJSON *noted = stored(followed, NOTED, place);
    cJSON_Delete(noted);
    return noted != NULL;
}

bool kit_followed_move(struct kit_followed *followed, const char *from, const char *to)
{
    char old[KEY_BYTES], new[KEY_BYTES];
    key_of(NOTED, from, old);
    key_of(NOTED, to, new);
    pthread_mutex_lock(&followed->lock);
    cJSON *known = known_of(followed, from);
    bool moved = !known || (kit_put(followed->host, new, known) && kit_put(followed->host, old, NULL));
    pthread_mutex_unlock(&followed->lock);
    cJSON_Delete(known);
    return moved;
}

/* ---- news ---- */

static bool is_same(const cJSON *known, const cJSON *news)
{
    static const char *const members[] = {"link", "title", "state", "status"};
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (strcmp(kit_json_text(known, members[i]), kit_json_text(news, members[i])) != 0)
            return false;
    }
    return true;
}

static enum kit_told tell(const struct kit_followed *followed, const char *place, cJSON *news,
                          int64_t updated_ms, int64_t n)
{
    struct kit_text id = {0};
    kit_text_addf(&id, "%s@%lld.%lld", place, (long long)updated_ms, (long long)n);
    cJSON *event = cJSON_Duplicate(news, true), *row = cJSON_Duplicate(news, true);
    cJSON_AddStringToObject(event, "type", "ticket");
    cJSON_AddStringToObject(event, "id", kit_text_get(&id));
    cJSON_DeleteItemFromObjectCaseSensitive(row, "user");
    keep(followed, TOLD, place, row, updated_ms, n);
    int32_t rc = kit_emit(followed->host, event);
    cJSON_Delete(row);
    kit_text_finish(&id);
    return rc == TOCSIN_EMIT_RETRY ? KIT_LATER : KIT_TOLD;
}

/* With the lock held. */
static enum kit_told compare(const struct kit_followed *followed, const char *place, cJSON *news,
                             int64_t updated_ms, enum kit_source source)
{
    cJSON *known = known_of(followed, place);
    int64_t before_ms = kit_json_int(known, "updated", 0);
    enum kit_told told = KIT_TOLD;
    if (known && updated_ms >= before_ms) {
        kit_json_set(news, "ticket", cJSON_CreateString(kit_json_text(known, "ticket")));
        if (!is_same(known, news))
            told = updated_ms == before_ms && source == KIT_HEARD
                       ? KIT_UNSURE
                       : tell(followed, place, news, updated_ms, kit_json_int(known, "n", 0) + 1);
    }
    cJSON_Delete(known);
    return told;
}

enum kit_told kit_followed_tell(struct kit_followed *followed, const char *place, const struct kit_ticket *news,
                                int64_t updated_ms, enum kit_source source, cJSON *user)
{
    cJSON *members = kit_ticket_json(news);
    if (user)
        cJSON_AddItemToObject(members, "user", user);
    pthread_mutex_lock(&followed->lock);
    enum kit_told told = compare(followed, place, members, updated_ms, source);
    pthread_mutex_unlock(&followed->lock);
    cJSON_Delete(members);
    return told;
}

/* ---- text ---- */

/* "Incident: [INC-42](<https://…>)", unless the text says so itself. */
static void add_incident(const cJSON *body, struct kit_text *source)
{
    const char *incident = kit_json_text(body, "incident"), *link = kit_json_text(body, "link");
    bool linked = kit_is_link(link) && !strpbrk(link, "<>\r\n");
    if (!*incident || strstr(kit_json_text(body, "text"), linked ? link : incident))
        return;
    if (linked)
        kit_text_addf(source, "Incident: [%s](<%s>)", incident, link);
    else
        kit_text_addf(source, "Incident: %s", incident);
}

void kit_tracker_text(const cJSON *body, enum kit_target target, size_t most, struct kit_text *out)
{
    const char *text = kit_json_text(body, "text");
    struct kit_text end = {0}, written = {0}, source = {0};
    add_incident(body, &source);
    kit_commonmark(kit_text_get(&source), source.n, target, &end);
    size_t room = most > end.n + 2 ? most - end.n - 2 : 0;
    for (size_t n = strlen(text); n; n = kit_utf8_cut(text, n, n / 2)) {
        kit_text_finish(&written);
        kit_commonmark(text, n, target, &written);
        if (written.n <= room)
            break;
    }
    if (written.n <= room)
        kit_text_add(out, kit_text_get(&written));
    kit_text_add(out, out->n && end.n ? "\n\n" : "");
    kit_text_add(out, kit_text_get(&end));
    kit_text_finish(&written);
    kit_text_finish(&source);
    kit_text_finish(&end);
}
