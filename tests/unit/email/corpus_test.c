/*
 * Mails of every kind, in tests/e2e/mail: NAME.eml is the mail, NAME.json what must come of it. A member that is absent is not checked.
 *
 *   mail: false when it is none; from, name, subject, id; words: the new ones; length of them; files: ["name size"]; file_count
 *   sender: person, answerer, mailer, ourselves, loop; trust: unknown, fail, pass (of mx.example.com)
 *   bounce: none, failed, delayed, fine, abuse; address: that it is about; said: a part of what the server said
 *   kind, incident: of the signed address or Message-ID that it came back to or answers; "" and 0: none
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>

#include "../../support/check.h"
#include "email/answered.h"
#include "email/automatic.h"
#include "email/bounce.h"
#include "email/said.h"
#include "email/trust.h"

#define FOLDER "tests/e2e/mail"

static struct email_self self;
static int faults;

static char *read_file(const char *name, const char *ending, size_t *ret_n)
{
    char path[400], *text = NULL;
    snprintf(path, sizeof(path), FOLDER "/%s%s", name, ending);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is missing", path);
    FILE *out = open_memstream(&text, ret_n);
    for (int c; (c = fgetc(file)) != EOF;)
        fputc(c, out);
    fclose(out);
    fclose(file);
    return text;
}

static void expect(const char *name, const cJSON *wanted, const char *member, const char *got)
{
    const cJSON *want = kit_json_member(wanted, member);
    if (!cJSON_IsString(want) || strcmp(want->valuestring, got) == 0)
        return;
    print_message("%s: %s\n  wanted: %s\n  got:    %s\n", name, member, want->valuestring, got);
    faults++;
}

static void expect_number(const char *name, const cJSON *wanted, const char *member, int64_t got)
{
    const cJSON *want = kit_json_member(wanted, member);
    if (!cJSON_IsNumber(want) || (int64_t)want->valuedouble == got)
        return;
    print_message("%s: %s\n  wanted: %.0f\n  got:    %lld\n", name, member, want->valuedouble, (long long)got);
    faults++;
}

static void expect_files(const char *name, const cJSON *wanted, const struct mail *mail)
{
    const cJSON *want = kit_json_member(wanted, "files"), *one;
    size_t i = 0;
    if (!cJSON_IsArray(want))
        return;
    cJSON_ArrayForEach(one, want)
    {
        char got[300] = "nothing";
        if (i < mail->file_count && mail->files[i].size)
            snprintf(got, sizeof(got), "%s %lld", mail->files[i].name, (long long)mail->files[i].size);
        else if (i < mail->file_count)
            snprintf(got, sizeof(got), "%s", mail->files[i].name);
        i++;
        if (strcmp(got, one->valuestring) == 0)
            continue;
        print_message("%s: files\n  wanted: %s\n  got:    %s\n", name, one->valuestring, got);
        faults++;
    }
    if (i == mail->file_count)
        return;
    print_message("%s: %zu files, not %zu (%s)\n", name, mail->file_count, i, mail->files[i].name);
    faults++;
}

static void expect_token(const char *name, const cJSON *wanted, const struct email_token *token)
{
    char kind[2] = {(char)token->kind, '\0'};
    expect(name, wanted, "kind", kind);
    expect_number(name, wanted, "incident", (int64_t)token->incident);
}

static void expect_bounce(const char *name, const cJSON *wanted, const struct bounce *bounce)
{
    static const char *const kinds[] = {"none", "failed", "delayed", "fine", "abuse"};
    const char *said = kit_json_text(wanted, "said");
    expect(name, wanted, "bounce", kinds[bounce->kind]);
    expect(name, wanted, "address", bounce->address);
    if (strstr(bounce->text, said))
        return;
    print_message("%s: said\n  wanted: %s\n  got:    %s\n", name, said, bounce->text);
    faults++;
}

static void check_mail(const char *name, const cJSON *wanted, const struct mail *mail)
{
    static const char *const senders[] = {"person", "answerer", "mailer", "ourselves", "loop"};
    static const char *const trusts[] = {"unknown", "fail", "pass"};
    struct bounce bounce;
    struct email_token token;
    char *words = said_words(mail);
    expect(name, wanted, "from", mail->from);
    expect(name, wanted, "name", mail->from_name);
    expect(name, wanted, "subject", mail->subject);
    expect(name, wanted, "id", mail->id);
    expect(name, wanted, "words", words);
    expect_number(name, wanted, "length", (int64_t)strlen(words));
    expect_number(name, wanted, "file_count", (int64_t)mail->file_count);
    expect_files(name, wanted, mail);
    expect(name, wanted, "sender", senders[automatic_sender(mail, &self)]);
    expect(name, wanted, "trust", trusts[trust_in_sender(mail, "mx.example.com")]);
    bounce_read(mail, &self, &bounce);
    answered_read(mail, &self, &token);
    expect_bounce(name, wanted, &bounce);
    expect_token(name, wanted, bounce.kind ? &bounce.token : &token);
    free(words);
}

static void check_one(const char *name)
{
    size_t n, m;
    char *bytes = read_file(name, ".eml", &n), *text = read_file(name, ".json", &m);
    cJSON *wanted = kit_json_parse(text, m);
    struct mail *mail = mail_parse(bytes, n);
    if (!wanted)
        fail_msg("%s.json is not JSON", name);
    bool none = cJSON_IsFalse(kit_json_member(wanted, "mail"));
    if (!mail != none) {
        print_message("%s: %s\n", name, mail ? "is a mail" : "is not a mail");
        faults++;
    } else if (mail) {
        check_mail(name, wanted, mail);
    }
    mail_destroy(mail);
    cJSON_Delete(wanted);
    free(bytes);
    free(text);
}

static void every_mail_says_what_it_says(void **state)
{
    (void)state;
    int count = 0;
    DIR *folder = opendir(FOLDER);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder));) {
        char name[300];
        size_t n = strlen(entry->d_name);
        if (n < 5 || strcmp(entry->d_name + n - 4, ".eml") != 0)
            continue;
        snprintf(name, sizeof(name), "%.*s", (int)n - 4, entry->d_name);
        check_one(name);
        count++;
    }
    closedir(folder);
    assert_true(count >= 150);
    assert_int_equal(faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_mail_says_what_it_says)};
    mail_init();
    if (email_self_init(&self, "incidents@example.com", '+', "a secret of the tests", ""))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
