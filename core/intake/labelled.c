#include "intake/labelled.h"

#include <string.h>
#include <strings.h>

#include "base/map.h"
#include "base/mem.h"
#include "intake/evidence.h"
#include "intake/fingerprint.h"
#include "intake/text.h"

/* The meaning of a label or annotation beyond being a tag. */
enum role {
    NO_ROLE,
    IS_NAME,
    IS_RULE,
    IS_LEVEL,
    IS_SERVICE,
    IS_ENVIRONMENT,
    IS_HOST,
    IS_RELEASE,
    IS_TITLE,
    IS_MESSAGE,
    ROLES
};

struct role_name {
    const char *name;
    uint8_t length, role;
    uint8_t rank; /* if several are present, the one with the lowest rank counts */
    uint8_t
        replica; /* not 0: names one of several replicas with the same problem, so it is not part of the identity. People know the
                        replica by the label with the lowest number */
};
#define ROLE(name, role, rank, replica)                                                                        \
    {                                                                                                          \
        name, sizeof(name) - 1, role, rank, replica                                                            \
    }

/* The names of replicas are those that common exporters, operators and clouds use. */
static const struct role_name label_roles[] = {
    ROLE("alertname", IS_NAME, 1, 0),
    ROLE("rulename", IS_RULE, 1, 0),
    ROLE("severity", IS_LEVEL, 1, 0),
    ROLE("level", IS_LEVEL, 2, 0),
    ROLE("priority", IS_LEVEL, 3, 0),
    ROLE("service", IS_SERVICE, 1, 0),
    ROLE("service_name", IS_SERVICE, 2, 0),
    ROLE("app", IS_SERVICE, 3, 0),
    ROLE("application", IS_SERVICE, 4, 0),
    ROLE("job", IS_SERVICE, 5, 0),
    ROLE("environment", IS_ENVIRONMENT, 1, 0),
    ROLE("env", IS_ENVIRONMENT, 2, 0),
    ROLE("deployment_environment", IS_ENVIRONMENT, 3, 0),
    ROLE("instance", IS_HOST, 1, 2),
    ROLE("host", IS_HOST, 2, 0),
    ROLE("hostname", IS_HOST, 3, 0),
    ROLE("node", IS_HOST, 4, 0),
    ROLE("pod", IS_HOST, 5, 1),
    ROLE("release", IS_RELEASE, 1, 0),
    ROLE("version", IS_RELEASE, 2, 0),
    ROLE("id", NO_ROLE, 0, 9),
    ROLE("uid", NO_ROLE, 0, 10),
    ROLE("pod_ip", NO_ROLE, 0, 7),
    ROLE("host_ip", NO_ROLE, 0, 5),
    ROLE("node_ip", NO_ROLE, 0, 6),
    ROLE("pod_uid", NO_ROLE, 0, 12),
    ROLE("pod_name", NO_ROLE, 0, 3),
    ROLE("endpoint", NO_ROLE, 0, 8),
    ROLE("replica", NO_ROLE, 0, 13),
    ROLE("instance_id", NO_ROLE, 0, 4),
    ROLE("container_id", NO_ROLE, 0, 11),
    ROLE("prometheus", NO_ROLE, 0, 15),
    ROLE("prometheus_replica", NO_ROLE, 0, 14),
    ROLE("pod_template_hash", NO_ROLE, 0, 16),
};
static const struct role_name annotation_roles[] = {
    ROLE("summary", IS_TITLE, 1, 0),   ROLE("title", IS_TITLE, 2, 0),   ROLE("description", IS_MESSAGE, 1, 0),
    ROLE("message", IS_MESSAGE, 2, 0), ROLE("Error", IS_MESSAGE, 3, 0), /* of Grafana's DatasourceError */
};
#undef ROLE
#define LACKS_VALUE 100 /* added to the rank of a text that lacks a value */

/* A list that is being read. Most of its alerts began at the same instant, so the last parsed times are kept. */
struct labelled {
    struct intake_request *request;
    const char *source;
    const char *starts, *ends;
    instant starts_at, ends_at;
};

struct label {
    struct reader_text key, value;
    uint8_t replica;
};

/* What may be a link, as it was sent: whether its name stands for one is looked up only for a sample. */
#define LINKS_MOST 16
struct links {
    size_t n;
    struct {
        const char *name, *url;
    } v[LINKS_MOST];
};

struct taking {
    struct labelled *list;
    struct arena *arena;
    struct alert *alert;
    struct label labels[ALERT_TAGS], notes[ALERT_TAGS]; /* notes: annotations without a role */
    size_t n_labels, n_notes;
    struct links links;
    struct reader_text roles[ROLES]; /* p NULL: absent */
    uint8_t ranks[ROLES];
    struct reader_text status, starts, ends, generator, fingerprint, panel, dashboard, silence, image, values;
};

static const struct role_name *role_of(const struct role_name *roles, size_t n, const struct reader_text *name)
{
    for (size_t i = 0; i < n; i++)
        if (roles[i].length == name->n && roles[i].name[0] == name->p[0] &&
            memcmp(roles[i].name, name->p, name->n) == 0)
            return &roles[i];
    return NULL;
}

bool labelled_names_replica(const char *key)
{
    struct reader_text name = {.p = (char *)(uintptr_t)key, .n = strlen(key)};
    const struct role_name *role = *key ? role_of(label_roles, ARRAY_SIZE(label_roles), &name) : NULL;
    return role && role->replica;
}

static inline void set_role(struct taking *t, uint8_t role, uint8_t rank, const struct reader_text *value)
{
    bool blank = value->n && (unsigned char)*value->p <= ' ' && text_empty(value->p);
    if (role == NO_ROLE || blank || (t->roles[role].p && rank >= t->ranks[role]))
        return;
    t->roles[role] = *value;
    t->ranks[role] = rank;
}

static void take_link(struct taking *t, const char *name, const struct reader_text *value)
{
    if (t->links.n < LINKS_MOST && (value->p[0] | 0x20) == 'h' && strncasecmp(value->p, "http", 4) == 0)
        t->links.v[t->links.n++] = (__typeof__(t->links.v[0])){name, value->p};
}

/* An empty label counts as absent. */
static void take_labels(struct taking *t, struct reader *r)
{
    struct reader_text key, value;
    reader_enter(r, '{');
    while (reader_member(r, &key)) {
        if (!reader_scalar(r, &value) || value.n == 0 || key.n == 0 || t->n_labels == ALERT_TAGS)
            continue;
        const struct role_name *role = role_of(label_roles, ARRAY_SIZE(label_roles), &key);
        t->labels[t->n_labels++] =
            (struct label){.key = key, .value = value, .replica = role ? role->replica : 0};
        if (role)
            set_role(t, role->role, role->rank, &value);
        else
            take_link(t, key.p, &value);
    }
}

/* A template that lacked a value: Go writes "<no value>", Grafana "[no value]". */
static bool lacks_value(const struct reader_text *text)
{
    return (memchr(text->p, '>', text->n) && strstr(text->p, "<no value>")) ||
           (memchr(text->p, ']', text->n) && strstr(text->p, "[no value]"));
}

/* What lacks a value counts only if there is nothing better; of a title, the tag remains. */
static void take_annotation(struct taking *t, const struct reader_text *key, const struct reader_text *value)
{
    const struct role_name *role = role_of(annotation_roles, ARRAY_SIZE(annotation_roles), key);
    bool lacks = role && lacks_value(value);
    if (role)
        set_role(t, role->role, (uint8_t)(role->rank + (lacks ? LACKS_VALUE : 0)), value);
    else
        take_link(t, key->p, value);
    if ((!role || (lacks && role->role == IS_TITLE)) && t->n_notes < ALERT_TAGS)
        t->notes[t->n_notes++] = (struct label){.key = *key, .value = *value};
}

static void take_annotations(struct taking *t, struct reader *r)
{
    struct reader_text key, value;
    reader_enter(r, '{');
    while (reader_member(r, &key)) {
        if (reader_scalar(r, &value) && value.n && key.n)
            take_annotation(t, &key, &value);
    }
}

/* ---- filling the alert ---- */

static void add_tag(struct taking *t, struct alert_tag *tags, const struct label *label)
{
    if (t->alert->n_tags < ALERT_TAGS)
        tags[t->alert->n_tags++] =
            (struct alert_tag){.key = reader_line(&label->key, t->arena, ALERT_TAG_KEY),
                               .value = reader_line(&label->value, t->arena, ALERT_TAG_VALUE)};
}

static void fill_tags(struct taking *t)
{
    struct alert_tag *tags = arena_take(t->arena, MAX(t->n_labels + t->n_notes, 1) * sizeof(*tags));
    t->alert->tags = tags;
    for (size_t i = 0; i < t->n_labels; i++)
        add_tag(t, tags, &t->labels[i]);
    for (size_t i = 0; i < t->n_notes; i++)
        add_tag(t, tags, &t->notes[i]);
}

static const char *role_line(const struct taking *t, enum role role, size_t max)
{
    return t->roles[role].p ? reader_line(&t->roles[role], t->arena, max) : "";
}

/* Grafana says with an alert of its own that a rule has no data, or fails. It names the rule in a label. */
static bool is_about_a_rule(const struct taking *t)
{
    const char *name = t->roles[IS_NAME].p;
    return name && t->roles[IS_RULE].p &&
           (strcmp(name, "DatasourceNoData") == 0 || strcmp(name, "DatasourceError") == 0);
}

static const char *title_of(const struct taking *t)
{
    bool lacks = t->roles[IS_TITLE].p && t->ranks[IS_TITLE] > LACKS_VALUE;
    if (is_about_a_rule(t))
        return role_line(t, IS_RULE, ALERT_TITLE);
    if (t->roles[IS_TITLE].p && !lacks)
        return role_line(t, IS_TITLE, ALERT_TITLE);
    return text_first(role_line(t, IS_NAME, ALERT_TITLE), role_line(t, IS_TITLE, ALERT_TITLE), "alert", NULL);
}

static void fill_roles(struct taking *t)
{
    struct alert *alert = t->alert;
    alert->level = alert_level_parse(role_line(t, IS_LEVEL, ALERT_NAME), LEVEL_ERROR);
    alert->about.service = role_line(t, IS_SERVICE, ALERT_NAME);
    alert->about.environment = role_line(t, IS_ENVIRONMENT, ALERT_NAME);
    alert->host = role_line(t, IS_HOST, ALERT_NAME);
    alert->about.release = role_line(t, IS_RELEASE, ALERT_NAME);
    alert->about.culprit = role_line(t, IS_NAME, ALERT_CULPRIT);
    alert->about.title = title_of(t);
    if (t->roles[IS_MESSAGE].p)
        alert->message = reader_lines(&t->roles[IS_MESSAGE], t->arena, ALERT_MESSAGE);
}

void labelled_notified(const struct reader_text *group_key, struct alert_list *list)
{
    uint64_t notification = group_key->p && group_key->n ? map_hash(group_key->p, group_key->n) : 0;
    for (size_t i = 0; i < list->n; i++)
        list->v[i].notification = notification;
}

void labelled_meaning(struct alert *alert, struct arena *arena)
{
    uint8_t ranks[ROLES] = {0};
    const char **const texts[ROLES] = {[IS_SERVICE] = &alert->about.service,
                                       [IS_ENVIRONMENT] = &alert->about.environment,
                                       [IS_HOST] = &alert->host,
                                       [IS_RELEASE] = &alert->about.release};
    for (size_t i = 0; i < alert->n_tags; i++) {
        const struct alert_tag *tag = &alert->tags[i];
        struct reader_text key = {.p = (char *)(uintptr_t)tag->key, .n = strlen(tag->key)};
        const struct role_name *role = *tag->value ? role_of(label_roles, ARRAY_SIZE(label_roles), &key) : NULL;
        if (!role || (ranks[role->role] && role->rank >= ranks[role->role]))
            continue;
        ranks[role->role] = role->rank;
        if (role->role == IS_LEVEL)
            alert->level = alert_level_parse(tag->value, alert->level);
        else if (texts[role->role])
            *texts[role->role] = text_line(arena, tag->value, ALERT_NAME);
    }
}

static bool is_before(const struct label *a, const struct label *b)
{
    unsigned char x = (unsigned char)*a->key.p, y = (unsigned char)*b->key.p;
    return x != y ? x < y : strcmp(a->key.p, b->key.p) < 0;
}

/* Senders sort their labels, so usually this only checks. */
static void sort_labels(struct taking *t)
{
    for (size_t i = 1; i < t->n_labels; i++) {
        if (!is_before(&t->labels[i], &t->labels[i - 1]))
            continue;
        struct label label = t->labels[i];
        size_t at = i;
        for (; at > 0 && is_before(&label, &t->labels[at - 1]); at--)
            t->labels[at] = t->labels[at - 1];
        t->labels[at] = label;
    }
}

static void identify(struct taking *t)
{
    struct fingerprint group, member;
    const struct label *name = NULL;
    fingerprint_begin(&group, t->alert->about.origin, "", GROUPING_LABELS);
    member.n = 0;
    for (size_t i = 0; i < t->n_labels; i++) {
        const struct label *label = &t->labels[i];
        struct fingerprint *f = label->replica ? &member : &group;
        if (label->replica && (!name || label->replica < name->replica))
            name = label;
        fingerprint_addn(f, label->key.p, label->key.n);
        fingerprint_addn(f, label->value.p, label->value.n);
    }
    t->alert->grouping = GROUPING_LABELS;
    t->alert->fingerprint = fingerprint_end(&group);
    t->alert->member = name ? fingerprint_end(&member) : 0;
    t->alert->instance = name ? t->alert->tags[name - t->labels].value : "";
}

/* Senders that send a list at once give most of its alerts the same end. An end in the year 1 means no end. */
static instant ends_at(struct taking *t)
{
    struct labelled *list = t->list;
    if (!t->ends.p || strncmp(t->ends.p, "0001-", 5) == 0)
        return 0;
    if (!list->ends || strcmp(list->ends, t->ends.p) != 0) {
        instant at;
        list->ends = t->ends.p;
        list->ends_at = instant_parse(t->ends.p, &at, NULL) == 0 && at > 0 ? at : 0;
    }
    return list->ends_at;
}

static instant starts_at(struct taking *t)
{
    struct labelled *list = t->list;
    if (!t->starts.p)
        return list->request->now;
    if (!list->starts || strcmp(list->starts, t->starts.p) != 0) {
        instant at;
        bool good = instant_parse(t->starts.p, &at, NULL) == 0;
        list->starts = t->starts.p;
        list->starts_at = good ? alert_clamp(at, list->request->now) : list->request->now;
    }
    return list->starts_at;
}

static const char *link_of(const struct taking *t)
{
    return text_first(text_url(t->arena, t->panel.p, ALERT_URL), text_url(t->arena, t->dashboard.p, ALERT_URL),
                      text_url(t->arena, t->generator.p, ALERT_URL), NULL);
}

static void read_links(const struct alert *alert, struct arena *arena, struct evidence *ret)
{
    const struct links *links = alert->evidence.raw;
    for (size_t i = 0; i < links->n; i++)
        evidence_named_link(ret, arena, links->v[i].name, links->v[i].url);
}

static void keep_links(struct taking *t)
{
    const struct {
        const char *name;
        const struct reader_text *url;
    } own[] = {{"dashboard", &t->dashboard},
               {"panel", &t->panel},
               {"image", &t->image},
               {"generator", &t->generator},
               {"silence", &t->silence}};
    for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
        if (own[i].url->p)
            take_link(t, own[i].name, own[i].url);
    }
    size_t bytes = offsetof(struct links, v) + t->links.n * sizeof(t->links.v[0]);
    if (!t->links.n)
        return;
    t->alert->evidence =
        (struct raw_evidence){read_links, memcpy(arena_take(t->arena, bytes), &t->links, bytes)};
}

static int finish(struct taking *t, struct alert_list *alerts)
{
    if (t->n_labels == 0)
        return ERR_INVALID;
    t->alert = request_alert(t->list->request, alerts, t->list->source);
    if (!t->alert)
        return ERR_FULL;
    sort_labels(t);
    fill_tags(t);
    fill_roles(t);
    identify(t);
    t->alert->at = starts_at(t);
    alert_set_status(t->alert, t->status.p, ends_at(t), t->list->request->now);
    t->alert->about.url = link_of(t);
    keep_links(t);
    if (t->fingerprint.p)
        t->alert->sender_id = reader_line(&t->fingerprint, t->arena, ALERT_ID);
    if (t->values.p)
        t->alert->details = reader_lines(&t->values, t->arena, ALERT_DETAILS);
    request_complete(t->list->request, t->alert, NULL);
    return 0;
}

/* ---- the members of an alert ---- */

static const struct {
    const char *name;
    size_t length, offset;
} members[] = {
#define MEMBER(name, field)                                                                                    \
    {                                                                                                          \
        name, sizeof(name) - 1, offsetof(struct taking, field)                                                 \
    }
    MEMBER("startsAt", starts),         MEMBER("endsAt", ends),
    MEMBER("generatorURL", generator),  MEMBER("status", status),
    MEMBER("fingerprint", fingerprint), MEMBER("panelURL", panel),
    MEMBER("dashboardURL", dashboard),  MEMBER("valueString", values),
    MEMBER("silenceURL", silence),      MEMBER("imageURL", image),
#undef MEMBER
};

static void take_member(struct taking *t, const struct reader_text *key, struct reader *r)
{
    char kind = reader_peek(r);
    if (kind == '{' && reader_is(key, "labels", 6)) {
        take_labels(t, r);
        return;
    }
    if (kind == '{' && reader_is(key, "annotations", 11)) {
        take_annotations(t, r);
        return;
    }
    for (size_t i = 0; kind == '"' && i < ARRAY_SIZE(members); i++) {
        if (!reader_is(key, members[i].name, members[i].length))
            continue;
        reader_text(r, (struct reader_text *)((char *)t + members[i].offset));
        return;
    }
    reader_skip(r);
}

static void start(struct taking *t, struct labelled *list)
{
    t->list = list;
    t->arena = list->request->arena;
    t->n_labels = t->n_notes = t->links.n = 0;
    memset(t->roles, 0, sizeof(*t) - offsetof(struct taking, roles));
}

int labelled_take(struct intake_request *request, const char *source, struct reader *r,
                  struct alert_list *alerts, size_t *ret_at)
{
    struct labelled list = {.request = request, .source = source};
    struct taking t;
    reader_enter(r, '[');
    for (*ret_at = 0; reader_element(r); ++*ret_at) {
        struct reader_text key;
        start(&t, &list);
        reader_enter(r, '{');
        while (reader_member(r, &key))
            take_member(&t, &key, r);
        int rc = r->failed ? 0 : finish(&t, alerts);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int labelled_refuse(int rc, size_t at, struct intake_answer *answer)
{
    if (rc == ERR_FULL)
        return answer_refuse(answer, DIALECT_ALERTMANAGER, 413, ERR_TOO_BIG,
                             "More than %d alerts in one request.", ALERTS_A_REQUEST);
    return answer_refuse(answer, DIALECT_ALERTMANAGER, 400, rc, "Alert %zu has no labels.", at + 1);
}

int labelled_end(struct reader *r, struct intake_answer *answer)
{
    size_t at;
    if (reader_end(r, &at))
        return 0;
    return answer_refuse(answer, DIALECT_ALERTMANAGER, 400, ERR_INVALID,
                         "Invalid or unexpected JSON at byte %zu of %zu.", at, (size_t)(r->end - r->start));
}
