/*
 * status_files - the files of one status page, kept in memory.
 *
 * Each new model is rendered and compressed on libuv's pool: what is asked for all the time at once, the rest when somebody asks, and
 * then kept until the next model, or until there is too much of it. Until a new model is ready, the one before it is served. A file is
 * found by its path, so a request takes no lock, and one for a path that the page does not have renders nothing.
 *
 * Loop's thread only.
 */
#ifndef TOCSIN_WEB_STATUS_FILES_H
#define TOCSIN_WEB_STATUS_FILES_H

#include "base/error.h"
#include "public/site.h"
#include "web/kept.h"
#include "web/request.h"

struct uv_loop_s;
struct status_files;

struct status_jobs { /* what runs on the pool, for all pages of a server */
    struct uv_loop_s *loop;
    size_t n;
    void (*idle)(void *ctx); /* NULL, or called when the last one ends */
    void *ctx;
};

enum status_found {
    STATUS_FILE,
    STATUS_DIRECTORY, /* the path with a slash after it is a file */
    STATUS_NO_FILE,   /* its 404.html, or NULL */
    STATUS_NO_PAGE,   /* there is no model */
    STATUS_FAULT,     /* it cannot be rendered; the log says why */
    STATUS_BUSY,      /* too many are being rendered */
};

/* What follows from one model: its front files, rendered, and the model for the others. It never changes. */
struct status_edition;
struct status_edition *status_edition_ref(struct status_edition *edition);
void status_edition_unref(struct status_edition *edition); /* NULL is allowed */
const struct public_page *status_edition_page(const struct status_edition *edition);
/* The front file at the path, borrowed from the edition. False: it is none. Any thread. */
bool status_edition_front(const struct status_edition *edition, const char *path, struct public_file *ret);

/* Called once for each status_files_find: at once if the file is kept. `file` is borrowed. */
typedef void status_answer(struct http_request *request, enum status_found found, const struct kept *file);

/* `name` is for the log. */
struct status_files *status_files_create(struct status_jobs *jobs, const char *name, status_answer *answer);
/* Calls `on` with each new edition, borrowed, once it is served. */
void status_files_listen(struct status_files *files, void (*on)(void *ctx, struct status_edition *edition),
                         void *ctx);
void status_files_destroy(struct status_files *files); /* when no job runs */
/* Takes the reference over. NULL: the page is no more. */
void status_files_show(struct status_files *files, struct public_page *page);
/* `path`: as public_render takes it. `query`: what is searched for, or "". */
void status_files_find(struct status_files *files, const char *path, const char *query,
                       struct http_request *request);

#endif
