#include "journal_files.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char directory[64];

int files_set_up(void **state)
{
    (void)state;
    snprintf(directory, sizeof(directory), "/tmp/tocsin-journal-XXXXXX");
    return mkdtemp(directory) ? 0 : -1;
}

int files_tear_down(void **state)
{
    (void)state;
    DIR *dir = opendir(directory);
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            unlink(files_path(entry->d_name));
    if (dir)
        closedir(dir);
    return rmdir(directory);
}

const char *files_path(const char *name)
{
    static char paths[8][400];
    static size_t turn;
    char *path = paths[turn++ % ARRAY_SIZE(paths)];
    snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
    return path;
}

void files_answered(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct answers *answers = ctx;
    answers->n++;
    answers->last_rc = rc;
    answers->last_seq = last_seq;
    snprintf(answers->text, sizeof(answers->text), "%s", err ? err->text : "");
}

struct journal *files_open(const char *name)
{
    struct journal *journal = NULL;
    struct error err = {0};
    if (journal_open(files_path(name), NULL, &journal, &err))
        fprintf(stderr, "%s\n", err.text);
    require(journal);
    return journal;
}

void files_fill(const char *name, int n)
{
    struct journal *journal = files_open(name);
    struct answers answers = {0};
    for (int i = 0; i < n; i++) {
        struct journal_batch *batch = batch_create();
        CLEANUP_FREE char *stream = xasprintf("INC-%d", i % 3 + 1);
        CLEANUP_FREE char *data = xasprintf("{\"text\":\"note %d\",\"é\":[1.50, null]}", i);
        batch_event(batch, stream, (uint64_t)i / 3 + 1, 1790000000000 + i, "noted", "ana", data)->search =
            xasprintf("note number%d", i);
        batch_doc(batch, DOC_INCIDENT, stream, data)->tag = xstrdup("fixing");
        journal_append(journal, batch, files_answered, &answers);
    }
    journal_step(journal);
    require(answers.n == n && answers.last_rc == 0);
    journal_close(journal);
}

void files_sql(const char *name, const char *sql)
{
    sqlite3 *db = NULL;
    char *text = NULL;
    require(sqlite3_open(files_path(name), &db) == SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &text) != SQLITE_OK)
        fprintf(stderr, "%s: %s\n", sql, text);
    require(!text);
    sqlite3_close(db);
}

bool files_equal(const char *a, const char *b)
{
    FILE *fa = fopen(files_path(a), "r");
    FILE *fb = fopen(files_path(b), "r");
    require(fa && fb);
    int ca = 0;
    int cb = 0;
    while (ca == cb && ca != EOF) {
        ca = getc(fa);
        cb = getc(fb);
    }
    fclose(fa);
    fclose(fb);
    return ca == cb;
}
