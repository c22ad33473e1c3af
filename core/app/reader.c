#include "app/reader.h"

#include "app/inside.h"
#include "policy/statuspages.h"

static bool by_session(const struct app *app, struct http_request *request, struct status_asker *ret)
{
    const struct session *session = visit_session(app, http_header(request, "cookie"));
    if (session)
        *ret = (struct status_asker){session->person, session->person ? NULL : session->name};
    return session != NULL;
}

static bool by_token(struct app *app, struct http_request *request, struct status_asker *ret)
{
    const char *sent = http_bearer(request);
    const struct token *token = sent ? tokens_find(app->parts.tokens, sent) : NULL;
    if (!token || !(token->scopes & SCOPE_READ))
        return false;
    *ret = (struct status_asker){token->person, token->person ? NULL : token->name};
    return true;
}

enum status_reader app_reader(struct app *app, struct http_request *request, const char *page,
                              struct status_asker *ret)
{
    const struct core *core = app->parts.core;
    const struct error *why;
    instant now = app->parts.clock();
    if (!core_readable(core, &why))
        return STATUS_LATER;
    const struct status_page *read = policy_status_page(core_policy(core), page);
    if (!by_session(app, request, ret) && !by_token(app, request, ret))
        return STATUS_NOBODY;
    return read && read->readers && access_is_among(core, read->readers, ret->person, ret->tool, now)
               ? STATUS_READER
               : STATUS_NO_READER;
}

bool reader_of_any(const struct core *core, const char *person, const char *token, instant now)
{
    const struct status_page *page;
    for (size_t i = 0; (page = policy_status_page_at(core_policy(core), i)); i++) {
        if (page->readers && access_is_among(core, page->readers, person, token, now))
            return true;
    }
    return false;
}
