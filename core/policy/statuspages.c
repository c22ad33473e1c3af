#include "policy/statuspages.h"

#include "policy/set.h"

const struct status_page *policy_status_page_at(const struct policy *policy, size_t i)
{
    return policy && i < policy->set->comms.status.pages.n ? &policy->set->comms.status.pages.v[i].page : NULL;
}

const struct status_page *policy_status_page(const struct policy *policy, const char *name)
{
    const struct status_page *page;
    for (size_t i = 0; (page = policy_status_page_at(policy, i)); i++) {
        if (name ? text_equal(page->name, name) : !page->private_)
            return page;
    }
    return NULL;
}

const struct status_component *policy_status_component_at(const struct policy *policy, size_t i)
{
    return policy && i < policy->set->comms.status.all.n ? &policy->set->comms.status.all.v[i] : NULL;
}

static const struct status_component *find_component(const struct set_status *status, const char *name)
{
    for (size_t i = 0; i < status->all.n; i++) {
        if (text_equal_nocase(status->all.v[i].name, name))
            return &status->all.v[i];
    }
    return NULL;
}

const struct status_component *policy_status_component(const struct policy *policy, const char *name)
{
    return policy ? find_component(&policy->set->comms.status, name) : NULL;
}

/* ---- sealing ---- */

static int take_component(struct set_status *status, const struct component_row *row, struct error *err)
{
    const struct status_component *other = find_component(status, row->named.name);
    if (other)
        return error_set(err, ERR_INVALID,
                         "%s: component '%s' is declared already, as '%s'; names are the same in any case",
                         row->named.where, row->named.name, other->name);
    *array_add(&status->all) = (struct status_component){.name = row->named.name,
                                                         .group = row->group,
                                                         .description = row->description,
                                                         .only_if_degraded = row->only_if_degraded};
    return 0;
}

static void take_service(struct set_status *status, const char *component)
{
    if (component && !find_component(status, component))
        *array_add(&status->all) = (struct status_component){.name = component};
}

static int check_page(const struct set_status *status, const struct status_page_row *row, struct error *err)
{
    for (size_t i = 0; i < row->components.n; i++) {
        if (!find_component(status, row->components.v[i]))
            return error_set(err, ERR_INVALID,
                             "%s: status_page '%s': no component is called '%s'; declare it with component { "
                             "name = \"%s\" }",
                             row->named.where, row->named.name, row->components.v[i], row->components.v[i]);
    }
    if (row->readers.n && !row->private_)
        return error_set(
            err, ERR_INVALID,
            "%s: status_page '%s' has readers, and it is public: set private = true, or leave them out",
            row->named.where, row->named.name);
    for (const struct status_page_row *other = status->pages.v; other < row && !row->private_; other++) {
        if (!other->private_)
            return error_set(err, ERR_INVALID,
                             "%s: status_page '%s' is public, and so is '%s' at %s; there is one public page. "
                             "Set private = true in the others",
                             row->named.where, row->named.name, other->named.name, other->named.where);
    }
    return 0;
}

static const char *or_else(const char *text, const char *fallback)
{
    return text ? text : fallback;
}

static struct service_words words_of(const text_list *list)
{
    return (struct service_words){(const char *const *)list->v, list->n};
}

static void fill_page(struct status_page_row *row)
{
    row->page = (struct status_page){.name = row->named.name,
                                     .title = or_else(row->title, row->named.name),
                                     .url = or_else(row->url, ""),
                                     .zone = or_else(row->zone, "Etc/UTC"),
                                     .language = or_else(row->language, "en"),
                                     .contact = row->contact,
                                     .logo = row->logo,
                                     .accent = row->accent,
                                     .template_ = row->template_,
                                     .words = row->words,
                                     .languages = words_of(&row->languages),
                                     .components = words_of(&row->components),
                                     .private_ = row->private_,
                                     .key = row->key,
                                     .readers = row->readers.n ? &row->readers : NULL};
}

int statuspages_seal(struct policy_set *set, struct error *err)
{
    struct set_status *status = &set->comms.status;
    int rc = 0;
    for (size_t i = 0; !rc && i < status->components.n; i++)
        rc = take_component(status, &status->components.v[i], err);
    for (size_t i = 0; i < set->catalogue.services.n; i++)
        take_service(status, set->catalogue.services.v[i].component);
    for (size_t i = 0; !rc && i < status->pages.n; i++) {
        rc = check_page(status, &status->pages.v[i], err);
        fill_page(&status->pages.v[i]);
    }
    return rc;
}
