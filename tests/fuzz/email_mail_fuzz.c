/* Any bytes as a mail: MIME, headers, Authentication-Results, bounces. What comes of it must be clean, bounded text. */
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/text.h>

#include "email/answered.h"
#include "email/automatic.h"
#include "email/bounce.h"
#include "email/said.h"
#include "email/trust.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct email_self self;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    mail_init();
    return email_self_init(&self, "incidents@example.com", '+', "a secret of the tests", "") != NULL;
}

static void check(const char *text, size_t most)
{
    size_t n = strlen(text);
    if (n > most || !kit_utf8_valid(text, n))
        abort();
    for (size_t i = 0; i < n; i++) {
        if (((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\t') || text[i] == 127)
            abort();
    }
}

static void check_mail(const struct mail *mail)
{
    if (mail->file_count > MAIL_FILES || mail->recipients.n > MAIL_LIST || mail->references.n > MAIL_LIST)
        abort();
    if (*mail->from && !email_address_valid(mail->from))
        abort();
    for (size_t i = 0; i < mail->recipients.n; i++) {
        if (!email_address_valid(mail->recipients.v[i]))
            abort();
    }
    for (size_t i = 0; i < mail->references.n; i++) {
        if (!email_id_valid(mail->references.v[i]))
            abort();
    }
    for (size_t i = 0; i < mail->file_count; i++) {
        check(mail->files[i].name, 200);
        if (strpbrk(mail->files[i].name, "/\\\n") || mail->files[i].size < 0)
            abort();
    }
    check(mail->subject, SIZE_MAX);
    check(mail->from_name, SIZE_MAX);
    check(mail->text, MAIL_TEXT + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct bounce bounce;
    struct email_token token;
    struct mail *mail = mail_parse((const char *)data, n);
    if (!mail)
        return 0;
    char *words = said_words(mail);
    check_mail(mail);
    check(words, SAID_BYTES + 3);
    bounce_read(mail, &self, &bounce);
    check(bounce.text, sizeof(bounce.text));
    if (*bounce.address && !email_address_valid(bounce.address))
        abort();
    automatic_sender(mail, &self);
    trust_in_sender(mail, "mx.example.com");
    answered_read(mail, &self, &token);
    free(words);
    mail_destroy(mail);
    return 0;
}
