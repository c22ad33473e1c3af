/* The commands that work on the journal's files: verify, backup, export, import. All but import work while tocsind runs. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "journal/backup.h"
#include "journal/export.h"
#include "turn/states.h"
#include "cli/subcommands.h"
#include "cli/locate.h"

#define FAULTS_SHOWN 100

/* The configuration's journal; the caller frees. */
static int journal_path(const struct cli *cli, char **ret, struct error *err)
{
    struct configuration c = {0};
    int rc = load_located(cli, &c, err);
    if (!rc) {
        CLEANUP_FREE char *data = configuration_path(&c, json_text_or(c.core, "data", "data"));
        *ret = xasprintf("%s/journal.db", data);
    }
    configuration_finish(&c);
    return rc;
}

/* ---- verify, backup ---- */

struct faults {
    struct json_out j; /* an array of all of them */
    uint64_t n;
    bool json;
};

static void show_fault(void *ctx, uint64_t seq, const char *text)
{
    struct faults *faults = ctx;
    if (faults->n++ < FAULTS_SHOWN && !faults->json)
        fprintf(stderr, "tocsin: %s\n", text);
    if (faults->n > FAULTS_SHOWN)
        return;
    json_begin_object(&faults->j);
    json_put_int(&faults->j, "seq", (int64_t)seq);
    json_put_text(&faults->j, "text", text);
    json_end_object(&faults->j);
}

static int print_report(const char *what, const struct verify_report *report, const struct faults *faults)
{
    struct str out = {0};
    struct json_out j = {&out, false};
    if (!faults->json) {
        printf("%s: %" PRIu64 " events, %" PRIu64 " fault%s\nhead: %" PRIu64 " %s\n", what, report->events,
               report->faults, report->faults == 1 ? "" : "s", report->seq, report->hash);
        return report->faults ? CLI_FAILED : CLI_OK;
    }
    json_begin_object(&j);
    json_put_bool(&j, "ok", report->faults == 0);
    json_put_int(&j, "events", (int64_t)report->events);
    json_put_int(&j, "seq", (int64_t)report->seq);
    json_put_text(&j, "hash", report->hash);
    json_key(&j, "faults");
    json_raw(&j, faults->j.out->p);
    json_end_object(&j);
    puts(out.p);
    str_finish(&out);
    return report->faults ? CLI_FAILED : CLI_OK;
}

/* Verifies a journal; with `to`, copies it there and verifies the copy. */
static int verify(const char *path, const char *to, struct faults *faults, struct verify_report *ret,
                  struct error *err)
{
    struct states states;
    states_init(&states, show_fault, faults);
    struct verify_hooks hooks = states_hooks(&states);
    int rc = to ? journal_backup(path, to, &hooks, ret, err) : journal_verify(path, &hooks, ret, err);
    uint64_t faulty = states_finish(&states);
    if (!rc)
        ret->faults += faulty;
    return rc;
}

/* Verifies the file `of`, or the configuration's journal, or with `to` a copy of that, and prints what was found. */
static int verify_and_print(struct cli *cli, const char *of, const char *to)
{
    CLEANUP_STR struct str list = {0};
    CLEANUP_FREE char *path = xstrdup(of);
    struct faults faults = {.j = {&list, false}, .json = cli_has(cli, "json")};
    struct verify_report report;
    struct error err;
    int rc = path ? 0 : journal_path(cli, &path, &err);
    if (rc)
        return cli_fail(cli, &err);
    json_begin_array(&faults.j);
    rc = verify(path, to, &faults, &report, &err);
    json_end_array(&faults.j);
    return rc ? cli_fail(cli, &err) : print_report(to ? to : path, &report, &faults);
}

int cli_run_verify(struct cli *cli)
{
    return verify_and_print(cli, cli->argc ? cli->argv[0] : NULL, NULL);
}

int cli_run_backup(struct cli *cli)
{
    return verify_and_print(cli, NULL, cli->argv[0]);
}

/* ---- export, import ---- */

static int report_counts(const struct cli *cli, const char *verb, const struct export_counts *counts)
{
    if (cli_has(cli, "json"))
        fprintf(stderr, "{\"events\":%" PRIu64 ",\"documents\":%" PRIu64 "}\n", counts->events,
                counts->documents);
    else
        fprintf(stderr, "%s: %" PRIu64 " events, %" PRIu64 " documents\n", verb, counts->events,
                counts->documents);
    if (counts->damaged)
        fprintf(stderr, "tocsin: left out %" PRIu64 " damaged document%s; `tocsin verify` names them\n",
                counts->damaged, counts->damaged == 1 ? "" : "s");
    return counts->damaged ? CLI_FAILED : CLI_OK;
}

/* Only the owner can read the file. It never overwrites another file. */
static FILE *create_file(const char *path, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!file)
        error_set(err, ERR_IO, "%s: %s%s", path, strerror(errno),
                  errno == EEXIST ? "; choose another file name" : "");
    return file;
}

static int close_file(FILE *file, const char *path, struct error *err)
{
    bool written = fflush(file) == 0 && fsync(fileno(file)) == 0;
    int why = errno;
    return fclose(file) == 0 && written ? 0 : error_set(err, ERR_IO, "%s: %s", path, strerror(why));
}

static int export_to(const char *journal, const char *path, struct export_counts *ret, struct error *err)
{
    if (text_equal(path, "-"))
        return journal_export(journal, stdout, ret, err);
    FILE *file = create_file(path, err);
    if (!file)
        return err->code;
    int rc = journal_export(journal, file, ret, err);
    int closed = close_file(file, path, rc ? NULL : err);
    if (rc || closed)
        unlink(path); /* half an export is worse than none */
    return rc ? rc : closed;
}

int cli_run_export(struct cli *cli)
{
    CLEANUP_FREE char *journal = NULL;
    struct export_counts counts = {0};
    struct error err;
    int rc = journal_path(cli, &journal, &err);
    rc = rc ? rc : export_to(journal, cli->argc ? cli->argv[0] : "-", &counts, &err);
    return rc ? cli_fail(cli, &err) : report_counts(cli, "exported", &counts);
}

/* An edited line can still be valid, so the imported journal must verify too. */
static int verify_import(struct cli *cli, const char *journal)
{
    CLEANUP_STR struct str list = {0};
    struct faults faults = {.j = {&list, false}};
    struct verify_report report = {0};
    struct error err;
    int rc = verify(journal, NULL, &faults, &report, &err);
    if (!rc && report.faults)
        rc = error_set(&err, ERR_CORRUPT,
                       "%s: %" PRIu64
                       " fault%s, listed above: the export was edited before the import. Move this journal "
                       "away, and import an unchanged export",
                       journal, report.faults, report.faults == 1 ? "" : "s");
    return rc ? cli_fail(cli, &err) : CLI_OK;
}

int cli_run_import(struct cli *cli)
{
    CLEANUP_FREE char *journal = NULL;
    struct export_counts counts = {0};
    struct error err;
    const char *path = cli->argv[0];
    int rc = journal_path(cli, &journal, &err);
    FILE *file = rc ? NULL : text_equal(path, "-") ? stdin : fopen(path, "re");
    if (!rc && !file)
        rc = error_set(&err, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
    rc = rc ? rc : journal_import(journal, file, &counts, &err);
    if (file && file != stdin)
        fclose(file);
    if (rc)
        return cli_fail(cli, &err);
    report_counts(cli, "imported", &counts);
    return verify_import(cli, journal);
}
