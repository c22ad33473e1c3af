/* What an IMAP server says about mails. The conversation itself is tested with a real one, in tests/e2e. */
#include <string.h>

#include "../../support/check.h"
#include "email/imap.h"

static void a_date_is_read(void **state)
{
    (void)state;
    assert_int_equal(email_imap_date("* 1 FETCH (UID 7 INTERNALDATE \"29-Nov-2026 11:19:20 +0000\" BODY[] {3}"),
                     1795951160);
    assert_int_equal(email_imap_date("INTERNALDATE \" 1-Jan-1970 00:00:01 +0000\""), 1);
    assert_int_equal(email_imap_date("internaldate \"29-nov-2026 12:19:20 +0100\""), 1795951160);
    assert_int_equal(email_imap_date("INTERNALDATE \"29-Feb-2024 00:00:00 -0530\""), 1709184600);
    static const char *const none[] = {"",
                                       "* 1 FETCH (UID 7)",
                                       "INTERNALDATE \"\"",
                                       "INTERNALDATE \"29-Foo-2026 11:19:20 +0000\"",
                                       "INTERNALDATE \"x-Nov-2026\"",
                                       "INTERNALDATE \"29-anF-2026 11:19:20 +0000\""};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_int_equal(email_imap_date(none[i]), 0);
}

static void new_mails_are_found(void **state)
{
    (void)state;
    uint32_t uids[5];
    assert_int_equal(email_imap_uids("* SEARCH 9 4 7", 4, uids, 0, 5), 2);
    assert_int_equal(uids[0], 7);
    assert_int_equal(uids[1], 9);
    assert_int_equal(email_imap_uids("* search 12", 4, uids, 2, 5), 3);
    assert_int_equal(uids[2], 12);
    assert_int_equal(email_imap_uids("* SEARCH", 0, uids, 0, 5), 0);
    assert_int_equal(email_imap_uids("* 3 EXISTS", 0, uids, 0, 5), 0);
    assert_int_equal(email_imap_uids("* SEARCH 4 (MODSEQ 917162500)", 0, uids, 0, 5), 1);
    assert_int_equal(email_imap_uids("* SEARCH 4294967296 -1 x", 0, uids, 0, 5), 0);
    assert_int_equal(email_imap_uids("* SEARCH 7 1 6 2 5 3 4 4 1", 0, uids, 0, 5), 5); /* the first ones */
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(uids[i], i + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_date_is_read), cmocka_unit_test(new_mails_are_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
