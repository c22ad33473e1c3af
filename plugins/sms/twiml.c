#include "twiml.h"

#include <string.h>

#define BEGIN "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>"
#define END   "</Response>"

static const char *entity(char c)
{
    static const char marks[] = "<>&\"'";
    static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&apos;"};
    const char *at = c ? strchr(marks, c) : NULL;
    return at ? entities[at - marks] : NULL;
}

/* XML allows no control characters, not even escaped, nor U+FFFE and U+FFFF. */
static void put(const char *text, struct kit_text *out)
{
    for (; *text; text++) {
        if (strncmp(text, "\xef\xbf\xbe", 3) == 0 || strncmp(text, "\xef\xbf\xbf", 3) == 0)
            text += 2;
        else if (entity(*text))
            kit_text_add(out, entity(*text));
        else if ((unsigned char)*text >= ' ' || *text == '\n')
            kit_text_addc(out, *text);
    }
}

static void put_element(const char *name, const char *text, struct kit_text *out)
{
    kit_text_addf(out, "<%s>", name);
    put(text, out);
    kit_text_addf(out, "</%s>", name);
}

static void put_question(const char *before, const char *page, const char *action, struct kit_text *out)
{
    kit_text_add(out, "<Gather numDigits=\"1\" timeout=\"10\" action=\"");
    put(action, out);
    kit_text_add(out, "\"><Say>");
    if (before)
        put(before, out);
    put(page, out);
    kit_text_add(out, ". Press 1 to acknowledge.</Say></Gather>");
}

void twiml_ask(const char *before, const char *page, const char *action, struct kit_text *out)
{
    kit_text_add(out, BEGIN);
    put_question(before, page, action, out);
    put_question(NULL, page, action, out);
    kit_text_add(out, "<Hangup/>" END);
}

void twiml_say(const char *text, struct kit_text *out)
{
    kit_text_add(out, BEGIN);
    put_element("Say", text, out);
    kit_text_add(out, "<Hangup/>" END);
}

void twiml_wait(const char *address, struct kit_text *out)
{
    kit_text_add(out, BEGIN "<Pause length=\"1\"/>");
    put_element("Redirect", address, out);
    kit_text_add(out, END);
}

void twiml_reply(const char *text, struct kit_text *out)
{
    kit_text_add(out, BEGIN);
    if (text && *text)
        put_element("Message", text, out);
    kit_text_add(out, END);
}
