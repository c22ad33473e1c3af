/* A host for whichever header is first on the include path: loads argv[1] and prints what it found. */
#include <stdio.h>

#include "base/json.h"
#include "host/load.h"

int main(int argc, char **argv)
{
    struct loaded loaded;
    struct error err;
    struct str out = {0};
    struct json_out j = {&out, false};
    if (argc != 2 || load_connector(argv[1], &loaded, &err)) {
        puts(argc == 2 ? err.text : "no file");
        return 1;
    }
    json_begin_object(&j);
    describe_connector(&loaded, &j);
    json_end_object(&j);
    puts(out.p);
#ifdef TOCSIN_TEST_NEXT
    puts(loaded.connector.later ? "later: there" : "later: absent");
#endif
    str_finish(&out);
    unload_connector(&loaded);
    return 0;
}
