#include "rooms/buttons.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TAG        " @~"
#define LEAD_ME    "lead me"
#define S(status_) (1u << STATUS_##status_)
#define WORKED     (S(INVESTIGATING) | S(FIXING) | S(MONITORING))
#define CARD       BUTTON_ON_CARD
#define ANSWER     BUTTON_ON_ANSWER

/* In the order in which they are shown. */
static const struct button {
    unsigned statuses, places;
    const char *label, *command, *style;
    bool asks; /* opens a form; only for platforms with forms */
} buttons[] = {
    {S(TRIAGE), CARD | ANSWER, "Accept", "accept", "primary", false},
    {S(TRIAGE), CARD | ANSWER, "Decline", "decline", "danger", false},
    {S(INVESTIGATING), CARD | ANSWER, "Fixing", "fix", "primary", false},
    {S(INVESTIGATING), CARD | ANSWER, "I lead", LEAD_ME, "", false},
    {S(FIXING), CARD | ANSWER, "Monitoring", "monitor", "primary", false},
    {S(MONITORING), CARD | ANSWER, "Resolve", "resolve", "primary", false},
    {S(INVESTIGATING) | S(FIXING), CARD | ANSWER, "Resolve", "resolve", "", false},
    {S(PAUSED), CARD | ANSWER, "Resume", "resume", "primary", false},
    {S(TICKETED), CARD | ANSWER, "Resume", "resume", "", false},
    {S(RESOLVED) | S(DECLINED), CARD | ANSWER, "Reopen", "reopen", "", false},
    {S(CLOSED), ANSWER, "Reopen", "reopen", "", false},
    {S(MERGED), ANSWER, "Unmerge", "unmerge", "", false},
    {WORKED, CARD, "Update…", "update …", "", true},
    {S(TRIAGE) | WORKED, CARD, "Severity…", "sev …", "", true},
    {WORKED, CARD, "Pause…", "pause …", "", true},
    {WORKED, CARD, "Lead…", "lead …", "", true},
    {WORKED, CARD, "Comms lead…", "comms …", "", true},
};

/* Nobody takes the lead from somebody else with a button that does not say so. */
static bool is_offered(const struct button *button, const struct incident *incident, enum button_place place)
{
    bool taken = strcmp(button->command, LEAD_ME) == 0 && incident_role(incident, "lead");
    return button->places & place && button->statuses & 1u << incident->status && !taken;
}

static instant entered(const struct incident *incident)
{
    return incident->entries.n ? incident->entries.v[incident->entries.n - 1].at : 0;
}

static void begin(struct json_out *j, const char *label, const char *command, const char *style)
{
    json_begin_object(j);
    json_put_text(j, "label", label);
    json_put_text(j, "command", command);
    json_put_text(j, "style", style);
}

void button_put(struct json_out *j, const char *label, const char *command, const char *style)
{
    begin(j, label, command, style);
    json_end_object(j);
}

void button_put_asking(struct json_out *j, const char *label, const char *command)
{
    begin(j, label, command, "");
    json_put_bool(j, "asks", true);
    json_end_object(j);
}

void button_put_offer(struct json_out *j, const char *label, const char *line, const char *style, uint64_t here,
                      instant now)
{
    char name[INCIDENT_NAME] = "";
    CLEANUP_FREE char *command = xasprintf("%s" TAG "o%" PRId64 "%s%s", line, now, here ? "." : "",
                                           here ? incident_name(here, name) : "");
    button_put(j, label, command, style);
}

static char *command_of_state(uint64_t incident, const char *command, instant at)
{
    char name[INCIDENT_NAME];
    return xasprintf("%s %s" TAG "s%" PRId64, incident_name(incident, name), command, at);
}

static void put_unmerge(struct json_out *j, const struct incident *incident, const struct card_context *context)
{
    char name[INCIDENT_NAME];
    for (size_t i = 0; i < incident->affected.merged.n; i++) {
        const struct state_merged *merged = &incident->affected.merged.v[i];
        if (merged->until <= context->now || !context->told(context->ctx, incident, merged->incident))
            continue;
        CLEANUP_FREE char *label = xasprintf("Unmerge %s", incident_name(merged->incident, name));
        CLEANUP_FREE char *command = command_of_state(merged->incident, "unmerge", merged->at);
        button_put(j, label, command, "");
    }
}

/* Customers are affected and nobody has written to them yet. What is private, or about security, is never told early. */
static void put_early(struct json_out *j, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    if (incident->private || incident_is(incident, KIND_SECURITY) || !status_is_open(incident->status) ||
        !incident->affected.customers.n || incident->comms.drafted)
        return;
    CLEANUP_FREE char *command = xasprintf("%s early", incident_name(incident->id, name));
    button_put(j, "Tell customers we're on it", command, "");
}

void buttons_put(struct json_out *j, const struct incident *incident, enum button_place place,
                 const struct card_context *context)
{
    json_key(j, "buttons");
    json_begin_array(j);
    for (size_t i = 0; i < ARRAY_SIZE(buttons); i++) {
        if (!is_offered(&buttons[i], incident, place))
            continue;
        CLEANUP_FREE char *command = command_of_state(incident->id, buttons[i].command, entered(incident));
        begin(j, buttons[i].label, command, buttons[i].style);
        if (buttons[i].asks)
            json_put_bool(j, "asks", true);
        json_end_object(j);
    }
    if (context)
        put_unmerge(j, incident, context);
    if (place == BUTTON_ON_CARD)
        put_early(j, incident);
    json_end_array(j);
}

/* ---- pressed ---- */

static const char *last_tag(const char *command)
{
    const char *tag = NULL;
    for (const char *p = command; (p = strstr(p, TAG)); p += strlen(TAG))
        tag = p;
    return tag;
}

/* False: it is no tag. */
static bool read_tag(const char *mark, struct button_made *ret)
{
    char *end = NULL;
    if (*mark != 's' && *mark != 'o')
        return false;
    instant at = strtoll(mark + 1, &end, 10);
    bool offer = *mark == 'o', here = offer && *end == '.';
    if (end == mark + 1 || (*end && !here))
        return false;
    *ret = (struct button_made){.kind = offer ? BUTTON_OFFER : BUTTON_OF_STATE, .at = at};
    ret->here = here ? incident_name_parse(end + 1) : 0;
    ret->hidden = here && !ret->here;
    return true;
}

char *button_read(const char *command, struct button_made *ret)
{
    const char *tag = last_tag(command);
    *ret = (struct button_made){.kind = BUTTON_PLAIN};
    if (!tag || !read_tag(tag + strlen(TAG), ret))
        return xstrdup(command);
    return xstrndup(command, (size_t)(tag - command));
}

bool button_is_moved(const struct incident *incident, instant made)
{
    return entered(incident) != made;
}

/* What only adds to the work on an incident holds while it is worked on; what moves it holds for the status that it was made
   for. */
bool button_holds(const struct incident *incident, const char *command, instant made, const char *by)
{
    const char *lead = incident_role(incident, "lead");
    bool leads = strcmp(command, LEAD_ME) == 0, adds = leads;
    for (size_t i = 0; i < ARRAY_SIZE(buttons); i++)
        adds |= buttons[i].asks && strcmp(buttons[i].command, command) == 0;
    if (leads && lead && !text_equal(lead, by))
        return false;
    return !button_is_moved(incident, made) || (adds && status_is_active(incident->status));
}
