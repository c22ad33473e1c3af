#include "web/status_files.h"

#include <uv.h>

#include "base/list.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"

#define RENDERS_MOST 16                 /* at once, of files that are not kept ready */
#define ASKED_BYTES  ((size_t)16 << 20) /* of files that were rendered because somebody asked */

struct entry { /* a path that the page has */
    struct kept file;
    bool ready, front;     /* front: rendered with the edition, never changed */
    struct render *render; /* that makes it; NULL: none */
    struct list link;      /* among those that were asked for */
};

struct status_edition { /* what follows from one model */
    struct public_page *page;
    struct map entries; /* path -> struct entry */
    struct list asked;  /* entries, the oldest first */
    size_t asked_bytes;
    struct error fault; /* code 0: it could be rendered */
    size_t references;
};

struct asking {
    char *path, *query;
    struct http_request *request;
};

struct status_files {
    struct status_jobs *jobs;
    char *name;
    status_answer *answer;
    void (*on)(void *ctx, struct status_edition *edition); /* NULL: nobody listens */
    void *ctx;
    struct status_edition *edition; /* served; NULL: none yet */
    struct public_page *next;       /* a newer model, while another one is rendered */
    bool building, gone;            /* gone: there is no model */
    size_t renders;
    ARRAY(struct asking) asking; /* until there is an edition */
};

struct status_edition *status_edition_ref(struct status_edition *edition)
{
    edition->references++;
    return edition;
}

const struct public_page *status_edition_page(const struct status_edition *edition)
{
    return edition->page;
}

void status_edition_unref(struct status_edition *edition)
{
    struct map_slot *slot;
    if (!edition || --edition->references)
        return;
    for (size_t i = 0; (slot = map_next(&edition->entries, &i));) {
        kept_finish(&((struct entry *)slot->value)->file);
        free(slot->value);
    }
    map_finish(&edition->entries);
    public_unref(edition->page);
    free(edition);
}

struct status_files *status_files_create(struct status_jobs *jobs, const char *name, status_answer *answer)
{
    struct status_files *files = xcalloc(1, sizeof(*files));
    files->jobs = jobs;
    files->name = xstrdup(name);
    files->answer = answer;
    files->gone = true;
    return files;
}

void status_files_listen(struct status_files *files, void (*on)(void *ctx, struct status_edition *edition),
                         void *ctx)
{
    files->on = on;
    files->ctx = ctx;
}

void status_files_destroy(struct status_files *files)
{
    if (!files)
        return;
    require(!files->building && !files->renders && !files->asking.n);
    status_edition_unref(files->edition);
    array_free(&files->asking);
    free(files->name);
    free(files);
}

static void job_ended(struct status_jobs *jobs)
{
    if (--jobs->n == 0 && jobs->idle)
        jobs->idle(jobs->ctx);
}

/* ---- an edition: the front of it at once ---- */

struct build {
    uv_work_t work;
    struct status_files *files;
    struct status_edition *edition;
};

static int render(const struct public_page *page, const char *path, const char *query, struct kept *ret,
                  struct error *err)
{
    struct public_file file;
    int rc = public_render(page, path, query, &file, err);
    if (!rc)
        kept_make(file.type, file.is_page, file.body, ret);
    return rc;
}

static void add_entry(void *ctx, const char *path, bool front)
{
    struct status_edition *edition = ctx;
    struct entry *entry = xcalloc(1, sizeof(*entry));
    map_put(&edition->entries, path, entry);
    if (!front || edition->fault.code)
        return;
    if (render(edition->page, path, "", &entry->file, &edition->fault))
        error_prefix(&edition->fault, "/%s", path);
    else
        entry->ready = entry->front = true;
}

static void build_on_pool(uv_work_t *work)
{
    struct build *build = work->data;
    public_each(build->edition->page, add_entry, build->edition);
}

static void build_ended(uv_work_t *work, int status);

static void build_begin(struct status_files *files, struct public_page *page)
{
    struct build *build = xcalloc(1, sizeof(*build));
    build->work.data = build;
    build->files = files;
    build->edition = xcalloc(1, sizeof(*build->edition));
    build->edition->page = page;
    build->edition->references = 1;
    list_init(&build->edition->asked);
    files->building = true;
    files->jobs->n++;
    uv_queue_work(files->jobs->loop, &build->work, build_on_pool, build_ended);
}

/* Those that came before there was anything are answered now, whatever it is. */
static void answer_asking(struct status_files *files)
{
    __typeof__(files->asking) asking = files->asking;
    files->asking = (__typeof__(files->asking)){0};
    for (size_t i = 0; i < asking.n; i++) {
        status_files_find(files, asking.v[i].path, asking.v[i].query, asking.v[i].request);
        free(asking.v[i].path);
        free(asking.v[i].query);
    }
    array_free(&asking);
}

static void take_edition(struct status_files *files, struct status_edition *edition)
{
    bool faulty = edition->fault.code != 0;
    if (faulty)
        log_error("the status page %s cannot be rendered, so the one before it stays: %s", files->name,
                  edition->fault.text);
    if (faulty || files->gone) {
        status_edition_unref(edition);
        return;
    }
    status_edition_unref(files->edition);
    files->edition = edition;
    if (files->on)
        files->on(files->ctx, edition);
}

static void build_ended(uv_work_t *work, int status)
{
    struct build *build = work->data;
    struct status_files *files = build->files;
    (void)status;
    take_edition(files, build->edition);
    free(build);
    files->building = false;
    if (files->next)
        build_begin(files, steal(files->next));
    else
        answer_asking(files);
    job_ended(files->jobs);
}

void status_files_show(struct status_files *files, struct public_page *page)
{
    files->gone = !page;
    public_unref(steal(files->next));
    if (!page) {
        status_edition_unref(steal(files->edition));
    } else if (files->building) {
        files->next = page;
    } else {
        build_begin(files, page);
    }
}

/* ---- one file, because somebody asks ---- */

struct render {
    uv_work_t work;
    struct status_files *files;
    struct public_page *page;
    char *path, *query;
    struct kept file;
    struct error err;
    int rc;
    ARRAY(struct http_request *) waiting;
};

static void render_on_pool(uv_work_t *work)
{
    struct render *job = work->data;
    job->rc = render(job->page, job->path, job->query, &job->file, &job->err);
}

static struct entry *find(const struct status_edition *edition, const char *path)
{
    return edition ? map_get(&edition->entries, path) : NULL;
}

bool status_edition_front(const struct status_edition *edition, const char *path, struct public_file *ret)
{
    const struct entry *entry = find(edition, path);
    if (!entry || !entry->front)
        return false;
    *ret = (struct public_file){entry->file.type, entry->file.as[KEPT_PLAIN].bytes, entry->file.is_page};
    return true;
}

/* The oldest ones make room. Whoever asks for one of them again has it rendered again. */
static void make_room(struct status_edition *edition)
{
    while (edition->asked_bytes > ASKED_BYTES) {
        struct entry *oldest = container_of(edition->asked.next, struct entry, link);
        list_remove(&oldest->link);
        edition->asked_bytes -= kept_size(&oldest->file);
        kept_finish(&oldest->file);
        oldest->file = (struct kept){0};
        oldest->ready = false;
    }
}

/* Is it a file of the model that is served, rather than of one before it, or a search? */
static bool keep(struct render *job)
{
    struct status_edition *edition = job->files->edition;
    struct entry *entry = find(edition, job->path);
    if (!entry || entry->render != job)
        return false;
    entry->render = NULL;
    if (job->rc)
        return false;
    entry->file = job->file;
    entry->ready = true;
    list_append(&edition->asked, &entry->link);
    edition->asked_bytes += kept_size(&entry->file);
    return true;
}

static void render_ended(uv_work_t *work, int status)
{
    struct render *job = work->data;
    struct status_files *files = job->files;
    struct kept file = job->file;
    (void)status;
    if (job->rc && job->rc != ERR_NOT_FOUND)
        log_error("the status page %s cannot be rendered: /%s: %s", files->name, job->path, job->err.text);
    for (size_t i = 0; i < job->waiting.n; i++)
        files->answer(job->waiting.v[i],
                      !job->rc                   ? STATUS_FILE
                      : job->rc == ERR_NOT_FOUND ? STATUS_NO_FILE
                                                 : STATUS_FAULT,
                      job->rc ? NULL : &file);
    if (keep(job))
        make_room(files->edition);
    else
        kept_finish(&job->file);
    public_unref(job->page);
    array_free(&job->waiting);
    free(job->path);
    free(job->query);
    free(job);
    files->renders--;
    job_ended(files->jobs);
}

static struct render *render_begin(struct status_files *files, const char *path, const char *query)
{
    struct render *job = xcalloc(1, sizeof(*job));
    job->work.data = job;
    job->files = files;
    job->page = public_ref(files->edition->page);
    job->path = xstrdup(path);
    job->query = xstrdup(query);
    files->renders++;
    files->jobs->n++;
    uv_queue_work(files->jobs->loop, &job->work, render_on_pool, render_ended);
    return job;
}

/* ---- finding ---- */

static void ask_later(struct status_files *files, const char *path, const char *query,
                      struct http_request *request)
{
    *array_add(&files->asking) = (struct asking){xstrdup(path), xstrdup(query), request};
}

static void not_found(struct status_files *files, const char *path, struct http_request *request)
{
    CLEANUP_FREE char *directory = xasprintf("%s/", path);
    const struct entry *other = find(files->edition, "404.html");
    if (find(files->edition, directory))
        files->answer(request, STATUS_DIRECTORY, NULL);
    else
        files->answer(request, STATUS_NO_FILE, other && other->ready ? &other->file : NULL);
}

static void render_for(struct status_files *files, struct entry *entry, const char *path, const char *query,
                       struct http_request *request)
{
    struct render *job = *query ? NULL : entry->render;
    if (!job && files->renders >= RENDERS_MOST) {
        files->answer(request, STATUS_BUSY, NULL);
        return;
    }
    job = job ? job : render_begin(files, path, query);
    if (!*query)
        entry->render = job;
    *array_add(&job->waiting) = request;
}

void status_files_find(struct status_files *files, const char *path, const char *query,
                       struct http_request *request)
{
    struct entry *entry = find(files->edition, path);
    if (files->gone)
        files->answer(request, STATUS_NO_PAGE, NULL);
    else if (!files->edition && files->building)
        ask_later(files, path, query, request);
    else if (!files->edition)
        files->answer(request, STATUS_FAULT, NULL);
    else if (!entry)
        not_found(files, path, request);
    else if (entry->ready && !*query)
        files->answer(request, STATUS_FILE, &entry->file);
    else
        render_for(files, entry, path, query, request);
}
