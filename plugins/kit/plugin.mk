# What the kit needs; a connector that uses only a part of it is linked with the libraries of that part. Also in tocsin-kit.pc.
LIBS_kit = libcurl libcjson md4c libcrypto
# What tests and fuzzers of the kit need beyond what the core is linked with.
LIBS_http_test = libcurl
LIBS_poll_test = libcurl
LIBS_api_test = libcurl
LIBS_desk_test = md4c
LIBS_feed_test = libcurl
LIBS_tracker_test = md4c
LIBS_instance_test = libcurl md4c
LIBS_tell_test = libcurl md4c
LIBS_once_test = libcurl md4c
LIBS_page_test = libcurl md4c
LIBS_commonmark_test = md4c
LIBS_card_test = md4c
LIBS_stream_test = libcurl
LIBS_literal_test = md4c
LIBS_values_test = md4c
LIBS_commonmark_fuzz = md4c
LIBS_chat_test = libedit md4c
LIBS_chat_render_test = md4c
