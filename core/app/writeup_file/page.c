/* A write-up to keep or to send: INC-42.md or INC-42.html. */
#include <string.h>

#include "app/writeup/shown.h"
#include "writeups/html.h"

static void put_markdown(const struct incident *incident, const struct writeup *writeup, struct str *out)
{
    (void)incident;
    str_add(out, writeup->text);
}

static void put_html(const struct incident *incident, const struct writeup *writeup, struct str *out)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *title = xasprintf("%s %s", incident_name(incident->id, name), incident->title);
    writeup_html(title, writeup->text, out);
}

static const struct {
    const char *suffix, *type;
    void (*put)(const struct incident *incident, const struct writeup *writeup, struct str *out);
} kinds[] = {{".md", "text/markdown; charset=utf-8", put_markdown},
             {".html", "text/html; charset=utf-8", put_html}};

/* Of a file with the incident's name. SIZE_MAX: there is none such. */
static size_t kind_of(const struct visit *visit, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    const char *file = http_parameter(visit->request, "file");
    size_t n = strlen(incident_name(incident->id, name));
    for (size_t i = 0; strncmp(file, name, n) == 0 && i < ARRAY_SIZE(kinds); i++) {
        if (strcmp(file + n, kinds[i].suffix) == 0)
            return i;
    }
    return SIZE_MAX;
}

static void give(struct visit *visit)
{
    struct error err;
    struct writeup writeup;
    struct str text = {0};
    const struct incident *incident = visit_incident(visit, &err);
    int64_t version = (int64_t)visit_query_number(visit, "version");
    size_t kind = incident ? kind_of(visit, incident) : SIZE_MAX;
    if (incident && kind == SIZE_MAX)
        error_set(&err, ERR_NOT_FOUND, "There is no such file.");
    if (kind == SIZE_MAX ||
        shown_version(visit, incident, version ? version : incident->activity.writeup, &writeup, &err)) {
        visit_fault(visit, 404, err.text);
        return;
    }
    kinds[kind].put(incident, &writeup, &text);
    writeup_finish(&writeup);
    visit_give(visit, kinds[kind].type, http_parameter(visit->request, "file"), &text);
}

const struct app_page app_page_writeup_file = {.name = "writeup_file",
                                               .title = "Write-up",
                                               .path = "/app/incidents/{id}/writeup/file/{file}",
                                               .needs = ACCESS_SEE,
                                               .give = give};
