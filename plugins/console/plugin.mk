LIBS_console = libcjson
